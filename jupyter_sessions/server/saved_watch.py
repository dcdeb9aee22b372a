"""Saved variables go with their notebook: when it is renamed or deleted, in whatever way."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_core.utils import ensure_async

from ..models.project import Project
from ..workspace.saved_files import SavedFiles
from ..workspace.saver import Place
from .kernel_watch import CONTENTS_EVENTS

_log = logging.getLogger(__name__)


class SavedWatch:
    """Knows which notebook a kernel is of, and hears what becomes of notebooks."""

    def __init__(
        self,
        serverapp: Any,
        files: SavedFiles,
        find: Callable[[str], Awaitable[Project | None]],
    ) -> None:
        """``find`` gives the known project that a path of the contents API lies in."""
        self._sessions, self._events = serverapp.session_manager, serverapp.event_logger
        self._files, self._find = files, find
        self._events.add_listener(schema_id=CONTENTS_EVENTS, listener=self._on_contents)

    def close(self) -> None:
        """Hear no more."""
        self._events.remove_listener(listener=self._on_contents)

    async def place(self, kernel_id: str) -> Place | None:
        """Return the notebook of a kernel, if it is one of a project."""
        for session in await ensure_async(self._sessions.list_sessions()):
            is_its = (session.get("kernel") or {}).get("id") == kernel_id
            if is_its and session["type"] == "notebook":
                return await self._place(session["path"].removeprefix("RTC:"))
        return None

    async def _on_contents(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        try:
            match data["action"]:
                case "delete":
                    await self._deleted(str(data["path"]).strip("/"))
                case "rename":
                    source = str(data.get("source_path", "")).strip("/")
                    await self._renamed(source, str(data["path"]).strip("/"))
        except Exception:  # nobody waits for a listener
            _log.exception("What was saved of %s was left as it was", data.get("path"))

    async def _deleted(self, path: str) -> None:
        if (place := await self._place(path)) is not None:
            await self._files.drop_project(place.project_id, place.file)

    async def _renamed(self, source: str, path: str) -> None:
        old, new = await self._place(source), await self._place(path)
        if old is None or old.file == "":  # the whole folder: the project is told where it is
            return
        if new is not None and new.project_id == old.project_id:
            await self._files.move(old.project_id, old.file, new.file)
        else:
            await self._files.drop_project(old.project_id, old.file)

    async def _place(self, path: str) -> Place | None:
        """Return where a path of the contents API lies; no file is the project's own folder."""
        project = await self._find(path)
        if project is None:
            return None
        file = path.removeprefix(project.path or "").strip("/")
        return Place(project.id, file)
