"""Which files of a project commands and cells have changed: by how they look before and after.

Nothing waits for the first look but what could change files, and that only for a moment.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..models.text import storable
from ..models.version import ChangedFile
from .ignored import ignored_by_git
from .marks import NAMES, is_ours
from .search import SKIPPED

MAX_FILES = 20_000
SLICE_S = 0.2
"""Seconds that one look takes in its thread before others have their turn."""
MAX_SLICES = 25
WAIT_S = 0.2
"""Seconds that a cell or command waits for the first look."""
MAX_LISTED = 500
REASON = "a command or a cell changed it, or someone meanwhile: what it was is not kept"

Change = Literal["created", "changed", "deleted"]
Look = tuple[int, int, int]
"""Size, time of the last change, and identity of a file."""


@dataclass(slots=True)
class Listing:
    """The files of a project, as they look."""

    files: dict[str, Look] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different, and whether all files were looked at."""

    files: list[ChangedFile]
    incomplete: bool


NO_FILES = Changes([], incomplete=False)


class Surroundings:
    """The files around one run."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._first: asyncio.Task[Listing] | None = None
        self._late = False
        self._used = False

    def begin(self) -> None:
        """Begin to look at all files, apart."""
        self._first = asyncio.create_task(look(self._root))

    async def ready(self) -> None:
        """Wait a moment until all files were looked at: something may change them now."""
        self._used = True
        if self._first is not None and not self._first.done():
            await asyncio.wait({self._first}, timeout=WAIT_S)
            self._late = self._late or not self._first.done()

    async def changes(self) -> Changes:
        """Return what is different now; nothing, where nothing could have changed it."""
        if self._first is None:
            return NO_FILES
        if not self._used:
            self._first.cancel()
            return NO_FILES
        before, after = await self._first, await look(self._root)
        found = list(_compared(before, after))
        hidden = await ignored_by_git(self._root, [path for path, _ in found])
        shown = [(path, change) for path, change in found if path not in hidden]
        whole = before.complete and after.complete and not self._late
        incomplete = not whole or len(shown) > MAX_LISTED
        return Changes([_by_code(*each) for each in shown[:MAX_LISTED]], incomplete)


def _by_code(path: str, change: Change) -> ChangedFile:
    # Linux lets a name be any bytes: those that are no UTF-8 could not be written down.
    return ChangedFile(path=storable(path), change=change, covered=False, reason=REASON, by="code")


def _compared(before: Listing, after: Listing) -> Iterator[tuple[str, Change]]:
    for path in sorted(before.files.keys() | after.files.keys()):
        old, new = before.files.get(path), after.files.get(path)
        if old == new:
            continue
        # In a listing that is not complete, a file that is missing may just not be in it.
        if old is None and before.complete:
            yield path, "created"
        elif new is None and after.complete:
            yield path, "deleted"
        elif old is not None and new is not None:
            yield path, "changed"


async def look(root: Path) -> Listing:
    """Return how the files of a project look; hidden folders and those of branches are left out."""
    listing = Listing()
    files = _walk(root)
    for _ in range(MAX_SLICES):
        if await asyncio.to_thread(_slice, files, listing):
            return listing
        await asyncio.sleep(0)
    listing.complete = False
    return listing


def _slice(files: Iterator[tuple[str, Look]], listing: Listing) -> bool:
    """Look at more files for a while; tell whether that was all."""
    end = time.monotonic() + SLICE_S
    for path, seen in files:
        if len(listing.files) >= MAX_FILES:
            listing.complete = False
            return True
        listing.files[path] = seen
        if time.monotonic() > end:
            return False
    return True


def _walk(root: Path) -> Iterator[tuple[str, Look]]:
    for place, folders, names in os.walk(root):
        at = Path(place)
        folders[:] = [name for name in folders if _wanted(root, at, name)]
        for name in names:
            if name.startswith("."):
                continue
            try:
                info = os.stat(at / name, follow_symlinks=False)
            except OSError:
                continue
            path = (at / name).relative_to(root).as_posix()
            yield path, (info.st_size, info.st_mtime_ns, info.st_ino)


def _wanted(root: Path, at: Path, name: str) -> bool:
    if name.startswith(".") or name in SKIPPED:
        return False
    return not (at == root and name in NAMES and is_ours(at / name))
