"""Having a notebook of a branch as a real file, so that every other tool works on it."""

from __future__ import annotations

import asyncio

from ..errors import Conflict, NotFound
from ..ids import MAIN
from ..models.branch import Branch
from ..notebooks.file import write_notebook
from ..storage import heads
from ..storage.branches import get_branch
from ..storage.heads import Head
from ..storage.states import State, find_state
from ..storage.writer import Transaction
from .layout import file_of, make_ready
from .shelf import Shelf, load_notebook
from .syncing import api_name, sync, sync_locked


async def checkout(shelf: Shelf, branch: Branch, path: str) -> str:
    """Return the file, below the project, of a notebook on a branch; it is there, and recorded.

    Raises NotFound when the branch has no such notebook, and Conflict when it is deleted.
    """
    file = file_of(branch.folder, path)
    if branch.status == "deleted":
        raise Conflict(f"The branch {branch.name!r} is deleted. Restore it first.")
    await shelf.folder.check(file)
    async with shelf.documents.lock(api_name(shelf, branch, path)):
        if await shelf.folder.stat(file) is not None:
            await sync_locked(shelf, branch, path)
            return file
        if branch.id == MAIN:
            raise NotFound(f"notebook {path!r}")
        state = await shared_state(shelf, branch, path)
        if state is None or state.version_id is None:
            raise NotFound(f"notebook {path!r} on the branch {branch.name!r}")
        await _write(shelf, branch, path, file, state)
    return file


async def shared_state(shelf: Shelf, branch: Branch, path: str) -> State | None:
    """Return the notebook as the branch has it; its file on main is recorded first, if new."""
    async with shelf.database.read() as conn:
        state = await find_state(conn, shelf.scope, branch, path)
        main = await get_branch(conn, shelf.scope, MAIN)
    if state is not None or branch.id == MAIN:
        return state
    await sync(shelf, main, path)
    async with shelf.database.read() as conn:
        return await find_state(conn, shelf.scope, branch, path)


async def _write(shelf: Shelf, branch: Branch, path: str, file: str, state: State) -> None:
    assert state.version_id is not None
    notebook = await load_notebook(shelf, state.version_id)
    raw = await asyncio.to_thread(write_notebook, notebook)
    await asyncio.to_thread(make_ready, shelf.folder.root, branch.folder)
    stat = await shelf.folder.place(file, raw)
    head = Head(branch.id, state.notebook_id, path, state.version_id, state.touched, stat)

    async def work(transaction: Transaction) -> None:
        await heads.put_head(transaction.conn, shelf.scope, head)

    await shelf.database.write(work)
