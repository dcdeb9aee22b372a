"""The index of words: an entry for each passage of an event, written with the event."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select, text

from ..ids import ProjectId, StreamId, UserId
from ..models.event import Blob, EventBase
from ..models.search import HitKind
from ..models.words import words
from .connections import Conn
from .passages import MAX_TEXT, TYPES, passages, plain
from .schema import blob, event, project, search_backlog, search_entry

FIRST = 1 << 40
"""Entries count up from here as they are written. Those of events that were there before search
was count down from here: the newest have the highest numbers."""
MIN_MERGE = 16
"""Pages of SQLite's index that are merged with each write, so that it stays quick to read."""
LONG = 1_000
"""Characters: others have their turn after a passage that takes as long as this to split."""
MAX_BLOB = 1_000_000
"""Bytes: what lies in a larger blob is not read to be searched."""


async def add_entries(conn: Conn, events: Sequence[EventBase[Any]]) -> None:
    """Index events, in the transaction that appends them."""
    spoken = [
        (each.project_id, each.stream, each.seq, _type(each), each.data.model_dump())
        for each in events
        if str(each.stream) != each.project_id and _type(each) in TYPES
    ]
    rows = [row for each in spoken for row in await _entries(conn, *each)]
    await _insert(conn, rows)


def _type(each: EventBase[Any]) -> str:
    return each.type


async def index_backlog(conn: Conn, limit: int) -> bool:
    """Index up to ``limit`` events that are older than the index; tell whether there were any."""
    waiting = select(search_backlog).order_by(search_backlog.c.stream.desc()).limit(1)
    row = (await conn.execute(waiting.with_for_update())).first()
    if row is None:
        return False
    old = (
        select(event.c.seq, event.c.type, event.c.data)
        .where(event.c.stream == row.stream, event.c.seq < row.before)
        .order_by(event.c.seq.desc())
        .limit(limit)
    )
    batch = list(await conn.execute(old))
    entries: list[dict[str, Any]] = []
    for each in reversed(batch):
        if each.type in TYPES:
            data = json.loads(each.data)
            entries += await _entries(conn, row.project_id, row.stream, each.seq, each.type, data)
    if entries:
        lowest = select(func.min(search_entry.c.id)).where(search_entry.c.id <= FIRST)
        start = ((await conn.execute(lowest)).scalar() or FIRST + 1) - len(entries)
        numbered = [{"id": start + place} | entry for place, entry in enumerate(entries)]
        await _insert(conn, numbered)
    this = search_backlog.c.stream == row.stream
    if len(batch) < limit:
        await conn.execute(search_backlog.delete().where(this))
    else:
        await conn.execute(search_backlog.update().where(this).values(before=batch[-1].seq))
    return True


async def _insert(conn: Conn, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    await conn.execute(search_entry.insert(), rows)
    if conn.dialect.name == "sqlite":
        await conn.execute(_MERGE, {"pages": max(MIN_MERGE, len(rows))})


async def remove_entries(conn: Conn, project_id: ProjectId, limit: int) -> bool:
    """Remove up to ``limit`` entries of a project that was deleted; tell whether there were any.

    In pieces, because to take words out of an index takes longer than to put them in.
    """
    await conn.execute(search_backlog.delete().where(search_backlog.c.project_id == project_id))
    some = select(search_entry.c.id).where(search_entry.c.project_id == project_id).limit(limit)
    done = await conn.execute(search_entry.delete().where(search_entry.c.id.in_(some)))
    return done.rowcount > 0


async def list_deleted_projects(conn: Conn) -> list[ProjectId]:
    """Return the projects that have entries, but are deleted: a server stopped in between."""
    return [ProjectId(row[0]) for row in await conn.execute(_DELETED)]


async def load_text(conn: Conn, project_id: ProjectId, content: Any) -> str:
    """Return the text of a passage, out of the blob table where it lies there."""
    place = _as_blob(content)
    if place is None:
        return plain(content)
    if place.size > MAX_BLOB:
        return ""
    query = select(blob.c.data).where(blob.c.project_id == project_id, blob.c.hash == place.blob)
    data = (await conn.execute(query)).scalar()
    if data is None:
        return ""
    if place.media_type == "application/json":
        try:
            return plain(json.loads(data))
        except (ValueError, RecursionError):  # a value that looks like a blob
            return ""
    return plain(data[: 4 * MAX_TEXT].decode("utf-8", "ignore"))


def _as_blob(content: Any) -> Blob | None:
    """Return where a passage lies; ``None`` for all else, a value that only looks like it too."""
    if not (isinstance(content, dict) and content.keys() == Blob.model_fields.keys()):
        return None
    try:
        return Blob.model_validate(content, strict=True)
    except ValidationError:
        return None


def project_token(project_id: ProjectId) -> str:
    return f"=p{project_id.lower()}"


def user_token(user_id: UserId) -> str:
    return f"=u{hashlib.sha256(user_id.encode()).hexdigest()[:24]}"


async def _entries(
    conn: Conn,
    project_id: ProjectId,
    stream: StreamId,
    seq: int,
    type_: str,
    data: Mapping[str, Any],
) -> list[dict[str, Any]]:
    found: dict[HitKind, list[str]] = {}
    for kind, content in passages(type_, data):
        passage = await load_text(conn, project_id, content)
        spoken = words(passage)
        if len(passage) > LONG:
            await asyncio.sleep(0)
        if spoken:
            found.setdefault(kind, []).extend(spoken)
    if not found:
        return []
    scope = [project_token(project_id), user_token(await _owner(conn, project_id))]
    as_words = _indexed if conn.dialect.name == "sqlite" else _tsvector
    return [
        {
            "project_id": project_id,
            "stream": stream,
            "seq": seq,
            "kind": kind,
            "words": as_words(scope, spoken),
        }
        for kind, spoken in found.items()
    ]


async def _owner(conn: Conn, project_id: ProjectId) -> UserId:
    """Return whose project it is. That never changes, so it is kept with the connection."""
    owners: dict[ProjectId, UserId] = conn.info.setdefault("owners", {})
    if project_id not in owners:
        query = select(project.c.user_id).where(project.c.id == project_id)
        owners[project_id] = UserId((await conn.execute(query)).scalar() or "")
    return owners[project_id]


def _indexed(scope: Iterable[str], spoken: Iterable[str]) -> str:
    return " ".join((*scope, *spoken))


def _tsvector(scope: Iterable[str], spoken: Iterable[str]) -> str:
    """Return the words with their places, as PostgreSQL writes them; words have no quotes."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(spoken, 1):
        places.setdefault(word, []).append(str(place))
    placed = [f"'{word}':{','.join(at)}" for word, at in places.items()]
    return " ".join((*(f"'{token}'" for token in scope), *placed))


_MERGE = text("INSERT INTO search_index (search_index, rank) VALUES ('merge', :pages)")
# From one project to the next one in the index: not over all of its entries.
_DELETED = text("""
    WITH RECURSIVE known(id) AS (
        SELECT min(project_id) FROM search_entry
        UNION ALL
        SELECT (SELECT min(project_id) FROM search_entry WHERE project_id > known.id)
        FROM known WHERE known.id IS NOT NULL
    )
    SELECT id FROM known WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM project)""")
