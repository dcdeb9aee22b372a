"""``/projects/{project}/branches/{branch}``: variables of a notebook's kernel, and what is kept."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.branch_kernels import BranchKernels
from ..models.peek import NewPeek
from ..models.revival import NewRevival
from .versions import ShelfHandler


class BranchKernelsHandler(ShelfHandler):
    """What these handlers share."""

    async def kernels(self, project_id: str) -> BranchKernels:
        """Return the kernels of the project's notebooks."""
        shelf = await self.shelf(project_id)
        return BranchKernels(self.backend.timeline, shelf, self.backend.engine)


class CheckpointsHandler(BranchKernelsHandler):
    """``/projects/{project}/branches/{branch}/checkpoints``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, branch: str) -> None:
        kernels = await self.kernels(project_id)
        self.answer(await kernels.checkpoints(branch, self.get_query_argument("notebook")))

    @authenticated
    @authorized
    async def delete(self, project_id: str, branch: str) -> None:
        kernels = await self.kernels(project_id)
        await kernels.drop_checkpoints(
            branch,
            self.get_query_argument("notebook"),
            self.get_query_argument("checkpoint", None),
        )
        self.set_status(204)
        self.finish()


class SavedHandler(BranchKernelsHandler):
    """``/projects/{project}/branches/{branch}/saved``"""

    @authenticated
    @authorized
    async def delete(self, project_id: str, branch: str) -> None:
        kernels = await self.kernels(project_id)
        await kernels.drop_saved(branch, self.get_query_argument("notebook"))
        self.set_status(204)
        self.finish()


class PeekHandler(BranchKernelsHandler):
    """``/projects/{project}/branches/{branch}/fork/peek``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, branch: str) -> None:
        kernels = await self.kernels(project_id)
        made = await kernels.peek(branch, self.body(NewPeek).notebook)
        self.set_header("Location", f"{self.base_url}api/kernels/{made.kernel_id}")
        self.answer(made, 201)


class ReviveHandler(BranchKernelsHandler):
    """``/projects/{project}/branches/{branch}/fork/revive``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, branch: str) -> None:
        kernels = await self.kernels(project_id)
        self.answer(await kernels.revival(branch, self.get_query_argument("notebook")))

    @authenticated
    @authorized
    async def post(self, project_id: str, branch: str) -> None:
        kernels = await self.kernels(project_id)
        self.answer(await kernels.revive(branch, self.body(NewRevival).notebook))


class VariablesHandler(BranchKernelsHandler):
    """``/projects/{project}/branches/{branch}/variables``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, branch: str) -> None:
        kernels = await self.kernels(project_id)
        self.answer(await kernels.variables(branch, self.get_query_argument("notebook")))


class VariablesDifferenceHandler(BranchKernelsHandler):
    """``/projects/{project}/branches/{branch}/variables/difference``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, branch: str) -> None:
        kernels = await self.kernels(project_id)
        other, notebook = self.get_query_argument("with"), self.get_query_argument("notebook")
        self.answer(await kernels.difference(branch, other, notebook))
