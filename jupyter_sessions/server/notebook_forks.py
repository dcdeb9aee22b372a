"""``/projects/{project}/branches/{branch}/fork``: a notebook forked at a cell, with its kernel."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..actions.notebook_forks import NotebookForks
from ..models.fork import ForkPoint, NewFanOut, NewNotebookFork
from .base import SessionsHandler


class NotebookForksHandler(SessionsHandler):
    """What these handlers share."""

    async def forks(self, project_id: str) -> NotebookForks:
        """Return what forks the project's notebooks, when what was saved is recorded."""
        scope = await self.scope(project_id)
        forks = await self.backend.notebook_forks(scope)
        await self.backend.watch.saves.settled()
        return forks


class NotebookForkHandler(NotebookForksHandler):
    """``/projects/{project}/branches/{branch}/fork``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, branch: str) -> None:
        forks = await self.forks(project_id)
        made = await forks.fork(branch, self.body(NewNotebookFork))
        place = f"projects/{made.branch.project_id}/branches/{made.branch.id}"
        self.set_header("Location", f"{self.base_url}jupyter-sessions/{place}")
        self.answer(made, 201)


class ForkProbeHandler(NotebookForksHandler):
    """``/projects/{project}/branches/{branch}/fork/probe``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, branch: str) -> None:
        forks = await self.forks(project_id)
        self.answer(await forks.preview(branch, self.body(ForkPoint)))


class ForkProgressHandler(NotebookForksHandler):
    """``/projects/{project}/branches/{branch}/fork/progress``"""

    @authenticated
    @authorized
    async def get(self, project_id: str, branch: str) -> None:
        forks = await self.forks(project_id)
        self.answer(await forks.progress(branch))


class ForkStopHandler(NotebookForksHandler):
    """``/projects/{project}/branches/{branch}/fork/stop``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, branch: str) -> None:
        forks = await self.forks(project_id)
        await forks.stop(branch)
        self.set_status(204)
        self.finish()


class FanOutHandler(NotebookForksHandler):
    """``/projects/{project}/branches/{branch}/fan-out``"""

    @authenticated
    @authorized
    async def post(self, project_id: str, branch: str) -> None:
        forks = await self.forks(project_id)
        made = await forks.fan_out(branch, self.body(NewFanOut))
        self.set_header(
            "Location", f"{self.base_url}jupyter-sessions/projects/{project_id}/branches"
        )
        self.answer(made, 201)
