"""The branch that a session works on."""

from __future__ import annotations

from ..errors import Conflict
from ..ids import RunId, SessionId
from ..models.branch import Branch
from ..models.branch_events import BranchSwitched, BranchSwitchedData
from ..models.envelope import Actor
from ..models.scope import Scope
from ..storage import runs, sessions
from ..timeline import Entry, Origin


async def switch(
    entry: Entry,
    scope: Scope,
    session_id: SessionId,
    branch: Branch,
    *,
    actor: Actor,
    run_id: RunId | None = None,
) -> None:
    """Make a branch the active one of a session, and of a run of it. Raises Conflict, NotFound."""
    require_usable(branch)
    if run_id is not None:
        await runs.set_branch(entry.conn, scope, run_id, branch.id)
    if not await sessions.set_active_branch(entry.conn, scope, session_id, branch.id):
        return
    data = BranchSwitchedData(branch=branch.id, name=branch.name)
    entry.append(Origin(scope, session_id, run_id), BranchSwitched, data, actor=actor)


def require_usable(branch: Branch) -> None:
    """Raise Conflict when the branch was deleted."""
    if branch.status == "deleted":
        raise Conflict(f"The branch {branch.name!r} was deleted. Restore it first.")
