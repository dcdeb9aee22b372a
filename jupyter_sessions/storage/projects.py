"""Rows of projects. ``folder`` is the absolute path; what the API shows is made by ``branches``."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from ..errors import NotFound
from ..ids import ProjectId, StreamId, UserId, new_id
from ..models.base import utcnow
from ..models.scope import Scope
from .branches import add_main
from .connections import Conn
from .schema import blob, event, piece, project, session


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as it is stored."""

    id: ProjectId
    user_id: UserId
    name: str
    folder: str
    default_runtime: str
    created_at: datetime
    updated_at: datetime
    system_prompt: str = ""
    tools: list[str] | None = None
    session_count: int = 0
    last_seq: int = 0

    @property
    def scope(self) -> Scope:
        return Scope(self.user_id, self.id)


_SESSIONS = (
    select(func.count())
    .where(session.c.project_id == project.c.id, session.c.deleted_at.is_(None))
    .scalar_subquery()
    .label("session_count")
)
_LAST_SEQ = (
    select(func.coalesce(func.max(event.c.seq), 0))
    .where(event.c.stream == project.c.id)
    .scalar_subquery()
    .label("last_seq")
)
_PROJECT = select(project, _SESSIONS, _LAST_SEQ)


async def add_project(
    conn: Conn, user_id: UserId, name: str, folder: str, runtime: str
) -> ProjectRow:
    """Insert a project of ``user_id``."""
    now = utcnow()
    row = ProjectRow(ProjectId(new_id()), user_id, name, folder, runtime, now, now)
    await conn.execute(
        project.insert().values(
            id=row.id,
            user_id=user_id,
            name=name,
            folder=folder,
            default_runtime=runtime,
            created_at=now,
            updated_at=now,
        )
    )
    await add_main(conn, row.scope)
    return row


async def get_project(conn: Conn, scope: Scope) -> ProjectRow:
    """Return the project, or raise NotFound when it is missing or someone else's."""
    found = (
        await conn.execute(
            _PROJECT.where(project.c.id == scope.project_id, project.c.user_id == scope.user_id)
        )
    ).first()
    if found is None:
        raise NotFound("project")
    return _row(found)


async def list_projects(
    conn: Conn, user_id: UserId, *, after: ProjectId | None = None, limit: int = 100
) -> list[ProjectRow]:
    """Return the user's projects, most recent first."""
    query = _PROJECT.where(project.c.user_id == user_id)
    if after is not None:
        last = select(project.c.updated_at).where(project.c.id == after).scalar_subquery()
        query = query.where(
            or_(
                project.c.updated_at < last,
                and_(project.c.updated_at == last, project.c.id < after),
            )
        )
    query = query.order_by(project.c.updated_at.desc(), project.c.id.desc()).limit(limit)
    return [_row(found) for found in await conn.execute(query)]


async def list_owners(conn: Conn, ids: Collection[ProjectId]) -> dict[ProjectId, UserId]:
    """Return whose projects these are: for what a server does at its start, for all users."""
    query = select(project.c.id, project.c.user_id).where(project.c.id.in_(ids))
    return {ProjectId(row.id): UserId(row.user_id) for row in await conn.execute(query)}


async def find_projects_by_folder(
    conn: Conn, user_id: UserId, folders: list[str]
) -> list[ProjectRow]:
    """Return the user's projects whose folder is one of ``folders``, the deepest folder first."""
    query = _PROJECT.where(project.c.user_id == user_id, project.c.folder.in_(folders)).order_by(
        func.length(project.c.folder).desc(), project.c.updated_at.desc()
    )
    return [_row(found) for found in await conn.execute(query)]


async def update_project(conn: Conn, scope: Scope, **values: Any) -> ProjectRow:
    """Set columns of a project (``tools``: a list, or ``None`` for all), and its time of change."""
    if values.get("tools") is not None:
        values["tools"] = json.dumps(values["tools"])
    await conn.execute(
        project.update()
        .where(project.c.id == scope.project_id, project.c.user_id == scope.user_id)
        .values(updated_at=utcnow(), **values)
    )
    return await get_project(conn, scope)


async def remove_project(conn: Conn, scope: Scope) -> list[StreamId]:
    """Delete the project and all that is stored of it; return the timelines of its sessions.

    The only way that events ever go.
    """
    await get_project(conn, scope)
    found = await conn.execute(select(session.c.id).where(session.c.project_id == scope.project_id))
    streams = [StreamId(row.id) for row in found]
    await conn.execute(project.delete().where(project.c.id == scope.project_id))
    for table in (event, blob, piece):
        await conn.execute(table.delete().where(table.c.project_id == scope.project_id))
    return streams


def _row(found: Row[*tuple[Any, ...]]) -> ProjectRow:
    tools = None if found.tools is None else json.loads(found.tools)
    return ProjectRow(**found._asdict() | {"tools": tools})
