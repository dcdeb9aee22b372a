"""What became of a notebook's file behind our back, and what we ourselves did to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from ..errors import BadRequest, NotFound
from ..ids import NotebookId, OperationId
from ..models.branch import Branch
from ..models.live import VersionAdded
from ..models.version import OperationKind
from ..notebooks.cells import Notebook
from ..notebooks.rereading import NOTHING
from ..storage import branches, heads, operations
from ..storage.connections import Conn, aside
from ..storage.heads import FileStat, Head
from ..storage.operations import Change
from ..storage.sqlite import is_remote
from ..storage.states import State, find_state, state_of
from ..storage.writer import Transaction
from .contents import MAX_NOTEBOOK
from .documents import Edited, Kept
from .layout import file_of
from .recording import By, Draft, Moved, Taken, draft, known_state, record, retake, take, write
from .shelf import Shelf

QUICK_BYTES = 4_000_000
"""Smaller files are read in the middle of a query, which saves steps from thread to thread."""
SMALL_BYTES = 256_000
"""Still smaller ones, in the middle of the transaction that records them; some 2 ms."""
OUTSIDE = By("outside")
USER = By("user")
_SAVE: OperationKind = "save"
_OUTSIDE: OperationKind = "outside"


def api_name(shelf: Shelf, branch: Branch, path: str) -> str:
    """Return what the contents API calls the file of a notebook on a branch."""
    return shelf.folder.api(file_of(branch.folder, path))


async def sync(
    shelf: Shelf, branch: Branch, path: str, by: By = OUTSIDE, kind: OperationKind = "outside"
) -> OperationId | None:
    """Record the file of a notebook when it is no longer the one that is known.

    Returns the operation, if there was something new. Raises BadRequest when the file is no
    notebook: its versions stay as they are. A file that is not there is not looked at.
    """
    async with shelf.documents.lock(api_name(shelf, branch, path)):
        return await sync_locked(shelf, branch, path, by, kind)


async def sync_written(
    shelf: Shelf, branch: Branch, path: str, by: By = OUTSIDE, kind: OperationKind = "outside"
) -> OperationId | None:
    """Like ``sync``, for a file that was written just now: as a rule its version is a new one."""
    async with shelf.documents.lock(api_name(shelf, branch, path)):
        if shelf.database.kind == "sqlite":
            work = partial(_record_small, shelf, branch, path, by, kind)
            small = await shelf.database.write(work)
            if small is not None:
                return await _told(shelf, branch, path, small.operation)
        return await sync_locked(shelf, branch, path, by, kind)


class _Small(NamedTuple):
    """A small file was looked at, and recorded if there was something new."""

    operation: OperationId | None


async def _record_small(
    shelf: Shelf,
    branch: Branch,
    path: str,
    by: By,
    kind: OperationKind,
    transaction: Transaction,
) -> _Small | None:
    """Read and record a small file in one step; ``None`` when it takes several.

    Nobody else can write meanwhile, so nothing slow is waited for: no disk behind a network.
    """
    if is_remote(shelf.folder.root):
        return None
    head, stat, drafted = await _known_and_present(
        shelf, branch, path, by, kind, SMALL_BYTES, transaction.conn
    )
    if stat is None or (head is not None and head.stat == stat):
        return _Small(None)
    if drafted is None or drafted.prepared.early:
        return None
    return _Small(await write(shelf, branch, path, stat, by, kind, drafted, transaction))


async def sync_locked(
    shelf: Shelf, branch: Branch, path: str, by: By = OUTSIDE, kind: OperationKind = "outside"
) -> OperationId | None:
    """Like ``sync``, for those who hold the lock of the file."""
    head, stat, drafted = await shelf.database.query(
        partial(_known_and_present, shelf, branch, path, by, kind, QUICK_BYTES)
    )
    if stat is None or (head is not None and head.stat == stat):
        return None
    with suppress(Moved):
        if drafted is not None:
            return await record(shelf, branch, path, drafted.taken, stat, by, kind, drafted)
        if head is not None and stat.size <= MAX_NOTEBOOK:
            file = file_of(branch.folder, path)
            again = await asyncio.to_thread(_retaken, shelf, file, head)
            if again is not None:
                return await record(shelf, branch, path, again, stat, by, kind)
    try:
        taken, seen = await shelf.documents.look(api_name(shelf, branch, path), take)
    except NotFound:  # it went meanwhile
        return None
    if head is not None:
        return await record(shelf, branch, path, taken, seen or stat, by, kind)
    return await record_seen(shelf, branch, path, taken, seen or stat, by, kind)


async def _known_and_present(
    shelf: Shelf,
    branch: Branch,
    path: str,
    by: By,
    kind: OperationKind,
    max_size: int,
    conn: Conn,
) -> tuple[Head | None, FileStat | None, Draft | None]:
    """Return what is known of a file, what it is, and a draft of the new version if it is small."""
    head = await heads.find_head(conn, shelf.scope, branch.id, path)
    file = file_of(branch.folder, path)
    stat = await aside(conn, partial(shelf.folder.stat_now, file))
    if head is None or stat is None or head.stat == stat or stat.size > max_size:
        return head, stat, None
    taken = await aside(conn, partial(_retaken, shelf, file, head))
    if taken is None:
        return head, stat, None
    return head, stat, await draft(conn, shelf, branch, path, by, kind, taken, head)


def _retaken(shelf: Shelf, file: str, head: Head) -> Taken | None:
    """Return a notebook as its file holds it; ``None`` when others must read it, or refuse it."""
    if not shelf.documents.are_plain_files:
        return None
    base = head.version_id
    before = None if base is None else shelf.documents.recent.find(shelf.scope, base)
    with suppress(OSError, UnicodeDecodeError, BadRequest):
        raw = shelf.folder.read_now(file)
        return retake(raw, base, before.known) if before else retake(raw, None, NOTHING)
    return None


async def record_seen(
    shelf: Shelf,
    branch: Branch,
    path: str,
    content: Notebook | Taken,
    stat: FileStat | None,
    by: By,
    kind: OperationKind,
) -> OperationId | None:
    """Record a state; the first one of a notebook that another program wrote was just found."""
    if kind == "outside":
        async with shelf.database.read() as conn:
            if await known_state(conn, shelf, branch, path) is None:
                by, kind = By("user"), "found"
    return await record(shelf, branch, path, content, stat, by, kind)


async def record_edit(
    shelf: Shelf, branch: Branch, path: str, by: By, kind: OperationKind, edited: Edited
) -> None:
    """Record an edit of ours; and before it what the notebook was, if that is not known yet."""
    if edited.before is edited.after:  # it was made just now
        await record(shelf, branch, path, edited.after, edited.saved, by, kind)
        return
    async with shelf.database.read() as conn:
        head = await heads.find_head(conn, shelf.scope, branch.id, path)
    shared = edited.read is None
    # The room of a shared document saves it in a moment: what its file holds until then is known.
    file = await shelf.folder.stat(file_of(branch.folder, path)) if shared else edited.read
    if shared or head is None or head.stat != file:
        # In a shared document what a person typed may not be saved yet: it is theirs.
        who, how = (USER, _SAVE) if shared else (OUTSIDE, _OUTSIDE)
        await record_seen(shelf, branch, path, edited.before, file, who, how)
    await record(shelf, branch, path, edited.after, file if shared else edited.saved, by, kind)


def keeper(shelf: Shelf, branch: Branch, path: str, by: By, kind: OperationKind = "run") -> Kept:
    """Return what ``Documents.edit`` calls to have an edit recorded."""
    return partial(record_edit, shelf, branch, path, by, kind)


async def forget(shelf: Shelf, branch: Branch, path: str, by: By = USER) -> OperationId | None:
    """Record that a notebook was deleted on a branch; on the others it stays."""

    async def work(transaction: Transaction) -> OperationId | None:
        state = await find_state(transaction.conn, shelf.scope, branch, path)
        return None if state is None else await _delete(transaction.conn, shelf, branch, state, by)

    return await _told(shelf, branch, path, await shelf.database.write(work))


async def _delete(conn: Conn, shelf: Shelf, branch: Branch, state: State, by: By) -> OperationId:
    scope = shelf.scope
    change = Change(state.notebook_id, state.path, None, state.version_id, None)
    made = await operations.add_operation(
        conn, scope, branch.id, "delete", by.writer, [change],
        session_id=by.session_id, run_id=by.run_id,
    )  # fmt: skip
    await heads.put_head(conn, scope, Head(branch.id, state.notebook_id, None, None, True))
    await branches.touch_branch(conn, scope, branch.id)
    return made.id


async def rename(
    shelf: Shelf, branch: Branch, old: str, new: str, by: By = USER
) -> OperationId | None:
    """Record that a notebook has another path on a branch; it keeps its history."""
    stat = await shelf.folder.stat(file_of(branch.folder, new))

    async def work(transaction: Transaction) -> OperationId | None:
        conn, scope = transaction.conn, shelf.scope
        state = await find_state(conn, scope, branch, old)
        if state is None:
            return None
        taken = await heads.find_head(conn, scope, branch.id, new)
        if taken is not None and taken.notebook_id != state.notebook_id:
            # Its file went outside, and nobody has looked since: no two notebooks have one path.
            await _delete(conn, shelf, branch, state_of(taken), OUTSIDE)
        change = Change(state.notebook_id, old, new, state.version_id, state.version_id)
        made = await operations.add_operation(
            conn, scope, branch.id, "rename", by.writer, [change],
            session_id=by.session_id, run_id=by.run_id,
        )  # fmt: skip
        head = Head(branch.id, state.notebook_id, new, state.version_id, True, stat)
        await heads.put_head(conn, scope, head)
        await branches.touch_branch(conn, scope, branch.id)
        return made.id

    return await _told(shelf, branch, new, await shelf.database.write(work))


async def _told(
    shelf: Shelf, branch: Branch, path: str, made: OperationId | None
) -> OperationId | None:
    if made is not None:
        told = VersionAdded(branch=branch.id, notebook=path, version=made)
        shelf.documents.tell(shelf.scope.project_id, told)
    return made


def below(states: Mapping[NotebookId, State] | list[State], path: str) -> list[str]:
    """Return the paths of the notebooks that lie in a folder, or are what is named."""
    listed = states if isinstance(states, list) else list(states.values())
    paths = [state.path for state in listed if state.path is not None]
    return [each for each in paths if each == path or each.startswith(f"{path}/")]
