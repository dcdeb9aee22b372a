"""``/projects``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.example import create_example
from ..actions.projects import (
    change_project,
    create_project,
    delete_project,
    list_all,
    read_project,
)
from ..agent.tools.catalog import check_names
from ..errors import BadRequest
from ..ids import ProjectId
from ..models.catalog import Page
from ..models.project import NewProject, Project, ProjectPatch
from .base import SessionsHandler


class ProjectsHandler(SessionsHandler):
    """``/projects``"""

    @authenticated
    @authorized
    async def get(self) -> None:
        backend = self.backend
        if self.grant is not None:
            project_id = await self.kernel_project()
            items = [] if project_id is None else [await self._one(project_id)]
            self.answer(Page[Project](items=items))
            return
        backend.watch.knows(self.user_id)
        after = self.get_query_argument("after", None)
        cursor = None if after is None else ProjectId(self.valid(after, "project"))
        limit = self.page()
        items = await list_all(backend.timeline, backend.root, self.user_id, cursor, limit)
        full = len(items) == limit
        self.answer(Page[Project](items=items, next=items[-1].id if full else None))

    @authenticated
    @authorized
    async def post(self) -> None:
        self.deny_kernels()
        made = await create_project(
            self.backend.timeline, self.backend.root, self.user_id, self.body(NewProject)
        )
        self.backend.watch.knows(self.user_id)
        self.backend.watch.changed()  # kernels may run in its folder already
        self.set_header("Location", f"{self.base_url}jupyter-sessions/projects/{made.id}")
        self.answer(made, 201)

    async def _one(self, project_id: ProjectId) -> Project:
        scope = await self.scope(project_id)
        return await read_project(self.backend.timeline, self.backend.root, scope)


class ExampleHandler(SessionsHandler):
    """``/projects/example``: makes the example project anew."""

    @authenticated
    @authorized
    async def post(self) -> None:
        self.deny_kernels()
        made = await create_example(self.backend.timeline, self.backend.root, self.user_id)
        self.set_header("Location", f"{self.base_url}jupyter-sessions/projects/{made.id}")
        self.answer(made, 201)


class ProjectHandler(SessionsHandler):
    """``/projects/{project}``"""

    @authenticated
    @authorized
    async def get(self, project_id: str) -> None:
        scope = await self.scope(project_id)
        self.answer(await read_project(self.backend.timeline, self.backend.root, scope))

    @authenticated
    @authorized
    async def patch(self, project_id: str) -> None:
        self.deny_kernels()
        scope = await self.scope(project_id)
        patch = self.body(ProjectPatch)
        if patch.default_runtime is not None and patch.default_runtime not in self.app.runtimes:
            known = ", ".join(sorted(self.app.runtimes))
            raise BadRequest(f"There is no runtime {patch.default_runtime!r}. There are: {known}.")
        if patch.tools is not None:
            patch = patch.model_copy(update={"tools": check_names(patch.tools)})
        changed = await change_project(self.backend.timeline, self.backend.root, scope, patch)
        self.backend.watch.changed()  # its folder may be another one
        self.answer(changed)

    @authenticated
    @authorized
    async def delete(self, project_id: str) -> None:
        self.deny_kernels()
        scope = await self.scope(project_id)
        files = self.get_query_argument("files", "delete")
        if files not in {"delete", "keep"}:
            raise BadRequest(f"files must be 'delete' or 'keep', not {files!r}.")
        await delete_project(
            self.backend.timeline,
            self.backend.root,
            scope,
            confirm=self.get_query_argument("confirm", None),
            remove_folder=self.backend.remove_folder if files == "delete" else None,
        )
        await self.backend.engine.namespaces.files.drop_project(project_id)
        self.backend.project_deleted.set()
        self.backend.kernel_watch.stir()
        self.set_status(204)
        self.finish()
