"""What a fork takes over from its source besides the log."""

from __future__ import annotations

from sqlalchemy import case, literal, select, true

from ..ids import SessionId
from ..models.scope import Scope
from .connections import Conn
from .schema import dependency, disposition


async def copy_set_up(
    conn: Conn, scope: Scope, source: SessionId, fork: SessionId, seq: int
) -> None:
    """Give ``fork`` the dependencies and the disposition's schema of ``source``.

    Of the imports only those that its log has, up to ``seq``. The decision is not taken over.
    """
    schema = select(
        literal(fork), disposition.c.project_id, disposition.c.json_schema, true()
    ).where(
        disposition.c.session_id == source,
        disposition.c.project_id == scope.project_id,
        disposition.c.json_schema.is_not(None),
    )
    columns = ["session_id", "project_id", "json_schema", "fits"]
    await conn.execute(disposition.insert().from_select(columns, schema))
    same = ["upstream_id", "project_id", "position", "kind", "field", "value"]
    shared = dependency.c.imported_seq <= seq
    needs = select(
        literal(fork),
        *(dependency.c[name] for name in same),
        case((shared, dependency.c.imported_seq)),
        case((shared, dependency.c.imported_version)),
    ).where(dependency.c.session_id == source, dependency.c.project_id == scope.project_id)
    columns = ["session_id", *same, "imported_seq", "imported_version"]
    await conn.execute(dependency.insert().from_select(columns, needs))
