"""``/projects/{project}/runs`` and ``/blobs``."""

from __future__ import annotations

import re
from typing import cast, get_args

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.queue import change_waiting
from ..actions.runs import list_page, read_run
from ..errors import BadRequest, NotFound
from ..ids import BlobHash
from ..models.catalog import Page
from ..models.run import Run, RunPatch, RunStatus
from .base import SessionsHandler

SAFE_MEDIA_TYPES = frozenset({"application/json", "image/png", "image/jpeg", "image/gif"})
"""What a browser shows without running anything in it; all else is sent as plain text."""


class RunsHandler(SessionsHandler):
    """``/projects/{project}/runs``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        session = self.get_query_argument("session", None)
        after = self.get_query_argument("after", None)
        limit = self.page()
        items = await list_page(
            self.backend.timeline,
            scope,
            session_id=None if session is None else self.session_id(session),
            status=self._status(),
            after=None if after is None else self.run_id(after),
            limit=limit,
        )
        full = len(items) == limit
        self.answer(Page[Run](items=items, next=items[-1].id if full else None))

    def _status(self) -> RunStatus | None:
        status = self.get_query_argument("status", None)
        if status is not None and status not in get_args(RunStatus):
            raise BadRequest(f"status must be one of {', '.join(get_args(RunStatus))}.")
        return cast("RunStatus | None", status)


class RunHandler(SessionsHandler):
    """``/projects/{project}/runs/{run}``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, run_id: str) -> None:
        scope = await self.scope(project_id)
        self.answer(await read_run(self.backend.timeline, scope, self.run_id(run_id)))

    @authenticated
    @authorized("execute")
    async def delete(self, project_id: str, run_id: str) -> None:
        scope = await self.scope(project_id)
        self.answer(await self.backend.runner.withdraw(scope, self.run_id(run_id)))

    @authenticated
    @authorized("execute")
    async def patch(self, project_id: str, run_id: str) -> None:
        scope = await self.scope(project_id)
        patch = self.body(RunPatch)
        self.answer(await change_waiting(self.backend.timeline, scope, self.run_id(run_id), patch))


class BlobHandler(SessionsHandler):
    """``/projects/{project}/blobs/{sha256}``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, digest: str) -> None:
        scope = await self.scope(project_id)
        if re.fullmatch("[0-9a-f]{64}", digest) is None:
            raise NotFound("blob")
        data, media_type = await self.backend.timeline.get_blob(scope, BlobHash(digest))
        if media_type not in SAFE_MEDIA_TYPES:
            media_type = "text/plain; charset=utf-8"
        self.set_header("Content-Disposition", "attachment")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.finish(data, set_content_type=media_type)
