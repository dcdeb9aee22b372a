"""A client of a kernel, as a notebook has one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def connected(manager: Any) -> AsyncIterator[Any]:
    """Give a client of the kernel of a manager, which runs code and gets the replies."""
    client = manager.client()
    client.start_channels(iopub=False, stdin=False, hb=False)
    try:
        yield client
    finally:
        client.stop_channels()
