"""Notices when the process of a kernel ends without having been asked to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from weakref import WeakSet


class Deaths:
    """Follows kernels; ``died`` is called with the id of one that has died, maybe twice."""

    def __init__(self, died: Callable[[str], Awaitable[None]]) -> None:
        self._died = died
        self._followed: dict[int, int] = {}
        """Processes, and what they are waited for with."""
        self._known: WeakSet[Any] = WeakSet()
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, manager: Any) -> None:
        """Look at the present process of a kernel, as often as one likes."""
        pid = int(manager.provisioner.pid)
        if pid in self._followed:
            return
        with suppress(OSError, AttributeError):  # it has ended; or this platform has no such thing
            descriptor = os.pidfd_open(pid)
            self._followed[pid] = descriptor
            asyncio.get_running_loop().add_reader(descriptor, self._ended, manager, pid)
        if manager not in self._known:
            self._known.add(manager)
            # The server may have seen it before us, and have begun to start it again.
            manager.add_restart_callback(lambda: self._tell(manager.kernel_id))

    def close(self) -> None:
        """Look no longer."""
        for pid in list(self._followed):
            self._forget(pid)
        for task in self._tasks:
            task.cancel()

    def _ended(self, manager: Any, pid: int) -> None:
        self._forget(pid)
        if not manager.shutting_down:
            self._tell(manager.kernel_id)

    def _forget(self, pid: int) -> None:
        descriptor = self._followed.pop(pid)
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)

    def _tell(self, kernel_id: str) -> None:
        async def tell() -> None:
            await self._died(kernel_id)

        task = asyncio.create_task(tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
