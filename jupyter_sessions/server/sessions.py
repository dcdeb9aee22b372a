"""``/projects/{project}/sessions``, and what is sent to one."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.sessions import (
    change_session,
    delete_session,
    list_page,
    order_sessions,
    read_session,
)
from ..actions.starts import create_session
from ..errors import BadRequest
from ..models.catalog import Page
from ..models.run import Interrupt, NewMessage
from ..models.session import NewSession, Session, SessionOrder, SessionPatch
from .base import SessionsHandler


class SessionsListHandler(SessionsHandler):
    """``/projects/{project}/sessions``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        limit = self.page()
        after = self.number("after", 0, high=2**31 - 1) - 1
        items = await list_page(self.backend.timeline, scope, after=after, limit=limit)
        full = len(items) == limit
        following = str(items[-1].position + 1) if full else None
        self.answer(Page[Session](items=items, next=following))

    @authenticated
    @authorized
    async def post(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        new = self.body(NewSession)
        if new.model is not None:
            self.backend.models.check(new.model)
        if new.start and new.request is None:
            raise BadRequest("To start at once, give the starting request: 'request'.")
        if new.start and new.request is not None:
            first = NewMessage(text=new.request, notebook=new.notebook)
            made, _ = await self.backend.runner.start(scope, new, first)
        else:
            made, _ = await create_session(self.backend.timeline, scope, new)
        place = f"projects/{scope.project_id}/sessions/{made.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(made, 201)


class SessionOrderHandler(SessionsHandler):
    """``/projects/{project}/sessions/order``"""

    @authenticated
    @authorized
    async def put(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        order = self.body(SessionOrder)
        items = await order_sessions(self.backend.timeline, scope, order)
        self.answer(Page[Session](items=items))


class SessionHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        self.answer(await read_session(self.backend.timeline, scope, self.session_id(session_id)))

    @authenticated
    @authorized
    async def patch(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        patch = self.body(SessionPatch)
        if patch.model is not None:
            self.backend.models.check(patch.model)
        changed = await change_session(
            self.backend.timeline, scope, self.session_id(session_id), patch
        )
        self.answer(changed)

    @authenticated
    @authorized
    async def delete(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        force = self.get_query_argument("force", "false") == "true"
        await delete_session(self.backend.timeline, scope, self.session_id(session_id), force=force)
        self.set_status(204)
        self.finish()


class MessagesHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/messages``"""

    @authenticated
    @authorized("execute")
    async def post(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        message = self.body(NewMessage)
        run = await self.backend.runner.send(scope, self.session_id(session_id), message)
        place = f"projects/{scope.project_id}/runs/{run.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(run, 202)


class FirstMessageHandler(SessionsHandler):
    """``/projects/{project}/messages``: starts a session with a message."""

    @authenticated
    @authorized("execute")
    async def post(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        message = self.body(NewMessage)
        if message.replaces is not None:
            raise BadRequest("A new session has no earlier message that this could be an edit of.")
        _, run = await self.backend.runner.start(scope, NewSession(), message)
        place = f"projects/{scope.project_id}/runs/{run.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(run, 202)


class InterruptHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/interrupt``"""

    @authenticated
    @authorized("execute")
    async def post(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        asked = self.body(Interrupt)
        await self.backend.runner.interrupt(scope, self.session_id(session_id), kernel=asked.kernel)
        self.set_status(202)
        self.finish("{}")
