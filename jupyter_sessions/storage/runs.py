"""Rows of runs: kept beside the timeline, in the same transactions; immutable once ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select

from ..errors import Conflict, NotFound
from ..ids import BranchId, ProjectId, RunId, SessionId, UserId, new_id
from ..models.base import utcnow
from ..models.run import Run, RunError, RunStatus, Usage
from ..models.scope import Scope
from .connections import Conn
from .schema import project, run, session

OPEN: tuple[RunStatus, ...] = ("queued", "running")


async def add_run(
    conn: Conn,
    scope: Scope,
    session_id: SessionId,
    *,
    server_id: str,
    prompt: str,
    model: str,
    branch: BranchId,
    notebook: str | None,
    steer: bool = False,
    replaces: int | None = None,
) -> Run:
    """Insert a run that waits for its turn, behind all others."""
    last = select(func.max(run.c.queue_position)).where(
        run.c.session_id == session_id, run.c.status == "queued"
    )
    made = Run(
        id=RunId(new_id()),
        session_id=session_id,
        status="queued",
        prompt=prompt,
        model=model,
        branch=branch,
        steer=steer,
        queue_position=((await conn.execute(last)).scalar() or 0) + 1,
        created_at=utcnow(),
    )
    await conn.execute(
        run.insert().values(
            id=made.id,
            project_id=scope.project_id,
            session_id=session_id,
            server_id=server_id,
            status=made.status,
            prompt=prompt,
            model=model,
            branch=branch,
            notebook=notebook,
            steer=steer,
            queue_position=made.queue_position,
            replaces=replaces,
            created_at=made.created_at,
            input_tokens=0,
            output_tokens=0,
            requests=0,
        )
    )
    return made


async def get_run(conn: Conn, scope: Scope, run_id: RunId, *, lock: bool = False) -> Run:
    """Return the run, or raise NotFound. ``lock``: no other server changes it until the commit."""
    query = select(run).where(run.c.id == run_id, run.c.project_id == scope.project_id)
    if lock:
        query = query.with_for_update()
    found = (await conn.execute(query)).first()
    if found is None:
        raise NotFound("run")
    return _model(found)


async def list_runs(
    conn: Conn,
    scope: Scope,
    *,
    session_id: SessionId | None = None,
    status: RunStatus | None = None,
    after: RunId | None = None,
    limit: int = 100,
) -> list[Run]:
    """Return runs, newest first, those before ``after``."""
    query = select(run).where(run.c.project_id == scope.project_id)
    if session_id is not None:
        query = query.where(run.c.session_id == session_id)
    if status is not None:
        query = query.where(run.c.status == status)
    if after is not None:
        query = query.where(run.c.id < after)
    return [_model(row) for row in await conn.execute(query.order_by(run.c.id.desc()).limit(limit))]


async def list_open_runs(
    conn: Conn,
    scope: Scope,
    session_id: SessionId,
    *,
    server_id: str | None = None,
    lock: bool = False,
) -> list[Run]:
    """Return the runs of a session that have not ended, the next one first; those of one server.

    Messages that steer come before others: they were meant for the run that was at work. ``lock``:
    no other server changes them until the commit.
    """
    query = select(run).where(
        run.c.project_id == scope.project_id,
        run.c.session_id == session_id,
        run.c.status.in_(OPEN),
    )
    if server_id is not None:
        query = query.where(run.c.server_id == server_id)
    if lock:
        query = query.with_for_update()
    order = (run.c.steer.desc(), run.c.queue_position, run.c.id)
    return [_model(row) for row in await conn.execute(query.order_by(*order))]


async def list_orphans(conn: Conn) -> list[tuple[Scope, str, Run]]:
    """Return every open run with its scope and the server that has it, of all users."""
    query = (
        select(run, project.c.user_id)
        .join(project, project.c.id == run.c.project_id)
        .where(run.c.status.in_(OPEN))
        .order_by(run.c.id)
    )
    return [
        (Scope(UserId(row.user_id), ProjectId(row.project_id)), row.server_id, _model(row))
        for row in await conn.execute(query)
    ]


async def get_branch(conn: Conn, scope: Scope, run_id: RunId) -> BranchId:
    """Return the branch that a run works on. Raises NotFound."""
    query = select(run.c.branch).where(run.c.id == run_id, run.c.project_id == scope.project_id)
    found = (await conn.execute(query)).scalar()
    if found is None:
        raise NotFound("run")
    return BranchId(found)


async def set_branch(conn: Conn, scope: Scope, run_id: RunId, id_: BranchId) -> None:
    """Let a run work on another branch from here on."""
    this = (run.c.id == run_id, run.c.project_id == scope.project_id)
    await conn.execute(run.update().where(*this).values(branch=id_))


async def get_notebook(conn: Conn, scope: Scope, run_id: RunId) -> str | None:
    """Return the notebook that the user looked at when the message was sent."""
    query = select(run.c.notebook).where(run.c.id == run_id, run.c.project_id == scope.project_id)
    return (await conn.execute(query)).scalar_one_or_none()


async def get_replaced(conn: Conn, scope: Scope, run_id: RunId) -> int | None:
    """Return the number of the earlier message that the run's message is an edit of."""
    query = select(run.c.replaces).where(run.c.id == run_id, run.c.project_id == scope.project_id)
    return (await conn.execute(query)).scalar_one_or_none()


