"""How a session begins: with what it must decide, what it needs, and maybe its first message."""

from __future__ import annotations

from dataclasses import dataclass

from ..ids import SessionId
from ..models.event import SessionChangedData, SessionCreated
from ..models.run import NewMessage, Run
from ..models.scope import Scope
from ..models.session import NewSession, Session
from ..storage import branches, projects, sessions
from ..timeline import Entry, Origin, Timeline
from .active_branch import switch
from .dependencies import put_dependencies
from .dispositions import checked_schema, put_schema
from .runs import enqueue
from .sessions import announce, name_of, unused_name


@dataclass(frozen=True, slots=True)
class FirstMessage:
    """What a session starts with, and who answers it."""

    message: NewMessage
    server_id: str
    model: str


async def create_session(
    timeline: Timeline, scope: Scope, new: NewSession, first: FirstMessage | None = None
) -> tuple[Session, Run | None]:
    """Create a session at the end of the project's list; with ``first`` it starts at once.

    All of it or nothing: raises BadRequest over a schema or a dependency, NotFound or Conflict over
    its branch, Blocked when it must not start yet. Without ``first`` its request is kept with it.
    """
    schema = await checked_schema(new.json_schema)

    async def work(entry: Entry) -> tuple[SessionId, Run | None]:
        await projects.update_project(entry.conn, scope)
        request = first.message.text if first is not None else new.request
        name = new.name or (name_of(request) if request else None)
        made = await sessions.add_session(
            entry.conn,
            scope,
            name or unused_name(await sessions.list_names(entry.conn, scope)),
            model=new.model,
            request=new.request,
            auto_named=name is None,
        )
        origin = Origin(scope, made.id)
        data = SessionChangedData(name=made.name, status=made.status)
        entry.append(origin, SessionCreated, data, actor="user")
        if new.active_branch is not None:
            branch = await branches.find_branch(entry.conn, scope, new.active_branch)
            await switch(entry, scope, made.id, branch, actor="user")
        if schema is not None:
            await put_schema(entry, origin, schema)
        if new.dependencies:
            await put_dependencies(entry, origin, new.dependencies)
        if first is None:
            return made.id, None
        run, _ = await enqueue(
            entry, scope, made.id, first.message, server_id=first.server_id, model=first.model
        )
        return made.id, run

    session_id, run = await timeline.write(work)
    return await announce(timeline, scope, session_id), run
