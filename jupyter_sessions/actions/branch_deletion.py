"""Delete a branch: its versions stay, so that it can be restored; its files go."""

from __future__ import annotations

from ..branches import removal
from ..branches.shelf import Shelf
from ..errors import Conflict
from ..ids import MAIN, SessionId
from ..models.branch import Branch
from ..storage import branches, projects, runs, sessions
from ..timeline import Entry, Timeline
from ..workspace.kernels import Kernels
from .active_branch import switch
from .branches import append_change, read_branch, require_not_main
from .sessions import announce


async def delete_branch(timeline: Timeline, shelf: Shelf, kernels: Kernels, text: str) -> Branch:
    """Delete a branch, and take the sessions on it back to main.

    Its files are removed when all that is in them is recorded. Raises Conflict while the agent
    works on it or a kernel runs there, BadRequest for main or when a file cannot be recorded.
    """
    scope = shelf.scope
    branch = await read_branch(timeline, scope, text)
    require_not_main(branch, "deleted")
    if branch.status == "deleted":
        return branch
    async with timeline.database.read() as conn:
        _refuse_busy(branch, await runs.list_busy(conn, scope, branch.id))
    await _refuse_kernels(shelf, kernels, branch)
    await removal.record_all(shelf, branch)

    async def work(entry: Entry) -> tuple[Branch, list[SessionId]]:
        await projects.update_project(entry.conn, scope)  # no message comes in until the commit
        _refuse_busy(branch, await runs.list_busy(entry.conn, scope, branch.id))
        moved = await sessions.list_on_branch(entry.conn, scope, branch.id)
        main = await branches.get_branch(entry.conn, scope, MAIN)
        for session_id in moved:
            await switch(entry, scope, session_id, main, actor="user")
        gone = await branches.update_branch(entry.conn, scope, branch.id, status="deleted")
        append_change(entry, scope, gone, actor="user")
        return gone, moved

    gone, moved = await timeline.write(work)
    await removal.remove_files(shelf, branch)
    for session_id in moved:
        await announce(timeline, scope, session_id)
    return gone


def _refuse_busy(branch: Branch, busy: list[tuple[SessionId, str]]) -> None:
    if busy:
        names = ", ".join(repr(name) for _, name in busy)
        raise Conflict(
            f"The agent is at work on the branch {branch.name!r}, in {names}. "
            "Interrupt it first, then delete the branch."
        )


async def _refuse_kernels(shelf: Shelf, kernels: Kernels, branch: Branch) -> None:
    below = shelf.folder.api(branch.folder) + "/"
    used = [path for path in await kernels.notebooks() if path.startswith(below)]
    if used:
        names = ", ".join(repr(path.removeprefix(below)) for path in used)
        raise Conflict(
            f"A kernel runs on the branch {branch.name!r}, for {names}. "
            "Shut it down first, then delete the branch."
        )
