"""What a session must decide, and has; and the check of a schema that is being written."""

from __future__ import annotations

import asyncio
from functools import partial

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.dispositions import change_disposition, read_disposition
from ..ids import SessionId
from ..models.disposition import CheckedSchema, DispositionChange, SchemaCheck
from ..models.scope import Scope
from ..models.short_form import as_json_schema, short_form
from .base import SessionsHandler


class DispositionHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/disposition``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        await self._answer(scope, self.session_id(session_id))

    @authenticated
    @authorized
    async def put(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        change = self.body(DispositionChange)
        await change_disposition(self.backend.timeline, scope, self.session_id(session_id), change)
        await self._answer(scope, self.session_id(session_id))

    async def _answer(self, scope: Scope, session_id: SessionId) -> None:
        editor = partial(self.backend.notebooks, scope)
        self.answer(await read_disposition(self.backend.timeline, editor, scope, session_id))


class SchemaCheckHandler(SessionsHandler):
    """``/schemas/check``"""

    @authenticated
    @authorized
    async def post(self) -> None:
        given = self.body(SchemaCheck).json_schema
        schema = await asyncio.to_thread(as_json_schema, given)
        short = await asyncio.to_thread(short_form, schema)
        self.answer(CheckedSchema(json_schema=schema, short=short))
