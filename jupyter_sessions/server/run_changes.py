"""What a run changed: ``/projects/{project}/runs/{run}/changes``, ``diff``, ``undo``, ``redo``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.changes import read_changes, read_run_diff
from ..actions.run_undo import redo_run, undo_run
from ..models.catalog import Page
from ..models.version import NotebookDiff, UndoRun
from .versions import ShelfHandler


class ChangesHandler(ShelfHandler):
    """``/projects/{project}/runs/{run}/changes``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, run: str) -> None:
        shelf = await self.shelf(project_id)
        self.answer(await read_changes(self.backend.timeline, shelf, self.run_id(run)))


class RunDiffHandler(ShelfHandler):
    """``/projects/{project}/runs/{run}/diff``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, run: str) -> None:
        shelf = await self.shelf(project_id)
        items = await read_run_diff(self.backend.timeline, shelf, self.run_id(run))
        self.answer(Page[NotebookDiff](items=items))


class UndoHandler(ShelfHandler):
    """``/projects/{project}/runs/{run}/undo``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, run: str) -> None:
        shelf = await self.shelf(project_id)
        asked = self.body(UndoRun)
        timeline = self.backend.timeline
        self.answer(await undo_run(timeline, shelf, self.run_id(run), asked))


class RedoHandler(ShelfHandler):
    """``/projects/{project}/runs/{run}/redo``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, run: str) -> None:
        shelf = await self.shelf(project_id)
        self.answer(await redo_run(self.backend.timeline, shelf, self.run_id(run)))
