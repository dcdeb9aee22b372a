"""What a server that was killed had begun: it is finished when a part of it is done, else undone.

A file is replaced at once, so each holds the old or the new version; unless someone has changed it
since: then the new version is merged into it, and where both changed the same, the file's stays.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

from ..ids import MAIN
from ..models.branch import Branch
from ..notebooks.cells import Notebook
from ..notebooks.manifest import Manifest, Snapshot, digests_of, restore, snapshot
from ..notebooks.merge import merge
from ..storage import operations
from ..storage.branches import get_branch
from ..storage.heads import get_head
from ..storage.operations import Change, Operation
from ..storage.states import State, get_state
from ..storage.writer import Transaction
from .applying import Commit, Plan, Target, alone, clear_up, finish, holds, tag_of, tell
from .layout import file_of
from .loading import EMPTY, load_differing, load_some
from .recording import By
from .replacing import Replacement, Replacing
from .shelf import Shelf, load_notebook, load_pieces
from .staging import remove_drafts
from .syncing import api_name


async def recover(shelf: Shelf, made: Operation, commit: Commit | None = None) -> bool:
    """Finish an operation that was cut short, or forget it; tell whether it was finished."""
    async with shelf.database.read() as conn:
        branch = await get_branch(conn, shelf.scope, made.branch_id)
        changes = await operations.list_changes(conn, made.id)
    paths = {path for change in changes for path in (change.old_path, change.new_path) if path}
    names = [api_name(shelf, branch, path) for path in paths]
    async with shelf.documents.replacing(shelf.scope.project_id, names) as replacing:
        for path in paths:
            file = shelf.folder.root / file_of(branch.folder, path)
            with suppress(OSError):
                await asyncio.to_thread(remove_drafts, file, tag_of(made.id))
        if not made.intent:
            await clear_up(shelf, replacing, made.id)
            return True
        if await _is_moved(shelf, branch, changes):
            await _forget(shelf, made)
            return False
        begun = [await _is_begun(shelf, branch, replacing, change) for change in changes]
        if not any(begun):
            await _forget(shelf, made)
            return False
        await _finish(shelf, branch, replacing, made, changes, commit)
    tell(shelf, branch, made.id, changes)
    return True


async def _is_moved(shelf: Shelf, branch: Branch, changes: list[Change]) -> bool:
    """Tell whether the branch went on meanwhile: what lies in the files is recorded then."""
    async with shelf.database.read() as conn:
        for change in changes:
            now = await get_state(conn, shelf.scope, branch, change.notebook_id)
            old = (change.old_path, change.old_version)
            if old != ((None, None) if now is None else (now.path, now.version_id)):
                return True
    return False


async def _is_begun(shelf: Shelf, branch: Branch, replacing: Replacing, change: Change) -> bool:
    """Tell whether a notebook's file is no longer what it was before."""
    old, new = await load_some(shelf, change.old_version, change.new_version)
    if change.new_path is not None and (change.new_path != change.old_path or new != old):
        there = await replacing.read(api_name(shelf, branch, change.new_path))
        if there is not None and await asyncio.to_thread(holds, there, new):
            return True
    if change.old_path is not None and change.old_path != change.new_path:
        gone = await replacing.read(api_name(shelf, branch, change.old_path)) is None
        return gone and await _has_file(shelf, branch, change)
    return False


async def _has_file(shelf: Shelf, branch: Branch, change: Change) -> bool:
    """Tell whether the notebook had a file before."""
    if branch.id == MAIN:
        return True
    async with shelf.database.read() as conn:
        head = await get_head(conn, shelf.scope, branch.id, change.notebook_id)
    return head is not None and head.stat is not None


async def _forget(shelf: Shelf, made: Operation) -> None:
    async def work(transaction: Transaction) -> None:
        await operations.remove_operations(transaction.conn, shelf.scope, [made.id])

    await shelf.database.write(work)


async def _finish(
    shelf: Shelf,
    branch: Branch,
    replacing: Replacing,
    made: Operation,
    changes: list[Change],
    commit: Commit | None,
) -> None:
    plans = []
    replacements = []
    for change in changes:
        plan, replacement = await _plan(shelf, branch, replacing, change)
        plans.append(plan)
        if replacement is not None:
            replacements.append(replacement)
    await replacing.look_at_trust()
    await replacing.stage(tag_of(made.id), replacements)
    await replacing.swap()
    by = By(made.writer, made.session_id, made.run_id)
    end = partial(
        finish,
        shelf=shelf, branch=branch, by=by, id_=made.id, plans=plans, replacing=replacing,
    )  # fmt: skip
    await (commit or alone(shelf))(made.id, end)
    await clear_up(shelf, replacing, made.id)
    await replacing.done()


async def _plan(
    shelf: Shelf, branch: Branch, replacing: Replacing, change: Change
) -> tuple[Plan, Replacement | None]:
    before = State(change.notebook_id, change.old_path, change.old_version)
    target = Target(change.notebook_id, before, change.new_path, change.new_version)
    old, new = await load_some(shelf, change.old_version, change.new_version)
    old_name = api_name(shelf, branch, change.old_path) if change.old_path else None
    new_name = api_name(shelf, branch, change.new_path) if change.new_path else None
    plan = Plan(target, change, old_name, new_name, [])
    name, there = new_name, None if new_name is None else await replacing.read(new_name)
    if there is None and old_name is not None and old_name != new_name:
        name, there = old_name, await replacing.read(old_name)
    if there is None:
        name = None
    if new_name is None:
        return plan, None if name is None else Replacement(name, None, None)
    if there is None and branch.id != MAIN and not await _has_file(shelf, branch, change):
        return replace(plan, new_name=None), None
    await shelf.folder.make_parent(file_of(branch.folder, change.new_path or ""))
    now = None if there is None else await asyncio.to_thread(snapshot, there)
    if now is not None and now.manifest == new:
        return plan, None if name == new_name else Replacement(name, new_name, there)
    if now is not None and now.manifest != old:
        # The branch gets the version, and what the file has besides is recorded later.
        plan = replace(plan, new_name=None)
        return plan, Replacement(name, new_name, await _merged(shelf, now, old, new))
    assert change.new_version is not None
    return plan, Replacement(name, new_name, await load_notebook(shelf, change.new_version))


async def _merged(shelf: Shelf, now: Snapshot, old: Manifest, new: Manifest) -> Notebook:
    pieces = await load_differing(shelf, old, new, EMPTY) | now.pieces
    result = await asyncio.to_thread(merge, old, now.manifest, new, pieces.__getitem__)
    pieces |= result.pieces
    missing = digests_of(result.manifest) - pieces.keys()
    pieces |= await load_pieces(shelf, missing)
    return await asyncio.to_thread(restore, result.manifest, pieces)
