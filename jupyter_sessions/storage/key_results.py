"""Rows of key results; a removed one stays, so that its number is never given again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from ..errors import NotFound
from ..ids import BlobHash, KeyResultId, SessionId
from ..models.base import utcnow
from ..models.event import Blob
from ..models.key_result import KeyResult
from ..models.scope import Scope
from .connections import Conn
from .schema import blob, key_result

_JSON = ("chart", "fields", "columns", "origin")
_COLUMNS = [key_result.c[name] for name in KeyResult.model_fields if name in key_result.c]


@dataclass(frozen=True, slots=True)
class ResultBlobs:
    """Where the data of a key result lies."""

    table: BlobHash | None
    """A ``Table`` as JSON."""
    outputs: BlobHash | None
    """A list of outputs as JSON."""


async def next_number(conn: Conn, session_id: SessionId) -> int:
    """Return the number of the session's next key result; removed ones count."""
    query = select(func.max(key_result.c.number)).where(key_result.c.session_id == session_id)
    return int((await conn.execute(query)).scalar() or 0) + 1


async def add_key_result(conn: Conn, scope: Scope, made: KeyResult, data: ResultBlobs) -> None:
    """Insert a key result."""
    await conn.execute(
        key_result.insert().values(
            project_id=scope.project_id,
            table_hash=data.table,
            outputs_hash=data.outputs,
            **_values(made, {column.name for column in _COLUMNS}),
        )
    )


async def get_key_result(
    conn: Conn, scope: Scope, session_id: SessionId, id_: KeyResultId
) -> KeyResult:
    """Return the key result, or raise NotFound. Whether it is stale is not known here."""
    query = select(*_COLUMNS).where(*_live(scope, session_id), key_result.c.id == id_)
    row = (await conn.execute(query)).first()
    if row is None:
        raise NotFound("key result")
    return _model(row)


async def list_key_results(conn: Conn, scope: Scope, session_id: SessionId) -> list[KeyResult]:
    """Return the session's key results by their numbers. Whether they are stale is not known."""
    query = select(*_COLUMNS).where(*_live(scope, session_id)).order_by(key_result.c.number)
    return [_model(row) for row in await conn.execute(query)]


async def get_result_blobs(
    conn: Conn, scope: Scope, session_id: SessionId, id_: KeyResultId
) -> ResultBlobs:
    """Return where the data of a key result lies, or raise NotFound."""
    columns = (key_result.c.table_hash, key_result.c.outputs_hash)
    query = select(*columns).where(*_live(scope, session_id), key_result.c.id == id_)
    row = (await conn.execute(query)).first()
    if row is None:
        raise NotFound("key result")
    return ResultBlobs(row.table_hash, row.outputs_hash)


async def list_table_blobs(
    conn: Conn, scope: Scope, session_id: SessionId
) -> dict[KeyResultId, Blob]:
    """Return the tables of the session's key results, for those that have one."""
    query = (
        select(key_result.c.id, blob.c.hash, blob.c.size, blob.c.media_type)
        .join(
            blob, (blob.c.hash == key_result.c.table_hash) & (blob.c.project_id == scope.project_id)
        )
        .where(*_live(scope, session_id))
    )
    return {
        KeyResultId(row.id): Blob(blob=row.hash, size=row.size, media_type=row.media_type)
        for row in await conn.execute(query)
    }


async def update_key_result(
    conn: Conn, scope: Scope, changed: KeyResult, fields: Sequence[str]
) -> None:
    """Store these fields of a key result. Raises NotFound."""
    await _update(conn, scope, changed.session_id, changed.id, **_values(changed, set(fields)))


async def remove_key_result(
    conn: Conn, scope: Scope, session_id: SessionId, id_: KeyResultId
) -> None:
    """Hide a key result for good; its data stays. Raises NotFound."""
    await _update(conn, scope, session_id, id_, removed_at=utcnow())


async def _update(
    conn: Conn, scope: Scope, session_id: SessionId, id_: KeyResultId, **values: Any
) -> None:
    change = key_result.update().where(*_live(scope, session_id), key_result.c.id == id_)
    if (await conn.execute(change.values(**values))).rowcount == 0:
        raise NotFound("key result")


def _live(scope: Scope, session_id: SessionId) -> tuple[Any, Any, Any]:
    return (
        key_result.c.project_id == scope.project_id,
        key_result.c.session_id == session_id,
        key_result.c.removed_at.is_(None),
    )


def _values(model: KeyResult, names: set[str]) -> dict[str, Any]:
    values = model.model_dump(include=names)
    as_json = model.model_dump(mode="json", include=names & set(_JSON))
    return values | {
        name: None if value is None else json.dumps(value) for name, value in as_json.items()
    }


def _model(row: Row[*tuple[Any, ...]]) -> KeyResult:
    values = row._asdict()
    for name in _JSON:
        values[name] = None if values[name] is None else json.loads(values[name])
    return KeyResult.model_validate(values)
