"""What forks the kernels of a server: one of these, whatever the project."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from .checkpoints import Checkpoints
from .fork_runs import ForkRuns
from .forks import Forks
from .kernels import Kernels
from .namespaces import Namespaces


@dataclass(frozen=True, slots=True)
class ForkEngine:
    """The kernels, their forks and checkpoints, saved variables, and cells that run again."""

    kernels: Kernels
    forks: Forks
    checkpoints: Checkpoints
    runs: ForkRuns
    namespaces: Namespaces
    claimed: set[tuple[str, str]] = field(default_factory=set)
    """Folders of branches that are about to be made, by project."""
    peeks: dict[str, str] = field(default_factory=dict)
    """Copies of kernels that were made in the middle of a cell, and what they are copies of."""
    peeking: asyncio.Lock = field(default_factory=asyncio.Lock)
    reviving: asyncio.Lock = field(default_factory=asyncio.Lock)
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def close(self) -> None:
        """Stop what runs, and drop all checkpoints."""
        self.forks.close()
        await self.runs.close()
        await self.checkpoints.close()
