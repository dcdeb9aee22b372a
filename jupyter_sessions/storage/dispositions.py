"""Rows of dispositions: what a session must decide, and what it has decided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..ids import KeyResultId, RunId, SessionId
from ..models.disposition import JsonObject
from ..models.envelope import Actor
from ..models.scope import Scope
from .connections import Conn
from .schema import disposition


@dataclass(frozen=True, slots=True)
class DispositionRow:
    """A disposition as it is stored; whether its evidence still holds is found out on reading."""

    json_schema: JsonObject | None = None
    value: JsonObject | None = None
    evidence: dict[str, KeyResultId] | None = None
    run_id: RunId | None = None
    decided_by: Actor | None = None
    decided_at: datetime | None = None
    fits: bool = True
    """Whether the value fits the schema as it is now."""


_JSON = ("json_schema", "value", "evidence")
_FIELDS = [disposition.c[name] for name in DispositionRow.__dataclass_fields__]


async def get_disposition(conn: Conn, scope: Scope, session_id: SessionId) -> DispositionRow:
    """Return what is stored for a session; an empty row when nothing is."""
    query = select(*_FIELDS).where(
        disposition.c.session_id == session_id, disposition.c.project_id == scope.project_id
    )
    found = (await conn.execute(query)).first()
    if found is None:
        return DispositionRow()
    fields = found._asdict()
    for name in _JSON:
        fields[name] = None if fields[name] is None else json.loads(fields[name])
    return DispositionRow(**fields)


async def update_disposition(
    conn: Conn, scope: Scope, session_id: SessionId, **values: Any
) -> None:
    """Set columns of a session's disposition; the row is made when it is missing."""
    for name in _JSON:
        if values.get(name) is not None:
            values[name] = json.dumps(values[name])
    mine = (disposition.c.session_id == session_id, disposition.c.project_id == scope.project_id)
    done = await conn.execute(disposition.update().where(*mine).values(**values))
    if done.rowcount == 0:
        await conn.execute(
            disposition.insert().values(
                session_id=session_id, project_id=scope.project_id, **values
            )
        )
