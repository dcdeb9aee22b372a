"""Looking through a project for notebooks that are new, or that another program has changed."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from ..errors import SessionsError
from ..ids import MAIN
from ..models.branch import Branch
from ..models.text import storable
from ..storage import heads
from ..storage.branches import get_branch, list_branches
from ..storage.heads import FileStat, Head
from .disk import file_stat
from .marks import NAMES, is_ours
from .search import SKIPPED
from .shelf import Shelf
from .syncing import OUTSIDE, forget, rename, sync

MAX_FOUND = 20_000
SECONDS = 5.0
"""A project that takes longer to walk through is looked at in part."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """The notebooks that lie in a folder, by their paths below it."""

    files: dict[str, FileStat]
    complete: bool = True


async def scan(shelf: Shelf) -> None:
    """Record every notebook of the project whose file is not the one that is known.

    A notebook that moved keeps its history. One whose file is gone counts as deleted on main; on
    other branches its file is only a copy, which is made again when it is wanted.
    """
    root = shelf.folder.root
    async with shelf.database.read() as conn:
        main = await get_branch(conn, shelf.scope, MAIN)
        others = [each for each in await list_branches(conn, shelf.scope) if each.folder]
        known = await heads.list_heads(conn, shelf.scope, MAIN)
    found = await asyncio.to_thread(walk, root, root)
    await _main(shelf, main, known, found)
    for branch in others:
        if branch.status != "deleted":
            await _branch(shelf, branch)


async def _main(shelf: Shelf, main: Branch, known: list[Head], found: Found) -> None:
    paths = {head.path: head for head in known if head.path is not None}
    new = [path for path in found.files if path not in paths]
    gone = [path for path in paths if path not in found.files] if found.complete else []
    moved = _moves({path: paths[path] for path in gone}, {path: found.files[path] for path in new})
    for old, path in moved.items():
        await rename(shelf, main, old, path, OUTSIDE)
    for path, stat in found.files.items():
        head = paths.get(path)
        if path not in moved.values() and (head is None or head.stat != stat):
            await _look(shelf, main, path)
    for path in gone:
        if path not in moved and await shelf.folder.stat(path) is None:
            await forget(shelf, main, path, OUTSIDE)


def _moves(gone: dict[str, Head], new: dict[str, FileStat]) -> dict[str, str]:
    """Return for notebooks that are gone where the very same file is now.

    A name that is not UTF-8 cannot be recorded: a notebook that has one now is just gone.
    """
    places = {stat: path for path, stat in new.items() if storable(path) == path}
    return {
        path: places[head.stat]
        for path, head in gone.items()
        if head.stat is not None and head.stat in places
    }


async def _branch(shelf: Shelf, branch: Branch) -> None:
    folder = shelf.folder.root / branch.folder
    found = await asyncio.to_thread(walk, shelf.folder.root, folder)
    async with shelf.database.read() as conn:
        known = {h.path: h for h in await heads.list_heads(conn, shelf.scope, branch.id)}
    for path, stat in found.files.items():
        head = known.get(path)
        if head is None or head.stat != stat:
            await _look(shelf, branch, path)


async def _look(shelf: Shelf, branch: Branch, path: str) -> None:
    try:
        await sync(shelf, branch, path)
    except SessionsError as error:  # it is no notebook at this moment: nothing to record
        _log.debug("%r on %s: %s", path, branch.name, error)
    except Exception:  # one file never keeps the others from being looked at
        _log.exception("%r on %s was not looked at", path, branch.name)
    await asyncio.sleep(0)


def walk(root: Path, folder: Path) -> Found:
    """Find notebooks below a folder; hidden folders and those of branches are left out."""
    files: dict[str, FileStat] = {}
    end = time.monotonic() + SECONDS
    for place, folders, names in os.walk(folder):
        at = Path(place)
        folders[:] = [name for name in folders if _wanted(root, at, name)]
        for name in names:
            if not name.endswith(".ipynb") or name.startswith("."):
                continue
            try:
                info = os.stat(at / name, follow_symlinks=False)
            except OSError:
                continue
            if not (at / name).is_symlink():
                files[(at / name).relative_to(folder).as_posix()] = file_stat(info)
        if len(files) > MAX_FOUND or time.monotonic() > end:
            return Found(files, complete=False)
    return Found(files)


def _wanted(root: Path, at: Path, name: str) -> bool:
    if name.startswith(".") or name in SKIPPED:
        return False
    return not (at == root and name in NAMES and is_ours(at / name))
