"""Every state that a notebook gets, by whatever door, becomes a version on its branch."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from ..ids import NotebookId, OperationId, RunId, SessionId, VersionId
from ..models.base import utcnow
from ..models.branch import Branch
from ..models.live import VersionAdded
from ..models.version import OperationKind, Writer
from ..notebooks.cells import Notebook
from ..notebooks.diff import Counts, counts, diff
from ..notebooks.manifest import Encoded, Manifest, Snapshot, encode, snapshot
from ..notebooks.pieces import Digest
from ..notebooks.rereading import NOTHING, Known, reread
from ..storage import branches, heads, merges, operations, thinning
from ..storage.connections import Conn, aside
from ..storage.heads import FileStat, Head
from ..storage.operations import Change, Operation
from ..storage.states import State, find_state, state_of
from ..storage.writer import Transaction
from .authors import Written, add_authors, written
from .recent import Recorded
from .shelf import Prepared, Shelf, Stored, prepare, read_pieces, read_stored, texts_of

TOGETHER = timedelta(minutes=2)
"""Saves of one person within this time are one version."""
TRIES = 10
_JOINED = frozenset[OperationKind](("run", "save"))
"""What may become part of the operation before it."""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes a notebook."""

    writer: Writer
    session_id: SessionId | None = None
    run_id: RunId | None = None


