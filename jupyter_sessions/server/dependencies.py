"""Which sessions a session needs."""

from __future__ import annotations

from functools import partial

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.contexts import import_contexts
from ..actions.dependencies import change_dependencies, read_dependencies
from ..models.catalog import Page
from ..models.dependency import Dependencies, Dependency
from ..timeline import Origin
from .base import SessionsHandler


class DependenciesHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/dependencies``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        items = await read_dependencies(self.backend.timeline, scope, self.session_id(session_id))
        self.answer(Page[Dependency](items=items))

    @authenticated
    @authorized
    async def put(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        wanted = self.body(Dependencies)
        items = await change_dependencies(
            self.backend.timeline, scope, self.session_id(session_id), wanted.items
        )
        self.answer(Page[Dependency](items=items))


class ContextImportHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/dependencies/import``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        origin = Origin(scope, self.session_id(session_id))
        timeline, editor = self.backend.timeline, partial(self.backend.notebooks, scope)
        await import_contexts(timeline, editor, origin, actor="user")
        items = await read_dependencies(timeline, scope, self.session_id(session_id))
        self.answer(Page[Dependency](items=items))
