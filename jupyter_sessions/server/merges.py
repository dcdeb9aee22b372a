"""``/projects/{project}/merges``: asked for, looked at, decided, approved. A person approves."""

from __future__ import annotations

from typing import cast, get_args

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.approvals import approve
from ..actions.convergences import finish
from ..actions.merges import close, decide, list_page, propose, read_preview
from ..errors import BadRequest
from ..ids import MergeId
from ..models.catalog import Page
from ..models.merge import Approval, Merge, MergeDecisions, MergePreview, MergeStatus, NewMerge
from .versions import ShelfHandler


class MergesListHandler(ShelfHandler):
    """``/projects/{project}/merges``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        after = self.get_query_argument("after", None)
        limit = self.page()
        items = await list_page(
            self.backend.timeline,
            scope,
            status=self._status(),
            after=None if after is None else self.merge_id(after),
            limit=limit,
        )
        full = len(items) == limit
        self.answer(Page[Merge](items=items, next=items[-1].id if full else None))

    @authenticated
    @authorized
    async def post(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        new = self.body(NewMerge)
        made = await propose(
            self.backend.timeline, scope, new.source, new.target, session_id=new.session
        )
        place = f"projects/{scope.project_id}/merges/{made.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(made, 201)

    def _status(self) -> MergeStatus | None:
        status = self.get_query_argument("status", None)
        if status is not None and status not in get_args(MergeStatus):
            raise BadRequest(f"status must be one of {', '.join(get_args(MergeStatus))}.")
        return cast("MergeStatus | None", status)


class MergeHandler(ShelfHandler):
    """``/projects/{project}/merges/{merge}``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, merge: str) -> None:
        shelf = await self.shelf(project_id)
        self.answer(await read_preview(shelf, self.merge_id(merge)))

    @authenticated
    @authorized
    async def delete(self, project_id: str, merge: str) -> None:
        scope = await self.scope(project_id)
        await close(self.backend.timeline, scope, self.merge_id(merge))
        self.set_status(204)
        self.finish()


class DecisionsHandler(ShelfHandler):
    """``/projects/{project}/merges/{merge}/decisions``"""

    @authenticated
    @authorized
    async def put(self, project_id: str, merge: str) -> None:
        shelf = await self.shelf(project_id)
        body = self.body(MergeDecisions)
        preview: MergePreview = await decide(shelf, self.merge_id(merge), body)
        self.answer(preview)


class ApproveHandler(ShelfHandler):
    """``/projects/{project}/merges/{merge}/approve``: never with a kernel's token"""

    @authenticated
    @authorized
    async def post(self, project_id: str, merge: str) -> None:
        self.deny_kernels()
        shelf = await self.shelf(project_id)
        asked = self.body(Approval)
        merge_id: MergeId = self.merge_id(merge)
        backend = self.backend
        made = await approve(backend.timeline, shelf, merge_id, asked.token)
        await finish(backend.timeline, shelf, backend.kernels, made)
        self.answer(made)
