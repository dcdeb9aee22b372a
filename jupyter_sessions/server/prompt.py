"""``/tools``, and the prompt that a session's model gets."""

from __future__ import annotations

from functools import partial

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.projects import read_project
from ..agent.surroundings import preview
from ..agent.tools.catalog import catalog
from ..models.catalog import Page
from ..models.prompt import ToolInfo
from .base import SessionsHandler


class ToolsHandler(SessionsHandler):
    """``/tools``"""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(Page[ToolInfo](items=catalog()))


class PromptHandler(SessionsHandler):
    """``/projects/{project}/prompt``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        session = self.get_query_argument("session", None)
        project = await read_project(self.backend.timeline, self.backend.root, scope)
        self.answer(
            await preview(
                self.backend.timeline,
                partial(self.backend.notebooks, scope),
                scope,
                project,
                None if session is None else self.session_id(session),
                notebook=self.get_query_argument("notebook", None),
                calls=self.app.max_calls,
            )
        )