class Taken(NamedTuple):
    """A notebook as it is recorded."""

    new: Snapshot
    encoded: Encoded
    known: Known = NOTHING
    """Its cells as they lie in the file."""
    base: VersionId | None = None
    """The version that it was read after: pieces that this one has are not in ``new``."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What a branch had before."""

    state: State | None
    joins: Operation | None = None
    """The operation that the new state becomes part of."""
    joined: Change | None = None

    @property
    def version_id(self) -> VersionId | None:
        return None if self.state is None else self.state.version_id

    @property
    def compared(self) -> VersionId | None:
        """The version that the operation started from."""
        return self.version_id if self.joined is None else self.joined.old_version


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that is about to be recorded."""

    taken: Taken
    before: _Before
    prepared: Prepared
    counts: Counts
    written: list[Written]
    at_hand: Mapping[Digest, bytes]
    """Texts of its cells, and others."""

    def recorded(self) -> Recorded:
        """Return what is kept at hand once it is stored."""
        new = self.taken.new
        wanted = texts_of(new.manifest)
        texts = {digest: self.at_hand[digest] for digest in wanted if digest in self.at_hand}
        whole = len(texts) == len(wanted)
        root = self.taken.encoded.root
        return Recorded(new.manifest, root, texts if whole else {}, self.taken.known)


class Moved(Exception):
    """Someone else recorded a version meanwhile, and what was read was read after another one."""


async def record(
    shelf: Shelf,
    branch: Branch,
    path: str,
    content: Notebook | Taken,
    stat: FileStat | None,
    by: By,
    kind: OperationKind,
    drafted: Draft | None = None,
) -> OperationId | None:
    """Record the present state of a notebook; return the operation, ``None`` if nothing is new.

    Call it under ``shelf.documents.lock`` of its file. ``stat`` is the file that holds it.
    ``drafted`` is a draft of it that was made just now. Raises Moved for what was taken after a
    version that the branch has no more.
    """
    new = content if isinstance(content, Taken) else await asyncio.to_thread(take, content)

    async def draft_now(conn: Conn) -> Draft:
        return await draft(conn, shelf, branch, path, by, kind, new)

    for _ in range(TRIES):
        ready = drafted if drafted is not None else await shelf.database.query(draft_now)
        await ready.prepared.begin()
        try:
            made = await shelf.database.write(
                partial(_write_if_same, shelf, branch, path, stat, by, kind, ready)
            )
        except Moved:
            drafted = None
            continue
        if made is not None:
            told = VersionAdded(branch=branch.id, notebook=path, version=made)
            shelf.documents.tell(shelf.scope.project_id, told)
        return made
    raise RuntimeError(f"{path!r} gets new versions faster than they can be recorded")


async def _before(
    conn: Conn,
    shelf: Shelf,
    branch: Branch,
    path: str,
    by: By,
    kind: OperationKind,
    own: Head | None = None,
) -> _Before:
    state = state_of(own) if own else await known_state(conn, shelf, branch, path)
    if state is None or kind not in _JOINED:
        return _Before(state)
    last = await operations.last_change(conn, branch.id, state.notebook_id)
    if last is None or not _alike(last[0], by, kind):
        return _Before(state)
    if await branches.is_forked_since(conn, shelf.scope, branch.id, last[0].id):
        return _Before(state)
    if await merges.is_merged_since(conn, shelf.scope, branch.id, last[0].id):
        return _Before(state)  # the merge has the version as it is: there the branches met
    return _Before(state, *last)


async def known_state(conn: Conn, shelf: Shelf, branch: Branch, path: str) -> State | None:
    """Return the notebook that has this path on a branch, or that had it when it was deleted."""
    state = await find_state(conn, shelf.scope, branch, path)
    if state is not None:
        return state
    for gone in await heads.list_deleted(conn, shelf.scope, branch.id):
        last = await operations.last_change(conn, branch.id, gone)
        if last is not None and last[1].old_path == path:
            return State(gone, None, None, True)
    return None


def _alike(last: Operation, by: By, kind: OperationKind) -> bool:
    """Tell whether a change belongs to the one that was recorded last."""
    same = (last.kind, last.writer, last.run_id) == (kind, by.writer, by.run_id)
    if not same or last.name is not None or last.undone:
        return False
    return kind == "run" or (kind == "save" and utcnow() - last.created_at < TOGETHER)


def take(content: Notebook) -> Taken:
    """Return a notebook as it is recorded. Takes 3 ms for a megabyte: call it in a thread."""
    new = snapshot(content)
    return Taken(new, encode(new.manifest))


def retake(raw: bytes, base: VersionId | None, known: Known) -> Taken:
    """Return a notebook as its file holds it; ``known`` is of the version that it had before."""
    found = reread(raw, known)
    return Taken(found.snapshot, encode(found.snapshot.manifest), found.known, base)


async def draft(
    conn: Conn,
    shelf: Shelf,
    branch: Branch,
    path: str,
    by: By,
    kind: OperationKind,
    taken: Taken,
    own: Head | None = None,
) -> Draft:
    """Compare a notebook with what its branch has, and pack what is new in it.

    ``own`` is the head that ``conn`` sees of it, if that was asked for. Raises Moved.
    """
    new, encoded = taken.new, taken.encoded
    before = await _before(conn, shelf, branch, path, by, kind, own)
    if taken.base not in (None, before.version_id):
        raise Moved
    ids = {id_ for id_ in (before.version_id, before.compared) if id_ is not None}
    known, at_hand = await _compared(conn, shelf, ids)
    base = None if before.version_id is None else known[before.version_id]
    old = Manifest(()) if base is None else base.manifest
    first = known[before.compared].manifest if before.compared is not None else Manifest(())
    at_hand |= new.pieces
    rest = texts_of(old, first, without=new.manifest)
    if first is not old:
        rest |= texts_of(new.manifest, without=first)
    if rest := rest - at_hand.keys():
        at_hand |= await read_pieces(conn, shelf.scope, rest)
    load = at_hand.__getitem__

    def compared() -> tuple[Counts, list[Written]]:
        changed = counts(diff(first, new.manifest, load), load)
        return changed, written(old, new.manifest, load)

    changed, lines = await aside(conn, compared)
    # The branch has the old version until the new one takes its place.
    prepared = await prepare(conn, shelf, new, encoded, base=base)
    return Draft(taken, before, prepared, changed, lines, at_hand)


async def _compared(
    conn: Conn, shelf: Shelf, ids: set[VersionId]
) -> tuple[dict[VersionId, Stored], dict[Digest, bytes]]:
    """Return versions, and those of their texts that are at hand."""
    recent = {id_: shelf.documents.recent.find(shelf.scope, id_) for id_ in ids}
    at_hand = {id_: each for id_, each in recent.items() if each is not None}
    known = await read_stored(conn, shelf.scope, ids - at_hand.keys())
    texts: dict[Digest, bytes] = {}
    for id_, each in at_hand.items():
        known[id_] = Stored(each.manifest, each.root)
        texts |= each.texts
    return known, texts


async def _write_if_same(
    shelf: Shelf,
    branch: Branch,
    path: str,
    stat: FileStat | None,
    by: By,
    kind: OperationKind,
    draft: Draft,
    transaction: Transaction,
) -> OperationId | None:
    conn = transaction.conn
    await thinning.hold(conn, shelf.scope)
    if await _before(conn, shelf, branch, path, by, kind) != draft.before:
        raise Moved
    return await write(shelf, branch, path, stat, by, kind, draft, transaction)


async def write(
    shelf: Shelf,
    branch: Branch,
    path: str,
    stat: FileStat | None,
    by: By,
    kind: OperationKind,
    draft: Draft,
    transaction: Transaction,
) -> OperationId | None:
    """Record a draft, in a transaction that sees the branch as the draft was made on it."""
    conn, scope, state = transaction.conn, shelf.scope, draft.before.state
    version_id = await draft.prepared.add(conn)
    if state is not None and state.version_id == version_id and state.path == path:
        await _keep_stat(conn, shelf, branch, state, stat)
        return None
    notebook_id = await heads.add_notebook(conn, scope) if state is None else state.notebook_id
    made = await _put_change(conn, shelf, branch, path, by, kind, draft, notebook_id, version_id)
    head = Head(branch.id, notebook_id, path, version_id, kind != "found", stat)
    await heads.put_head(conn, scope, head, renamed=state is None or state.path != path)
    await add_authors(conn, notebook_id, draft.written, by)
    await branches.touch_branch(conn, scope, branch.id)
    recent = shelf.documents.recent
    transaction.after_commit.append(partial(recent.keep, scope, version_id, draft.recorded()))
    return made


async def _keep_stat(
    conn: Conn, shelf: Shelf, branch: Branch, state: State, stat: FileStat | None
) -> None:
    """Note which file holds the version that the branch has anyway."""
    if await heads.get_head(conn, shelf.scope, branch.id, state.notebook_id) is not None:
        await heads.put_stat(conn, shelf.scope, branch.id, state.notebook_id, stat)
        return
    head = Head(branch.id, state.notebook_id, state.path, state.version_id, False, stat)
    await heads.put_head(conn, shelf.scope, head)


async def _put_change(
    conn: Conn,
    shelf: Shelf,
    branch: Branch,
    path: str,
    by: By,
    kind: OperationKind,
    draft: Draft,
    notebook_id: NotebookId,
    version_id: VersionId,
) -> OperationId:
    before, joined, state = draft.before, draft.before.joined, draft.before.state
    old_path = joined.old_path if joined else (None if state is None else state.path)
    change = Change(
        notebook_id,
        old_path,
        path,
        before.compared,
        version_id,
        draft.counts.cells,
        draft.counts.lines_added,
        draft.counts.lines_removed,
    )
    if before.joins is not None:
        await operations.update_change(conn, before.joins.id, change)
        return before.joins.id
    made = await operations.add_operation(
        conn,
        shelf.scope,
        branch.id,
        kind,
        by.writer,
        [change],
        session_id=by.session_id,
        run_id=by.run_id,
    )
    return made.id
