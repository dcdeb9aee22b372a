"""``/projects/{project}/sessions/{session}/export`` and ``/projects/{project}/sessions/import``."""

from __future__ import annotations

import re
import unicodedata
from typing import get_args
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from ..actions.exports import ExportFormat, export_session
from ..actions.imports import import_session
from ..errors import BadRequest
from .base import SessionsHandler

FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


class ExportHandler(SessionsHandler):
    """``/projects/{project}/sessions/{session}/export``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str) -> None:
        scope = await self.scope(project_id)
        asked = self.get_query_argument("format", "markdown")
        format_ = next((each for each in FORMATS if each == asked), None)
        if format_ is None:
            raise BadRequest(f"format must be one of {', '.join(FORMATS)}, not {asked!r}.")
        export = await export_session(
            self.backend.timeline, scope, self.session_id(session_id), format_
        )
        self.set_header("Content-Type", f"{export.media_type}; charset=utf-8")
        self.set_header("Content-Disposition", disposition(export.name))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        begun = False
        try:
            async for chunk in export.chunks:
                self.write(chunk)
                begun = True
                await self.flush()
        except StreamClosedError:
            return
        except BaseException:
            if begun:  # what was sent must not look like the whole file
                self.detach().close()
            raise


class SessionImportHandler(SessionsHandler):
    """``/projects/{project}/sessions/import``"""

    @authenticated
    @authorized
    async def post(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        name = self.get_query_argument("name", "")
        made = await import_session(self.backend.timeline, scope, self.request.body, name)
        place = f"projects/{scope.project_id}/sessions/{made.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(made, 201)


def disposition(name: str) -> str:
    """Return the header that offers a download under a safe name.

    Source: https://www.rfc-editor.org/rfc/rfc6266
    """
    stem, _, suffix = name.rpartition(".")
    kept = "".join(char for char in stem if unicodedata.category(char)[0] != "C")
    kept = re.sub(r'[\\/:*?"<>|%\s]+', " ", kept).strip(" .")[:100] or "session"
    plain = unicodedata.normalize("NFKD", kept).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._ -]+", "", plain).strip(" .") or "session"
    whole = quote(f"{kept}.{suffix}", safe="")
    return f"attachment; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{whole}"
