"""Forks of kernels: a branch of a notebook goes on at once with all variables of another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from jupyter_core.utils import ensure_async

from ..errors import Conflict, ForkRefused, KernelBusy, KernelError, NotFound
from ..models.checkpoint import Checkpoint
from ..models.fork import Forked, ForkProbe
from .adoption import ADOPT, Adoption, allow_adoption
from .checkpoints import Checkpoints, key
from .costs import NOTHING_KEPT, describe, describe_past, not_carried, read_hazards
from .injection import ask, connected, inject
from .launches import (
    ANSWER_SECONDS,
    BUSY,
    FromCheckpoint,
    FromKernel,
    Launch,
    require_local,
    require_safe,
)

WAIT_SECONDS = 10.0
"""How long a fork waits for the cell that runs."""
CANARY_SECONDS = 5.0
INTERVAL = 0.05
NOT_IPYKERNEL = "Only kernels of ipykernel can be forked, and this one does not answer like one."


class Forks:
    """Forks the server's own kernels."""

    def __init__(self, session_manager: Any, kernel_manager: Any, checkpoints: Checkpoints) -> None:
        """The managers are the server's own; ``checkpoints`` is closed by whoever made it."""
        self.checkpoints = checkpoints
        self._sessions = session_manager
        self._kernels = kernel_manager
        self._prepared: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        """The process that has our code, by manager of its kernel."""
        self._forking = asyncio.Lock()
        self._watched: WeakSet[Any] = WeakSet()
        allow_adoption(kernel_manager)

    async def prepare(self, kernel_id: str) -> None:
        """Bring our code into a kernel. Raises ForkRefused, KernelBusy, KernelError."""
        manager = self._manager(kernel_id)
        async with connected(manager) as client:
            await self._prepare(manager, client, ANSWER_SECONDS)

    async def probe(self, kernel_id: str, *, sources: Sequence[str] | None = None) -> ForkProbe:
        """Return what ``fork`` with the same arguments would do, before it is done."""
        manager = self._manager(kernel_id)
        try:
            async with connected(manager) as client:
                await self._prepare(manager, client, ANSWER_SECONDS)
                said = await self._ask_probe(client)
        except ForkRefused as refused:
            said = {"status": "unable", "message": str(refused)}
        except KernelBusy:
            said = {"status": "ok", "busy": True}
        if sources is None or _is_at(said, sources):
            return describe(said)
        found = await self.checkpoints.find(sources)
        return describe_past(said, found, len(sources))

    async def watch(self, kernel_id: str) -> None:
        """Have a kernel make checkpoints after cells that took long, and its branches too."""
        manager = self._manager(kernel_id)
        async with connected(manager) as client:
            await self._prepare(manager, client, ANSWER_SECONDS)
            await self._set_policy(client, kernel_id)
        self._watched.add(manager)

    async def fork(
        self,
        kernel_id: str,
        path: str,
        *,
        sources: Sequence[str] | None = None,
        wait: float = WAIT_SECONDS,
    ) -> Forked:
        """Fork a kernel for the notebook at ``path`` (contents API), which must have none.

        With ``sources``, the cells above the fork, it is forked as it was when these had run and no
        other: as it is now, else from a checkpoint; cells that are missing then are returned. Else
        as it is now, which waits up to ``wait`` seconds for the cell that runs. Raises KernelBusy,
        ForkRefused when it cannot be done safely or nothing of these cells was kept, KernelError
        when it failed; nothing is left behind then.
        """
        began = time.monotonic()
        manager = self._manager(kernel_id)
        await self._require_free(path)
        checkpoint = None
        if sources is not None and not await self._is_now(manager, sources):
            checkpoint = await self._checkpoint(sources)
        async with connected(manager) as client:
            launch: Launch
            if checkpoint is not None:
                launch = FromCheckpoint(self._forking, self.checkpoints, checkpoint)
            else:
                await self._prepare(manager, client, wait)
                await self._wait_until_idle(client, began + wait)
                launch = FromKernel(self._forking, client)
            branch_id = await self._start(manager.kernel_name, path, launch)
        await self._require_answer(branch_id)
        await self._adopt_session(branch_id, path)
        milliseconds = round((time.monotonic() - began) * 1000)
        if manager in self._watched:
            await self.watch(branch_id)
        hazards = read_hazards(launch.reply)
        return Forked(
            kernel_id=branch_id,
            source_kernel_id=kernel_id,
            engine="fork",
            milliseconds=milliseconds,
            paused_ms=launch.reply.get("forked_ms", 0),
            hazards=hazards,
            not_carried=not_carried(hazards),
            missing=[] if checkpoint is None else list((sources or [])[checkpoint.count :]),
        )

    async def _is_now(self, manager: Any, sources: Sequence[str]) -> bool:
        try:
            async with connected(manager) as client:
                await self._prepare(manager, client, ANSWER_SECONDS)
                return _is_at(await self._ask_probe(client), sources)
        except (KernelBusy, ForkRefused):
            return False

    async def _checkpoint(self, sources: Sequence[str]) -> Checkpoint:
        found = await self.checkpoints.find(sources)
        if found is None:
            raise ForkRefused(NOTHING_KEPT)
        return found

    async def _set_policy(self, client: Any, kernel_id: str) -> None:
        policy = self.checkpoints.policy(kernel_id)
        try:
            await ask(client, "checkpoint_policy_request", policy, seconds=ANSWER_SECONDS)
        except TimeoutError:
            raise ForkRefused(NOT_IPYKERNEL) from None

    def _manager(self, kernel_id: str) -> Any:
        if kernel_id not in self._kernels:
            raise NotFound("kernel")
        return self._kernels.get_kernel(kernel_id)

    async def _prepare(self, manager: Any, client: Any, seconds: float) -> None:
        require_local(manager)
        if not await ensure_async(manager.is_alive()):
            raise KernelError("The kernel has died, and its variables are lost.")
        if self._prepared.get(manager) == manager.provisioner.pid:
            return
        try:
            await inject(client, seconds)
        except TimeoutError:
            raise KernelBusy(BUSY) from None
        except KernelError as error:
            raise ForkRefused(str(error)) from error
        self._prepared[manager] = manager.provisioner.pid

    async def _ask_probe(self, client: Any) -> dict[str, Any]:
        try:
            return await ask(client, "fork_probe_request", seconds=ANSWER_SECONDS)
        except TimeoutError:
            raise ForkRefused(NOT_IPYKERNEL) from None

    async def _wait_until_idle(self, client: Any, until: float) -> None:
        """Return when no cell runs. Raises KernelBusy, ForkRefused."""
        while True:
            said = await self._ask_probe(client)
            require_safe(said)
            if not said["busy"]:
                return
            if time.monotonic() >= until:
                raise KernelBusy(BUSY)
            await asyncio.sleep(INTERVAL)

    async def _require_free(self, path: str) -> None:
        for session in await ensure_async(self._sessions.list_sessions()):
            # Front ends with collaboration may put the name of their drive before the path.
            if session["path"] in (path, f"RTC:{path}"):
                raise Conflict(f"The notebook {path!r} has a kernel already: shut it down first.")

    async def _start(self, kernel_name: str, path: str, launch: Launch) -> str:
        branch_id: str = self._kernels.new_kernel_id()
        name = path.rpartition("/")[2]
        try:
            await ensure_async(
                self._kernels.start_kernel(
                    kernel_id=branch_id,
                    kernel_name=kernel_name,
                    path=path,
                    env=self._sessions.get_kernel_env(path, name),
                    **{ADOPT: Adoption(launch)},
                )
            )
            await ensure_async(self._kernels.get_kernel(branch_id).ready)
        except Exception as error:  # provisioners are anyone's code
            # A start that failed stays listed, and the server could not shut down all kernels.
            self._kernels._pending_kernels.pop(branch_id, None)
            if isinstance(error, (Conflict, KernelError)):
                raise
            raise KernelError(f"The fork could not be started: {error}.") from error
        manager = self._kernels.get_kernel(branch_id)
        self._prepared[manager] = manager.provisioner.pid
        return branch_id

    async def _require_answer(self, kernel_id: str) -> None:
        """Kill a branch that does not answer: better no fork than one that hangs."""
        try:
            async with connected(self._kernels.get_kernel(kernel_id)) as client:
                client.shell_channel.send(client.session.msg("kernel_info_request"))
                await client.get_shell_msg(timeout=CANARY_SECONDS)
        except Exception as error:
            await ensure_async(self._kernels.shutdown_kernel(kernel_id, now=True))
            raise KernelError(
                f"The fork did not answer in {CANARY_SECONDS:g} s and was ended."
            ) from error

    async def _adopt_session(self, kernel_id: str, path: str) -> None:
        await self._sessions.create_session(
            path=path, name=path.rpartition("/")[2], type="notebook", kernel_id=kernel_id
        )


def _is_at(said: dict[str, Any], sources: Sequence[str]) -> bool:
    """Tell whether a kernel, as it is now, has run these cells and no other."""
    return said["status"] == "ok" and not said["busy"] and said.get("executed") == key(sources)
