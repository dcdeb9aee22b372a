"""Rows of what is imported: hidden until all of it is there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ..errors import NotFound
from ..ids import SessionId
from ..models.base import utcnow
from ..models.run import Run
from ..models.scope import Scope
from ..models.session import Session
from .connections import Conn
from .schema import run, session
from .sessions import add_session

MAX_COUNT = 10**12
"""Tokens or dollars of a run: a sum of all that fit into a file is still a number."""


async def add_hidden_session(conn: Conn, scope: Scope, name: str, model: str | None) -> Session:
    """Insert a session that looks like a deleted one, until ``show_session``."""
    made = await add_session(conn, scope, name, model=model)
    await conn.execute(session.update().where(session.c.id == made.id).values(deleted_at=utcnow()))
    return made


async def show_session(conn: Conn, scope: Scope, session_id: SessionId) -> None:
    """Put an imported session at the end of the project's list."""
    live = (session.c.project_id == scope.project_id, session.c.deleted_at.is_(None))
    last = (await conn.execute(select(func.max(session.c.position)).where(*live))).scalar()
    done = await conn.execute(
        session.update()
        .where(session.c.id == session_id, session.c.project_id == scope.project_id)
        .values(
            deleted_at=None,
            position=0 if last is None else last + 1,
            started=True,
            updated_at=utcnow(),
        )
    )
    if done.rowcount == 0:
        raise NotFound("project")


async def add_ended_run(conn: Conn, scope: Scope, made: Run) -> None:
    """Insert a run that ended elsewhere."""
    values: dict[str, Any] = made.model_dump(exclude={"usage", "error", "steer"})
    used = made.usage.model_dump()
    counts = ("input_tokens", "output_tokens", "requests")
    used |= {name: max(0, min(used[name], MAX_COUNT)) for name in counts}
    used["requests"] = min(used["requests"], 2**31 - 1)
    if used["cost"] is not None:
        used["cost"] = max(0.0, min(used["cost"], float(MAX_COUNT)))
    await conn.execute(
        run.insert().values(
            **values,
            **used,
            project_id=scope.project_id,
            server_id="",
            error_code=None if made.error is None else made.error.code[:64],
            error_message=None if made.error is None else made.error.message,
        )
    )
