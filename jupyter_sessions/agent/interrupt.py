"""The flag that a person sets to stop a run, and what a second press stops at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """The work was cut short because the user pressed a second time."""


class Interrupt:
    """Read at each boundary: before a batch of calls, and before a request to the model."""

    def __init__(self) -> None:
        self.requested = False
        self.hard = False
        self._working: set[asyncio.Task[Any]] = set()

    def request(self, *, hard: bool) -> None:
        """Ask to stop at the next boundary; ``hard`` also stops what is running."""
        self.requested = True
        if hard and not self.hard:
            self.hard = True
            for task in self._working:
                task.cancel()

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work`` so that a hard interrupt ends it: it is cancelled, and Stopped is raised."""
        task = asyncio.ensure_future(work)
        self._working.add(task)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if self.hard and task.cancelled():
                raise Stopped from None
            # We ourselves are being cancelled: the work goes with us, and is waited for.
            task.cancel()
            await asyncio.wait([task])
            raise
        finally:
            self._working.discard(task)
