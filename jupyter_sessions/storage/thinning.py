"""Which versions can be joined or removed, and keeping others from writing meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, except_, func, select

from ..ids import BranchId, NotebookId, OperationId, VersionId
from ..models.base import utcnow
from ..models.scope import Scope
from .connections import Conn
from .schema import branch, change, head, meeting, operation, piece, project, version

SAVES = ("save", "outside")


async def hold(conn: Conn, scope: Scope) -> None:
    """Keep versions of the project from being removed until the commit.

    In SQLite a transaction that writes does so anyway.
    """
    if conn.dialect.name == "sqlite":
        return
    query = select(project.c.id).where(project.c.id == scope.project_id)
    await conn.execute(query.with_for_update(key_share=True, read=True))


async def lock(conn: Conn, scope: Scope) -> None:
    """Keep everyone from recording versions, and from making branches, until the commit.

    In SQLite a transaction that writes does so anyway.
    """
    query = select(project.c.id).where(project.c.id == scope.project_id)
    await conn.execute(query.with_for_update())


async def list_lines(
    conn: Conn, scope: Scope, before: datetime
) -> list[tuple[BranchId, NotebookId]]:
    """Return the notebooks, by branch, that were saved more than once before a time."""
    query = (
        select(change.c.branch_id, change.c.notebook_id)
        .join(operation, operation.c.id == change.c.operation_id)
        .where(
            operation.c.project_id == scope.project_id,
            operation.c.kind.in_(SAVES),
            operation.c.created_at < before,
        )
        .group_by(change.c.branch_id, change.c.notebook_id)
        .having(func.count() > 1)
        .order_by(change.c.branch_id, change.c.notebook_id)
    )
    return [
        (BranchId(row.branch_id), NotebookId(row.notebook_id)) for row in await conn.execute(query)
    ]


async def list_forks(conn: Conn, scope: Scope, parent: BranchId) -> list[OperationId]:
    """Return where branches were made of a branch, in order; those of deleted ones too."""
    query = select(branch.c.forked_at).where(
        branch.c.project_id == scope.project_id, branch.c.parent == parent
    )
    return sorted({OperationId(row.forked_at) for row in await conn.execute(query)})


async def list_undone(conn: Conn, scope: Scope) -> set[OperationId]:
    """Return the operations that others take back."""
    query = select(operation.c.undoes).where(
        operation.c.project_id == scope.project_id, operation.c.undoes.is_not(None)
    )
    return {OperationId(row.undoes) for row in await conn.execute(query)}


async def list_unused(conn: Conn, scope: Scope, *, age: timedelta, limit: int) -> list[VersionId]:
    """Return versions that nothing refers to, and that are not new."""
    made_by = and_(
        operation.c.project_id == scope.project_id, operation.c.created_at < utcnow() - age
    )
    old = (
        select(func.max(change.c.new_version))
        .join(operation, operation.c.id == change.c.operation_id)
        .where(made_by)
    )
    newest = (await conn.execute(old)).scalar() or 0
    in_changes = change.join(operation, operation.c.id == change.c.operation_id)
    ours = operation.c.project_id == scope.project_id
    used = (
        select(change.c.old_version).select_from(in_changes).where(ours),
        select(change.c.new_version).select_from(in_changes).where(ours),
        select(head.c.version_id).where(head.c.project_id == scope.project_id),
        select(meeting.c.version_id)
        .join(head, head.c.notebook_id == meeting.c.notebook_id)
        .where(head.c.project_id == scope.project_id),
    )
    query = select(version.c.id).where(
        version.c.project_id == scope.project_id, version.c.id <= newest
    )
    rows = await conn.execute(except_(query, *used).limit(limit))
    return [VersionId(row[0]) for row in rows]


async def list_old_pieces(
    conn: Conn, scope: Scope, *, age: timedelta, after: str = "", limit: int = 5_000
) -> list[str]:
    """Return the digests of pieces that were not added just now, in order, behind one of them."""
    query = select(piece.c.digest).where(
        piece.c.project_id == scope.project_id,
        piece.c.added_at < utcnow() - age,
        piece.c.digest > bytes.fromhex(after),
    )
    rows = await conn.execute(query.order_by(piece.c.digest).limit(limit))
    return [row.digest.hex() for row in rows]


async def remove_pieces(conn: Conn, scope: Scope, digests: Collection[str]) -> None:
    """Remove pieces that no version is made of."""
    wanted = [bytes.fromhex(digest) for digest in digests]
    await conn.execute(
        piece.delete().where(piece.c.project_id == scope.project_id, piece.c.digest.in_(wanted))
    )
