"""``/projects/{project}/sessions/{session}``: ``/fork``, ``/pins`` and ``/queue``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.forks import fork_session
from ..actions.lines import pin_message
from ..actions.queue import order_queue
from ..models.catalog import Page
from ..models.run import QueueOrder, Run
from ..models.session import NewFork, Pin
from .base import SessionsHandler


class ForkHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/fork``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        source = self.session_id(session_id)
        made = await fork_session(self.backend.timeline, scope, source, self.body(NewFork))
        place = f"projects/{scope.project_id}/sessions/{made.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(made, 201)


class PinsHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/pins``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        session = self.session_id(session_id)
        await pin_message(self.backend.timeline, scope, session, self.body(Pin))
        self.set_status(204)
        self.finish()


class QueueHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/queue``"""

    @authenticated
    @authorized("execute")
    async def put(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        session = self.session_id(session_id)
        order = self.body(QueueOrder)
        items = await order_queue(self.backend.timeline, scope, session, order.ids)
        self.answer(Page[Run](items=items))
