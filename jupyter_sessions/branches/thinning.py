"""Fewer versions of what was saved long ago: neighbouring saves become one.

All of the last day stay, then one an hour, and after 30 days one a day. What an agent's run, a
merge, a restore or an undo made, what has a name, and where a branch was made, always stays.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from ..errors import NotFound
from ..ids import BranchId, NotebookId, OperationId, VersionId
from ..models.base import utcnow
from ..notebooks.diff import counts, diff
from ..storage import heads, merges, operations, thinning
from ..storage.connections import Conn
from ..storage.operations import Change, Operation
from ..storage.writer import Transaction
from .loading import load_differing, load_some
from .shelf import Rows

ALL_OF = timedelta(hours=24)
HOURLY = timedelta(days=30)
PAGE = 500
MAX_JOINED = 200
"""Versions that are taken out in one transaction."""
Line = Sequence[tuple[Operation, Change]]
Busy = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Kept:
    """What must not be touched."""

    forks: Sequence[OperationId]
    """Where branches were made of the branch, or it was merged into others, in order."""
    undone: set[OperationId]
    met: set[VersionId]


@dataclass(frozen=True, slots=True)
class Joint:
    """A save that stays, and those before it that become part of it."""

    stays: tuple[Operation, Change]
    goes: tuple[tuple[Operation, Change], ...]

    @property
    def change(self) -> Change:
        """What the one that stays has changed then; its counts are still those from before."""
        first = self.goes[0][1]
        return replace(self.stays[1], old_path=first.old_path, old_version=first.old_version)


async def thin(rows: Rows, *, now: datetime | None = None, is_busy: Busy = lambda: False) -> int:
    """Join old saves of a project's notebooks; return how many versions went."""
    at = now or utcnow()
    async with rows.database.read() as conn:
        lines = await thinning.list_lines(conn, rows.scope, at - ALL_OF)
    gone = 0
    for branch_id, notebook_id in lines:
        if is_busy():
            break
        gone += await _thin_line(rows, branch_id, notebook_id, at)
    return gone


async def _thin_line(
    rows: Rows, branch_id: BranchId, notebook_id: NotebookId, now: datetime
) -> int:
    line = await _line(rows, branch_id, notebook_id)
    async with rows.database.read() as conn:
        kept = await _kept(conn, rows, branch_id, notebook_id)
    gone = 0
    for joint in await asyncio.to_thread(joints, line, kept, now):
        change = await _counted(rows, joint.change)
        work = partial(_join, rows, branch_id, notebook_id, joint, change)
        gone += await rows.database.write(work)
    return gone


async def _line(rows: Rows, branch_id: BranchId, notebook_id: NotebookId) -> Line:
    """Return all changes of a notebook on a branch, the oldest first."""
    found: list[tuple[Operation, Change]] = []
    while True:
        before = found[-1][0].id if found else None
        async with rows.database.read() as conn:
            page = await operations.list_history(
                conn, branch_id, notebook_id, before=before, limit=PAGE
            )
        found += page
        if len(page) < PAGE:
            return found[::-1]


async def _kept(conn: Conn, rows: Rows, branch_id: BranchId, notebook_id: NotebookId) -> Kept:
    forks = await thinning.list_forks(conn, rows.scope, branch_id)
    merged = await merges.list_operations(conn, rows.scope, branch_id)
    return Kept(
        sorted({*forks, *merged}),
        await thinning.list_undone(conn, rows.scope),
        await heads.list_met(conn, [notebook_id]),
    )


def joints(line: Line, kept: Kept, now: datetime) -> list[Joint]:
    """Return what can be joined in the history of a notebook, given oldest first."""
    found: list[Joint] = []
    goes: list[tuple[Operation, Change]] = []
    for one, other in pairwise(line):
        if len(goes) < MAX_JOINED and _joins(one, other, kept, now):
            goes.append(one)
        elif goes:
            found.append(Joint(one, tuple(goes)))
            goes = []
    if goes:
        found.append(Joint(line[-1], tuple(goes)))
    return found


def _joins(
    one: tuple[Operation, Change], other: tuple[Operation, Change], kept: Kept, now: datetime
) -> bool:
    """Tell whether a version can become part of the next one."""
    (first, change), (second, following) = one, other
    if first.kind not in thinning.SAVES or (first.kind, first.writer) != (
        second.kind,
        second.writer,
    ):
        return False
    if first.name is not None or first.undone or second.undone or first.id in kept.undone:
        return False
    if change.new_version in kept.met or change.new_version != following.old_version:
        return False
    if not change.new_path == following.old_path == following.new_path:
        return False
    period = _period(first.created_at, now)
    if period is None or period != _period(second.created_at, now):
        return False
    return not _is_forked_between(kept.forks, first.id, second.id)


def _period(at: datetime, now: datetime) -> tuple[int, ...] | None:
    """Return the hour or the day that one version is kept of; ``None``: all are."""
    if now - at < ALL_OF:
        return None
    day = (at.year, at.month, at.day)
    return (*day, at.hour) if now - at < HOURLY else day


def _is_forked_between(
    forks: Sequence[OperationId], first: OperationId, second: OperationId
) -> bool:
    """Tell whether another branch shares the state between two operations, or got it merged."""
    place = bisect_left(forks, first)
    return place < len(forks) and forks[place] < second


async def _counted(rows: Rows, change: Change) -> Change:
    old, new = await load_some(rows, change.old_version, change.new_version)
    pieces = await load_differing(rows, old, new)

    def counted() -> Change:
        load = pieces.__getitem__
        found = counts(diff(old, new, load), load)
        return replace(
            change,
            cells=found.cells,
            lines_added=found.lines_added,
            lines_removed=found.lines_removed,
        )

    return await asyncio.to_thread(counted)


async def _join(
    rows: Rows,
    branch_id: BranchId,
    notebook_id: NotebookId,
    joint: Joint,
    change: Change,
    transaction: Transaction,
) -> int:
    """Join versions, if all is still as it was when that was decided."""
    conn, scope = transaction.conn, rows.scope
    await thinning.lock(conn, scope)
    kept = await _kept(conn, rows, branch_id, notebook_id)
    ids = [operation.id for operation, _ in joint.goes]
    if not await _is_same(conn, rows, joint):
        return 0
    if _is_forked_between(kept.forks, ids[0], joint.stays[0].id) or kept.undone & set(ids):
        return 0
    if kept.met & {had.new_version for _, had in joint.goes}:
        return 0
    await operations.remove_operations(conn, scope, ids)
    await operations.update_change(conn, joint.stays[0].id, change)
    return len(ids)


async def _is_same(conn: Conn, rows: Rows, joint: Joint) -> bool:
    """Tell whether the versions are what they were when it was decided to join them."""
    for operation, had in (*joint.goes, joint.stays):
        try:
            now = await operations.get_operation(conn, rows.scope, operation.id)
        except NotFound:  # another server has joined it
            return False
        if now != operation or await operations.list_changes(conn, operation.id) != [had]:
            return False
    return True
