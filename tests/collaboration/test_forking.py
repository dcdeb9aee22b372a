"""A notebook that someone has open with others is forked as they see it, with its kernel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_sessions.actions.notebook_forks import NotebookForks
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.models.fork import NewNotebookFork
from jupyter_sessions.storage.database import Database
from jupyter_sessions.timeline import Timeline
from jupyter_sessions.workspace.checkpoints import Checkpoints
from jupyter_sessions.workspace.fork_engine import ForkEngine
from jupyter_sessions.workspace.fork_runs import ForkRuns
from jupyter_sessions.workspace.forks import Forks
from jupyter_sessions.workspace.kernels import Kernels
from jupyter_sessions.workspace.namespaces import Namespaces
from jupyter_sessions.workspace.saved_files import SavedFiles
from tests.projects import add_project_rows, shelf_of
from tests.workspace.forking.conftest import attach  # noqa: F401 - a fixture


@pytest.fixture
def forks(
    sqlite: Database,
    documents: Documents,
    jp_serverapp: Any,
    jp_root_dir: Path,
    jp_asyncio_loop: Any,
    tmp_path: Path,
) -> Iterator[NotebookForks]:
    """Forks the notebooks of a project that is the server's root."""
    wait = jp_asyncio_loop.run_until_complete
    row = wait(add_project_rows(sqlite, jp_root_dir))
    shelf = shelf_of(sqlite, row, ProjectFolder(jp_root_dir), documents)
    sessions, manager = jp_serverapp.session_manager, jp_serverapp.kernel_manager
    kernels, checkpoints = Kernels(sessions, manager), Checkpoints()
    forks = Forks(sessions, manager, checkpoints)
    namespaces = Namespaces(kernels, forks, SavedFiles(tmp_path / "saved", 10**9))
    engine = ForkEngine(kernels, forks, checkpoints, ForkRuns(kernels), namespaces)
    yield NotebookForks(Timeline(sqlite), shelf, engine)
    wait(engine.close())


async def test_what_people_have_typed_is_in_the_fork_and_their_document_stays(
    forks: NotebookForks,
    documents: Documents,
    notebook: Callable[..., Path],
    open_room: Any,
    jp_serverapp: Any,
    jp_root_dir: Path,
    attach: Any,  # noqa: F811
) -> None:
    notebook("data = [1]", "data", "below = 1")
    peer = await open_room()
    session = await jp_serverapp.session_manager.create_session(
        path="RTC:n.ipynb", name="n.ipynb", type="notebook", kernel_name="python3"
    )
    source = await attach(session["kernel"]["id"])
    await source.run("data = [1]")
    peer.notebook.ycells[1]["source"].insert(0, "# typed\n")
    seen = peer.sources()
    async with asyncio.timeout(10):
        while "typed" not in str((await documents.read("n.ipynb")).content):
            await asyncio.sleep(0.01)
    new = NewNotebookFork(notebook="n.ipynb", cell_id="a", name="Try", below="drop")
    made = await forks.fork("main", new)
    assert made.fork.engine == "fork"
    branch = await attach(made.kernel_id)
    assert await branch.run("data") == "[1]"
    file = nbformat.read(jp_root_dir / made.opened.file, 4)
    assert [cell.source for cell in file.cells] == ["data = [1]"]
    kept = await forks.fork("main", new.model_copy(update={"name": "Kept", "below": "keep"}))
    file = nbformat.read(jp_root_dir / kept.opened.file, 4)
    assert [cell.source for cell in file.cells] == seen == peer.sources()
    assert seen[1] == "# typed\ndata"
    await peer.close()
