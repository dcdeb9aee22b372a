"""Saves the variables of kernels in the background, from checkpoints: the kernels never wait.

A save has to be worth it: so many seconds of work since the last one of the kernel, and a multiple
of the time that the last one took.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import KernelError
from ..models.checkpoint import Checkpoint
from ..models.saved import SavedNamespace
from .checkpoints import Checkpoints, available_memory
from .injection import cloudpickle_source, cloudpickle_version
from .saved_files import Draft, SavedFiles

WORTH_SECONDS = 10.0
"""Less work than this is sooner run again than the user has read what is offered."""
COST_FACTOR = 5.0
LOOK_SECONDS = 2.0
TIDY_SECONDS = 3600.0
MAX_SECONDS = 600.0
MEMORY_SHARE = 0.5
"""Of the memory that is available: some libraries copy a value before it is written."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """The notebook of a kernel."""

    project_id: str
    file: str
    """Below the project's folder."""


Find = Callable[[str], Awaitable[Place | None]]
"""Returns the notebook of a kernel, if it belongs to a project."""


@dataclass(frozen=True, slots=True)
class _Last:
    """What was saved, or tried, of a kernel."""

    total_seconds: float
    took: float


class Saver:
    """Saves one kernel after the other."""

    def __init__(
        self, checkpoints: Checkpoints, files: SavedFiles, worth_seconds: float = WORTH_SECONDS
    ) -> None:
        self._checkpoints, self._files = checkpoints, files
        self._worth_seconds = worth_seconds
        self._last: dict[str, _Last] = {}

    async def keep_saving(self, find: Find) -> None:
        """Look at the checkpoints until cancelled, and now and then at what was saved."""
        tidied = float("-inf")
        while self._files.is_on or tidied < 0:
            try:
                if time.monotonic() - tidied > TIDY_SECONDS:
                    tidied = time.monotonic()
                    await self._files.tidy()
                await self.save_due(find)
            except OSError as error:  # the disk is full, say: the next time may do better
                _log.warning("The variables of a kernel were not saved: %s", error)
            except Exception:  # nobody waits for this task
                _log.exception("The variables of a kernel were not saved")
            await asyncio.sleep(LOOK_SECONDS)

    async def save_due(self, find: Find) -> list[SavedNamespace]:
        """Save the last checkpoint of each kernel for which that is worth it."""
        if not self._files.is_on:
            return []
        latest = {each.kernel_id: each for each in await self._checkpoints.present()}
        self._last = {name: last for name, last in self._last.items() if name in latest}
        made = []
        for checkpoint in latest.values():
            if self._is_due(checkpoint) and (place := await find(checkpoint.kernel_id)):
                began = time.monotonic()
                try:
                    made += await self._save(checkpoint, place, find)
                finally:
                    took = time.monotonic() - began
                    self._last[checkpoint.kernel_id] = _Last(checkpoint.total_seconds, took)
        return made

    def _is_due(self, checkpoint: Checkpoint) -> bool:
        last = self._last.get(checkpoint.kernel_id)
        if last is None or last.total_seconds > checkpoint.total_seconds:  # it was restarted
            return checkpoint.total_seconds >= self._worth_seconds
        worked = checkpoint.total_seconds - last.total_seconds
        return worked >= max(self._worth_seconds, last.took * COST_FACTOR)

    async def _save(self, checkpoint: Checkpoint, place: Place, find: Find) -> list[SavedNamespace]:
        draft = await asyncio.to_thread(self._files.draft)
        try:
            order = await asyncio.to_thread(save_order, self._files, draft, MAX_SECONDS)
            await self._checkpoints.save(checkpoint, order)
            reply = await self._files.reply(draft)
            if reply["status"] != "ok" or await find(checkpoint.kernel_id) != place:
                _log.info("Kernel %s was not saved: %s", checkpoint.kernel_id, reply)
                return []
            about = about_of(reply, place, checkpoint.kernel_id, checkpoint.total_seconds)
            return [await self._files.add(draft, about)]
        except KernelError as error:
            _log.info("Kernel %s was not saved: %s", checkpoint.kernel_id, error)
            return []
        finally:
            await self._files.discard(draft)


def save_order(files: SavedFiles, draft: Draft, seconds: float) -> dict[str, Any]:
    """Return what a kernel is told that is to save its variables."""
    return {
        "file": str(draft.file),
        "reply": str(draft.reply),
        "limit": min(files.room(), int(available_memory() * MEMORY_SHARE)),
        "seconds": seconds,
        "cloudpickle": cloudpickle_source(),
    }


def about_of(reply: dict[str, Any], place: Place, kernel_id: str, total: float) -> dict[str, Any]:
    """Return the record of a save, from what the kernel has said of it."""
    said = {name: value for name, value in reply.items() if name != "status"}
    return said | {
        "project_id": place.project_id,
        "file": place.file,
        "kernel_id": kernel_id,
        "count": len(said["executed"]),
        "total_seconds": total,
        "pickler": cloudpickle_version(),
    }


def saved_folder(data_folder: str | Path) -> Path:
    """Return where saved namespaces lie, below Jupyter's data folder."""
    return Path(data_folder) / "jupyter_sessions" / "saved"
