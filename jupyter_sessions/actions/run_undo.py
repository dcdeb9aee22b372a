"""Taking back what a run changed, or some of it, whatever was done since; and doing it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from ..branches.applying import Finish, apply
from ..branches.settling import settle_notebooks
from ..branches.shelf import Shelf
from ..branches.undoing import Undoing, Wanted, compute_undo
from ..errors import BadRequest, Conflict, SessionsError
from ..ids import BranchId, OperationId, RunId
from ..models.branch_events import FileStates, RunUndone, RunUndoneData
from ..models.run import Run
from ..models.version import LeftAlone, RunChanges, UndoRun
from ..storage import blobs, branches, operations, runs
from ..storage.connections import Conn
from ..storage.operations import Change, Operation
from ..timeline import Entry, Origin, Timeline
from .changes import list_undos, read_changes
from .file_changes import FileHistory, chosen, list_histories, put_state, take_back
from .notebooks import whole
from .undo import USER, attempt, mark_undone, require_undoable

ALL = UndoRun()


@dataclass(slots=True)
class _Done:
    """What an undo did so far."""

    undos: list[OperationId] = field(default_factory=list)
    cells: int = 0
    left: list[LeftAlone] = field(default_factory=list)
    files: list[tuple[str, bytes | None, bytes | None]] = field(default_factory=list)


async def undo_run(
    timeline: Timeline, shelf: Shelf, run_id: RunId, body: UndoRun = ALL
) -> RunChanges:
    """Take back what a run changed in notebooks, and what its tools did to files.

    What someone changed since is left alone and named, unless it is forced. Raises Conflict while
    the run is at work.
    """
    return await whole(_undo_run(timeline, shelf, run_id, body))


async def redo_run(timeline: Timeline, shelf: Shelf, run_id: RunId) -> RunChanges:
    """Take the last undo of a run back. Raises Conflict when there is none."""
    return await whole(_redo_run(timeline, shelf, run_id))


async def _undo_run(timeline: Timeline, shelf: Shelf, run_id: RunId, body: UndoRun) -> RunChanges:
    async with shelf.database.read() as conn:
        run = await runs.get_run(conn, shelf.scope, run_id)
        made = await operations.list_run(conn, shelf.scope, run_id)
        histories = await list_histories(conn, run_id)
    if run.completed_at is None:
        raise Conflict("The run is still at work. Stop it first, then undo it.")
    named = body.cells is not None or body.files is not None
    _require_known(histories, body.files)
    done = _Done()
    try:
        if body.cells is not None or not named:
            await _undo_notebooks(timeline, shelf, made, body, done)
        if body.files is not None or not named:
            for history in chosen(histories, body.files):
                await _undo_file(shelf, history, done, force=body.force)
    except BaseException:
        # What was taken back stays so: without the event it could not be done again.
        if done.undos or done.files:
            await _tell(timeline, shelf, run, done, redo=False, partly=True)
        raise
    if done.undos or done.files or done.left:
        await _tell(timeline, shelf, run, done, redo=False, partly=named or bool(done.left))
    return await read_changes(timeline, shelf, run_id)


def _require_known(histories: Sequence[FileHistory], wanted: Sequence[str] | None) -> None:
    known = {each.path for each in histories}
    for path in wanted or ():
        if path not in known:
            raise BadRequest(f"The run's tools did not change {path!r}: it cannot be taken back.")


async def _undo_notebooks(
    timeline: Timeline,
    shelf: Shelf,
    made: Sequence[tuple[Operation, list[Change]]],
    body: UndoRun,
    done: _Done,
) -> None:
    """Take back what a run did in notebooks, one branch after the other."""
    cells = None
    if body.cells is not None:
        cells = frozenset((each.notebook, each.cell_id) for each in body.cells)
    wanted = Wanted(cells, body.force)
    for branch_id in dict.fromkeys(operation.branch_id for operation, _ in made):
        own = [each for each in made if each[0].branch_id == branch_id]
        await attempt(partial(_undo_on, timeline, shelf, own, wanted, done))


async def _undo_on(
    timeline: Timeline,
    shelf: Shelf,
    made: list[tuple[Operation, list[Change]]],
    wanted: Wanted,
    done: _Done,
) -> None:
    """Take back what a run did on one branch."""
    last = made[-1][0]
    changes = [change for _, each in made for change in each]
    found = await _found(shelf, last.branch_id, changes, wanted)

    async def commit(id_: OperationId, end: Finish) -> None:
        async def work(entry: Entry) -> None:
            await end(entry.conn)
            if wanted.cells is None and not found.left:
                await mark_undone(entry.conn, shelf, last, True)

        await timeline.write(work)

    if found.targets:
        async with shelf.database.read() as conn:
            branch = await branches.get_branch(conn, shelf.scope, last.branch_id)
        done.undos.append(
            await apply(shelf, branch, "undo", USER, found.targets, undoes=last.id, commit=commit)
        )
    done.cells += found.cells
    done.left += found.left


async def _found(
    shelf: Shelf, branch_id: BranchId, changes: list[Change], wanted: Wanted
) -> Undoing:
    async with shelf.database.read() as conn:
        branch = await branches.get_branch(conn, shelf.scope, branch_id)
    paths = {path for each in changes for path in (each.new_path, each.old_path)}
    await settle_notebooks(shelf, branch, paths)
    return await compute_undo(shelf, branch, changes, wanted)


async def _undo_file(shelf: Shelf, history: FileHistory, done: _Done, *, force: bool) -> None:
    if not history.covered:
        done.left.append(LeftAlone(file=history.path))
        return
    try:
        now = await shelf.folder.read_whole(history.path)
        can, result = await take_back(shelf.database, shelf.scope, history, now, force=force)
        kept = can and await shelf.folder.put_back(history.path, result, now)
    except SessionsError:  # a folder is there now, say, or the file may not be written
        kept = False
    if not kept:
        done.left.append(LeftAlone(file=history.path))
    elif result != now:
        done.files.append((history.path, now, result))


async def _tell(
    timeline: Timeline, shelf: Shelf, run: Run, done: _Done, *, redo: bool, partly: bool
) -> None:
    async def work(entry: Entry) -> None:
        changed = [
            FileStates(
                path=path,
                before=put_state(entry, shelf.scope, path, before),
                after=put_state(entry, shelf.scope, path, after),
            )
            for path, before, after in done.files
        ]
        data = RunUndoneData(
            run=run.id,
            session=run.session_id,
            undos=done.undos,
            redo=redo,
            partly=partly,
            cells=done.cells,
            files=len(changed),
            left=done.left,
            changed=changed,
        )
        entry.append(Origin(shelf.scope, run.session_id, run.id), RunUndone, data, actor="user")

    await timeline.write(work)


async def _redo_run(timeline: Timeline, shelf: Shelf, run_id: RunId) -> RunChanges:
    async with shelf.database.read() as conn:
        run = await runs.get_run(conn, shelf.scope, run_id)
        last = (await list_undos(conn, run_id)).last
    if last is None:
        raise Conflict("There is no undo of this run that could be taken back.")
    done = _Done()
    for undo in await _standing(shelf, last.undos):
        await attempt(partial(_redo_on, timeline, shelf, undo, done))
    for states in last.changed:
        await _redo_file(shelf, states, done)
    await _tell(timeline, shelf, run, done, redo=True, partly=bool(done.left))
    return await read_changes(timeline, shelf, run_id)


async def _standing(shelf: Shelf, undos: Sequence[OperationId]) -> Sequence[OperationId]:
    """Return those that a redo before, which failed on another branch, has not taken back."""
    if len(undos) < 2:
        return undos
    async with shelf.database.read() as conn:
        made = [await operations.get_operation(conn, shelf.scope, undo) for undo in undos]
    return [each.id for each in made if not each.undone]


async def _redo_on(timeline: Timeline, shelf: Shelf, undo: OperationId, done: _Done) -> None:
    async with shelf.database.read() as conn:
        operation = await operations.get_operation(conn, shelf.scope, undo)
        branch = await branches.get_branch(conn, shelf.scope, operation.branch_id)
        changes = await operations.list_changes(conn, undo)
    require_undoable(operation)
    found = await _found(shelf, branch.id, changes, Wanted())

    async def guard(conn: Conn, _: OperationId) -> None:
        require_undoable(await operations.get_operation(conn, shelf.scope, undo))

    async def commit(id_: OperationId, end: Finish) -> None:
        async def work(entry: Entry) -> None:
            await end(entry.conn)
            await mark_undone(entry.conn, shelf, operation, True)

        await timeline.write(work)

    if found.targets:
        done.undos.append(
            await apply(
                shelf, branch, "undo", USER, found.targets, undoes=undo, guard=guard, commit=commit
            )
        )
    done.cells += found.cells
    done.left += found.left


async def _redo_file(shelf: Shelf, states: FileStates, done: _Done) -> None:
    async with shelf.database.read() as conn:
        before = None
        if states.before is not None:
            before, _ = await blobs.get_blob(conn, shelf.scope, states.before.blob)
        after = None
        if states.after is not None:
            after, _ = await blobs.get_blob(conn, shelf.scope, states.after.blob)
    try:
        kept = await shelf.folder.put_back(states.path, before, after)
    except SessionsError:  # a folder is there now, say, or the file may not be written
        kept = False
    if kept:
        done.files.append((states.path, after, before))
    else:
        done.left.append(LeftAlone(file=states.path))
