"""Rows of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import NotFound
from ..ids import ProjectId, SessionId, StreamId, UserId, new_id
from ..models.base import utcnow
from ..models.scope import Scope
from ..models.session import Session, SessionStatus
from .schema import event, project, session

_LAST_SEQ = (
    select(func.coalesce(func.max(event.c.seq), 0))
    .where(event.c.stream == session.c.id)
    .scalar_subquery()
    .label("last_seq")
)
_FIELDS = [session.c[name] for name in Session.model_fields if name in session.c]
_SESSION = select(*_FIELDS, _LAST_SEQ)


def _live(scope: Scope) -> tuple[Any, Any]:
    return session.c.project_id == scope.project_id, session.c.deleted_at.is_(None)


async def add_session(
    conn: AsyncConnection, scope: Scope, name: str, *, model: str | None = None
) -> Session:
    """Insert a session at the end of the project's list."""
    last = (
        await conn.execute(select(func.max(session.c.position)).where(*_live(scope)))
    ).scalar_one()
    now = utcnow()
    made = Session(
        id=SessionId(new_id()),
        project_id=scope.project_id,
        name=name,
        position=0 if last is None else last + 1,
        model=model,
        created_at=now,
        updated_at=now,
    )
    values = made.model_dump(exclude={"key_result_count", "last_seq"})
    await conn.execute(session.insert().values(**values, iterations=0, wrapping_up=False))
    return made


async def get_session(conn: AsyncConnection, scope: Scope, session_id: SessionId) -> Session:
    """Return the session, or raise NotFound."""
    found = (await conn.execute(_SESSION.where(session.c.id == session_id, *_live(scope)))).first()
    if found is None:
        raise NotFound("session")
    return _model(found)


async def list_sessions(
    conn: AsyncConnection, scope: Scope, *, after: int = -1, limit: int = 1000
) -> list[Session]:
    """Return the project's sessions in order, those behind position ``after``."""
    query = _SESSION.where(*_live(scope), session.c.position > after)
    query = query.order_by(session.c.position).limit(limit)
    return [_model(found) for found in await conn.execute(query)]


async def get_project_of_stream(
    conn: AsyncConnection, user_id: UserId, stream: StreamId
) -> ProjectId:
    """Return the user's project that has this timeline, or one of its sessions has. Or NotFound."""
    of_session = select(session.c.project_id).where(
        session.c.id == stream, session.c.deleted_at.is_(None)
    )
    found = await conn.execute(
        select(project.c.id).where(
            project.c.user_id == user_id,
            or_(project.c.id == stream, project.c.id == of_session.scalar_subquery()),
        )
    )
    row = found.first()
    if row is None:
        raise NotFound("timeline")
    return ProjectId(row.id)


async def update_session(
    conn: AsyncConnection, scope: Scope, session_id: SessionId, **values: Any
) -> Session:
    """Set columns of a session, and its time of change; return it as it is then."""
    done = await conn.execute(
        session.update()
        .where(session.c.id == session_id, *_live(scope))
        .values(updated_at=utcnow(), **values)
    )
    if done.rowcount == 0:
        raise NotFound("session")
    return await get_session(conn, scope, session_id)


async def remove_session(conn: AsyncConnection, scope: Scope, session_id: SessionId) -> None:
    """Hide a session for good. Its events are kept until the project is deleted."""
    await conn.execute(
        session.update()
        .where(session.c.id == session_id, *_live(scope))
        .values(deleted_at=utcnow())
    )


async def add_processing(
    conn: AsyncConnection,
    scope: Scope,
    session_id: SessionId,
    milliseconds: int,
    *,
    status: SessionStatus,
    reason: str | None,
) -> Session:
    """Account for a run that ended."""
    return await update_session(
        conn,
        scope,
        session_id,
        processing_ms=session.c.processing_ms + milliseconds,
        status=status,
        status_reason=reason,
    )


async def order_sessions(conn: AsyncConnection, scope: Scope, ids: Sequence[SessionId]) -> None:
    """Number the sessions in the order of ``ids``; those not named follow as they were."""
    rows = await list_sessions(conn, scope)
    known = {row.id: row for row in rows}
    named = [known.pop(id_) for id_ in ids if id_ in known]
    for position, row in enumerate([*named, *known.values()]):
        if row.position != position:
            await conn.execute(
                session.update().where(session.c.id == row.id).values(position=position)
            )


async def get_iterations(
    conn: AsyncConnection, scope: Scope, session_id: SessionId
) -> tuple[int, bool]:
    """Return the count of iterations, and whether the agent was told to wrap up."""
    query = select(session.c.iterations, session.c.wrapping_up)
    row = (await conn.execute(query.where(session.c.id == session_id, *_live(scope)))).one()
    return int(row.iterations), bool(row.wrapping_up)


def _model(found: Row[*tuple[Any, ...]]) -> Session:
    return Session.model_validate(found._asdict())
