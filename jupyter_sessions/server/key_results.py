"""``/projects/{project}/sessions/{session}/key-results``"""

from __future__ import annotations

from functools import partial

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.key_results import list_results, read_csv, read_data, read_result
from ..actions.promotions import change_result, promote_for_user, remove_result
from ..ids import KeyResultId
from ..models.catalog import Page
from ..models.key_result import KeyResult, KeyResultPatch, NewKeyResult
from ..timeline import Origin
from .base import SessionsHandler


class _KeyResultsHandler(SessionsHandler):
    def key_result_id(self, text: str) -> KeyResultId:
        return KeyResultId(self.valid(text, "key result"))


class KeyResultsHandler(_KeyResultsHandler):
    """``…/key-results``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        editor = partial(self.backend.notebooks, scope)
        items = await list_results(
            self.backend.timeline, editor, scope, self.session_id(session_id)
        )
        self.answer(Page[KeyResult](items=items))

    @authenticated
    @authorized
    async def post(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        origin = Origin(scope, self.session_id(session_id))
        editor = partial(self.backend.notebooks, scope)
        new = self.body(NewKeyResult)
        made = await promote_for_user(self.backend.timeline, editor, origin, new)
        place = f"projects/{scope.project_id}/sessions/{made.session_id}/key-results/{made.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(made, 201)


class KeyResultHandler(_KeyResultsHandler):
    """``…/key-results/{key_result}``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str, id_: str) -> None:
        scope = await self.scope(project_id)
        session, result = self.session_id(session_id), self.key_result_id(id_)
        editor = partial(self.backend.notebooks, scope)
        self.answer(await read_result(self.backend.timeline, editor, scope, session, result))

    @authenticated
    @authorized
    async def patch(self, project_id: str, session_id: str, id_: str) -> None:
        scope = await self.scope(project_id)
        session, result = self.session_id(session_id), self.key_result_id(id_)
        patch = self.body(KeyResultPatch)
        await change_result(self.backend.timeline, scope, session, result, patch)
        editor = partial(self.backend.notebooks, scope)
        self.answer(await read_result(self.backend.timeline, editor, scope, session, result))

    @authenticated
    @authorized
    async def delete(self, project_id: str, session_id: str, id_: str) -> None:
        scope = await self.scope(project_id)
        session, result = self.session_id(session_id), self.key_result_id(id_)
        await remove_result(self.backend.timeline, scope, session, result)
        self.set_status(204)
        self.finish()


class KeyResultDataHandler(_KeyResultsHandler):
    """``…/key-results/{key_result}/data``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str, id_: str) -> None:
        scope = await self.scope(project_id)
        session, result = self.session_id(session_id), self.key_result_id(id_)
        table, outputs = await read_data(self.backend.timeline, scope, session, result)
        # A KeyResultData: both parts were checked when they were stored.
        self.set_header("X-Content-Type-Options", "nosniff")
        body = b'{"table":%b,"outputs":%b}' % (table or b"null", outputs)
        self.finish(body, set_content_type="application/json")


class KeyResultCsvHandler(_KeyResultsHandler):
    """``…/key-results/{key_result}/csv``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str, id_: str) -> None:
        scope = await self.scope(project_id)
        session, result = self.session_id(session_id), self.key_result_id(id_)
        name, data = await read_csv(self.backend.timeline, scope, session, result)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{name}")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(data, set_content_type="text/csv; charset=utf-8; header=present")
