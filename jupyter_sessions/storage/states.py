"""Which version a branch has of a notebook: its own, or the one that it shares with its parent."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from ..ids import BranchId, NotebookId, OperationId, VersionId
from ..models.branch import Branch
from ..models.scope import Scope
from .branches import get_branch
from .connections import Conn
from .heads import Head, find_head, get_head, get_meeting, list_heads
from .operations import first_change, last_change
from .prepared import made_once
from .schema import change, head, notebook, operation

_NOW = select(head.c.notebook_id).where(
    head.c.project_id == bindparam("project"), head.c.path == bindparam("at")
)
_ONCE = (
    select(change.c.notebook_id)
    .join(operation, operation.c.id == change.c.operation_id)
    .where(
        operation.c.project_id == bindparam("project"),
        change.c.new_path == bindparam("at"),
        change.c.old_path.is_distinct_from(change.c.new_path),
    )
)
_NAMED = made_once(_NOW.union(_ONCE))


@dataclass(frozen=True, slots=True)
class State:
    """A notebook as a branch has it."""

    notebook_id: NotebookId
    path: str | None
    """``None``: the branch has no such notebook (any more)."""
    version_id: VersionId | None
    touched: bool = False
    """It was changed on the branch itself."""


async def get_state(
    conn: Conn,
    scope: Scope,
    branch: Branch,
    notebook_id: NotebookId,
    *,
    upto: OperationId | None = None,
) -> State | None:
    """Return the state of a notebook on a branch, now or after an operation.

    ``None`` when neither the branch nor those that it came from ever had it. What was found only
    after ``upto`` is taken to have been the same before.
    """
    if upto is None:
        own = await get_head(conn, scope, branch.id, notebook_id)
        if own is not None:
            return state_of(own)
    else:
        last = await last_change(conn, branch.id, notebook_id, upto=upto)
        if last is not None:
            return State(notebook_id, last[1].new_path, last[1].new_version, True)
    if branch.parent is not None:
        parent = await get_branch(conn, scope, branch.parent)
        at = branch.forked_at if upto is None else OperationId(min(upto, branch.forked_at))
        shared = await get_state(conn, scope, parent, notebook_id, upto=at)
        return None if shared is None else State(notebook_id, shared.path, shared.version_id)
    first = await first_change(conn, branch.id, notebook_id)
    if first is not None and first[0].kind == "found":
        return State(notebook_id, first[1].new_path, first[1].new_version)
    return None


async def find_state(
    conn: Conn,
    scope: Scope,
    branch: Branch,
    path: str,
    *,
    upto: OperationId | None = None,
) -> State | None:
    """Return the notebook that has this path on a branch, now or after an operation."""
    if upto is None:
        own = await find_head(conn, scope, branch.id, path)
        if own is not None:
            return state_of(own)
    for notebook_id in await list_notebooks(conn, scope, path):
        state = await get_state(conn, scope, branch, notebook_id, upto=upto)
        if state is not None and state.path == path:
            return state
    return None


async def list_states(conn: Conn, scope: Scope, branch: Branch) -> list[State]:
    """Return all notebooks that a branch has, in the order of their paths."""
    found = {each.notebook_id: state_of(each) for each in await list_heads(conn, scope, branch.id)}
    if branch.parent is not None:
        for notebook_id in await _known(conn, scope):
            if notebook_id not in found:
                state = await get_state(conn, scope, branch, notebook_id)
                if state is not None:
                    found[notebook_id] = state
    there = [state for state in found.values() if state.path is not None]
    return sorted(there, key=lambda state: state.path or "")


async def list_touched(conn: Conn, scope: Scope, branch_id: BranchId) -> list[State]:
    """Return the notebooks that were changed on a branch; those that it deleted too."""
    heads = await list_heads(conn, scope, branch_id)
    return [state_of(each) for each in heads if each.touched]


async def list_notebooks(conn: Conn, scope: Scope, path: str) -> list[NotebookId]:
    """Return the notebooks that have, or have had, this path on any branch; the newest first."""
    keys = {"project": scope.project_id, "at": path}
    rows = await conn.execute(_NAMED, keys)
    return sorted({NotebookId(row[0]) for row in rows}, reverse=True)


async def common_version(
    conn: Conn, scope: Scope, notebook_id: NotebookId, one: Branch, other: Branch
) -> VersionId | None:
    """Return the last version of a notebook that two branches both have had; the merge base."""
    state = await common_state(conn, scope, notebook_id, one, other)
    return None if state is None else state.version_id


async def common_state(
    conn: Conn, scope: Scope, notebook_id: NotebookId, one: Branch, other: Branch
) -> State | None:
    """Return the last state of a notebook that two branches both have had."""
    met = await get_meeting(conn, notebook_id, one.id, other.id)
    if met is not None:
        return State(notebook_id, met.path, met.version_id)
    mine, theirs = await lines_of(conn, scope, one), await lines_of(conn, scope, other)
    for branch, left in mine:
        for ancestor, left_by_other in theirs:
            if ancestor.id == branch.id:
                ends = [each for each in (left, left_by_other) if each is not None]
                upto = min(ends) if ends else None
                return await get_state(conn, scope, branch, notebook_id, upto=upto)
    return None


async def lines_of(
    conn: Conn, scope: Scope, branch: Branch
) -> list[tuple[Branch, OperationId | None]]:
    """Return a branch and those that it came from, each with the operation where it left them."""
    found: list[tuple[Branch, OperationId | None]] = [(branch, None)]
    left: OperationId | None = None
    while branch.parent is not None:
        left = branch.forked_at if left is None else OperationId(min(left, branch.forked_at))
        branch = await get_branch(conn, scope, branch.parent)
        found.append((branch, left))
    return found


async def _known(conn: Conn, scope: Scope) -> list[NotebookId]:
    query = select(notebook.c.id).where(notebook.c.project_id == scope.project_id)
    return [NotebookId(row.id) for row in await conn.execute(query)]


def state_of(own: Head) -> State:
    """Return the state that a head of the branch's own says."""
    return State(own.notebook_id, own.path, own.version_id, own.touched)
