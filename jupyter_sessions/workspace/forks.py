"""Forks of kernels: a branch of a notebook goes on at once with all variables of another."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_async

from ..errors import Conflict, ForkRefused, KernelBusy, KernelError, NotFound
from ..models.fork import Forked, ForkProbe
from .adoption import ADOPT, AdoptingProvisioner, Adoption, allow_adoption, bury, orphans_come_here
from .costs import describe, not_carried, read_hazards
from .injection import ask, connected, inject

WAIT_SECONDS = 10.0
"""How long a fork waits for the cell that runs."""
ANSWER_SECONDS = 10.0
CANARY_SECONDS = 5.0
INTERVAL = 0.05
OWN_VARIABLES = ("JUPYTER_SESSIONS_", "JPY_SESSION_NAME")
"""What a branch has of its own in its environment; the rest is the source's."""


class Forks:
    """Forks the server's own kernels."""

    def __init__(self, session_manager: Any, kernel_manager: Any) -> None:
        """Both are the server's own."""
        self._sessions = session_manager
        self._kernels = kernel_manager
        self._prepared: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        """The process that has our code, by manager of its kernel."""
        self._forking = asyncio.Lock()
        allow_adoption(kernel_manager)

    async def prepare(self, kernel_id: str) -> None:
        """Bring our code into a kernel. Raises ForkRefused, KernelBusy, KernelError."""
        manager = self._manager(kernel_id)
        async with connected(manager) as client:
            await self._prepare(manager, client, ANSWER_SECONDS)

    async def probe(self, kernel_id: str) -> ForkProbe:
        """Return what a fork of this kernel would be, before it is made."""
        manager = self._manager(kernel_id)
        try:
            async with connected(manager) as client:
                await self._prepare(manager, client, ANSWER_SECONDS)
                return describe(await self._ask_probe(client))
        except ForkRefused as refused:
            return describe({"status": "unable", "message": str(refused)})
        except KernelBusy:
            return describe({"status": "ok", "busy": True})

    async def fork(self, kernel_id: str, path: str, *, wait: float = WAIT_SECONDS) -> Forked:
        """Fork a kernel for the notebook at ``path`` (contents API), which must have none.

        Waits up to ``wait`` seconds for the cell that runs. Raises KernelBusy, ForkRefused when it
        cannot be done safely, KernelError when it failed; nothing is left behind then.
        """
        began = time.monotonic()
        manager = self._manager(kernel_id)
        await self._require_free(path)
        async with connected(manager) as client:
            await self._prepare(manager, client, wait)
            await self._wait_until_idle(client, began + wait)
            launch = _Launch(client, self._forking)
            branch_id = await self._start(manager.kernel_name, path, launch)
        await self._require_answer(branch_id)
        await self._adopt_session(branch_id, path)
        said = launch.reply
        hazards = read_hazards(said)
        return Forked(
            kernel_id=branch_id,
            source_kernel_id=kernel_id,
            engine="fork",
            milliseconds=round((time.monotonic() - began) * 1000),
            paused_ms=said["forked_ms"],
            hazards=hazards,
            not_carried=not_carried(hazards),
        )

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
            _require_safe(said)
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

    async def _start(self, kernel_name: str, path: str, launch: _Launch) -> str:
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


BUSY = "A cell runs in the kernel: wait for its end, or interrupt it, then fork."
NOT_IPYKERNEL = "Only kernels of ipykernel can be forked, and this one does not answer like one."


class _Launch:
    """Asks the source for the process of the branch."""

    def __init__(self, client: Any, lock: asyncio.Lock) -> None:
        self._client, self._lock = client, lock
        self.reply: dict[str, Any] = {}

    async def __call__(self, connection_file: Path, env: Mapping[str, str]) -> int:
        own = {name: value for name, value in env.items() if name.startswith(OWN_VARIABLES)}
        order = {
            "connection_file": str(connection_file),
            "environment": own,
            "server_pid": os.getpid(),
        }
        async with self._lock:
            with orphans_come_here():
                self.reply = await self._request(order)
        if self.reply["status"] == "error" and "pid" in self.reply:
            await bury(self.reply["pid"])
        _require_safe(self.reply)
        return int(self.reply["pid"])

    async def _request(self, order: dict[str, Any]) -> dict[str, Any]:
        try:
            return await ask(self._client, "fork_request", order, seconds=ANSWER_SECONDS)
        except TimeoutError:
            raise KernelError("The kernel did not answer the request to fork it.") from None


def require_local(manager: Any) -> None:
    """Raise ForkRefused for a kernel that cannot be ours to fork."""
    provisioner = getattr(manager, "provisioner", None)
    if type(provisioner) not in (LocalProvisioner, AdoptingProvisioner):
        kind = type(provisioner).__name__
        raise ForkRefused(f"This kernel was started by {kind}, elsewhere: it cannot be forked.")
    language = manager.kernel_spec.language
    if language.lower() != "python":
        raise ForkRefused(f"Only kernels of Python can be forked, and this one is {language!r}.")


def _require_safe(said: dict[str, Any]) -> None:
    match said["status"]:
        case "ok":
            return
        case "busy":
            raise KernelBusy(BUSY)
        case "unsafe":
            refused = [each for each in said["hazards"] if each["level"] == "refuse"]
            raise ForkRefused(" ".join(each["detail"] for each in refused))
        case "unable":
            raise ForkRefused(said["message"])
        case _:
            raise KernelError(f"The kernel could not be forked: {said['message']}")
