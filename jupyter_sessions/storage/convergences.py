"""Rows of meetings of branches."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, select

from ..errors import NotFound
from ..ids import BranchId, ConvergenceId, MergeId, new_id
from ..models.base import utcnow
from ..models.convergence import Convergence, ConvergenceKind, KernelFate
from ..models.scope import Scope
from .connections import Conn
from .schema import convergence, merge

LEFT = "The server stopped before the kernel could be moved."


async def add_convergence(
    conn: Conn,
    scope: Scope,
    kind: ConvergenceKind,
    notebook: str,
    source: BranchId,
    target: BranchId,
    losers: list[BranchId],
    *,
    merge_id: MergeId | None = None,
    kernel: KernelFate = "none",
) -> Convergence:
    """Insert a meeting: one that waits for its merge, or that has taken place."""
    now, id_ = utcnow(), ConvergenceId(new_id())
    await conn.execute(
        convergence.insert().values(
            id=id_,
            project_id=scope.project_id,
            kind=kind,
            notebook=notebook,
            source=source,
            target=target,
            losers=json.dumps(losers),
            merge_id=merge_id,
            status="open",
            kernel=kernel,
            reason="",
            created_at=now,
        )
    )
    return await get_convergence(conn, scope, id_)


async def get_convergence(conn: Conn, scope: Scope, id_: ConvergenceId) -> Convergence:
    """Return the meeting, or raise NotFound."""
    query = select(convergence).where(*_in(scope), convergence.c.id == id_)
    row = (await conn.execute(query)).first()
    if row is None:
        raise NotFound("convergence")
    return _model(row)


async def find_open(conn: Conn, scope: Scope, merge_id: MergeId) -> Convergence | None:
    """Return the meeting that waits for a merge."""
    query = select(convergence).where(
        *_in(scope), convergence.c.merge_id == merge_id, convergence.c.status == "open"
    )
    row = (await conn.execute(query)).first()
    return None if row is None else _model(row)


async def list_convergences(
    conn: Conn, scope: Scope, *, notebook: str | None = None
) -> list[Convergence]:
    """Return the meetings of the project, newest first, but for those that were withdrawn."""
    query = select(convergence).where(*_in(scope), convergence.c.status != "closed")
    if notebook is not None:
        query = query.where(convergence.c.notebook == notebook)
    query = query.order_by(convergence.c.id.desc())
    return [_model(row) for row in await conn.execute(query)]


async def update_convergence(
    conn: Conn, scope: Scope, id_: ConvergenceId, **values: Any
) -> Convergence:
    """Set columns of a meeting."""
    where = (*_in(scope), convergence.c.id == id_)
    await conn.execute(convergence.update().where(*where).values(**values))
    return await get_convergence(conn, scope, id_)


async def close_open(conn: Conn, scope: Scope, merge_id: MergeId) -> None:
    """Note that what a meeting waited for was withdrawn."""
    where = (*_in(scope), convergence.c.merge_id == merge_id, convergence.c.status == "open")
    await conn.execute(convergence.update().where(*where).values(status="closed"))


async def close_left(conn: Conn) -> None:
    """Note of meetings whose merge was made, of whatever project, that they have taken place.

    For the start of a server: their kernels ended with the last one.
    """
    made = select(merge.c.id).where(merge.c.status == "merged")
    where = (convergence.c.status == "open", convergence.c.merge_id.in_(made))
    values = {"status": "met", "kernel": "none", "reason": LEFT, "met_at": utcnow()}
    await conn.execute(convergence.update().where(*where).values(**values))


def _in(scope: Scope) -> tuple[Any, ...]:
    return (convergence.c.project_id == scope.project_id,)


def _model(row: Row[*tuple[Any, ...]]) -> Convergence:
    fields = row._asdict()
    fields |= {"losers": json.loads(fields["losers"]), "merge": fields.pop("merge_id")}
    return Convergence.model_validate(fields)
