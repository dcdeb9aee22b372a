"""Executions of cells in the log of a session."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from sqlalchemy import select

from ..ids import SessionId, StreamId
from ..models.event import EVENT, CellExecuted
from .connections import Conn
from .lineage import get_lineage
from .schema import event

PAGE = 20


async def list_executions(
    conn: Conn, session_id: SessionId, cell_id: str
) -> AsyncIterator[CellExecuted]:
    """Yield the executions of cells with this id, the last first; a fork has those of its source.

    Copies of a notebook have the same ids: look at the ``notebook`` of each.
    """
    stream = StreamId(session_id)
    for segment in reversed(await get_lineage(conn, stream)):
        query = select(event).where(
            event.c.stream == segment.stream,
            event.c.seq > segment.after,
            event.c.type == "cell.executed",
            event.c.data.contains(f'"cell_id":{json.dumps(cell_id)}', autoescape=True),
        )
        query = query.order_by(event.c.seq.desc()).limit(PAGE)
        last = segment.last
        while True:
            page = query if last is None else query.where(event.c.seq <= last)
            rows = list(await conn.execute(page))
            for row in rows:
                fields = row._asdict() | {"stream": stream, "data": json.loads(row.data)}
                found = EVENT.validate_python(fields)
                if isinstance(found, CellExecuted) and found.data.cell_id == cell_id:
                    yield found
            if len(rows) < PAGE:
                break
            last = rows[-1].seq - 1
