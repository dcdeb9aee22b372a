"""Has the kernels of projects' notebooks make checkpoints, as long as they belong to a project."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_core.utils import ensure_async

from ..errors import SessionsError
from ..workspace.forks import Forks, process_of

KERNEL_EVENTS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
CONTENTS_EVENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"
PATIENCE_S = 24 * 3600.0
"""How long a cell may run before our code gets into a kernel behind it."""
LOOK_AGAIN_S = (0.02, 0.1, 0.5)
"""A kernel has started, and the notebook that it is for is known a moment later."""
FIRST_S = 5.0
"""How long cells wait at most until our code is in a kernel that was started (again)."""
_log = logging.getLogger(__name__)


class KernelWatch:
    """Looks at the kernels when one starts or starts again, or when a project comes or goes.

    Nobody waits for it: a kernel gets our code behind what it runs already.
    """

    def __init__(
        self, serverapp: Any, forks: Forks, is_ours: Callable[[str], Awaitable[bool]]
    ) -> None:
        """``is_ours`` tells whether a path of the contents API lies in a known project."""
        self._sessions, self._kernels = serverapp.session_manager, serverapp.kernel_manager
        self._events = serverapp.event_logger
        self._forks, self._is_ours = forks, is_ours
        self._preparing: dict[str, asyncio.Task[None]] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._processes: dict[str, int] = {}
        """What is prepared: a kernel's process."""
        self._stirred = asyncio.Event()
        self._events.add_listener(schema_id=KERNEL_EVENTS, listener=self._on_kernel)
        self._events.add_listener(schema_id=CONTENTS_EVENTS, listener=self._on_contents)
        self._restart = self._kernels.restart_kernel
        self._kernels.restart_kernel = self._restart_kernel
        self._looking = asyncio.create_task(self._keep_looking())
        self.stir()

    def stir(self) -> None:
        """Look at all kernels soon: projects have changed."""
        self._stirred.set()

    async def close(self) -> None:
        """Stop looking. Kernels that make checkpoints go on until these are dropped."""
        self._kernels.restart_kernel = self._restart
        self._events.remove_listener(listener=self._on_kernel)
        self._events.remove_listener(listener=self._on_contents)
        tasks = [self._looking, *self._preparing.values(), *self._leaving.values()]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    async def prepare(self, kernel_id: str, path: str) -> None:
        """Have our code in a kernel that was just started for a notebook, before its first cell."""
        if self._forks.can_be_forked(kernel_id) and await self._is_ours(path):
            await self._first(kernel_id)

    async def _restart_kernel(self, kernel_id: str, *args: Any, **kwargs: Any) -> Any:
        """Restart a kernel; who has it restarted may run all cells at once, without a pause.

        The server has no hook that comes before these: its events come beside them.
        """
        was_watched = self._forks.was_watched(kernel_id)
        if await ensure_async(self._kernels.get_kernel(kernel_id).is_alive()):
            # One that has died can be brought back, also if someone was faster than the server.
            await self._forks.checkpoints.drop_kernel(kernel_id)
        result = await ensure_async(self._restart(kernel_id, *args, **kwargs))
        if was_watched:
            await self._first(kernel_id)
        return result

    async def _first(self, kernel_id: str) -> None:
        if not self._forks.is_watched(kernel_id):
            self._prepare(kernel_id)
        if (task := self._preparing.get(kernel_id)) is not None:
            await asyncio.wait({task}, timeout=FIRST_S)

    async def _on_kernel(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        if data.get("status") != "success":
            return
        if data["action"] == "shutdown":
            await self._forks.checkpoints.drop_kernel(data["kernel_id"])
        if data["action"] in {"start", "restart"}:
            self._stirred.set()
            for seconds in LOOK_AGAIN_S:
                asyncio.get_running_loop().call_later(seconds, self._stirred.set)

    async def _on_contents(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        if data["action"] == "delete" and str(data["path"]).endswith(".ipynb"):
            for session in await self._notebooks():
                if session["path"].removeprefix("RTC:") == data["path"]:
                    await self._forks.checkpoints.drop_kernel(session["kernel"]["id"])

    async def _keep_looking(self) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            try:
                await self._look()
            except Exception:  # nobody waits for this task
                _log.exception("The kernels could not be looked at")

    async def _look(self) -> None:
        """Look at all kernels; no kernel's answer is waited for."""
        for session in await self._notebooks():
            await self._look_at(session)

    async def _look_at(self, session: dict[str, Any]) -> None:
        kernel_id = session["kernel"]["id"]
        if kernel_id not in self._kernels or not self._forks.can_be_forked(kernel_id):
            return
        try:
            ours = await self._is_ours(session["path"].removeprefix("RTC:"))
        except SessionsError as error:  # it is asked again with the next event
            _log.warning("Whose kernel %s is cannot be told: %s", kernel_id, error)
            return
        if kernel_id not in self._kernels:  # it has ended meanwhile
            return
        if ours and not self._forks.is_watched(kernel_id):
            self._prepare(kernel_id)
        elif not ours and self._forks.is_watched(kernel_id) and kernel_id not in self._leaving:
            self._leaving[kernel_id] = asyncio.create_task(self._leave(kernel_id))

    async def _leave(self, kernel_id: str) -> None:
        """Watch a kernel no more; one that has died in this moment lets us wait for an answer."""
        try:
            await self._forks.unwatch(kernel_id)
        except SessionsError as error:  # it is asked again with the next event
            _log.warning("Kernel %s goes on making checkpoints: %s", kernel_id, error)
        except Exception:  # nobody waits for this task
            _log.exception("Kernel %s cannot be left alone", kernel_id)
        else:
            self.stir()  # it may be one of ours again
        finally:
            del self._leaving[kernel_id]

    async def _notebooks(self) -> list[dict[str, Any]]:
        found = await ensure_async(self._sessions.list_sessions())
        return [each for each in found if each["type"] == "notebook" and each.get("kernel")]

    def _prepare(self, kernel_id: str) -> None:
        """Begin to watch a kernel, unless that is under way; a try on an old process is in vain."""
        process = process_of(self._kernels.get_kernel(kernel_id))
        old = self._preparing.get(kernel_id)
        if old is not None and self._processes[kernel_id] == process:
            return
        if old is not None:
            old.cancel()
        self._processes[kernel_id] = process
        task = asyncio.create_task(self._watch(kernel_id))
        self._preparing[kernel_id] = task

    async def _watch(self, kernel_id: str) -> None:
        try:
            await ensure_async(self._kernels.get_kernel(kernel_id).ready)
            await self._forks.watch(kernel_id, PATIENCE_S)
        except SessionsError as error:
            _log.debug("Kernel %s makes no checkpoints: %s", kernel_id, error)
        except Exception:  # a kernel that did not start says so elsewhere
            _log.debug("Kernel %s makes no checkpoints", kernel_id, exc_info=True)
        finally:
            if self._preparing.get(kernel_id) is asyncio.current_task():
                del self._preparing[kernel_id]
