"""Where the process of a branch comes from: a kernel that runs, or a checkpoint."""

from __future__ import annotations

import asyncio
import os
import time
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_server.gateway.managers import GatewayKernelManager

from ..errors import Conflict, ForkRefused, KernelBusy, KernelError
from ..models.checkpoint import Checkpoint
from .adoption import AdoptingProvisioner, bury, orphans_come_here
from .checkpoints import Checkpoints
from .clients import Died, while_alive
from .wire import Wire

ANSWER_SECONDS = 10.0
ORDER_SECONDS = 5.0
"""A kernel that comes to it later does not fork; the rest of the time is for the branch to open."""
OWN_VARIABLES = ("JUPYTER_SESSIONS_", "JPY_SESSION_NAME")
"""What a branch has of its own in its environment; the rest is the source's."""
ENDED = "No cell runs in the kernel now: what it holds can be looked at in the notebook itself."
BUSY = "A cell runs in the kernel: wait for its end, or interrupt it, then fork."


class Launch:
    """Makes the process of a branch, when the server has prepared its channels."""

    def __init__(self, lock: asyncio.Lock) -> None:
        """One at a time, whatever it is made from: ``lock`` is shared."""
        self._lock = lock
        self.reply: dict[str, Any] = {}

    async def __call__(self, connection_file: Path, env: Mapping[str, str]) -> int:
        own = {name: value for name, value in env.items() if name.startswith(OWN_VARIABLES)}
        order = {
            "connection_file": str(connection_file),
            "environment": own,
            "server_pid": os.getpid(),
            "until": time.monotonic() + ORDER_SECONDS,
        }
        async with self._lock:
            with orphans_come_here():
                self.reply = await self._request(order)
        if self.reply["status"] == "error" and "pid" in self.reply:
            await bury(self.reply["pid"])
        require_safe(self.reply)
        return int(self.reply["pid"])

    @abstractmethod
    async def _request(self, order: dict[str, Any]) -> dict[str, Any]:
        """Send the order to who forks; return the answer."""


class FromKernel(Launch):
    """Asks the kernel as it is now."""

    def __init__(self, lock: asyncio.Lock, manager: Any, wire: Wire) -> None:
        super().__init__(lock)
        self._manager, self._wire = manager, wire

    async def _request(self, order: dict[str, Any]) -> dict[str, Any]:
        asked = self._wire.ask("control", "fork_request", order, seconds=ANSWER_SECONDS)
        try:
            return await while_alive(self._manager, asked)
        except Died:
            raise KernelError("The kernel died while it was forked.") from None
        except TimeoutError:
            raise KernelError("The kernel did not answer the request to fork it.") from None


class FromCell(FromKernel):
    """Asks the kernel in the middle of a cell, which goes on."""

    def __init__(self, lock: asyncio.Lock, manager: Any, wire: Wire, name: str) -> None:
        """``name`` is what a console of the branch says first."""
        super().__init__(lock, manager, wire)
        self._name = name

    async def _request(self, order: dict[str, Any]) -> dict[str, Any]:
        reply = await super()._request(order | {"mode": "peek", "name": self._name})
        if reply["status"] == "idle":
            raise Conflict(ENDED)
        return reply


class FromCheckpoint(Launch):
    """Asks a checkpoint; its kernel may be busy with something else."""

    def __init__(
        self, lock: asyncio.Lock, checkpoints: Checkpoints, checkpoint: Checkpoint
    ) -> None:
        super().__init__(lock)
        self._checkpoints, self._checkpoint = checkpoints, checkpoint

    async def _request(self, order: dict[str, Any]) -> dict[str, Any]:
        return await self._checkpoints.fork(self._checkpoint, order)


def require_local(manager: Any) -> None:
    """Raise ForkRefused for a kernel that cannot be ours to fork."""
    if isinstance(manager, GatewayKernelManager):
        raise ForkRefused("This kernel was started by a gateway, elsewhere: it cannot be forked.")
    provisioner = getattr(manager, "provisioner", None)
    if type(provisioner) not in (LocalProvisioner, AdoptingProvisioner):
        kind = type(provisioner).__name__
        raise ForkRefused(f"This kernel was started by {kind}, elsewhere: it cannot be forked.")
    language = manager.kernel_spec.language
    if language.lower() != "python":
        raise ForkRefused(f"Only kernels of Python can be forked, and this one is {language!r}.")


def refusal(said: dict[str, Any]) -> ForkRefused | None:
    """Return why a kernel cannot be forked, from what it says of itself."""
    try:
        require_safe(said)
    except ForkRefused as refused:
        return refused
    return None


def require_safe(said: dict[str, Any]) -> None:
    """Raise what the answer of a kernel amounts to, unless it is ``ok``."""
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
