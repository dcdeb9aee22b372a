"""What a session must decide, and has; and the check of a schema that is being written."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.dispositions import change_disposition, read_disposition
from ..models.disposition import CheckedSchema, DispositionChange, SchemaCheck
from ..models.short_form import as_json_schema, short_form
from .base import SessionsHandler


class DispositionHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/disposition``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        found = await read_disposition(self.backend.timeline, scope, self.session_id(session_id))
        self.answer(found)

    @authenticated
    @authorized
    async def put(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        change = self.body(DispositionChange)
        changed = await change_disposition(
            self.backend.timeline, scope, self.session_id(session_id), change
        )
        self.answer(changed)


class SchemaCheckHandler(SessionsHandler):
    """``/schemas/check``"""

    @authenticated
    @authorized
    async def post(self) -> None:
        schema = as_json_schema(self.body(SchemaCheck).json_schema)
        self.answer(CheckedSchema(json_schema=schema, short=short_form(schema)))
