"""Merging one branch into another: asked for, decided cell by cell, approved by a person."""

from __future__ import annotations

from functools import partial

from ..branches.merging import (
    Merging,
    compute,
)
from ..branches.previewing import PLACE, preview, seen_name, seen_now
from ..branches.settling import settle
from ..branches.shelf import Shelf
from ..errors import BadRequest, Conflict
from ..ids import BranchId, MergeId, RunId, SessionId
from ..models.branch import Branch
from ..models.branch_events import MergeClosed, MergeData, MergeProposed
from ..models.envelope import Actor, EventBase
from ..models.live import MergeMoved
from ..models.merge import CellDecision, Merge, MergeDecisions, MergePreview, MergeStatus
from ..models.merge_choice import Decision
from ..models.scope import Scope
from ..storage import branches, convergences, merges, sessions
from ..storage.connections import Conn
from ..storage.merges import Decided, Seen
from ..timeline import Entry, Origin, Timeline


async def propose(
    timeline: Timeline,
    scope: Scope,
    source: str,
    target: str,
    *,
    created_by: Actor = "user",
    session_id: SessionId | None = None,
    run_id: RunId | None = None,
) -> Merge:
    """Ask for a merge of two branches, by id or name; return the open one, if there is one."""

    async def work(entry: Entry) -> Merge:
        one = await branches.find_branch(entry.conn, scope, source)
        other = await branches.find_branch(entry.conn, scope, target)
        require_mergeable(one, other)
        if session_id is not None:
            await sessions.get_session(entry.conn, scope, session_id)
        found = await merges.find_open(entry.conn, scope, one.id, other.id)
        if found is not None:
            return found
        made = await merges.add_merge(
            entry.conn,
            scope,
            one.id,
            other.id,
            created_by=created_by,
            session_id=session_id,
            run_id=run_id,
        )
        announce_merge(entry, scope, made, MergeProposed, data_of(made, one, other), created_by)
        return made

    return await timeline.write(work)


async def read_merge(timeline: Timeline, scope: Scope, merge_id: MergeId) -> Merge:
    """Return a merge. Raises NotFound."""
    return await timeline.database.query(lambda conn: merges.get_merge(conn, scope, merge_id))


async def list_page(
    timeline: Timeline,
    scope: Scope,
    *,
    status: MergeStatus | None = None,
    branch: BranchId | None = None,
    after: MergeId | None = None,
    limit: int = 100,
) -> list[Merge]:
    """Return merges of the project, newest first."""
    async with timeline.database.read() as conn:
        return await merges.list_merges(
            conn, scope, status=status, branch_id=branch, after=after, limit=limit
        )


async def read_preview(shelf: Shelf, merge_id: MergeId) -> MergePreview:
    """Return what a merge does now. One that is over does nothing any more."""
    scope = shelf.scope
    merge = await shelf.database.query(lambda conn: merges.get_merge(conn, scope, merge_id))
    source, target = await branches_of(shelf, merge)
    if merge.status != "open":
        return await preview(shelf, merge, Merging(source, target, [], []), [], None)
    await settle(shelf, source, target)
    made, decided = await compute_now(shelf, merge, source, target)
    seen = await shelf.database.query(lambda conn: merges.get_seen(conn, scope, merge_id))
    return await preview(shelf, merge, made, decided, seen)


async def decide(shelf: Shelf, merge_id: MergeId, body: MergeDecisions) -> MergePreview:
    """Decide about cells of a merge; return it as it is then.

    Raises BadRequest when a decision does not fit its cell, and Conflict when one is about what was
    not seen; then none of them is kept.
    """
    merge = await get_open(shelf, merge_id)
    source, target = await branches_of(shelf, merge)
    await settle(shelf, source, target)
    made, decided = await compute_now(shelf, merge, source, target)
    known = {(each.notebook_id, each.cell_id): each for each in decided}
    new = [_decided(made, each) for each in body.decisions]
    for each, asked in zip(new, body.decisions, strict=True):
        if asked.choice is None:
            known.pop((each.notebook_id, each.cell_id), None)
        else:
            known[each.notebook_id, each.cell_id] = each
    made = await compute(shelf, source, target, list(known.values()))

    async def work(entry: Entry) -> None:
        await require_open(entry.conn, shelf, merge_id)
        for each, asked in zip(new, body.decisions, strict=True):
            if asked.choice is None:
                await merges.remove_decision(entry.conn, merge_id, each.notebook_id, each.cell_id)
            else:
                await merges.put_decision(entry.conn, merge_id, each)
        seen = await merges.get_seen(entry.conn, shelf.scope, merge_id)
        looked = {seen_name(each.notebook_id, each.cell_id) for each in new}
        now = _seen(seen, seen_now(made), looked, body.place)
        await merges.put_seen(entry.conn, shelf.scope, merge_id, now)
        await merges.update_merge(entry.conn, shelf.scope, merge_id)

    await shelf.database.write(lambda transaction: work(Entry(transaction)))
    shelf.documents.tell(shelf.scope.project_id, MergeMoved(merge=merge_id))
    return await read_preview(shelf, merge_id)


