"""``/projects/{project}/branches``, and the branches of a notebook."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.branch_deletion import delete_branch
from ..actions.branches import change_branch, create_branch, list_branches, read_branch
from ..errors import BadRequest
from ..models.branch import Branch, BranchPatch, NewBranch
from ..models.catalog import Page
from .base import SessionsHandler


class BranchesHandler(SessionsHandler):
    """``/projects/{project}/branches``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        items = await list_branches(self.backend.timeline, scope)
        self.answer(Page[Branch](items=items))

    @authenticated
    @authorized
    async def post(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        new = self.body(NewBranch)
        made = await create_branch(self.backend.timeline, await self.backend.shelf(scope), new)
        place = f"projects/{scope.project_id}/branches/{made.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(made, 201)


class BranchHandler(SessionsHandler):
    """``/projects/{project}/branches/{branch}``, by id or by name"""

    @authenticated
    @authorized
    async def get(self, project_id: str, branch: str) -> None:
        scope = await self.scope(project_id)
        self.answer(await read_branch(self.backend.timeline, scope, branch))

    @authenticated
    @authorized
    async def patch(self, project_id: str, branch: str) -> None:
        scope = await self.scope(project_id)
        patch = self.body(BranchPatch)
        if patch.status == "deleted":
            raise BadRequest("To delete a branch, send DELETE; a status cannot do that.")
        self.answer(await change_branch(self.backend.timeline, scope, branch, patch))

    @authenticated
    @authorized
    async def delete(self, project_id: str, branch: str) -> None:
        backend = self.backend
        shelf = await backend.shelf(await self.scope(project_id))
        await backend.watch.saves.settled()
        gone = await delete_branch(backend.timeline, shelf, backend.kernels, branch)
        await backend.engine.namespaces.files.drop_project(gone.project_id, gone.folder)
        self.set_status(204)
        self.finish()
