"""Taking back what a run changed, or some of it, whatever was done since; and doing it again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from ..branches.applying import Finish, Guard, apply
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
class _Undo:
    """An undo or a redo of a run, and what it did so far."""

    run: Run
    redo: bool = False
    partly: bool = False
    """Only some cells or files are asked for, or it failed on the way."""
    undos: list[OperationId] = field(default_factory=list)
    cells: int = 0
    left: list[LeftAlone] = field(default_factory=list)
    files: list[tuple[str, bytes | None, bytes | None]] = field(default_factory=list)
    told: bool = False
    """The event is written."""

    @property
    def did_something(self) -> bool:
        return bool(self.undos or self.files)


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
    undo = _Undo(run, partly=named)
    async with _told(timeline, shelf, undo):
        # Files first: the event is written with the notebooks, in one transaction.
        if body.files is not None or not named:
            for history in chosen(histories, body.files):
                await _undo_file(shelf, history, undo, force=body.force)
        if body.cells is not None or not named:
            await _undo_notebooks(timeline, shelf, made, body, undo)
    return await read_changes(timeline, shelf, run_id)


@asynccontextmanager
async def _told(timeline: Timeline, shelf: Shelf, undo: _Undo) -> AsyncIterator[None]:
    """Write the event at the end, if that was not done with the last notebook.

    What was taken back before an error stays so: without the event it could not be done again.
    """
    failed = True
    try:
        yield
        failed = False
    finally:
        if not undo.told and (undo.did_something or (undo.left and not failed)):
            undo.partly = undo.partly or failed
            await timeline.write(lambda entry: _tell(entry, shelf, undo))


async def _tell(entry: Entry, shelf: Shelf, undo: _Undo, *, unfinished: bool = False) -> None:
    changed = [
        FileStates(
            path=path,
            before=put_state(entry, shelf.scope, path, before),
            after=put_state(entry, shelf.scope, path, after),
        )
        for path, before, after in undo.files
    ]
    data = RunUndoneData(
        run=undo.run.id,
        session=undo.run.session_id,
        undos=undo.undos,
        redo=undo.redo,
        partly=undo.partly or bool(undo.left) or unfinished,
        unfinished=unfinished,
        cells=undo.cells,
        files=len(changed),
        left=undo.left,
        changed=changed,
    )
    origin = Origin(shelf.scope, undo.run.session_id, undo.run.id)
    entry.append(origin, RunUndone, data, actor="user")


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
    undo: _Undo,
) -> None:
    """Take back what a run did in notebooks, one branch after the other."""
    cells = None
    if body.cells is not None:
        cells = frozenset((each.notebook, each.cell_id) for each in body.cells)
    wanted = Wanted(cells, body.force)
    ids = list(dict.fromkeys(operation.branch_id for operation, _ in made))
    for branch_id in ids:
        own = [each for each in made if each[0].branch_id == branch_id]
        last = branch_id == ids[-1]
        await attempt(partial(_undo_on, timeline, shelf, own, wanted, undo, last=last))


async def _undo_on(
    timeline: Timeline,
    shelf: Shelf,
    made: list[tuple[Operation, list[Change]]],
    wanted: Wanted,
    undo: _Undo,
    *,
    last: bool,
) -> None:
    """Take back what a run did on one branch."""
    newest = made[-1][0]
    changes = [change for _, each in made for change in each]
    found = await _found(shelf, newest.branch_id, changes, wanted)

    async def mark(entry: Entry) -> None:
        if wanted.cells is None and not found.left:
            await mark_undone(entry.conn, shelf, newest, True)

    await _apply(timeline, shelf, newest, found, undo, mark, last=last)


async def _apply(
    timeline: Timeline,
    shelf: Shelf,
    of: Operation,
    found: Undoing,
    undo: _Undo,
    mark: Callable[[Entry], Awaitable[None]],
    *,
    guard: Guard | None = None,
    last: bool,
) -> None:
    """Take an operation back; the ``last`` one writes the event, too.

    An undo writes one with each branch: a server that is killed between two has said what it did.
    A redo that is made again goes on by itself where it stopped.
    """

    async def commit(id_: OperationId, end: Finish) -> None:
        done = replace(
            undo,
            undos=[*undo.undos, id_],
            cells=undo.cells + found.cells,
            left=undo.left + found.left,
        )

        async def work(entry: Entry) -> None:
            await end(entry.conn)
            await mark(entry)
            if last or not undo.redo:
                await _tell(entry, shelf, done, unfinished=not last)

        await timeline.write(work)
        undo.undos, undo.cells, undo.left, undo.told = done.undos, done.cells, done.left, last

    if not found.targets:
        undo.cells += found.cells
        undo.left += found.left
        return
    async with shelf.database.read() as conn:
        branch = await branches.get_branch(conn, shelf.scope, of.branch_id)
    await apply(
        shelf, branch, "undo", USER, found.targets, undoes=of.id, guard=guard, commit=commit
    )


async def _found(
    shelf: Shelf, branch_id: BranchId, changes: list[Change], wanted: Wanted
) -> Undoing:
    async with shelf.database.read() as conn:
        branch = await branches.get_branch(conn, shelf.scope, branch_id)
    paths = {path for each in changes for path in (each.new_path, each.old_path)}
    await settle_notebooks(shelf, branch, paths)
    return await compute_undo(shelf, branch, changes, wanted)


async def _undo_file(shelf: Shelf, history: FileHistory, undo: _Undo, *, force: bool) -> None:
    if not history.covered:
        undo.left.append(LeftAlone(file=history.path))
        return
    try:
        now = await shelf.folder.read_whole(history.path)
        can, result = await take_back(shelf.database, shelf.scope, history, now, force=force)
        kept = can and await shelf.folder.put_back(history.path, result, now)
    except SessionsError:  # a folder is there now, say, or the file may not be written
        kept = False
    if not kept:
        undo.left.append(LeftAlone(file=history.path))
    elif result != now:
        undo.files.append((history.path, now, result))


async def _redo_run(timeline: Timeline, shelf: Shelf, run_id: RunId) -> RunChanges:
    async with shelf.database.read() as conn:
        run = await runs.get_run(conn, shelf.scope, run_id)
        before = (await list_undos(conn, run_id)).last
    if before is None:
        raise Conflict("There is no undo of this run that could be taken back.")
    redo = _Undo(run, redo=True)
    for states in before.changed:
        await _redo_file(shelf, states, redo)
    standing = await _standing(shelf, before.undos)
    for id_ in standing:
        last = id_ == standing[-1]
        await attempt(partial(_redo_on, timeline, shelf, id_, redo, last=last))
    if not redo.told:
        await timeline.write(lambda entry: _tell(entry, shelf, redo))
    return await read_changes(timeline, shelf, run_id)


async def _standing(shelf: Shelf, undos: Sequence[OperationId]) -> Sequence[OperationId]:
    """Return those that a redo before, which failed on another branch, has not taken back."""
    if len(undos) < 2:
        return undos
    async with shelf.database.read() as conn:
        made = [await operations.get_operation(conn, shelf.scope, undo) for undo in undos]
    return [each.id for each in made if not each.undone]


async def _redo_on(
    timeline: Timeline, shelf: Shelf, id_: OperationId, redo: _Undo, *, last: bool
) -> None:
    async with shelf.database.read() as conn:
        operation = await operations.get_operation(conn, shelf.scope, id_)
        changes = await operations.list_changes(conn, id_)
    require_undoable(operation)
    found = await _found(shelf, operation.branch_id, changes, Wanted())

    async def guard(conn: Conn, _: OperationId) -> None:
        require_undoable(await operations.get_operation(conn, shelf.scope, id_))

    async def mark(entry: Entry) -> None:
        await mark_undone(entry.conn, shelf, operation, True)

    await _apply(timeline, shelf, operation, found, redo, mark, guard=guard, last=last)


async def _redo_file(shelf: Shelf, states: FileStates, redo: _Undo) -> None:
    async with shelf.database.read() as conn:
        before = None
        if states.before is not None:
            before, _ = await blobs.get_blob(conn, shelf.scope, states.before.blob)
        after = None
        if states.after is not None:
            after, _ = await blobs.get_blob(conn, shelf.scope, states.after.blob)
    try:
        kept = await shelf.folder.put_back(states.path, before, after)
        # A redo before, which failed on a notebook, may have put it back.
        kept = kept or await shelf.folder.read_whole(states.path) == before
    except SessionsError:  # a folder is there now, say, or the file may not be written
        kept = False
    if kept:
        redo.files.append((states.path, after, before))
    else:
        redo.left.append(LeftAlone(file=states.path))
