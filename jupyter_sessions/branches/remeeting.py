"""Where two branches last agreed, when a merge of them was taken back, or made again."""

from __future__ import annotations

from ..ids import NotebookId, OperationId
from ..models.merge import Merge
from ..models.scope import Scope
from ..storage import heads, merges, operations
from ..storage.branches import get_branch
from ..storage.connections import Conn
from ..storage.heads import Meeting
from ..storage.states import get_state


async def remeet(conn: Conn, scope: Scope, merge_operation: OperationId) -> None:
    """Note for all notebooks of a merge what its branches last had in common by those that stand.

    Without one they share what they shared when they parted: what was merged, and taken back, can
    be merged again.
    """
    merge = await merges.find_by_operation(conn, scope, merge_operation)
    if merge is None:
        return
    notebooks = {each.notebook_id for each in await operations.list_changes(conn, merge_operation)}
    notebooks |= await heads.list_meeting(conn, scope, merge.source, merge.target)
    standing = await merges.list_applied(conn, scope, merge.source, merge.target)
    for notebook_id in notebooks:
        met = None
        if standing:
            last = standing[0]
            met = await _state_at(conn, scope, last, notebook_id)
        await heads.put_meeting(conn, notebook_id, merge.source, merge.target, met)


async def _state_at(
    conn: Conn, scope: Scope, merge: Merge, notebook_id: NotebookId
) -> Meeting | None:
    assert merge.operation is not None
    source = await get_branch(conn, scope, merge.source)
    state = await get_state(conn, scope, source, notebook_id, upto=merge.operation)
    if state is None or state.version_id is None or state.path is None:
        return None
    return Meeting(state.version_id, state.path)
