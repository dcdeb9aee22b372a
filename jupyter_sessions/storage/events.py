"""Rows of events: appended and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from ..ids import RunId, StreamId
from ..models.event import EVENT, EventBase
from .connections import Conn
from .entries import add_entries
from .lineage import Segment, get_lineage
from .prepared import made_once
from .schema import event
from .writer import Transaction

AnyEvent = EventBase[Any]
_INSERT = made_once(event.insert())


async def add_events(transaction: Transaction, drafts: Sequence[AnyEvent]) -> list[AnyEvent]:
    """Append events (their ``seq`` is ignored) and return them with the numbers they were given.

    Numbers of a stream are gapless from 1. Another process that appends to the same stream at the
    same time is caught by the primary key; the writer then tries again.
    """
    heads = transaction.heads
    for stream in {draft.stream for draft in drafts} - heads.keys():
        heads[stream] = await get_last_seq(transaction.conn, stream)
    numbered = []
    for draft in drafts:
        heads[draft.stream] += 1
        numbered.append(draft.model_copy(update={"seq": heads[draft.stream]}))
    await transaction.conn.execute(_INSERT, [_values(each) for each in numbered])
    await add_entries(transaction.conn, numbered)
    return numbered


async def list_events(
    conn: Conn,
    stream: StreamId,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = 100,
    types: Collection[str] | None = None,
) -> list[AnyEvent]:
    """Return events, ascending: those behind ``after``, or the last ones before ``before``.

    The log of a forked session begins with that of its source. ``types`` leaves out all others.
    """
    segments = await get_lineage(conn, stream)
    rows: list[Row[*tuple[Any, ...]]] = []
    for segment in segments if before is None else reversed(segments):
        if limit > len(rows) and (query := _part(segment, after or 0, before)) is not None:
            if types is not None:
                query = query.where(event.c.type.in_(types))
            order = event.c.seq if before is None else event.c.seq.desc()
            rows += await conn.execute(query.order_by(order).limit(limit - len(rows)))
    return [_model(row, stream) for row in (rows if before is None else rows[::-1])]


def _part(segment: Segment, after: int, before: int | None) -> Select[*tuple[Any, ...]] | None:
    """Return the query for what a segment has between two numbers; ``None`` when it has nothing."""
    low = max(after, segment.after)
    high = before
    if segment.last is not None and (before is None or before > segment.last):
        high = segment.last + 1
    if high is not None and high <= low + 1:
        return None
    query = select(event).where(event.c.stream == segment.stream, event.c.seq > low)
    return query if high is None else query.where(event.c.seq < high)


async def get_event(conn: Conn, stream: StreamId, seq: int) -> AnyEvent | None:
    """Return one event of a log; ``None`` when the log has no such number."""
    found = await list_events(conn, stream, after=seq - 1, before=seq + 1, limit=1)
    return found[0] if found else None


async def list_run_events(
    conn: Conn, run_id: RunId, *, types: Collection[str] | None = None
) -> list[AnyEvent]:
    """Return everything that happened in a run, or only events of some types."""
    query = select(event).where(event.c.run_id == run_id).order_by(event.c.seq)
    if types is not None:
        query = query.where(event.c.type.in_(types))
    return [_model(row) for row in await conn.execute(query)]


async def get_last_seq(conn: Conn, stream: StreamId) -> int:
    """Return the number of the log's last event; 0 when it is empty."""
    query = select(func.max(event.c.seq)).where(event.c.stream == stream)
    own = (await conn.execute(query)).scalar()
    if own is not None:
        return int(own)
    return (await get_lineage(conn, stream))[-1].after


def _values(each: AnyEvent) -> dict[str, Any]:
    return {
        "stream": each.stream,
        "seq": each.seq,
        "project_id": each.project_id,
        "session_id": each.session_id,
        "run_id": each.run_id,
        "parent": each.parent,
        "ts": each.ts,
        "actor": each.actor,
        "type": each.type,
        "data": each.data.model_dump_json(),
    }


def _model(row: Row[*tuple[Any, ...]], stream: StreamId | None = None) -> AnyEvent:
    fields = row._asdict()
    if stream is not None:
        fields["stream"] = stream
    fields["data"] = json.loads(fields["data"])
    model: AnyEvent = EVENT.validate_python(fields)
    return model
