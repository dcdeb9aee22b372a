"""Fork a session: a new one whose log begins with that of another, by reference."""

from __future__ import annotations

from ..errors import BadRequest
from ..ids import SessionId, StreamId
from ..models.line_events import SessionForked, SessionForkedData
from ..models.scope import Scope
from ..models.session import NewFork, Session
from ..storage import events, forks, projects, sessions
from ..timeline import Entry, Origin, Timeline
from .sessions import announce

MAX_NAME = 200


async def fork_session(
    timeline: Timeline, scope: Scope, source_id: SessionId, new: NewFork
) -> Session:
    """Make a session that shares the log of another up to ``new.seq``; nothing is copied of it.

    Model, branch, dependencies and the disposition's schema are taken over; key results and the
    decision are not. Raises BadRequest when the log does not reach that far.
    """

    async def work(entry: Entry) -> SessionId:
        await projects.update_project(entry.conn, scope)
        source = await sessions.get_session(entry.conn, scope, source_id)
        if new.seq > source.last_seq:
            raise BadRequest(
                f"The log of this session ends with event {source.last_seq}, "
                f"so it cannot be forked at {new.seq}."
            )
        taken = await sessions.list_names(entry.conn, scope)
        made = await sessions.add_session(
            entry.conn,
            scope,
            new.name or _name(source.name, taken),
            model=source.model,
            forked_from=source.id,
            forked_seq=new.seq,
        )
        await _take_over(entry, scope, source, made.id, new.seq)
        data = SessionForkedData(source=source.id, name=source.name, seq=new.seq)
        entry.append(Origin(scope, made.id), SessionForked, data, actor="user")
        return made.id

    return await announce(timeline, scope, await timeline.write(work))


async def _take_over(
    entry: Entry, scope: Scope, source: Session, fork: SessionId, seq: int
) -> None:
    await forks.copy_set_up(entry.conn, scope, source.id, fork, seq)
    said = await events.list_events(
        entry.conn, StreamId(fork), before=seq + 1, types=["message.user"], limit=1
    )
    await sessions.update_session(
        entry.conn,
        scope,
        fork,
        active_branch=source.active_branch,
        started=bool(said),
        request=None if said else source.request,
    )


def _name(source: str, taken: set[str]) -> str:
    number, ending = 1, " (fork)"
    while (name := source[: MAX_NAME - len(ending)] + ending) in taken:
        number += 1
        ending = f" (fork {number})"
    return name
