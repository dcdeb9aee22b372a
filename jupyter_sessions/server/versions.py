"""``/projects/{project}/versions``: history, differences, single cells, and who wrote them."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from pydantic import TypeAdapter, ValidationError
from tornado.web import authenticated

from ..actions.undo import restore_version, undo_operation
from ..branches.authorship import list_authors
from ..branches.checkout import checkout
from ..branches.history import list_notebook_branches, list_versions, name_version, read_version
from ..branches.reading import diff_states, read_cell
from ..branches.references import find_branch, place_of
from ..branches.shelf import Shelf
from ..branches.tree import read_tree
from ..errors import BadRequest, NotFound
from ..ids import MergeId, OperationId
from ..models.branch import NotebookBranch, OpenedNotebook, OpenNotebook
from ..models.catalog import Page
from ..models.version import CellAuthors, RefText, Restore, Version, VersionPatch
from .base import SessionsHandler

_REFERENCE: TypeAdapter[str] = TypeAdapter(RefText)


class ShelfHandler(SessionsHandler):
    """What handlers of versions and merges share."""

    async def shelf(self, project_id: str) -> Shelf:
        """Return the project's notebooks, when what was saved through the server is recorded."""
        shelf = await self.backend.shelf(await self.scope(project_id))
        await self.backend.watch.saves.settled()
        return shelf

    def version_id(self, text: str) -> OperationId:
        """Return the number of a version; what is none, was never given out."""
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise NotFound("version")
        return OperationId(int(text))

    def merge_id(self, text: str) -> MergeId:
        return MergeId(self.valid(text, "merge"))

    def reference(self, name: str) -> str:
        """Return an argument that names a state of a notebook."""
        text = self.get_query_argument(name)
        try:
            return _REFERENCE.validate_python(text)
        except ValidationError:
            raise BadRequest(
                f"{name} must be 'branch:<id>', 'version:<number>' or 'before:<number>', "
                f"not {text[:100]!r}."
            ) from None

    def branch(self) -> str | None:
        """Return the argument ``branch``: an id or a name."""
        return self.get_query_argument("branch", None) or None


class HistoryHandler(ShelfHandler):
    """``/projects/{project}/versions``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        shelf = await self.shelf(project_id)
        limit = self.page()
        before = OperationId(self.number("after", 0, low=1)) if self._given("after") else None
        items = await list_versions(
            shelf, self.get_query_argument("notebook"), self.branch(), before=before, limit=limit
        )
        full = len(items) == limit
        self.answer(Page[Version](items=items, next=str(items[-1].id) if full else None))

    def _given(self, name: str) -> bool:
        return self.get_query_argument(name, None) is not None


class VersionHandler(ShelfHandler):
    """``/projects/{project}/versions/{version}``"""

    @authenticated
    @authorized
    async def patch(self, project_id: str, version: str) -> None:
        shelf = await self.shelf(project_id)
        patch = self.body(VersionPatch)
        self.answer(await name_version(shelf, self.version_id(version), patch.name))


class RestoreHandler(ShelfHandler):
    """``/projects/{project}/versions/{version}/restore``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, version: str) -> None:
        shelf = await self.shelf(project_id)
        asked = self.body(Restore)
        made = await restore_version(
            self.backend.timeline, shelf, self.version_id(version), asked.notebook
        )
        self.answer(await read_version(shelf, made), 201)


class VersionUndoHandler(ShelfHandler):
    """``/projects/{project}/versions/{version}/undo``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, version: str) -> None:
        shelf = await self.shelf(project_id)
        timeline = self.backend.timeline
        self.answer(await undo_operation(timeline, shelf, self.version_id(version)))


class DiffHandler(ShelfHandler):
    """``/projects/{project}/diff``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        shelf = await self.shelf(project_id)
        notebook = self.get_query_argument("notebook")
        before, after = self.reference("from"), self.reference("to")
        self.answer(await diff_states(shelf, notebook, before, after))


class CellHandler(ShelfHandler):
    """``/projects/{project}/cell``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        shelf = await self.shelf(project_id)
        notebook, cell = self.get_query_argument("notebook"), self.get_query_argument("cell")
        self.answer(await read_cell(shelf, notebook, cell, self.reference("at")))


class NotebookBranchesHandler(ShelfHandler):
    """``/projects/{project}/notebooks/{notebook}/branches``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, notebook: str) -> None:
        shelf = await self.shelf(project_id)
        items = await list_notebook_branches(shelf, notebook)
        self.answer(Page[NotebookBranch](items=items))


class TreeHandler(ShelfHandler):
    """``/projects/{project}/notebooks/{notebook}/tree``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, notebook: str) -> None:
        self.answer(await read_tree(await self.shelf(project_id), notebook))


class AuthorsHandler(ShelfHandler):
    """``/projects/{project}/notebooks/{notebook}/authors``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, notebook: str) -> None:
        shelf = await self.shelf(project_id)
        items = await list_authors(shelf, notebook, self.branch())
        self.answer(Page[CellAuthors](items=items))


class OpenHandler(ShelfHandler):
    """``/projects/{project}/branches/{branch}/open``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, branch: str) -> None:
        shelf = await self.shelf(project_id)
        asked = self.body(OpenNotebook)
        found = await find_branch(shelf, branch)
        place = await place_of(shelf, asked.notebook, found)
        if place.path is None:
            raise NotFound(f"notebook {asked.notebook!r} on the branch {found.name!r}")
        file = await checkout(shelf, found, place.path)
        self.answer(
            OpenedNotebook(
                branch=found.id, notebook=place.path, file=file, path=shelf.folder.api(file)
            )
        )
