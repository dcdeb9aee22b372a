"""What the tools of a run work with, in one project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from ..actions.notebook_forks import NotebookForks
from ..actions.notebooks import NotebookEditor
from ..branches.shelf import Shelf
from ..branches.surroundings import Surroundings
from ..ids import SessionId
from ..models.base import Model
from ..models.event import Actor, EventBase
from ..models.project import Project
from ..timeline import Origin, Timeline
from ..workspace.terminals import Terminals
from .tools.context import ToolContext

D = TypeVar("D", bound=Model)


@dataclass(frozen=True, slots=True)
class ProjectWorkbench:
    """The folder, notebooks and terminals of a project."""

    project: Project
    timeline: Timeline
    shelf: Shelf
    notebooks: NotebookEditor
    forks: NotebookForks
    terminals: Terminals
    surroundings: Surroundings
    """The files that commands and cells of one run may change."""

    def context(self, origin: Origin, notebook: str | None, call_id: str) -> ToolContext:
        """Return what a call gets: all of it belongs to this project and session."""
        assert origin.session_id is not None
        assert origin.run_id is not None

        async def append(
            kind: type[EventBase[D]], data: D, /, *, actor: Actor = "agent"
        ) -> EventBase[D]:
            return await self.timeline.append(origin, kind, data, actor=actor)

        return ToolContext(
            timeline=self.timeline,
            scope=origin.scope,
            session_id=origin.session_id,
            run_id=origin.run_id,
            call_id=call_id,
            folder=self.shelf.folder,
            shelf=self.shelf,
            notebooks=self.notebooks,
            forks=self.forks,
            terminals=self.terminals,
            surroundings=self.surroundings,
            notebook=notebook,
            append=append,
            live=lambda live: self.timeline.publish(origin.stream, live),
        )

    async def interrupt(self, session_id: SessionId) -> bool:
        """Interrupt the cells and commands of a session; tell whether there were any."""
        cells = await self.notebooks.interrupt(session_id)
        commands = await self.terminals.interrupt(session_id)
        return cells or commands
