"""Rows of dependencies, and how they stand."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from ..ids import SessionId
from ..models.dependency import Dependency, DependencyState, NewDependency
from ..models.scope import Scope
from .connections import Conn
from .prepared import made_once
from .schema import dependency, disposition, key_result, session

_RESULTS = (
    select(func.count())
    .where(key_result.c.session_id == dependency.c.upstream_id, key_result.c.removed_at.is_(None))
    .scalar_subquery()
    .label("results")
)
_DEPENDENCY = (
    select(
        dependency,
        session.c.name,
        session.c.deleted_at,
        session.c.findings_version,
        disposition.c.value.label("decision"),
        disposition.c.fits,
        _RESULTS,
    )
    .join(session, session.c.id == dependency.c.upstream_id)
    .outerjoin(disposition, disposition.c.session_id == dependency.c.upstream_id)
    .where(dependency.c.project_id == bindparam("project"))
    .order_by(dependency.c.session_id, dependency.c.position)
)
_ALL = made_once(_DEPENDENCY)
_OF_SESSION = made_once(_DEPENDENCY.where(dependency.c.session_id == bindparam("session")))


async def list_dependencies(
    conn: Conn, scope: Scope, session_id: SessionId | None = None
) -> dict[SessionId, list[Dependency]]:
    """Return the dependencies of one session, or of all of the project, as they stand now."""
    this = {"project": scope.project_id}
    if session_id is None:
        rows = await conn.execute(_ALL, this)
    else:
        rows = await conn.execute(_OF_SESSION, this | {"session": session_id})
    found: dict[SessionId, list[Dependency]] = defaultdict(list)
    for row in rows:
        found[SessionId(row.session_id)].append(_model(row))
    return found


async def list_dependents(
    conn: Conn, scope: Scope, session_id: SessionId
) -> list[tuple[SessionId, str]]:
    """Return id and name of the sessions that need this one."""
    query = (
        select(session.c.id, session.c.name)
        .join(dependency, dependency.c.session_id == session.c.id)
        .where(
            dependency.c.upstream_id == session_id,
            dependency.c.project_id == scope.project_id,
            session.c.deleted_at.is_(None),
        )
        .order_by(session.c.position)
    )
    return [(SessionId(row.id), row.name) for row in await conn.execute(query)]


async def update_dependencies(
    conn: Conn, scope: Scope, session_id: SessionId, items: Sequence[NewDependency]
) -> None:
    """Replace the dependencies of a session; what was imported from those that stay is kept."""
    mine = (dependency.c.session_id == session_id, dependency.c.project_id == scope.project_id)
    kept = select(
        dependency.c.upstream_id, dependency.c.imported_seq, dependency.c.imported_version
    )
    imported = {
        row.upstream_id: (row.imported_seq, row.imported_version)
        for row in await conn.execute(kept.where(*mine))
    }
    await conn.execute(dependency.delete().where(*mine))
    for position, item in enumerate(items):
        seq, version = imported.get(item.session_id, (None, None))
        await conn.execute(
            dependency.insert().values(
                session_id=session_id,
                upstream_id=item.session_id,
                project_id=scope.project_id,
                position=position,
                kind=item.kind,
                field=item.field,
                value=None if item.value is None else json.dumps(item.value),
                imported_seq=seq,
                imported_version=version,
            )
        )


async def update_import(
    conn: Conn,
    scope: Scope,
    session_id: SessionId,
    upstream_id: SessionId,
    *,
    seq: int,
    version: int,
) -> None:
    """Remember which state of the upstream session was imported, and by which event."""
    await conn.execute(
        dependency.update()
        .where(
            dependency.c.session_id == session_id,
            dependency.c.upstream_id == upstream_id,
            dependency.c.project_id == scope.project_id,
        )
        .values(imported_seq=seq, imported_version=version)
    )


def _model(row: Row[*tuple[Any, ...]]) -> Dependency:
    value = None if row.value is None else json.loads(row.value)
    decision = None if row.decision is None else json.loads(row.decision)
    actual = None if decision is None or row.field is None else decision.get(row.field)
    return Dependency(
        session_id=SessionId(row.upstream_id),
        name=row.name,
        kind=row.kind,
        field=row.field,
        value=value,
        state=_state(row, value, decision, actual),
        actual=actual,
        imported_seq=row.imported_seq,
        moved_on=row.imported_version is not None and row.findings_version > row.imported_version,
    )


def _state(row: Row[*tuple[Any, ...]], value: Any, decision: Any, actual: Any) -> DependencyState:
    if row.deleted_at is not None:
        return "gone"
    if row.kind == "complete":
        return "met" if row.results or decision is not None else "waiting"
    if decision is None or not row.fits or actual is None:
        return "waiting"
    return "met" if actual == value and type(actual) is type(value) else "contradicted"
