"""A merge is made: exactly the one that a person has looked at, all of it or nothing."""

from __future__ import annotations

from ..branches.applying import Finish, Target, apply
from ..branches.contents import Moved
from ..branches.merging import MergedNotebook, Merging, list_sides, result_of, version_of
from ..branches.recording import By
from ..branches.settling import settle
from ..branches.shelf import Shelf
from ..errors import Conflict, HalfDone
from ..ids import MergeId, OperationId
from ..models.branch_events import MergeApplied
from ..models.merge import Merge
from ..models.scope import Scope
from ..storage import heads, merges
from ..storage.connections import Conn
from ..storage.heads import Meeting
from ..timeline import Entry, Timeline
from .merges import (
    announce_merge,
    branches_of,
    compute_now,
    data_of,
    get_open,
    read_merge,
    require_mergeable,
    require_open,
)
from .notebooks import whole

LOOK_AGAIN = "Look at the merge as it is now, then approve it."


async def approve(timeline: Timeline, shelf: Shelf, merge_id: MergeId, token: str) -> Merge:
    """Make a merge, exactly as it was shown with this token.

    Raises Conflict when it would be another one now, when a conflict is not decided, or when it was
    made or closed meanwhile; then nothing has changed.
    """
    return await whole(_approve(timeline, shelf, merge_id, token))


async def _approve(timeline: Timeline, shelf: Shelf, merge_id: MergeId, token: str) -> Merge:
    merge = await get_open(shelf, merge_id)
    source, target = await branches_of(shelf, merge)
    require_mergeable(source, target)
    await settle(shelf, source, target)
    made, decided = await compute_now(shelf, merge, source, target)
    _require_decided(made, token)
    targets = [each for each in [await _target(shelf, one) for one in made.notebooks] if each]

    claimed: list[OperationId] = []

    async def guard(conn: Conn, id_: OperationId) -> None:
        await require_open(conn, shelf, merge_id)
        same = await list_sides(conn, shelf, source, target) == made.met
        if not same or await merges.list_decisions(conn, merge_id) != decided:
            raise Conflict(f"One of the branches changed just now. {LOOK_AGAIN}")
        await merges.update_merge(conn, shelf.scope, merge_id, operation_id=id_)
        claimed.append(id_)

    async def commit(id_: OperationId, end: Finish) -> None:
        async def work(entry: Entry) -> None:
            await end(entry.conn)
            await put_meetings(entry.conn, made)
            await merged(entry, shelf.scope, merge_id, made)

        await timeline.write(work)

    try:
        await apply(shelf, target, "merge", By("user"), targets, guard=guard, commit=commit)
    except HalfDone:  # it is being made still, until a server finishes it
        raise
    except BaseException as error:
        await _release(shelf, merge_id, claimed)
        if isinstance(error, Moved):
            raise Conflict(f"A notebook was written just now. {LOOK_AGAIN}") from None
        raise
    return await read_merge(timeline, shelf.scope, merge_id)


async def merged(entry: Entry, scope: Scope, merge_id: MergeId, made: Merging) -> None:
    """Note that a merge was made, in the transaction that ends it."""
    merge = await merges.update_merge(entry.conn, scope, merge_id, status="merged")
    cells = sum(len(each.merged.items) for each in made.notebooks if each.merged is not None)
    data = data_of(merge, made.source, made.target, cells)
    announce_merge(entry, scope, merge, MergeApplied, data, "user")


async def put_meetings(conn: Conn, made: Merging) -> None:
    """Note for each notebook what both branches have had from here on."""
    for each in made.met:
        version, path = each.source.version_id, each.source.path
        met = None if version is None or path is None else Meeting(version, path)
        await heads.put_meeting(conn, each.notebook_id, made.source.id, made.target.id, met)


async def _release(shelf: Shelf, merge_id: MergeId, claimed: list[OperationId]) -> None:
    """Let a merge that was not made after all be approved again, if it was us who tried."""
    if not claimed:
        return

    async def work(entry: Entry) -> None:
        merge = await merges.get_merge(entry.conn, shelf.scope, merge_id, lock=True)
        if merge.status == "open" and merge.operation in claimed:
            await merges.update_merge(entry.conn, shelf.scope, merge_id, operation_id=None)

    await shelf.database.write(lambda transaction: work(Entry(transaction)))


def _require_decided(made: Merging, token: str) -> None:
    if not made.notebooks:
        raise Conflict(
            f"There is nothing to merge: {made.target.name!r} has all that is on "
            f"{made.source.name!r}. Close the merge."
        )
    open_ = sum(len(each.merged.conflicts) for each in made.notebooks if each.merged is not None)
    if open_:
        raise Conflict(
            f"{open_} {'conflict is' if open_ == 1 else 'conflicts are'} not decided yet. "
            "Decide them, then approve the merge."
        )
    if made.token != token:
        raise Conflict(f"The merge is not what you looked at any more. {LOOK_AGAIN}")


async def _target(shelf: Shelf, each: MergedNotebook) -> Target | None:
    sides = each.sides
    if each.merged is None:
        return Target(sides.notebook_id, sides.target, None, None)
    version = await result_of(shelf, each)
    if (each.path, version) == version_of(sides.target):
        return None
    return Target(
        sides.notebook_id, sides.target, each.path, version, origin=sides.source.version_id
    )
