"""``/projects/{project}/convergences``: where branches met; and having them meet."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.convergences import converge, list_convergences
from ..models.catalog import Page
from ..models.convergence import Convergence, NewConvergence
from ..models.envelope import Actor
from .versions import ShelfHandler


class ConvergencesHandler(ShelfHandler):
    """``/projects/{project}/convergences``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        notebook = self.get_query_argument("notebook", None)
        items = await list_convergences(self.backend.timeline, scope, notebook)
        self.answer(Page[Convergence](items=items))


class ConvergeHandler(ShelfHandler):
    """``/projects/{project}/branches/{branch}/converge``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, branch: str) -> None:
        shelf = await self.shelf(project_id)
        backend, asked = self.backend, self.body(NewConvergence)
        actor: Actor = "user" if self.grant is None else "kernel"
        made = await converge(backend.timeline, shelf, backend.kernels, branch, asked, actor=actor)
        place = f"projects/{made.project_id}/convergences"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(made, 201)
