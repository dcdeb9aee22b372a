"""Requests that are under way, and their end with the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

GRACE_SECONDS = 5.0
"""How long the server waits for requests that it has cancelled."""


class InFlight:
    """The tasks of our handlers.

    The server stops its event loop, and leaves requests where they are. A thread of AnyIO's ends
    with the task that it was started for: one that waits for a kernel kept the process for ever.
    """

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()
        self.ending = False
        """Nobody is there any more to be answered."""

    @contextmanager
    def one(self) -> Iterator[None]:
        """While this is open the current task answers a request."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            yield
        finally:
            self.tasks.discard(task)

    async def end(self) -> None:
        """Cancel all requests, and wait for their ends."""
        self.ending = True
        tasks = self.tasks - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE_SECONDS)
