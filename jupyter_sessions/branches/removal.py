"""Taking the files of a branch away, when everything in them is recorded."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path

from ..errors import SessionsError
from ..models.branch import Branch
from ..storage import heads
from ..storage.heads import FileStat
from ..storage.writer import Transaction
from .disk import disk_errors, stat_of
from .scanning import walk
from .shelf import Shelf
from .syncing import api_name as name_of
from .syncing import sync, sync_locked

CHECKPOINTS = ".ipynb_checkpoints"


async def record_all(shelf: Shelf, branch: Branch) -> None:
    """Record every notebook in the branch's folder. Raises BadRequest when one is none."""
    for path in await _files(shelf, branch):
        try:
            await sync(shelf, branch, path)
        except SessionsError as error:
            raise type(error)(
                f"{branch.folder}/{path} could not be kept as a version: {error} "
                "Repair the file or take it away, then try again."
            ) from error


async def remove_files(shelf: Shelf, branch: Branch) -> None:
    """Remove the files that are the versions that are known, and the folders that become empty.

    What was written since ``record_all``, and what is no notebook, stays.
    """
    for path in await _files(shelf, branch):
        async with shelf.documents.lock(name_of(shelf, branch, path)):
            with suppress(SessionsError):  # it changed just now, into no notebook: it stays
                await sync_locked(shelf, branch, path)
            await _remove(shelf, branch, path)
    await asyncio.to_thread(_prune, shelf.folder.root / branch.folder)


async def remove_empty(shelf: Shelf, folder: str) -> None:
    """Remove the folders below a branch's folder, and itself, as far as nothing lies in them."""
    await asyncio.to_thread(_prune, shelf.folder.root / folder)


async def _files(shelf: Shelf, branch: Branch) -> list[str]:
    folder = shelf.folder.root / branch.folder
    found = await asyncio.to_thread(walk, shelf.folder.root, folder)
    return sorted(found.files)


async def _remove(shelf: Shelf, branch: Branch, path: str) -> None:
    async with shelf.database.read() as conn:
        head = await heads.find_head(conn, shelf.scope, branch.id, path)
    if head is None or head.stat is None:
        return
    file = shelf.folder.root / branch.folder / path
    if await asyncio.to_thread(_unlink, file, head.stat):
        notebook_id = head.notebook_id

        async def work(transaction: Transaction) -> None:
            await heads.put_stat(transaction.conn, shelf.scope, branch.id, notebook_id, None)

        await shelf.database.write(work)


def _unlink(file: Path, known: FileStat) -> bool:
    if stat_of(file) != known:
        return False
    with disk_errors(file.name):
        os.unlink(file)
    return True


def _prune(folder: Path) -> None:
    """Remove checkpoints of notebooks that are gone, and empty folders, from below."""
    for place, _, _ in os.walk(folder, topdown=False):
        at = Path(place)
        if at.name == CHECKPOINTS and not any(at.parent.glob("*.ipynb")):
            shutil.rmtree(at, ignore_errors=True)
        with suppress(OSError):  # something is left in it
            os.rmdir(at)
