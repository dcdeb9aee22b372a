"""Rows of sessions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, or_, select

from ..errors import NotFound
from ..ids import BranchId, ProjectId, SessionId, StreamId, UserId, new_id
from ..models.base import utcnow
from ..models.dependency import Dependency
from ..models.run import Usage
from ..models.scope import Scope
from ..models.session import Session, SessionStatus
from .connections import Conn
from .dependencies import list_dependencies
from .prepared import made_once
from .schema import disposition, event, key_result, project, run, session

MAX_NAMED = 10_000

_LAST_SEQ = (
    select(func.coalesce(func.max(event.c.seq), session.c.forked_seq, 0))
    .where(event.c.stream == session.c.id)
    .scalar_subquery()
    .label("last_seq")
)
_RESULTS = (
    select(func.count())
    .where(key_result.c.session_id == session.c.id, key_result.c.removed_at.is_(None))
    .scalar_subquery()
    .label("key_result_count")
)
_USAGE = select(
    run.c.session_id,
    func.sum(run.c.input_tokens).label("input_tokens"),
    func.sum(run.c.output_tokens).label("output_tokens"),
    func.sum(run.c.requests).label("requests"),
    func.sum(run.c.cost).label("cost"),
    # a sum without one of its parts would be a wrong number
    func.sum(case((and_(run.c.cost.is_(None), run.c.requests > 0), 1), else_=0)).label("unpriced"),
).group_by(run.c.session_id)
_USAGE = _USAGE.where(run.c.project_id == bindparam("project"))
_USAGES = made_once(_USAGE)
_USAGE = made_once(_USAGE.where(run.c.session_id == bindparam("this")))
_FIELDS = [session.c[name] for name in Session.model_fields if name in session.c]
_SESSION = select(
    *_FIELDS,
    _LAST_SEQ,
    _RESULTS,
    disposition.c.json_schema.is_not(None).label("has_schema"),
    disposition.c.value.is_not(None).label("decided"),
).outerjoin(disposition, disposition.c.session_id == session.c.id)
_THIS = (
    session.c.id == bindparam("this"),
    session.c.project_id == bindparam("project"),
    session.c.deleted_at.is_(None),
)
_GET = made_once(_SESSION.where(*_THIS))
_UPDATE = made_once(session.update().where(*_THIS))
_ADD_TIME = made_once(
    _UPDATE.values(processing_ms=session.c.processing_ms + bindparam("milliseconds"))
)
_GET_BRANCH = made_once(select(session.c.active_branch).where(*_THIS).with_for_update())


def _live(scope: Scope) -> tuple[Any, Any]:
    return session.c.project_id == scope.project_id, session.c.deleted_at.is_(None)


def _keys(scope: Scope, session_id: SessionId) -> dict[str, Any]:
    return {"this": session_id, "project": scope.project_id}


async def add_session(
    conn: Conn,
    scope: Scope,
    name: str,
    *,
    model: str | None = None,
    request: str | None = None,
    auto_named: bool = False,
    forked_from: SessionId | None = None,
    forked_seq: int | None = None,
) -> Session:
    """Insert a session at the end of the project's list."""
    last = (
        await conn.execute(select(func.max(session.c.position)).where(*_live(scope)))
    ).scalar_one()
    now = utcnow()
    made = Session(
        id=SessionId(new_id()),
        project_id=scope.project_id,
        name=name,
        position=0 if last is None else last + 1,
        model=model,
        request=request,
        started=forked_from is not None,
        forked_from=forked_from,
        forked_seq=forked_seq,
        last_seq=forked_seq or 0,
        created_at=now,
        updated_at=now,
    )
    values = made.model_dump(include={column.name for column in session.c})
    await conn.execute(
        session.insert().values(**values, iterations=0, wrapping_up=False, auto_named=auto_named)
    )
    return made


