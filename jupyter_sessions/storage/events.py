"""Rows of events: appended and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..ids import RunId, StreamId
from ..models.event import EVENT, EventBase
from .schema import event
from .writer import Transaction

AnyEvent = EventBase[Any]


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
    await transaction.conn.execute(event.insert(), [_values(each) for each in numbered])
    return numbered


async def list_events(
    conn: AsyncConnection,
    stream: StreamId,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[AnyEvent]:
    """Return events, ascending: those behind ``after``, or the last ones before ``before``."""
    query = select(event).where(event.c.stream == stream)
    if before is not None:
        query = query.where(event.c.seq < before)
        if after is not None:
            query = query.where(event.c.seq > after)
        rows = list(await conn.execute(query.order_by(event.c.seq.desc()).limit(limit)))[::-1]
    else:
        query = query.where(event.c.seq > (after or 0)).order_by(event.c.seq).limit(limit)
        rows = list(await conn.execute(query))
    return [_model(row) for row in rows]


async def list_run_events(conn: AsyncConnection, run_id: RunId) -> list[AnyEvent]:
    """Return everything that happened in a run."""
    query = select(event).where(event.c.run_id == run_id).order_by(event.c.seq)
    return [_model(row) for row in await conn.execute(query)]


async def get_last_seq(conn: AsyncConnection, stream: StreamId) -> int:
    """Return the number of the stream's last event; 0 when it is empty."""
    query = select(func.max(event.c.seq)).where(event.c.stream == stream)
    return int((await conn.execute(query)).scalar() or 0)


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
        "type": each.type,  # type: ignore[attr-defined]  # every member of the union has one
        "data": each.data.model_dump_json(),
    }


def _model(row: Row[*tuple[Any, ...]]) -> AnyEvent:
    fields = row._asdict()
    fields["data"] = json.loads(fields["data"])
    model: AnyEvent = EVENT.validate_python(fields)
    return model
