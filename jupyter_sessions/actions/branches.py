"""Branches: made, renamed, put aside, and worked on by sessions; everyone who looks sees it."""

from __future__ import annotations

from functools import partial

from ..branches.layout import branch_folder
from ..branches.shelf import Shelf
from ..errors import BadRequest, Conflict
from ..ids import MAIN, BranchId, OperationId, RunId, SessionId, is_id
from ..models.branch import Branch, BranchPatch, NewBranch
from ..models.branch_events import (
    BranchChanged,
    BranchChangedData,
    BranchCreated,
    BranchCreatedData,
)
from ..models.envelope import Actor
from ..models.fork_record import ForkRecord
from ..models.scope import Scope
from ..models.text import MAX_NAME
from ..storage import branches, operations, projects
from ..storage.branches import name_key
from ..storage.connections import Conn, aside
from ..timeline import Entry, Origin, Timeline
from .active_branch import require_usable, switch
from .sessions import announce


async def list_branches(timeline: Timeline, scope: Scope) -> list[Branch]:
    """Return the project's branches: main first, then in the order in which they were made."""
    async with timeline.database.read() as conn:
        return await branches.list_branches(conn, scope)


async def read_branch(timeline: Timeline, scope: Scope, text: str) -> Branch:
    """Return the branch of this id or name. Raises NotFound."""
    async with timeline.database.read() as conn:
        return await branches.find_branch(conn, scope, text)


async def create_branch(
    timeline: Timeline,
    shelf: Shelf,
    new: NewBranch,
    *,
    actor: Actor = "user",
    run_id: RunId | None = None,
    folder: str | None = None,
    fork: ForkRecord | None = None,
) -> Branch:
    """Make a branch of another, at one of its versions or as it is now. No file is touched.

    With ``new.session`` that session works on it from here on, and with ``run_id`` its run too.
    ``folder`` is a place for its notebooks that was chosen before; ``fork`` says how it was forked
    at a cell. Raises BadRequest over the name or the version, Conflict when the name is taken.
    """
    scope, root = shelf.scope, shelf.folder.root

    async def work(entry: Entry) -> Branch:
        await projects.update_project(entry.conn, scope)  # names are given out one after the other
        parent = await branches.find_branch(entry.conn, scope, new.parent)
        require_usable(parent)
        await _check_name(entry.conn, scope, new.name)
        taken = await branches.list_folders(entry.conn, scope)
        place = folder
        if place is None:
            place = await aside(entry.conn, partial(branch_folder, root, new.name, taken))
        if place in taken:
            raise Conflict(f"Another branch took the folder {place!r} just now: try again.")
        made = await branches.add_branch(
            entry.conn,
            scope,
            new.name,
            place,
            parent=parent.id,
            forked_at=await _forked_at(entry.conn, scope, parent, new.version),
            created_by=actor,
            session_id=new.session,
            run_id=run_id,
            fork=fork,
        )
        data = BranchCreatedData(
            branch=made.id, name=made.name, parent=parent.id, forked_at=made.forked_at, fork=fork
        )
        origin = Origin(scope, run_id=run_id)
        entry.append(origin, BranchCreated, data, actor=actor, session_id=new.session)
        if new.session is not None:
            await switch(entry, scope, new.session, made, actor=actor, run_id=run_id)
        return made

    made = await timeline.write(work)
    if new.session is not None:
        await announce(timeline, scope, new.session)
    return made


async def check_name(timeline: Timeline, scope: Scope, name: str) -> None:
    """Raise BadRequest or Conflict when no branch can be given this name."""
    async with timeline.database.read() as conn:
        await _check_name(conn, scope, name)


async def change_branch(
    timeline: Timeline, scope: Scope, text: str, patch: BranchPatch, *, actor: Actor = "user"
) -> Branch:
    """Rename a branch or set its status; a deleted one comes back with any other status.

    Deleting takes more than this: see ``branch_deletion``. Raises BadRequest for main.
    """

    async def work(entry: Entry) -> Branch:
        await projects.update_project(entry.conn, scope)
        before = await branches.find_branch(entry.conn, scope, text)
        await _check_change(entry.conn, scope, before, patch)
        changed = await branches.update_branch(
            entry.conn, scope, before.id, name=patch.name, status=patch.status
        )
        append_change(entry, scope, changed, actor=actor)
        return changed

    return await timeline.write(work)


async def switch_session(
    timeline: Timeline,
    scope: Scope,
    session_id: SessionId,
    text: str,
    *,
    actor: Actor = "user",
    run_id: RunId | None = None,
) -> Branch:
    """Let a session work on another branch from here on; a run keeps its own.

    With ``run_id``, which is at work, it changes with its session.
    """

    async def work(entry: Entry) -> Branch:
        branch = await branches.find_branch(entry.conn, scope, text)
        await switch(entry, scope, session_id, branch, actor=actor, run_id=run_id)
        return branch

    branch = await timeline.write(work)
    await announce(timeline, scope, session_id)
    return branch


def append_change(entry: Entry, scope: Scope, branch: Branch, *, actor: Actor) -> None:
    """Tell everyone who looks at the project what a branch is now."""
    data = BranchChangedData(branch=branch.id, name=branch.name, status=branch.status)
    entry.append(Origin(scope), BranchChanged, data, actor=actor)


def require_not_main(branch: Branch, done: str) -> None:
    """Raise BadRequest when the branch is main, which cannot be ``done``."""
    if branch.id == MAIN:
        raise BadRequest(
            f"The branch 'main' is the project's own files, and cannot be {done}. "
            "Choose another branch."
        )


async def _check_change(conn: Conn, scope: Scope, before: Branch, patch: BranchPatch) -> None:
    if patch.name is not None:
        require_not_main(before, "renamed")
    if patch.status not in (None, "active"):
        require_not_main(before, "put aside or deleted")
    returns = before.status == "deleted" and patch.status is not None
    if before.status == "deleted" and not returns:
        require_usable(before)
    name = patch.name or before.name
    if returns or name_key(name) != name_key(before.name):
        await _check_name(conn, scope, name)
    elif patch.name is not None:
        _check_form(name)


async def _check_name(conn: Conn, scope: Scope, name: str) -> None:
    _check_form(name)
    taken = await branches.list_names(conn, scope)
    if name_key(name) in taken:
        free = _free_name(name, taken)
        raise Conflict(
            f"There is a branch {name!r} already (upper and lower case are the same). "
            f"Choose another name, such as {free!r}.",
            details={"name": free},
        )


def _check_form(name: str) -> None:
    if is_id(name.upper()):
        raise BadRequest(f"{name!r} looks like the id of a branch. Give it a name in words.")


def _free_name(name: str, taken: set[str]) -> str:
    number = 2
    while name_key(free := f"{name[: MAX_NAME - 1 - len(str(number))]} {number}") in taken:
        number += 1
    return free


async def _forked_at(
    conn: Conn, scope: Scope, parent: Branch, version: OperationId | None
) -> OperationId:
    """Return the last operation of the parent, or of what it shares, that a new branch has."""
    if version is None:
        last = await operations.last_operation(conn, scope, parent.id)
        return max(last, parent.forked_at)
    operation = await operations.get_operation(conn, scope, version)
    if operation.branch_id != parent.id:
        owner = await branches.get_branch(conn, scope, BranchId(operation.branch_id))
        raise BadRequest(
            f"Version {version} is one of the branch {owner.name!r}, not of {parent.name!r}. "
            f"To fork there, give {owner.name!r} as the parent."
        )
    return version
