"""What a tool is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ...actions.convergences import converge
from ...actions.notebook_forks import NotebookForks
from ...actions.notebooks import NotebookEditor
from ...actions.places import Append, Call
from ...branches.folder import ProjectFolder
from ...branches.shelf import Shelf
from ...branches.surroundings import Surroundings
from ...ids import RunId, SessionId
from ...models.convergence import Convergence, NewConvergence
from ...models.live import CallState, Live
from ...models.scope import Scope
from ...timeline import Origin, Timeline
from ...workspace.terminals import Terminals


@dataclass(frozen=True)
class ToolResult:
    """What the model and the user get to see of a call."""

    content: str
    """Uncut: the loop cuts it for the model."""
    summary: str = ""
    """A few words for the row of the call."""
    failed: bool = False
    """It ran, but what it ran failed: the row of the call shows it."""


@dataclass(frozen=True)
class ToolContext:
    """What a tool may use: all of it belongs to one project."""

    timeline: Timeline
    scope: Scope
    session_id: SessionId
    run_id: RunId
    call_id: str
    folder: ProjectFolder
    shelf: Shelf
    """The project's notebooks, with their versions and branches."""
    notebooks: NotebookEditor
    forks: NotebookForks
    terminals: Terminals
    surroundings: Surroundings
    """The files that commands and cells may change."""
    notebook: str | None
    """Path below the project of the notebook that the user looks at."""
    append: Append
    live: Callable[[Live], None]
    """Publishes on the session's stream."""

    @property
    def origin(self) -> Origin:
        """Return what events of this call are about."""
        return Origin(self.scope, self.session_id, self.run_id)

    @property
    def call(self) -> Call:
        """Return the call as the actions want it."""
        return Call(self.session_id, self.run_id, self.call_id, self.append, self.wait)

    async def converge(self, branch: str, new: NewConvergence) -> Convergence:
        """Propose that branches meet; see ``actions.convergences``."""
        return await converge(
            self.timeline,
            self.shelf,
            self.forks.kernels,
            branch,
            new,
            actor="agent",
            session_id=self.session_id,
            run_id=self.run_id,
        )

    def wait(self, state: Literal["waits", "running"]) -> None:
        """Say that the call waits for a kernel or terminal, or has begun to run."""
        self.live(CallState(run_id=self.run_id, call_id=self.call_id, state=state))