async def get_session(conn: Conn, scope: Scope, session_id: SessionId) -> Session:
    """Return the session, or raise NotFound."""
    found = (await conn.execute(_GET, _keys(scope, session_id))).first()
    if found is None:
        raise NotFound("session")
    needs = await list_dependencies(conn, scope, session_id)
    used = await _usage(conn, scope, session_id)
    return _model(found, needs, used)


async def list_sessions(
    conn: Conn, scope: Scope, *, after: int = -1, limit: int = 1000
) -> list[Session]:
    """Return the project's sessions in order, those behind position ``after``."""
    query = _SESSION.where(*_live(scope), session.c.position > after)
    query = query.order_by(session.c.position).limit(limit)
    rows = list(await conn.execute(query))
    needs = await list_dependencies(conn, scope) if rows else {}
    used = await _usage(conn, scope) if rows else {}
    return [_model(row, needs, used) for row in rows]


async def get_project_of_stream(conn: Conn, user_id: UserId, stream: StreamId) -> ProjectId:
    """Return the user's project that has this timeline, or one of its sessions has. Or NotFound."""
    of_session = select(session.c.project_id).where(
        session.c.id == stream, session.c.deleted_at.is_(None)
    )
    found = await conn.execute(
        select(project.c.id).where(
            project.c.user_id == user_id,
            or_(project.c.id == stream, project.c.id == of_session.scalar_subquery()),
        )
    )
    row = found.first()
    if row is None:
        raise NotFound("timeline")
    return ProjectId(row.id)


async def update_session(conn: Conn, scope: Scope, session_id: SessionId, **values: Any) -> Session:
    """Set columns of a session, and its time of change; return it as it is then."""
    changed = {"updated_at": utcnow(), **values}
    done = await conn.execute(_UPDATE, _keys(scope, session_id) | changed)
    if done.rowcount == 0:
        raise NotFound("session")
    return await get_session(conn, scope, session_id)


async def set_active_branch(
    conn: Conn, scope: Scope, session_id: SessionId, branch_id: BranchId
) -> bool:
    """Let a session work on a branch; tell whether it was on another. Raises NotFound."""
    this = _keys(scope, session_id)
    before = (await conn.execute(_GET_BRANCH, this)).scalar()
    if before is None:
        raise NotFound("session")
    if before == branch_id:
        return False
    values = {"active_branch": branch_id, "updated_at": utcnow()}
    await conn.execute(_UPDATE, this | values)
    return True


async def remove_session(conn: Conn, scope: Scope, session_id: SessionId) -> None:
    """Hide a session for good. Its events are kept until the project is deleted."""
    await conn.execute(
        session.update()
        .where(session.c.id == session_id, *_live(scope))
        .values(deleted_at=utcnow())
    )


async def add_processing(
    conn: Conn,
    scope: Scope,
    session_id: SessionId,
    milliseconds: int,
    *,
    status: SessionStatus,
    reason: str | None,
) -> Session:
    """Account for a run that ended."""
    values = {"status": status, "status_reason": reason, "updated_at": utcnow()}
    this = _keys(scope, session_id) | {"milliseconds": milliseconds}
    done = await conn.execute(_ADD_TIME, this | values)
    if done.rowcount == 0:
        raise NotFound("session")
    return await get_session(conn, scope, session_id)


async def order_sessions(conn: Conn, scope: Scope, ids: Sequence[SessionId]) -> None:
    """Number the sessions in the order of ``ids``; those not named follow as they were."""
    query = select(session.c.id, session.c.position).where(*_live(scope))
    rows = list(await conn.execute(query.order_by(session.c.position, session.c.id)))
    known = {row.id: row.position for row in rows}
    named = [id_ for id_ in dict.fromkeys(ids) if id_ in known]
    rest = [id_ for id_ in known if id_ not in set(named)]
    moved = [
        {"this": id_, "place": place}
        for place, id_ in enumerate([*named, *rest])
        if known[id_] != place
    ]
    if moved:
        update = session.update().where(session.c.id == bindparam("this"))
        await conn.execute(update.values(position=bindparam("place")), moved)


