"""Kernels of notebooks: the server's own, so that the user's view and the agent's are one."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, Literal
from weakref import WeakValueDictionary

from jupyter_core.utils import ensure_async

from ..errors import Conflict, KernelBusy, KernelError
from .clients import Connect, connected, identity, is_alive, is_busy
from .execution import Executed, ShowOutputs, execute
from .outputs import MAX_SIZE
from .subshells import interrupt as interrupt_subshell
from .tables import NOTHING, Capture, shown_value

GRACE_SECONDS = 5.0
BEGIN_SECONDS = 1.0
SETTLE_SECONDS = 5.0
"""The server looks every three seconds whether kernels have died."""
Wait = Callable[[Literal["waits", "running"]], None]


class Turn:
    """A place in the queue of a kernel: who takes it first runs first."""

    def __init__(self, kernel_id: str, note: str, lock: asyncio.Lock) -> None:
        self.kernel_id, self.note = kernel_id, note
        self.waits = lock.locked()
        self._lock = lock
        self._came = asyncio.ensure_future(lock.acquire())
        self._left = False

    def leave(self) -> None:
        """Give the place back, before or after the turn has come."""
        if self._left:
            return
        self._left = True
        if not self._came.cancel() and not self._came.cancelled():
            self._lock.release()

    async def __aenter__(self) -> None:
        try:
            await asyncio.shield(self._came)
        except asyncio.CancelledError:
            self.leave()
            raise

    async def __aexit__(self, *error: object) -> None:
        self.leave()


class Kernels:
    """Finds or starts the kernel of a notebook, and runs code in it, one request at a time."""

    def __init__(
        self, session_manager: Any, kernel_manager: Any, connect: Connect = connected
    ) -> None:
        """The managers are the server's own."""
        self._connect = connect
        self._sessions = session_manager
        self._kernels = kernel_manager
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._running: dict[str, list[str]] = {}
        """Kernels that run something, by who asked for it."""
        self._waiting: Counter[str] = Counter()
        """Kernels whose cell waits for an agent's answer."""
        self._beside: dict[str, str] = {}
        """Subshells in which we run something beside such a cell, by kernel."""
        self.prepare: Callable[[str, str], Awaitable[None]] = _nothing
        """Called with a kernel that we have started, and its notebook, before its first cell."""

    async def run(
        self,
        turn: Turn,
        source: str,
        *,
        owner: str,
        show: ShowOutputs,
        wait: Wait = lambda state: None,
        max_size: int = MAX_SIZE,
    ) -> Executed:
        """Run code when its turn comes.

        ``owner`` is who may interrupt it: a session's id. ``wait`` hears when the code waits for
        other code, and when it begins. When the caller is cancelled, the code is interrupted.
        """
        if turn.waits:
            wait("waits")
        async with turn:
            wait("running")
            with self._owned(owner, turn.kernel_id):
                began = asyncio.Event()
                work = asyncio.create_task(
                    self._execute(turn.kernel_id, source, show, max_size, began)
                )
                try:
                    done = await asyncio.shield(work)
                    return replace(done, note=done.note or turn.note)
                except asyncio.CancelledError:
                    await self._end(work, turn.kernel_id, show, began)
                    raise

    async def turn(self, path: str, kernel_name: str | None) -> Turn:
        """Take a place in the queue of the kernel of the notebook at ``path`` (contents API).

        The kernel is started when the notebook has none. Use or ``leave`` what is returned.
        """
        kernel_id, note = await self.ensure(path, kernel_name)
        return Turn(kernel_id, note, self._locks.setdefault(kernel_id, asyncio.Lock()))

    def turns(self, kernel_id: str, count: int) -> list[Turn]:
        """Take places for several cells that nothing else may come between; leave them all."""
        lock = self._locks.setdefault(kernel_id, asyncio.Lock())
        return [Turn(kernel_id, "", lock) for _ in range(count)]

    async def ensure(self, path: str, kernel_name: str | None) -> tuple[str, str]:
        """Return the id of the notebook's kernel, and a sentence if it was started just now."""
        lock = self._locks.setdefault(f"path:{path}", asyncio.Lock())
        async with lock:
            if (kernel_id := await self.find(path)) is not None:
                return kernel_id, ""
            return await self._start(path, kernel_name)

    async def find(self, path: str) -> str | None:
        """Return the id of the kernel that the notebook has, or ``None``."""
        session = await self._session(path)
        return None if session is None else str(session["kernel"]["id"])

    def is_there(self, kernel_id: str) -> bool:
        """Tell whether the server has this kernel."""
        return kernel_id in self._kernels

    def process(self, kernel_id: str) -> object:
        """Return what tells one process of a kernel from the next."""
        if kernel_id not in self._kernels:
            return None
        return identity(self._kernels.get_kernel(kernel_id))

    def pid(self, kernel_id: str) -> int:
        """Return the process of a kernel of this machine."""
        return int(self._kernels.get_kernel(kernel_id).provisioner.pid)

    def kernel_name(self, kernel_id: str) -> str:
        """Return the kernelspec that a kernel was started with."""
        return str(self._kernels.get_kernel(kernel_id).kernel_name)

    async def end(self, path: str) -> None:
        """Shut down the kernel of the notebook at ``path``, if it has one."""
        for session in await self._sessions.list_sessions():
            if session["path"] in (path, f"RTC:{path}"):
                await ensure_async(self._sessions.delete_session(session["id"]))

    async def hand_over(self, source: str, target: str) -> str:
        """Give the kernel of one notebook to another, whose own one ends; the first has none then.

        Returns why not, as a sentence, if that is so. Both are paths of the contents API.
        """
        giver, taker = await self._session(source), await self._session(target)
        if giver is None:
            return "There is no kernel to give."
        kernel_id = str(giver["kernel"]["id"])
        if taker is None:
            name = target.rpartition("/")[2]
            await self._sessions.create_session(
                path=target, name=name, type="notebook", kernel_id=kernel_id
            )
        else:
            if await is_busy(self._kernels.get_kernel(taker["kernel"]["id"]), self._connect):
                return f"A cell runs in the kernel of {target!r}, which was kept."
            await self._replace(taker, kernel_id)
        # Deleting a session by its manager's own way would end the kernel.
        self._sessions.cursor.execute("DELETE FROM session WHERE session_id=?", (giver["id"],))
        return ""

    async def settled(self, kernel_id: str) -> None:
        """Wait until the server has started a kernel again that died. Raises KernelBusy.

        So it is when a cell runs in the new one.
        """
        manager = self._kernels.get_kernel(kernel_id)
        until = time.monotonic() + SETTLE_SECONDS
        while not await is_alive(manager) or await is_busy(manager, self._connect):
            if time.monotonic() > until:
                if not await is_alive(manager):
                    return  # it is not started again
                raise KernelBusy("A cell runs in the kernel: wait for its end, or interrupt it.")
            await asyncio.sleep(0.05)

    async def replace(self, path: str, kernel_id: str) -> None:
        """Give the notebook at ``path`` (contents API) another kernel; its own one ends."""
        session = await self._session(path)
        if session is None:
            raise Conflict(f"The kernel of {path!r} was shut down meanwhile.")
        await self._replace(session, kernel_id)

    async def _replace(self, session: dict[str, Any], kernel_id: str) -> None:
        old = str(session["kernel"]["id"])
        await self._sessions.update_session(session["id"], kernel_id=kernel_id)
        await ensure_async(self._kernels.shutdown_kernel(old))

    async def end_kernel(self, kernel_id: str) -> None:
        """Shut down a kernel that no notebook has."""
        if kernel_id in self._kernels:
            await ensure_async(self._kernels.shutdown_kernel(kernel_id, now=True))

    async def _session(self, path: str) -> dict[str, Any] | None:
        for session in await self._sessions.list_sessions():
            # Front ends with collaboration may put the name of their drive before the path.
            if session["path"] in (path, f"RTC:{path}") and session["type"] == "notebook":
                return dict(session)
        return None

    async def notebooks(self) -> list[str]:
        """Return the notebooks that have a kernel, as the contents API names them."""
        found = await self._sessions.list_sessions()
        return [str(session["path"]).removeprefix("RTC:") for session in found]

    async def shown_value(self, kernel_id: str, count: int, plain: str) -> Capture:
        """Return what the cell of this number returned, if the kernel still shows it as ``plain``.

        A cell that runs meanwhile is not waited for.
        """
        if kernel_id not in self._kernels:
            return NOTHING
        return await shown_value(self._kernels.get_kernel(kernel_id), count, plain, self._connect)

    async def interrupt(self, owner: str) -> bool:
        """Interrupt what this owner runs, as the Stop button does; tell whether there was any."""
        kernels = list(dict.fromkeys(self._running.get(owner, ())))
        await asyncio.gather(*(self._interrupt(kernel_id) for kernel_id in kernels))
        return bool(kernels)

    @contextmanager
    def waits(self, kernel_id: str) -> Iterator[None]:
        """While this is open the kernel runs a cell that waits for the answer of an agent.

        What runs in it meanwhile runs beside that cell: behind it, both would wait for ever.
        """
        self._waiting[kernel_id] += 1
        try:
            yield
        finally:
            self._waiting[kernel_id] -= 1
            self._waiting += Counter()  # forgets those at zero

    async def kernelspec(self, name: str | None = None) -> dict[str, str]:
        """Return what a new notebook says about its kernel."""
        specs = await self._specs()
        chosen = name if name in specs else self._kernels.default_kernel_name
        spec = specs.get(chosen, {}).get("spec", {})
        about = {"name": chosen, "display_name": spec.get("display_name", chosen)}
        return about | ({"language": spec["language"]} if "language" in spec else {})

    async def _specs(self) -> dict[str, Any]:
        # From the disk, or from a gateway.
        try:
            specs = await asyncio.to_thread(self._kernels.kernel_spec_manager.get_all_specs)
            found: dict[str, Any] = await ensure_async(specs)
        except Exception as error:  # whoever keeps them is anyone's code
            raise KernelError(
                f"The kernels that there are cannot be found out: {error}."
            ) from error
        return found

    async def _start(self, path: str, kernel_name: str | None) -> tuple[str, str]:
        specs = await self._specs()
        name, note = kernel_name, "A kernel was started for this notebook."
        if name is None or name not in specs:
            name = self._kernels.default_kernel_name
            if kernel_name is not None:
                note = (
                    f"The notebook asks for the kernel {kernel_name!r}, which is not installed "
                    f"here; {name!r} was started in its place."
                )
        try:
            session = await self._sessions.create_session(
                path=path, name=path.rpartition("/")[2], type="notebook", kernel_name=name
            )
        except Exception as error:  # provisioners are anyone's code
            raise KernelError(f"The kernel {name!r} could not be started: {error}.") from error
        kernel_id = str(session["kernel"]["id"])
        await self.prepare(kernel_id, path)
        return kernel_id, note

    async def _execute(
        self,
        kernel_id: str,
        source: str,
        show: ShowOutputs,
        max_size: int,
        began: asyncio.Event,
    ) -> Executed:
        if kernel_id not in self._kernels:
            raise KernelError("The kernel of this notebook was shut down; run it again.")
        manager = self._kernels.get_kernel(kernel_id)
        note = await self._revived(manager, kernel_id)
        beside = partial(self._beside.__setitem__, kernel_id) if self._waiting[kernel_id] else None
        try:
            done = await execute(
                manager,
                kernel_id,
                source,
                show,
                max_size=max_size,
                connect=self._connect,
                beside=beside,
                began=began,
            )
        finally:
            self._beside.pop(kernel_id, None)
        return replace(done, note=note)

    async def _revived(self, manager: Any, kernel_id: str) -> str:
        """Restart a kernel that died since it was last used; return a sentence if it had."""
        if await is_alive(manager):
            return ""
        try:
            await ensure_async(self._kernels.restart_kernel(kernel_id))
        except Exception as error:  # provisioners are anyone's code
            raise KernelError(
                f"The kernel had died and could not be started again: {error}."
            ) from error
        return "The kernel had died and was started again: its variables are lost."

    async def _end(
        self,
        work: asyncio.Task[Executed],
        kernel_id: str,
        show: ShowOutputs,
        began: asyncio.Event,
    ) -> None:
        """Interrupt the code, and give it a moment to say where it was."""
        try:
            with suppress(TimeoutError):  # an interrupt that comes before its code is lost
                async with asyncio.timeout(BEGIN_SECONDS):
                    await began.wait()
            with suppress(KernelError):  # it cannot be reached: its cell ends, or goes on there
                await self._interrupt(kernel_id)
            await asyncio.wait({work}, timeout=GRACE_SECONDS)
        finally:
            work.cancel()
        if work.done() and not work.cancelled() and work.exception() is None:
            done = work.result()
            await show(done.outputs, done.execution_count)

    async def _interrupt(self, kernel_id: str) -> None:
        if (subshell_id := self._beside.get(kernel_id)) is not None:
            manager = self._kernels.get_kernel(kernel_id)
            await interrupt_subshell(manager, subshell_id, self._connect)
            return
        try:
            await ensure_async(self._kernels.interrupt_kernel(kernel_id))
        except (KeyError, RuntimeError):
            return  # it was shut down meanwhile
        except Exception as error:  # provisioners are anyone's code, and so are gateways
            raise KernelError(f"The kernel could not be interrupted: {error}.") from error

    @contextmanager
    def _owned(self, owner: str, kernel_id: str) -> Iterator[None]:
        self._running.setdefault(owner, []).append(kernel_id)
        try:
            yield
        finally:
            self._running[owner].remove(kernel_id)
            if not self._running[owner]:
                del self._running[owner]


async def _nothing(kernel_id: str, path: str) -> None:
    return
