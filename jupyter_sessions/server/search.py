"""``/search`` and ``/projects/{project}/search``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.search import find
from ..models.catalog import Page
from ..models.search import Hit
from .base import SessionsHandler

LIMIT, MAX_LIMIT = 50, 200


class SearchHandler(SessionsHandler):
    """Both; a kernel's token searches its own project only."""

    @authenticated
    @authorized
    async def get(self, project_id: str | None = None) -> None:
        within = None
        if project_id is not None:
            within = (await self.scope(project_id)).project_id
        elif self.grant is not None and (within := await self.kernel_project()) is None:
            self.answer(Page[Hit](items=[]))
            return
        after = self.number("after", 0, low=1) if "after" in self.request.arguments else None
        found = await find(
            self.backend.timeline,
            self.user_id,
            self.get_query_argument("q", "", strip=False),
            project_id=within,
            after=after,
            limit=self.number("limit", LIMIT, low=1, high=MAX_LIMIT),
        )
        self.answer(found)