async def close(timeline: Timeline, scope: Scope, merge_id: MergeId) -> None:
    """Withdraw a merge. What was decided is kept with it. Raises Conflict when it was made."""

    async def work(entry: Entry) -> None:
        merge = await merges.get_merge(entry.conn, scope, merge_id, lock=True)
        if merge.status == "closed":
            return
        if merge.status == "merged" or merge.operation is not None:
            raise Conflict("This merge was made already. To take it back, undo its version.")
        closed = await merges.update_merge(entry.conn, scope, merge_id, status="closed")
        await convergences.close_open(entry.conn, scope, merge_id)
        source = await branches.get_branch(entry.conn, scope, merge.source)
        target = await branches.get_branch(entry.conn, scope, merge.target)
        announce_merge(entry, scope, closed, MergeClosed, data_of(closed, source, target), "user")

    await timeline.write(work)


def _seen(seen: Seen | None, now: Seen, looked: set[str], place: str | None) -> Seen:
    """Return what was seen after a decision about the cells that are ``looked`` at.

    ``place`` is where the branches were in what the person saw. Raises Conflict if that is not
    known to be what would be decided about.
    """
    if place in (None, now[PLACE]):
        return now if seen is None else {**seen, **{name: now[name] for name in looked | {PLACE}}}
    if seen is None or any(seen.get(name) != now[name] for name in looked):
        raise Conflict("A branch moved meanwhile. Look at the merge again, then decide.")
    return seen


def _decided(made: Merging, asked: CellDecision) -> Decided:
    for each in made.notebooks:
        names = {each.path, each.sides.source.path}
        if asked.notebook in names and asked.cell_id in each.abouts:
            if (asked.choice == "edit") != (asked.text is not None):
                raise BadRequest("A 'text' belongs to the choice 'edit', and to no other.")
            decision = Decision(choice=asked.choice or "accept", text=asked.text)
            about = each.abouts[asked.cell_id]
            return Decided(each.sides.notebook_id, asked.cell_id, decision, about)
    raise BadRequest(
        f"This merge has nothing to decide about cell {asked.cell_id!r} of {asked.notebook!r}. "
        "Look at it again: a branch may have moved."
    )


async def compute_now(
    shelf: Shelf, merge: Merge, source: Branch, target: Branch
) -> tuple[Merging, list[Decided]]:
    """Return what a merge does now, and what was decided about it."""
    decided = await shelf.database.query(lambda conn: merges.list_decisions(conn, merge.id))
    return await compute(shelf, source, target, decided), decided


async def branches_of(shelf: Shelf, merge: Merge) -> tuple[Branch, Branch]:
    """Return source and target of a merge."""

    async def work(conn: Conn) -> tuple[Branch, Branch]:
        source = await branches.get_branch(conn, shelf.scope, merge.source)
        return source, await branches.get_branch(conn, shelf.scope, merge.target)

    return await shelf.database.query(work)


async def get_open(shelf: Shelf, merge_id: MergeId) -> Merge:
    """Return a merge that can still be made. Raises Conflict."""
    look = partial(require_open, shelf=shelf, merge_id=merge_id, lock=False)
    return await shelf.database.query(look)


async def require_open(conn: Conn, shelf: Shelf, merge_id: MergeId, *, lock: bool = True) -> Merge:
    """Return a merge that can still be made; nobody else changes it until the commit."""
    merge = await merges.get_merge(conn, shelf.scope, merge_id, lock=lock)
    if merge.status == "merged":
        raise Conflict("This merge was made already.")
    if merge.status == "closed":
        raise Conflict("This merge was closed. Ask for a new one.")
    if merge.operation is not None:
        raise Conflict("This merge is being made at this moment.")
    return merge


def require_mergeable(source: Branch, target: Branch) -> None:
    """Raise when the two branches cannot be merged."""
    if source.id == target.id:
        raise BadRequest(f"The branch {source.name!r} cannot be merged into itself.")
    for each in (source, target):
        if each.status == "deleted":
            raise Conflict(f"The branch {each.name!r} is deleted. Restore it first.")


def data_of(merge: Merge, source: Branch, target: Branch, cells: int = 0) -> MergeData:
    """Return what events say of a merge."""
    return MergeData(
        merge=merge.id,
        source=source.id,
        source_name=source.name,
        target=target.id,
        target_name=target.name,
        operation=merge.operation,
        cells=cells,
    )


def announce_merge(
    entry: Entry,
    scope: Scope,
    merge: Merge,
    kind: type[EventBase[MergeData]],
    data: MergeData,
    actor: Actor,
) -> None:
    """Write an event on the project's timeline, and on that of the session that asked for it."""
    entry.append(Origin(scope), kind, data, actor=actor, session_id=merge.session_id)
    if merge.session_id is not None:
        run_id = merge.run_id if kind is MergeProposed else None
        entry.append(Origin(scope, merge.session_id, run_id), kind, data, actor=actor)
