"""Whose rows make up a log: a forked session has those of its source, then its own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, literal, select

from ..ids import StreamId
from .connections import Conn
from .schema import session


@dataclass(frozen=True, slots=True)
class Segment:
    """Events of a log that are stored as those of ``stream``: behind ``after``, up to ``last``."""

    stream: StreamId
    after: int
    last: int | None = None
    """``None``: the log's own part, which grows."""


async def get_lineage(conn: Conn, stream: StreamId) -> list[Segment]:
    """Return the segments of a log, the oldest first; the last one is its own.

    A session is forked when it is made and never again, so what was found is kept with the
    connection. Deleted sessions count: their events stay for those that were forked from them.
    """
    known: dict[StreamId, list[Segment]] = conn.info.setdefault("lineages", {})
    if stream not in known:
        known[stream] = await _find(conn, stream)
    return known[stream]


async def _find(conn: Conn, stream: StreamId) -> list[Segment]:
    segments: list[Segment] = []
    inner, end = stream, None
    for source, seq in await _forks(conn, stream):
        if end is None or seq < end:
            segments.insert(0, Segment(inner, seq, end))
            end = seq
        inner = source
    return [Segment(inner, 0, end), *segments]


async def _forks(conn: Conn, stream: StreamId) -> list[tuple[StreamId, int]]:
    """Return source and last shared event: of the fork itself, then of its source, and so on."""
    columns = (session.c.forked_from, session.c.forked_seq)
    chain = (
        select(*columns, literal(0).label("depth"))
        .where(session.c.id == stream, session.c.forked_from.is_not(None))
        .cte("chain", recursive=True)
    )
    chain = chain.union_all(
        select(*columns, chain.c.depth + 1).where(
            session.c.id == chain.c.forked_from, session.c.forked_from.is_not(None)
        )
    )
    query = select(chain.c.forked_from, func.coalesce(chain.c.forked_seq, 0).label("seq"))
    rows = await conn.execute(query.order_by(chain.c.depth))
    return [(StreamId(row.forked_from), int(row.seq)) for row in rows]
