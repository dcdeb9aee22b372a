"""What the tools work in: a folder, kernels and terminals that are real, and a log of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.actions.notebook_forks import NotebookForks
from jupyter_sessions.actions.notebooks import NotebookEditor
from jupyter_sessions.agent.tools import ToolContext
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.branches.surroundings import Surroundings
from jupyter_sessions.ids import ProjectId
from jupyter_sessions.models.live import CellOutputs, NotebookChanged
from jupyter_sessions.notebooks.cells import new_cell, new_notebook
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Timeline
from jupyter_sessions.workspace.checkpoints import Checkpoints
from jupyter_sessions.workspace.fork_engine import ForkEngine
from jupyter_sessions.workspace.fork_runs import ForkRuns
from jupyter_sessions.workspace.forks import Forks
from jupyter_sessions.workspace.kernels import Kernels
from jupyter_sessions.workspace.namespaces import Namespaces
from jupyter_sessions.workspace.saved_files import SavedFiles
from jupyter_sessions.workspace.terminals import Terminals
from tests.databases import new_sqlite
from tests.projects import add_project_rows, add_run_rows, shelf_of


class Log:
    """Everything that was appended, published and asked."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []
        self.live: list[Any] = []
        self.news: list[NotebookChanged] = []
        self.flushed: list[str] = []
        self.outputs_came = asyncio.Event()

    async def append(self, kind: Any, data: Any, /, *, actor: str = "agent") -> Any:
        self.events.append((kind.model_fields["type"].default, data))

    def publish(self, project_id: ProjectId, changed: Any) -> None:
        if not isinstance(changed, NotebookChanged):
            return
        self.news.append(changed)
        if any(isinstance(op, CellOutputs) and op.outputs for op in changed.ops):
            self.outputs_came.set()

    async def flush(self, project_id: ProjectId, path: str) -> None:
        self.flushed.append(path)

    @property
    def types(self) -> list[str]:
        return [name for name, _ in self.events]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    folder = jp_root_dir / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def timeline(tmp_path: Path, jp_asyncio_loop: Any) -> Iterator[Timeline]:
    url = new_sqlite(tmp_path / "sessions.db")
    database = jp_asyncio_loop.run_until_complete(open_database(url))
    yield Timeline(database)
    jp_asyncio_loop.run_until_complete(database.close())


@pytest.fixture
def engine(jp_serverapp: Any, jp_asyncio_loop: Any, tmp_path: Path) -> Iterator[ForkEngine]:
    sessions, manager = jp_serverapp.session_manager, jp_serverapp.kernel_manager
    kernels, checkpoints = Kernels(sessions, manager), Checkpoints()
    forks = Forks(sessions, manager, checkpoints)
    namespaces = Namespaces(kernels, forks, SavedFiles(tmp_path / "saved", 10**9))
    made = ForkEngine(kernels, forks, checkpoints, ForkRuns(kernels), namespaces)
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


@pytest.fixture
def ctx(
    jp_serverapp: Any,
    jp_asyncio_loop: Any,
    root: Path,
    log: Log,
    timeline: Timeline,
    engine: ForkEngine,
) -> ToolContext:
    app = jp_serverapp
    folder = ProjectFolder(root, "project")
    documents = Documents(app.contents_manager, publish=log.publish, flush=log.flush)
    kernels = engine.kernels
    wait = jp_asyncio_loop.run_until_complete
    row = wait(add_project_rows(timeline.database, root))
    shelf = shelf_of(timeline.database, row, folder, documents)
    run = wait(add_run_rows(timeline.database, shelf))
    return ToolContext(
        timeline=timeline,
        scope=row.scope,
        session_id=run.session_id,
        run_id=run.id,
        call_id="c1",
        folder=folder,
        shelf=shelf,
        notebooks=NotebookEditor(shelf, kernels),
        forks=NotebookForks(timeline, shelf, engine),
        terminals=Terminals(lambda: app.web_app.settings["terminal_manager"]),
        surroundings=Surroundings(root),
        notebook=None,
        append=log.append,
        live=log.live.append,
    )


@pytest.fixture
def notebook(root: Path) -> Callable[..., Path]:
    def write(*sources: str) -> Path:
        content = new_notebook({"name": "python3", "display_name": "Python 3"})
        content["cells"] = [
            new_cell(chr(97 + index), "code", source) for index, source in enumerate(sources)
        ]
        path = root / "n.ipynb"
        path.write_text(json.dumps(content))
        return path

    return write