async def list_ids(conn: Conn, scope: Scope) -> list[SessionId]:
    """Return the ids of the project's sessions, in order."""
    query = select(session.c.id).where(*_live(scope))
    rows = await conn.execute(query.order_by(session.c.position, session.c.id))
    return [SessionId(row.id) for row in rows]


async def list_on_branch(conn: Conn, scope: Scope, branch: BranchId) -> list[SessionId]:
    """Return the sessions that work on a branch."""
    query = select(session.c.id).where(*_live(scope), session.c.active_branch == branch)
    return [SessionId(row.id) for row in await conn.execute(query)]


async def list_names(conn: Conn, scope: Scope) -> set[str]:
    """Return the names of the project's sessions."""
    return set((await conn.execute(select(session.c.name).where(*_live(scope)))).scalars())


async def is_auto_named(conn: Conn, scope: Scope, session_id: SessionId) -> bool:
    """Tell whether nobody has named the session: its first message does."""
    query = select(session.c.auto_named).where(session.c.id == session_id, *_live(scope))
    return bool((await conn.execute(query)).scalar_one_or_none())


async def get_names(conn: Conn, scope: Scope) -> dict[SessionId, str]:
    """Return the names of all sessions of the project, by their ids."""
    rows = await conn.execute(select(session.c.id, session.c.name).where(*_live(scope)))
    return {SessionId(row.id): row.name for row in rows}


async def get_names_of(
    conn: Conn, scope: Scope, ids: Collection[SessionId]
) -> dict[SessionId, str]:
    """Return the names of these sessions of the project, of deleted ones too."""
    if not ids:
        return {}
    query = select(session.c.id, session.c.name).where(
        session.c.project_id == scope.project_id, session.c.id.in_(list(ids)[:MAX_NAMED])
    )
    return {SessionId(row.id): row.name for row in await conn.execute(query)}


async def touch_findings(conn: Conn, scope: Scope, session_id: SessionId) -> int:
    """Count a change of key results or disposition; return the version after it."""
    await conn.execute(
        session.update()
        .where(session.c.id == session_id, *_live(scope))
        .values(findings_version=session.c.findings_version + 1, updated_at=utcnow())
    )
    query = select(session.c.findings_version).where(session.c.id == session_id)
    return int((await conn.execute(query)).scalar_one())


async def get_findings_version(conn: Conn, scope: Scope, session_id: SessionId) -> int:
    """Return how often key results or disposition of the session have changed."""
    query = select(session.c.findings_version).where(session.c.id == session_id, *_live(scope))
    found = (await conn.execute(query)).first()
    if found is None:
        raise NotFound("session")
    return int(found.findings_version)


async def get_iterations(conn: Conn, scope: Scope, session_id: SessionId) -> tuple[int, bool]:
    """Return the count of iterations, and whether the agent was told to wrap up."""
    query = select(session.c.iterations, session.c.wrapping_up)
    row = (await conn.execute(query.where(session.c.id == session_id, *_live(scope)))).one()
    return int(row.iterations), bool(row.wrapping_up)


async def _usage(
    conn: Conn, scope: Scope, session_id: SessionId | None = None
) -> dict[SessionId, Usage]:
    """Return what the runs of one session used, or of all of the project."""
    if session_id is None:
        rows = await conn.execute(_USAGES, {"project": scope.project_id})
    else:
        rows = await conn.execute(_USAGE, _keys(scope, session_id))
    found = {}
    for row in rows:
        used = {name: getattr(row, name) for name in Usage.model_fields}
        if row.unpriced:
            used["cost"] = None
        found[SessionId(row.session_id)] = Usage(**used)
    return found


def _model(
    found: Row[*tuple[Any, ...]],
    needs: dict[SessionId, list[Dependency]],
    used: dict[SessionId, Usage],
) -> Session:
    id_ = SessionId(found.id)
    more = {"dependencies": needs.get(id_, []), "usage": used.get(id_, Usage())}
    return Session.model_validate(found._asdict() | more)
