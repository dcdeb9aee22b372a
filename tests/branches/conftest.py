"""A project in the folder of a real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.branches.shelf import Shelf
from jupyter_sessions.ids import ProjectId
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.models.live import NotebookChanged
from jupyter_sessions.notebooks.cells import new_cell, new_notebook
from jupyter_sessions.notebooks.file import write_notebook
from jupyter_sessions.storage.database import Database
from tests.branches.shelves import get_branch
from tests.branches.world import World, open_world
from tests.projects import add_project_rows

PROJECT = ProjectId("01J00000000000000000000000")


@pytest.fixture
def folder(tmp_path: Path) -> ProjectFolder:
    root = tmp_path / "project"
    root.mkdir()
    return ProjectFolder(root)


@pytest.fixture
def news() -> list[NotebookChanged]:
    """What open front ends were told."""
    return []


@pytest.fixture
def documents(jp_serverapp: Any, news: list[NotebookChanged]) -> Documents:
    def publish(project_id: ProjectId, changed: NotebookChanged) -> None:
        assert project_id == PROJECT
        news.append(changed)

    return Documents(jp_serverapp.contents_manager, publish=publish)


@pytest.fixture
def notebook(jp_root_dir: Path) -> Callable[..., Path]:
    """Writes a notebook with these sources; their ids are a, b, c, ..."""

    def write(*sources: str, name: str = "n.ipynb", **fields: Any) -> Path:
        content = new_notebook({"name": "python3", "display_name": "Python 3"}) | fields
        content["cells"] = [
            new_cell(chr(97 + index), "code", source) for index, source in enumerate(sources)
        ]
        path = jp_root_dir / name
        path.write_bytes(write_notebook(content))
        return path

    return write


@pytest.fixture
def world(sqlite: Database, jp_serverapp: Any, jp_root_dir: Path, jp_asyncio_loop: Any) -> World:
    """A project with branches, in the folder of a real server."""
    made = open_world(jp_root_dir / "p", sqlite, jp_serverapp.contents_manager)
    return jp_asyncio_loop.run_until_complete(made)


@pytest.fixture
def shelf(jp_serverapp: Any, jp_root_dir: Path, jp_asyncio_loop: Any, sqlite: Database) -> Shelf:
    """A project that is the server's root."""
    row = jp_asyncio_loop.run_until_complete(add_project_rows(sqlite, jp_root_dir))
    documents = Documents(jp_serverapp.contents_manager, publish=lambda project_id, live: None)
    return Shelf(sqlite, row.scope, ProjectFolder(jp_root_dir), documents)


@pytest.fixture
def main(shelf: Shelf, jp_asyncio_loop: Any) -> Branch:
    return jp_asyncio_loop.run_until_complete(get_branch(shelf))
