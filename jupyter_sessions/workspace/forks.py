"""Forks of kernels: a branch of a notebook goes on at once with all variables of another."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_core.utils import ensure_async

from ..errors import Conflict, ForkRefused, KernelBusy, KernelError, NotFound
from ..models.checkpoint import Checkpoint
from ..models.fork import Forked, ForkProbe, Hazard
from .adoption import allow_adoption
from .checkpoints import Checkpoints
from .clients import while_alive
from .costs import (
    NOTHING_KEPT,
    describe,
    describe_again,
    describe_past,
    not_carried,
    read_hazards,
)
from .deaths import Deaths
from .fork_points import Above, Past, differences, past
from .injection import inject, run_silently
from .launches import (
    ANSWER_SECONDS,
    BUSY,
    FromCell,
    FromCheckpoint,
    FromKernel,
    Launch,
    refusal,
    require_local,
)
from .origins import Origins, Process
from .starting import start_branch
from .wire import Wire

WAIT_SECONDS = 10.0
PROBE_SECONDS = 1.0
"""How long it is waited for that our code gets into a kernel, before a fork."""
INTERVAL = 0.05
NOT_IPYKERNEL = "Only kernels of ipykernel can be forked, and this one does not answer like one."


@dataclass(frozen=True, slots=True)
class Savable:
    """A kernel that could save its variables, between two cells."""

    said: dict[str, Any]
    """What it says of itself."""
    differs: list[Hazard]


class Forks:
    """Forks the server's own kernels."""

    def __init__(self, session_manager: Any, kernel_manager: Any, checkpoints: Checkpoints) -> None:
        """The managers are the server's own; ``checkpoints`` is closed by whoever made it."""
        self.checkpoints = checkpoints
        self.wait_seconds = WAIT_SECONDS
        """How long a fork waits for the cell that runs."""
        self._sessions = session_manager
        self._kernels = kernel_manager
        self._prepared: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        """The process that has our code, by manager of its kernel."""
        self._forking = asyncio.Lock()
        self._watched: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        """The process that makes checkpoints, by manager of its kernel."""
        self._origins = Origins()
        self._deaths = Deaths(checkpoints.keep)
        allow_adoption(kernel_manager)

    async def prepare(self, kernel_id: str) -> None:
        """Bring our code into a kernel. Raises ForkRefused, KernelBusy, KernelError."""
        manager = self._manager(kernel_id)
        with Wire(manager) as wire:
            await self._prepare(manager, wire, ANSWER_SECONDS)

    async def ask(
        self, kernel_id: str, kind: str, content: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Ask a kernel what our code there can tell. Raises ForkRefused, KernelBusy, KernelError.

        A kernel that has our code answers while a cell runs.
        """
        manager = self._manager(kernel_id)
        with Wire(manager) as wire:
            await self._prepare(manager, wire, PROBE_SECONDS)
            try:
                return await wire.ask("control", kind, content or {}, seconds=ANSWER_SECONDS)
            except TimeoutError:
                raise ForkRefused(NOT_IPYKERNEL) from None

    async def call(self, kernel_id: str, text: str, seconds: float) -> None:
        """Have a kernel run a line of ours, behind the cells that wait.

        Raises TimeoutError when it has not ended after so many seconds, ForkRefused when our code
        cannot get there, KernelError when the kernel does not take it or dies.
        """
        manager = self._manager(kernel_id)
        with Wire(manager) as wire:
            await self._prepare(manager, wire, seconds)
            reply = await while_alive(manager, run_silently(wire, text, seconds))
        if reply.get("status") != "ok":
            raise KernelError(f"The kernel said {reply.get('evalue', reply.get('status'))!s:.200}.")

    async def interrupt(self, kernel_id: str) -> None:
        """Interrupt what a kernel runs."""
        with suppress(KeyError, RuntimeError):  # it was shut down meanwhile
            await ensure_async(self._kernels.interrupt_kernel(kernel_id))

    async def savable(
        self, kernel_id: str, above: Above, *, failed: bool = False
    ) -> Savable | None:
        """Return what a kernel says that cannot be forked, if its present state is meant.

        Its variables can be saved by itself then. ``failed``: to fork it was tried in vain.
        """
        manager = self._manager(kernel_id)
        with Wire(manager) as wire:
            said = await self._say(manager, wire, PROBE_SECONDS)
        if "executed" not in said or not (failed or refusal(said)):
            return None
        differs = differences(above, said["executed"])
        return None if differs is None else Savable(said, differs)

    async def probe(
        self, kernel_id: str, above: Above | None = None, *, whole: bool = False
    ) -> ForkProbe:
        """Return what ``fork`` with the same arguments would do, before it is done."""
        manager = self._manager(kernel_id)
        with Wire(manager) as wire:
            said = await self._say(manager, wire, PROBE_SECONDS)
            if "executed" in said and said.get(
                "busy"
            ):  # with the end of what was asked before, maybe
                await asyncio.sleep(INTERVAL)
                said = await self._say(manager, wire, PROBE_SECONDS)
        choice = await self._choose(manager, said, above, whole)
        if isinstance(choice, Past):
            return describe_past(said, choice)
        if isinstance(choice, ForkRefused):
            return describe_again(said, str(choice), 0 if above is None else len(above.cells))
        return describe(said, choice)

    async def watch(self, kernel_id: str, patience: float = ANSWER_SECONDS) -> None:
        """Have a kernel make checkpoints after cells that took long, and its branches too.

        A restart ends it. ``patience`` is how many seconds a cell that runs is waited for.
        """
        manager = self._manager(kernel_id)
        policy = self.checkpoints.policy(kernel_id)
        with Wire(manager) as wire:
            if self._prepared.get(manager) == process_of(manager):
                await self._set_policy(wire, policy)
            else:
                await self._prepare(manager, wire, patience, policy)
        self._watched[manager] = process_of(manager)
        self._deaths.follow(manager)

    async def unwatch(self, kernel_id: str) -> None:
        """Have a kernel make no more checkpoints, and drop those that it made.

        Raises ForkRefused when it does not answer: it is watched still, and can be asked again.
        """
        try:
            if kernel_id in self._kernels and self.is_watched(kernel_id):
                await self._unwatch(self._manager(kernel_id))
        finally:
            await self.checkpoints.drop_kernel(kernel_id)

    def can_be_forked(self, kernel_id: str) -> bool:
        """Tell whether it is worth asking a kernel: others are remote, or of another language."""
        try:
            require_local(self._manager(kernel_id))
        except ForkRefused:
            return False
        return True

    def was_watched(self, kernel_id: str) -> bool:
        """Tell whether a kernel makes checkpoints, or did so before it was started again."""
        return kernel_id in self._kernels and self._manager(kernel_id) in self._watched

    def is_watched(self, kernel_id: str) -> bool:
        """Tell whether the present process of a kernel makes checkpoints."""
        manager = self._manager(kernel_id)
        return self._watched.get(manager, 0) == process_of(manager)

    async def fork(
        self,
        kernel_id: str,
        path: str,
        above: Above | None = None,
        *,
        wait: float | None = None,
        whole: bool = False,
    ) -> Forked:
        """Fork a kernel for the notebook at ``path`` (contents API), which must have none.

        With ``above``, the cells up to the fork, the state after the last of them is meant: that
        is the present one when it ran last, else a checkpoint after these cells; cells that are
        missing then are returned. Without, it is the present one. A cell that runs is waited for
        up to ``wait`` seconds, ``wait_seconds`` when left out. ``whole``: where the present state
        is meant and cannot be forked, no cells shall be missing, since it can be saved. Raises
        KernelBusy, ForkRefused when it cannot be done safely or nothing of these cells was kept,
        KernelError when it failed;
        nothing is left behind then.
        """
        began = time.monotonic()
        until = began + (self.wait_seconds if wait is None else wait)
        manager = self._manager(kernel_id)
        await self._require_free(path)
        with Wire(manager) as wire:
            choice = await self._settled(manager, wire, above, whole, until)
            launch: Launch
            if isinstance(choice, Past):
                launch = FromCheckpoint(self._forking, self.checkpoints, choice.kept)
            else:
                launch = FromKernel(self._forking, manager, wire)
            branch_id = await self._start(manager, path, launch)
        await self._adopt_session(branch_id, path)
        milliseconds = round((time.monotonic() - began) * 1000)
        shared = choice.kept.made_at if isinstance(choice, Past) else datetime.now(UTC)
        self._origins.add(self._process(branch_id), (kernel_id, process_of(manager)), shared)
        if self.is_watched(kernel_id):
            await self.watch(branch_id)
        differs = choice.differs if isinstance(choice, Past) else choice
        hazards = differs + read_hazards(launch.reply)
        return Forked(
            kernel_id=branch_id,
            source_kernel_id=kernel_id,
            engine="fork",
            milliseconds=milliseconds,
            paused_ms=launch.reply.get("paused_ms", 0),
            hazards=hazards,
            not_carried=not_carried(hazards),
            missing=choice.missing if isinstance(choice, Past) else [],
        )

    async def fork_in_cell(
        self, kernel_id: str, path: str, name: str
    ) -> tuple[str, dict[str, Any]]:
        """Fork a kernel in the middle of a cell, for a console at ``path`` (contents API).

        Returns the new kernel, and what the old one says of it. Raises Conflict when no cell runs,
        KernelBusy when our code is not in the kernel yet, ForkRefused and KernelError as ``fork``.
        """
        manager = self._manager(kernel_id)
        with Wire(manager) as wire:
            await self._prepare(manager, wire, PROBE_SECONDS)
            launch = FromCell(self._forking, manager, wire, name)
            branch_id = await self._start(manager, path, launch)
        await self._sessions.create_session(
            path=path, name=name, type="console", kernel_id=branch_id
        )
        return branch_id, launch.reply

    async def fork_checkpoint(self, kernel_id: str, path: str, checkpoint: Checkpoint) -> str:
        """Start a kernel from a checkpoint, of the kind of another; it has no session yet.

        Raises KernelError when the checkpoint has ended or does not answer.
        """
        launch = FromCheckpoint(self._forking, self.checkpoints, checkpoint)
        return await self._start(self._manager(kernel_id), path, launch)

    def close(self) -> None:
        """Look no longer whether kernels die."""
        self._deaths.close()

    async def _settled(
        self, manager: Any, wire: Wire, above: Above | None, whole: bool, until: float
    ) -> list[Hazard] | Past[Checkpoint]:
        """Return what is to be forked, when nothing has to be waited for. Raises KernelBusy."""
        while True:
            left = until - time.monotonic()
            said = await self._say(manager, wire, max(left, INTERVAL))
            choice = await self._choose(manager, said, above, whole)
            if isinstance(choice, Past):
                return choice
            if isinstance(choice, ForkRefused):
                raise choice
            if not said.get("busy"):
                return choice
            if time.monotonic() >= until:
                raise KernelBusy(BUSY)
            await asyncio.sleep(INTERVAL)

    async def _choose(
        self, manager: Any, said: dict[str, Any], above: Above | None, whole: bool
    ) -> list[Hazard] | Past[Checkpoint] | ForkRefused:
        """Return what would be forked: the present state, with how it differs; or the past."""
        refused = refusal(said)
        # A cell runs, and the kernel has not told its history: the present one is waited for.
        unknown = refused is None and "executed" not in said
        now = [] if above is None or unknown else differences(above, said.get("executed", []))
        if now is not None and refused is None:
            return now
        if above is not None:
            own = (manager.kernel_id, process_of(manager))
            found = self._origins.of_past(own, await self.checkpoints.present())
            meant = past(above, said.get("executed", []), found)
            costly = meant is not None and whole and now is not None and meant.missing
            if meant is not None and not costly:
                return meant
        return refused or ForkRefused(NOTHING_KEPT)

    async def _say(self, manager: Any, wire: Wire, patience: float) -> dict[str, Any]:
        """Return what a kernel says of itself; that it is busy, when our code cannot get there."""
        try:
            await self._prepare(manager, wire, patience)
            return await self._ask_probe(wire)
        except ForkRefused as refused:
            return {"status": "unable", "message": str(refused)}
        except KernelBusy:
            return {"status": "ok", "busy": True}

    async def _unwatch(self, manager: Any) -> None:
        process = process_of(manager)
        with Wire(manager) as wire:
            await self._set_policy(wire, {})
        if self._watched.get(manager) == process:  # it was not started again meanwhile
            del self._watched[manager]

    async def _set_policy(self, wire: Wire, policy: dict[str, Any]) -> None:
        try:
            kind = "checkpoint_policy_request"
            await wire.ask("control", kind, policy, seconds=ANSWER_SECONDS)
        except TimeoutError:
            raise ForkRefused(NOT_IPYKERNEL) from None

    def _process(self, kernel_id: str) -> Process:
        return kernel_id, process_of(self._manager(kernel_id))

    def _manager(self, kernel_id: str) -> Any:
        if kernel_id not in self._kernels:
            raise NotFound("kernel")
        return self._kernels.get_kernel(kernel_id)

    async def _prepare(
        self, manager: Any, wire: Wire, seconds: float, policy: dict[str, Any] | None = None
    ) -> None:
        require_local(manager)
        if not await ensure_async(manager.is_alive()):
            raise KernelError("The kernel has died, and its variables are lost.")
        if self._prepared.get(manager) == manager.provisioner.pid:
            return
        try:
            await inject(wire, seconds, policy)
        except TimeoutError:
            raise KernelBusy(BUSY) from None
        except KernelError as error:
            raise ForkRefused(str(error)) from error
        self._prepared[manager] = manager.provisioner.pid

    async def _ask_probe(self, wire: Wire) -> dict[str, Any]:
        try:
            return await wire.ask("control", "fork_probe_request", {}, seconds=ANSWER_SECONDS)
        except TimeoutError:
            raise ForkRefused(NOT_IPYKERNEL) from None

    async def _require_free(self, path: str) -> None:
        for session in await ensure_async(self._sessions.list_sessions()):
            # Front ends with collaboration may put the name of their drive before the path.
            if session["path"] in (path, f"RTC:{path}"):
                raise Conflict(f"The notebook {path!r} has a kernel already: shut it down first.")

    async def _start(self, like: Any, path: str, launch: Launch) -> str:
        branch_id = await start_branch(self._kernels, self._sessions, like, path, launch)
        manager = self._kernels.get_kernel(branch_id)
        self._prepared[manager] = manager.provisioner.pid
        return branch_id

    async def _adopt_session(self, kernel_id: str, path: str) -> None:
        await self._sessions.create_session(
            path=path, name=path.rpartition("/")[2], type="notebook", kernel_id=kernel_id
        )


def process_of(manager: Any) -> int:
    """Return the process of a kernel: a restart gives it another one."""
    return int(getattr(getattr(manager, "provisioner", None), "pid", None) or 0)
