"""Create, change and delete sessions; everyone who looks at the list sees it."""

from __future__ import annotations

from ..errors import Conflict
from ..ids import ProjectId, SessionId, StreamId, UserId
from ..models.event import (
    Nothing,
    SessionChanged,
    SessionChangedData,
    SessionCreated,
    SessionDeleted,
)
from ..models.live import SessionState
from ..models.scope import Scope
from ..models.session import NewSession, Session, SessionPatch
from ..storage import projects, runs, sessions
from ..timeline import Entry, Origin, Timeline


async def create_session(timeline: Timeline, scope: Scope, new: NewSession) -> Session:
    """Create a session at the end of the project's list."""

    async def work(entry: Entry) -> Session:
        await projects.update_project(entry.conn, scope)
        name = new.name or _unused_name(await sessions.list_sessions(entry.conn, scope))
        made = await sessions.add_session(entry.conn, scope, name, model=new.model)
        data = SessionChangedData(name=made.name, status=made.status)
        entry.append(Origin(scope, made.id), SessionCreated, data, actor="user")
        return await sessions.get_session(entry.conn, scope, made.id)

    made = await timeline.write(work)
    return await announce(timeline, scope, made.id)


async def list_page(timeline: Timeline, scope: Scope, *, after: int, limit: int) -> list[Session]:
    """Return the project's sessions behind position ``after``. Raises NotFound for the project."""
    async with timeline.database.read() as conn:
        return await sessions.list_sessions(conn, scope, after=after, limit=limit)


async def owner_of_stream(timeline: Timeline, user_id: UserId, stream: StreamId) -> ProjectId:
    """Return the user's project that a timeline belongs to. Raises NotFound."""
    async with timeline.database.read() as conn:
        return await sessions.get_project_of_stream(conn, user_id, stream)


async def read_session(timeline: Timeline, scope: Scope, session_id: SessionId) -> Session:
    """Return the session as it is now. Raises NotFound."""
    async with timeline.database.read() as conn:
        return await sessions.get_session(conn, scope, session_id)


async def change_session(
    timeline: Timeline, scope: Scope, session_id: SessionId, patch: SessionPatch
) -> Session:
    """Rename a session, or set its model."""
    values = patch.model_dump(exclude_unset=True)
    if values.get("name", "") is None:
        del values["name"]

    async def work(entry: Entry) -> None:
        changed = await sessions.update_session(entry.conn, scope, session_id, **values)
        data = SessionChangedData(name=changed.name, status=changed.status)
        entry.append(Origin(scope, session_id), SessionChanged, data, actor="user")

    await timeline.write(work)
    return await announce(timeline, scope, session_id)


async def delete_session(timeline: Timeline, scope: Scope, session_id: SessionId) -> None:
    """Take a session out of the project. Its log stays stored until the project is deleted."""

    async def work(entry: Entry) -> None:
        await sessions.get_session(entry.conn, scope, session_id)
        if await runs.has_open_runs(entry.conn, session_id):
            raise Conflict("The agent is at work in this session. Interrupt it first, then delete.")
        await sessions.remove_session(entry.conn, scope, session_id)
        entry.append(Origin(scope, session_id), SessionDeleted, Nothing(), actor="user")
        entry.append(
            Origin(scope),
            SessionDeleted,
            Nothing(),
            actor="user",
            session_id=session_id,
        )

    await timeline.write(work)
    timeline.close_stream(StreamId(session_id))


async def order_sessions(timeline: Timeline, scope: Scope, ids: list[SessionId]) -> list[Session]:
    """Put the sessions in the order of ``ids``; those not named follow."""

    async def work(entry: Entry) -> list[Session]:
        await projects.update_project(entry.conn, scope)
        await sessions.order_sessions(entry.conn, scope, ids)
        return await sessions.list_sessions(entry.conn, scope)

    ordered = await timeline.write(work)
    for each in ordered:
        timeline.publish(StreamId(scope.project_id), SessionState(session=each))
    return ordered


async def announce(timeline: Timeline, scope: Scope, session_id: SessionId) -> Session:
    """Show the session, as it is now, to everyone who looks at the project's list."""
    session = await read_session(timeline, scope, session_id)
    timeline.publish(StreamId(scope.project_id), SessionState(session=session))
    return session


def _unused_name(existing: list[Session]) -> str:
    taken = {session.name for session in existing}
    number = len(taken) + 1
    while f"Session {number}" in taken:
        number += 1
    return f"Session {number}"
