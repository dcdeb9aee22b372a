"""Which browser tabs have which notebooks open, so that they can be asked to save."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable

from ..ids import ProjectId, StreamId, new_id
from ..models.live import Live, SaveRequested

PATIENCE_S = 2.0
"""How long a run waits for unsaved edits; then it goes on with what is on disk."""


class Attendance:
    """Keeps track of open notebooks; asks for them to be saved."""

    def __init__(self, publish: Callable[[StreamId, Live], None]) -> None:
        self._publish = publish
        self._open: dict[Hashable, dict[ProjectId, frozenset[str]]] = defaultdict(dict)
        self._waiting: dict[str, tuple[set[Hashable], asyncio.Event]] = {}

    def attend(self, tab: Hashable, project_id: ProjectId, paths: list[str]) -> None:
        """A tab says which notebooks of a project are open in it."""
        self._open[tab][project_id] = frozenset(paths)

    def projects(self) -> set[ProjectId]:
        """Return the projects that a tab has notebooks open of, or had."""
        return {project_id for open_ in self._open.values() for project_id in open_}

    def leave(self, tab: Hashable) -> None:
        """A tab is gone."""
        self._open.pop(tab, None)
        for request in list(self._waiting):
            self.saved(tab, request)

    def saved(self, tab: Hashable, request: str) -> None:
        """A tab has saved what it was asked for."""
        tabs, done = self._waiting.get(request, (set[Hashable](), None))
        tabs.discard(tab)
        if not tabs and done is not None:
            done.set()

    async def flush(self, project_id: ProjectId, path: str) -> None:
        """Ask every tab that has the notebook open to save it, and wait a moment for them."""
        tabs = {
            tab
            for tab, projects in self._open.items()
            if path in projects.get(project_id, frozenset())
        }
        if not tabs:
            return
        request, done = new_id(), asyncio.Event()
        self._waiting[request] = (tabs, done)
        self._publish(StreamId(project_id), SaveRequested(path=path, request=request))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await done.wait()
        except TimeoutError:
            return
        finally:
            del self._waiting[request]
