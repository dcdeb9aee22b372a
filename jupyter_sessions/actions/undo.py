"""Taking a version back, and having an earlier one again: each as a new version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..branches.applying import Finish, Target, apply
from ..branches.contents import Moved
from ..branches.recording import By
from ..branches.references import moment_of
from ..branches.remeeting import remeet
from ..branches.settling import settle_notebooks
from ..branches.shelf import Shelf
from ..branches.undoing import compute_undo
from ..errors import BadRequest, Conflict
from ..ids import OperationId
from ..models.branch_events import OperationUndone, OperationUndoneData
from ..models.version import Undone
from ..storage import branches, operations
from ..storage.connections import Conn
from ..storage.operations import Operation
from ..storage.states import get_state
from ..timeline import Entry, Origin, Timeline
from .notebooks import whole

T = TypeVar("T")
TRIES = 5
USER = By("user")
BUSY = "The notebook is written all the time by someone else. Try again in a moment."


async def undo_operation(timeline: Timeline, shelf: Shelf, id_: OperationId) -> Undone:
    """Take a merge, a restore, a run's change or an undo back; an undo of an undo is a redo.

    What was changed since in other cells stays; so do cells that were changed since, and those are
    named. Raises Conflict when it was taken back already.
    """
    return await whole(_undo_operation(timeline, shelf, id_))


async def restore_version(
    timeline: Timeline, shelf: Shelf, id_: OperationId, notebook: str
) -> OperationId:
    """Let a branch have a notebook as it was after an operation; return the new version."""
    return await whole(_restore(timeline, shelf, id_, notebook))


async def attempt(work: Callable[[], Awaitable[T]]) -> T:
    """Do what is decided on the present state; anew when someone has written meanwhile."""
    for _ in range(TRIES):
        try:
            return await work()
        except Moved:
            continue
    raise Conflict(BUSY)


async def _undo_operation(timeline: Timeline, shelf: Shelf, id_: OperationId) -> Undone:
    async with shelf.database.read() as conn:
        operation = await operations.get_operation(conn, shelf.scope, id_)
        branch = await branches.get_branch(conn, shelf.scope, operation.branch_id)
        changes = await operations.list_changes(conn, id_)
    require_undoable(operation)

    async def work() -> Undone:
        paths = {path for each in changes for path in (each.new_path, each.old_path)}
        await settle_notebooks(shelf, branch, paths)
        found = await compute_undo(shelf, branch, changes)
        if not found.targets:
            return Undone(version=None, left=found.left)

        async def guard(conn: Conn, _: OperationId) -> None:
            require_undoable(await operations.get_operation(conn, shelf.scope, id_))

        async def commit(made: OperationId, end: Finish) -> None:
            async def job(entry: Entry) -> None:
                await end(entry.conn)
                if not found.left:
                    await mark_undone(entry.conn, shelf, operation, True)
                data = OperationUndoneData(operation=id_, undo=made, redo=operation.kind == "undo")
                entry.append(Origin(shelf.scope), OperationUndone, data, actor="user")

            await timeline.write(job)

        made = await apply(
            shelf, branch, "undo", USER, found.targets, undoes=id_, guard=guard, commit=commit
        )
        return Undone(version=made, left=found.left)

    return await attempt(work)


def require_undoable(operation: Operation) -> None:
    """Raise when an operation cannot be taken back (any more)."""
    if operation.kind == "found":
        raise BadRequest("This is how the notebook was found: there is nothing before it.")
    if operation.undone:
        raise Conflict("This was taken back already.")
    if operation.intent:
        raise Conflict("This is being done at this moment.")


async def mark_undone(conn: Conn, shelf: Shelf, operation: Operation, undone: bool) -> None:
    """Note that an operation does not stand any more, or does again; so what it had undone."""
    ids = [operation.id]
    if operation.kind == "run" and operation.run_id is not None:
        run = await operations.list_run(conn, shelf.scope, operation.run_id)
        if operation.id == _last_on(run, operation):
            ids = [each.id for each, _ in run if each.branch_id == operation.branch_id]
    for id_ in ids:
        await operations.update_operation(conn, shelf.scope, id_, undone=undone)
    if operation.kind == "merge":
        await remeet(conn, shelf.scope, operation.id)
    if operation.undoes is not None:
        other = await operations.get_operation(conn, shelf.scope, operation.undoes)
        await mark_undone(conn, shelf, other, not undone)


def _last_on(run: list[tuple[Operation, list[operations.Change]]], of: Operation) -> OperationId:
    return max(each.id for each, _ in run if each.branch_id == of.branch_id)


async def _restore(
    timeline: Timeline, shelf: Shelf, id_: OperationId, notebook: str
) -> OperationId:
    moment = await moment_of(shelf, f"version:{id_}", notebook)
    if moment.version_id is None or moment.path is None:
        raise BadRequest(
            f"The notebook {notebook!r} was not there in version {id_}. Choose an earlier one."
        )
    branch, notebook_id = moment.branch, moment.notebook_id

    async def work() -> OperationId:
        async with shelf.database.read() as conn:
            now = await get_state(conn, shelf.scope, branch, notebook_id)
        if now is not None and now.path is not None:
            await settle_notebooks(shelf, branch, [now.path])
            async with shelf.database.read() as conn:
                now = await get_state(conn, shelf.scope, branch, notebook_id)
        path = moment.path if now is None or now.path is None else now.path
        if now is not None and (now.path, now.version_id) == (path, moment.version_id):
            raise Conflict(f"The notebook {path!r} is in this version now.")
        version = moment.version_id
        target = Target(notebook_id, now, path, version, origin=version)
        return await apply(shelf, branch, "restore", USER, [target])

    return await attempt(work)
