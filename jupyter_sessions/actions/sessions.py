"""List, change and delete sessions; everyone who looks at the list sees it."""

from __future__ import annotations

import re
import textwrap

from ..errors import BadRequest, Conflict
from ..ids import ProjectId, SessionId, StreamId, UserId
from ..models.base import utcnow
from ..models.event import (
    Nothing,
    SessionChanged,
    SessionChangedData,
    SessionDeleted,
)
from ..models.live import SessionsOrdered, SessionState
from ..models.scope import Scope
from ..models.session import Session, SessionOrder, SessionPatch
from ..models.text import BIDI
from ..storage import branches, dependencies, projects, runs, sessions
from ..timeline import Entry, Origin, Timeline
from .active_branch import switch

NAME_WIDTH = 48
"""Characters of a name that is made from a request."""
MAX_LISTED = 100_000


def name_of(request: str) -> str | None:
    """Return a name for a session that begins with this request: its first words, if it has any."""
    for line in request.splitlines():
        plain = re.sub(r"[`*_#>\[\]]", "", line)
        kept = "".join(char for char in plain if char.isprintable() and char not in BIDI).strip()
        if not line.lstrip().startswith(("```", "~~~")) and any(map(str.isalnum, kept)):
            words = textwrap.shorten(kept, width=NAME_WIDTH, placeholder="…")
            return words if words != "…" else kept[: NAME_WIDTH - 1] + "…"
    return None


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
    return await timeline.database.query(lambda conn: sessions.get_session(conn, scope, session_id))


async def change_session(
    timeline: Timeline, scope: Scope, session_id: SessionId, patch: SessionPatch
) -> Session:
    """Rename a session, set its model, branch or starting request, archive or restore it.

    Raises Conflict, with the newer name in ``details``, when the name is not the one expected.
    """
    other = {"archived", "expected_name", "active_branch"}
    given = patch.model_dump(exclude_unset=True, exclude=other)
    values = {key: value for key, value in given.items() if value is not None or key == "model"}
    if "name" in values:
        values["auto_named"] = False

    async def work(entry: Entry) -> None:
        await projects.update_project(entry.conn, scope)  # no message comes in until the commit
        before = await sessions.get_session(entry.conn, scope, session_id)
        _check_name(before, patch)
        if patch.archived is not None and patch.archived is not (before.archived_at is not None):
            if await runs.has_open_runs(entry.conn, session_id):
                raise Conflict("The agent is at work in this session. Interrupt it first.")
            values["archived_at"] = utcnow() if patch.archived else None
        changed = await sessions.update_session(entry.conn, scope, session_id, **values)
        if values or patch.active_branch is None:
            data = SessionChangedData(name=changed.name, status=changed.status)
            entry.append(Origin(scope, session_id), SessionChanged, data, actor="user")
        if patch.active_branch is not None:
            branch = await branches.find_branch(entry.conn, scope, patch.active_branch)
            await switch(entry, scope, session_id, branch, actor="user")

    await timeline.write(work)
    if "name" in values:
        await announce_dependents(timeline, scope, session_id)
    return await announce(timeline, scope, session_id)


def _check_name(before: Session, patch: SessionPatch) -> None:
    if patch.expected_name not in (None, before.name) and patch.name != before.name:
        raise Conflict(
            f"Someone has renamed this session to {before.name!r} meanwhile. "
            "Look at the new name, then rename it again if you still want to.",
            details={"name": before.name},
        )


async def delete_session(
    timeline: Timeline, scope: Scope, session_id: SessionId, *, force: bool = False
) -> None:
    """Take a session out of the project. Its log stays stored until the project is deleted.

    Raises Conflict, naming them, when others depend on it and ``force`` is not given.
    """

    async def work(entry: Entry) -> list[tuple[SessionId, str]]:
        await projects.update_project(entry.conn, scope)  # no message comes in until the commit
        await sessions.get_session(entry.conn, scope, session_id)
        needed_by = await dependencies.list_dependents(entry.conn, scope, session_id)
        if needed_by and not force:
            raise Conflict(
                f"{_listed([name for _, name in needed_by])} on this session. They keep "
                "their logs but lose this context. Give force=true to delete it all the same.",
                details={"dependents": [{"id": id_, "name": name} for id_, name in needed_by]},
            )
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
        return needed_by

    needed_by = await timeline.write(work)
    timeline.close_stream(StreamId(session_id))
    for dependent, _ in needed_by:
        await announce(timeline, scope, dependent)


async def order_sessions(timeline: Timeline, scope: Scope, order: SessionOrder) -> list[Session]:
    """Put the sessions in order: all of them, or one before another.

    Moves of two windows at once both count. Raises Conflict when the place is gone.
    """
    if (order.ids is None) == (order.move is None):
        raise BadRequest("Give either 'ids', the whole order, or 'move' and 'before', one move.")

    async def work(entry: Entry) -> list[SessionId]:
        await projects.update_project(entry.conn, scope)
        ids = order.ids
        if order.move is not None:
            ids = _moved(await sessions.list_ids(entry.conn, scope), order.move, order.before)
        await sessions.order_sessions(entry.conn, scope, ids or [])
        return await sessions.list_ids(entry.conn, scope)

    frame = SessionsOrdered(ids=await timeline.write(work))
    timeline.publish(StreamId(scope.project_id), frame)
    async with timeline.database.read() as conn:
        return await sessions.list_sessions(conn, scope, limit=MAX_LISTED)


def _moved(ids: list[SessionId], move: SessionId, before: SessionId | None) -> list[SessionId]:
    if move not in ids:
        raise Conflict("The session that was moved is gone. The list has to be read anew.")
    if move == before:
        return ids
    rest = [each for each in ids if each != move]
    if before is not None and before not in rest:
        raise Conflict("The session that it was put before is gone. The list has to be read anew.")
    place = len(rest) if before is None else rest.index(before)
    return [*rest[:place], move, *rest[place:]]


async def announce(timeline: Timeline, scope: Scope, session_id: SessionId) -> Session:
    """Show the session, as it is now, to everyone who looks at the project's list."""
    session = await read_session(timeline, scope, session_id)
    timeline.publish(StreamId(scope.project_id), SessionState(session=session))
    return session


async def announce_dependents(timeline: Timeline, scope: Scope, session_id: SessionId) -> None:
    """Show the sessions that need this one anew: how they stand may have changed."""
    async with timeline.database.read() as conn:
        found = await dependencies.list_dependents(conn, scope, session_id)
    for dependent, _ in found:
        await announce(timeline, scope, dependent)


def _listed(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last} depend" if most else f"{last} depends"


def unused_name(taken: set[str]) -> str:
    """Return a name that none of the project's sessions has: ``Session 7``."""
    number = len(taken) + 1
    while f"Session {number}" in taken:
        number += 1
    return f"Session {number}"
