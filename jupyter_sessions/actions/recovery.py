"""At the start of a server: what one that died was doing is finished, or taken back."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from ..branches.applying import Finish
from ..branches.contents import Moved
from ..branches.merging import Merging, list_sides
from ..branches.recovering import recover
from ..branches.shelf import Shelf
from ..branches.undoing import takes_all_back
from ..errors import SessionsError
from ..ids import OperationId, ProjectId
from ..models.branch_events import (
    OperationUndone,
    OperationUndoneData,
    RunUndone,
    RunUndoneData,
)
from ..models.merge import Merge
from ..models.scope import Scope
from ..storage import branches, merges, operations, projects, runs
from ..storage.connections import Conn
from ..storage.operations import Operation
from ..storage.servers import Presence
from ..timeline import Entry, Origin, Timeline
from .approvals import merged, put_meetings
from .changes import list_undos
from .undo import mark_undone

_log = logging.getLogger(__name__)


async def recover_all(
    timeline: Timeline, presence: Presence, shelf_of: Callable[[Scope], Awaitable[Shelf]]
) -> int:
    """Finish or take back what dead servers had begun; return how many operations that were.

    What cannot be looked at, because its folder is away, say, waits for the next start; so does
    what someone else writes all the time.
    """
    async with timeline.database.read() as conn:
        intents = await operations.list_intents(conn)
        owners = await projects.list_owners(conn, {ProjectId(id_) for id_, _ in intents})
    count = 0
    for project_id, made in intents:
        if made.server_id is not None and not await presence.is_dead(made.server_id):
            continue
        scope = Scope(owners[ProjectId(project_id)], ProjectId(project_id))
        try:
            await _recover_moving(timeline, await shelf_of(scope), made)
            count += 1
        except SessionsError as error:
            _log.warning("Operation %s of %s is not recovered yet: %s", made.id, project_id, error)
        except Exception:  # one notebook must not keep the server from all others
            _log.exception("Operation %s of %s is not recovered yet", made.id, project_id)
    return count


async def _recover_moving(timeline: Timeline, shelf: Shelf, made: Operation) -> None:
    """Recover an operation; once more when someone saves the notebook meanwhile."""
    try:
        await recover_one(timeline, shelf, made)
    except Moved:
        await recover_one(timeline, shelf, made)


async def recover_one(timeline: Timeline, shelf: Shelf, made: Operation) -> bool:
    """Finish an operation, with all that belongs to it, or take it back; tell which."""
    async with shelf.database.read() as conn:
        merge = await merges.find_by_operation(conn, shelf.scope, made.id)
        making = None if merge is None else await _making(conn, shelf, merge)
    whole = False
    if made.intent and made.undoes is not None:
        whole = await _is_whole(shelf, made, made.undoes)

    async def commit(id_: OperationId, end: Finish) -> None:
        async def work(entry: Entry) -> None:
            await end(entry.conn)
            if merge is not None and making is not None:
                await put_meetings(entry.conn, making)
                await merged(entry, shelf.scope, merge.id, making)
            if made.undoes is not None:
                await _undone(entry, shelf, made, made.undoes, whole)

        await timeline.write(work)

    finished = await recover(shelf, made, commit)
    if not finished and merge is not None:
        await _release(shelf, merge)
    return finished


async def _making(conn: Conn, shelf: Shelf, merge: Merge) -> Merging:
    source = await branches.get_branch(conn, shelf.scope, merge.source)
    target = await branches.get_branch(conn, shelf.scope, merge.target)
    return Merging(source, target, [], await list_sides(conn, shelf, source, target))


async def _is_whole(shelf: Shelf, made: Operation, undoes: OperationId) -> bool:
    """Tell whether an operation takes all of another back, not single cells; a redo always does."""
    async with shelf.database.read() as conn:
        other = await operations.get_operation(conn, shelf.scope, undoes)
        branch = await branches.get_branch(conn, shelf.scope, other.branch_id)
        changes = await operations.list_changes(conn, undoes)
        undo = await operations.list_changes(conn, made.id)
        if other.kind == "run" and other.run_id is not None:
            run = await operations.list_run(conn, shelf.scope, other.run_id)
            own = [each for each in run if each[0].branch_id == branch.id]
            if own[-1][0].id == undoes:  # it stands for all that the run did there
                changes = [change for _, each in own for change in each]
    return other.kind == "undo" or await takes_all_back(shelf, branch, changes, undo)


async def _undone(
    entry: Entry, shelf: Shelf, made: Operation, undoes: OperationId, whole: bool
) -> None:
    other = await operations.get_operation(entry.conn, shelf.scope, undoes)
    if whole and not other.undone:
        await mark_undone(entry.conn, shelf, other, True)
    if await _tell_run(entry, shelf, made, other, whole):
        return
    data = OperationUndoneData(operation=undoes, undo=made.id, redo=other.kind == "undo")
    entry.append(Origin(shelf.scope), OperationUndone, data, actor="system")


async def _tell_run(
    entry: Entry, shelf: Shelf, made: Operation, other: Operation, whole: bool
) -> bool:
    """Say in its session that a run was undone, or done again; tell whether it was that.

    ``made`` takes back ``other``, the ``whole`` of it or single cells. A redo is said when it has
    ended on all branches.
    """
    conn, scope = entry.conn, shelf.scope
    first = other
    while first.undoes is not None:
        first = await operations.get_operation(conn, scope, first.undoes)
    if first.kind != "run" or first.run_id is None:
        return False
    run, redo = await runs.get_run(conn, scope, first.run_id), other.kind == "undo"
    last = (await list_undos(conn, run.id)).last
    if redo:
        if last is None or other.id not in last.undos:
            return False  # that was an undo of one version alone
        undone = [await operations.get_operation(conn, scope, id_) for id_ in last.undos]
    else:
        undone = [each for each, _ in await operations.list_run(conn, scope, run.id)]
    if redo and not all(each.undone for each in undone):
        return True
    cells = sum(each.cells for each in await operations.list_changes(conn, made.id))
    begun = last if last is not None and last.unfinished and not redo else None
    partly = not all(each.undone for each in undone)
    data = RunUndoneData(
        run=run.id,
        session=run.session_id,
        undos=[made.id],
        redo=redo,
        partly=partly,
        unfinished=partly and whole and not redo,  # it was killed before it got to the next branch
        cells=cells if begun is None else begun.cells + cells,
        files=0 if begun is None else begun.files,
        left=[] if begun is None else begun.left,
    )
    entry.append(Origin(scope, run.session_id, run.id), RunUndone, data, actor="system")
    return True


async def _release(shelf: Shelf, merge: Merge) -> None:
    async def work(entry: Entry) -> None:
        await merges.update_merge(entry.conn, shelf.scope, merge.id, operation_id=None)

    await shelf.database.write(lambda transaction: work(Entry(transaction)))