async def update_waiting_run(
    conn: Conn, scope: Scope, run_id: RunId, *, prompt: str, steer: bool
) -> Run:
    """Change a message that waits; return its run."""
    await _set(conn, scope, run_id, prompt=prompt, steer=steer)
    return await get_run(conn, scope, run_id)


async def list_busy(conn: Conn, scope: Scope, branch: BranchId) -> list[tuple[SessionId, str]]:
    """Return the sessions, with their names, that have something open on a branch."""
    query = (
        select(session.c.id, session.c.name)
        .join(run, run.c.session_id == session.c.id)
        .where(
            run.c.project_id == scope.project_id,
            run.c.status.in_(OPEN),
            session.c.deleted_at.is_(None),
            or_(run.c.branch == branch, session.c.active_branch == branch),
        )
        .distinct()
    )
    return [(SessionId(row.id), row.name) for row in await conn.execute(query)]


async def order_runs(conn: Conn, scope: Scope, ids: Sequence[RunId]) -> None:
    """Number waiting runs in the order of ``ids``."""
    for place, run_id in enumerate(ids, 1):
        await _set(conn, scope, run_id, queue_position=place)


async def start_run(conn: Conn, scope: Scope, run_id: RunId, model: str) -> None:
    """Mark a queued run as running."""
    done = await conn.execute(
        run.update()
        .where(run.c.id == run_id, run.c.project_id == scope.project_id, run.c.status == "queued")
        .values(status="running", model=model, started_at=utcnow())
    )
    if done.rowcount == 0:
        raise Conflict("The run was withdrawn, or another server has begun it.")


async def end_run(
    conn: Conn,
    scope: Scope,
    run_id: RunId,
    status: RunStatus,
    *,
    usage: Usage,
    error: RunError | None = None,
) -> None:
    """Close a run. From here on the database refuses to change it."""
    await _set(
        conn,
        scope,
        run_id,
        status=status,
        completed_at=utcnow(),
        **usage.model_dump(),
        error_code=None if error is None else error.code,
        error_message=None if error is None else error.message,
    )


async def has_open_runs(conn: Conn, session_id: SessionId) -> bool:
    """Tell whether anything of the session runs or waits."""
    query = select(run.c.id).where(run.c.session_id == session_id, run.c.status.in_(OPEN))
    return (await conn.execute(query.limit(1))).first() is not None


async def list_project_sessions_with_open_runs(conn: Conn, scope: Scope) -> list[SessionId]:
    """Return the sessions of a project that have something running or waiting."""
    query = (
        select(run.c.session_id)
        .join(session, session.c.id == run.c.session_id)
        .where(run.c.project_id == scope.project_id, run.c.status.in_(OPEN))
        .distinct()
    )
    return [SessionId(row.session_id) for row in await conn.execute(query)]


async def _set(conn: Conn, scope: Scope, run_id: RunId, **values: Any) -> None:
    done = await conn.execute(
        run.update()
        .where(run.c.id == run_id, run.c.project_id == scope.project_id)
        .values(**values)
    )
    if done.rowcount == 0:
        raise NotFound("run")


def _model(row: Row[*tuple[Any, ...]]) -> Run:
    return Run(
        id=row.id,
        session_id=row.session_id,
        status=row.status,
        prompt=row.prompt,
        model=row.model,
        branch=row.branch,
        steer=row.steer,
        queue_position=row.queue_position,
        created_at=row.created_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        usage=Usage(
            input_tokens=row.input_tokens,
            output_tokens=row.output_tokens,
            requests=row.requests,
            cost=row.cost,
        ),
        error=None
        if row.error_code is None
        else RunError(code=row.error_code, message=row.error_message),
    )
