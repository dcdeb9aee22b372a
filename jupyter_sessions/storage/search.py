"""Finding words in conversations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text

from ..ids import ProjectId, SessionId, UserId
from ..models.search import HitKind
from ..models.words import Term
from .connections import Conn
from .entries import load_text, project_token, user_token
from .passages import passages
from .schema import Milliseconds, project, session


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that has the words, or a name."""

    id: int | None
    """Of the entry; ``None`` for a name."""
    project_id: ProjectId
    project: str
    session_id: SessionId
    session: str
    seq: int | None
    kind: HitKind
    ts: datetime
    text: str


async def find_passages(
    conn: Conn,
    user_id: UserId,
    terms: Sequence[Term],
    *,
    project_id: ProjectId | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Found]:
    """Return passages that have all the terms, the newest first; those older than entry ``before``.

    Of the user's projects, or of one of them; deleted sessions are left out.
    """
    scope = user_token(user_id) if project_id is None else project_token(project_id)
    sqlite = conn.dialect.name == "sqlite"
    question = _match(scope, terms) if sqlite else _tsquery(scope, terms)
    values = {"question": question, "before": before or 1 << 62, "user": user_id, "limit": limit}
    rows = list(await conn.execute(_SQLITE if sqlite else _POSTGRESQL, values))
    return [await _found(conn, row) for row in rows]


async def find_names(
    conn: Conn,
    user_id: UserId,
    matches: Callable[[str], bool],
    *,
    project_id: ProjectId | None = None,
    limit: int = 50,
) -> list[Found]:
    """Return the sessions whose name matches, those that changed last first."""
    names = (
        select(session.c.id, session.c.name)
        .join(project, project.c.id == session.c.project_id)
        .where(project.c.user_id == user_id, session.c.deleted_at.is_(None))
        .order_by(session.c.updated_at.desc(), session.c.id.desc())
    )
    if project_id is not None:
        names = names.where(project.c.id == project_id)
    ids = [id_ for id_, name in await conn.execute(names) if matches(name)][:limit]
    query = (
        select(
            project.c.id.label("project_id"),
            project.c.name.label("project"),
            session.c.id.label("session_id"),
            session.c.name.label("session"),
            session.c.updated_at.label("ts"),
        )
        .join(project, project.c.id == session.c.project_id)
        .where(session.c.id.in_(ids))
        .order_by(session.c.updated_at.desc(), session.c.id.desc())
    )
    return [
        Found(id=None, seq=None, kind="name", text=row.session, **row._asdict())
        for row in (await conn.execute(query) if ids else ())
    ]


async def _found(conn: Conn, row: Row[*tuple[Any, ...]]) -> Found:
    texts = [
        await load_text(conn, row.project_id, content)
        for kind, content in passages(row.type, json.loads(row.data))
        if kind == row.kind
    ]
    return Found(
        id=row.id,
        project_id=row.project_id,
        project=row.project,
        session_id=row.session_id,
        session=row.session,
        seq=row.seq,
        kind=row.kind,
        ts=row.ts,
        text="\n".join(texts),
    )


def _match(scope: str, terms: Iterable[Term]) -> str:
    """Return the question in the language of FTS5."""
    parts = [f'"{" ".join(term.words)}"{"*" if term.begins else ""}' for term in terms]
    return " AND ".join((f'"{scope}"', *parts))


def _tsquery(scope: str, terms: Iterable[Term]) -> str:
    """Return the question in the language of PostgreSQL."""
    parts = [
        "(" + " <-> ".join(f"'{word}'" for word in term.words) + (":*)" if term.begins else ")")
        for term in terms
    ]
    return " & ".join((f"'{scope}'", *parts))


_COLUMNS = """e.id, p.id AS project_id, p.name AS project, s.id AS session_id, s.name AS session,
    e.seq, e.kind, v.ts, v.type, v.data"""
# CROSS JOIN keeps SQLite to this order: entries come out of the index as they are asked for, and
# LIMIT ends it.
_SQLITE = text(f"""
    SELECT {_COLUMNS} FROM search_index AS i
    CROSS JOIN search_entry AS e ON e.id = i.rowid
    CROSS JOIN session AS s ON s.id = e.stream AND s.deleted_at IS NULL
    CROSS JOIN project AS p ON p.id = e.project_id AND p.user_id = :user
    CROSS JOIN event AS v ON v.stream = e.stream AND v.seq = e.seq
    WHERE search_index MATCH :question AND i.rowid < :before
    ORDER BY i.rowid DESC LIMIT :limit""").columns(ts=Milliseconds)
_POSTGRESQL = text(f"""
    SELECT {_COLUMNS} FROM search_entry AS e
    JOIN session AS s ON s.id = e.stream AND s.deleted_at IS NULL
    JOIN project AS p ON p.id = e.project_id AND p.user_id = :user
    JOIN event AS v ON v.stream = e.stream AND v.seq = e.seq
    WHERE e.words @@ CAST(:question AS tsquery) AND e.id < :before
    ORDER BY e.id DESC LIMIT :limit""").columns(ts=Milliseconds)
