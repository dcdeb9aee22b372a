"""A project with branches: a real folder, a real contents manager, a real database."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_sessions.branches.checkout import checkout
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.branches.layout import branch_folder, file_of
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.shelf import Shelf, load_notebook
from jupyter_sessions.branches.syncing import api_name, forget, sync
from jupyter_sessions.ids import MAIN, BranchId, OperationId, ProjectId, UserId
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.notebooks.cells import new_cell, new_notebook
from jupyter_sessions.notebooks.file import read_notebook, write_notebook
from jupyter_sessions.storage import branches, operations, projects, runs, sessions
from jupyter_sessions.storage.database import Database
from jupyter_sessions.storage.states import find_state
from jupyter_sessions.timeline import Timeline

USER = By("user")
Cells = Mapping[str, str]
"""Sources by the ids of their cells, in order."""


@dataclass
class World:
    """What a test works in; notebooks are named by branch and path."""

    timeline: Timeline
    shelf: Shelf
    news: list[Any] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.shelf.database

    @property
    def scope(self) -> Scope:
        return self.shelf.scope

    def file(self, branch: Branch, path: str = "n.ipynb") -> Path:
        return self.shelf.folder.root / file_of(branch.folder, path)

    async def main(self) -> Branch:
        return await self.branch(MAIN)

    async def branch(self, id_: BranchId) -> Branch:
        async with self.database.read() as conn:
            return await branches.get_branch(conn, self.scope, id_)

    async def fork(self, name: str, parent: Branch) -> Branch:
        async with self.database.read() as conn:
            at = await operations.last_operation(conn, self.scope)
            taken = await branches.list_folders(conn, self.scope)
        folder = branch_folder(self.shelf.folder.root, name, taken)
        return await self.write_rows(
            lambda conn: branches.add_branch(
                conn, self.scope, name, folder, parent=parent.id, forked_at=at
            )
        )

    async def write_rows(self, work: Any) -> Any:
        async def job(transaction: Any) -> Any:
            return await work(transaction.conn)

        return await self.database.write(job)

    async def save(
        self,
        branch: Branch,
        cells: Cells,
        path: str = "n.ipynb",
        by: By = USER,
        *,
        outputs: Mapping[str, str] = {},
    ) -> OperationId | None:
        """Write a notebook as a front end, or (``by``) as an agent's run does; record it."""
        file = self.file(branch, path)
        if branch.id != MAIN and not file.exists():
            async with self.database.read() as conn:
                known = await find_state(conn, self.scope, branch, path)
            if known is not None:
                await checkout(self.shelf, branch, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        content = new_notebook() | {"cells": [new_cell(*each) for each in _cells(cells)]}
        for cell in content["cells"]:
            if cell["id"] in outputs:
                text = outputs[cell["id"]]
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
        draft = file.with_name("draft")
        draft.write_bytes(write_notebook(content))
        draft.rename(file)
        return await sync(self.shelf, branch, path, by, "run" if by.run_id else "save")

    async def delete(self, branch: Branch, path: str = "n.ipynb") -> None:
        self.file(branch, path).unlink(missing_ok=True)
        await forget(self.shelf, branch, path)

    def sources(self, branch: Branch, path: str = "n.ipynb") -> dict[str, str]:
        """Return the cells of a file, which has to be a valid notebook."""
        content = read_notebook(self.file(branch, path).read_text())
        return {cell["id"]: cell["source"] for cell in content["cells"]}

    async def head(self, branch: Branch, path: str = "n.ipynb") -> dict[str, str] | None:
        """Return the cells that a branch has, whether it has a file of them or not."""
        async with self.database.read() as conn:
            state = await find_state(conn, self.scope, branch, path)
        if state is None or state.version_id is None:
            return None
        content = await load_notebook(self.shelf, state.version_id)
        return {cell["id"]: cell["source"] for cell in content["cells"]}

    async def state(self, branch: Branch, path: str = "n.ipynb") -> Any:
        async with self.database.read() as conn:
            return await find_state(conn, self.scope, branch, path)

    async def run(self, session_id: Any = None) -> Any:
        """Insert a run that is at work."""

        async def work(conn: Any) -> Any:
            id_ = session_id or (await sessions.add_session(conn, self.scope, "S")).id
            made = await runs.add_run(
                conn, self.scope, id_, server_id="s", prompt="p", model="m", branch=MAIN,
                notebook=None,
            )  # fmt: skip
            await runs.start_run(conn, self.scope, made.id, "m")
            return await runs.get_run(conn, self.scope, made.id)

        return await self.write_rows(work)

    def name(self, branch: Branch, path: str = "n.ipynb") -> str:
        return api_name(self.shelf, branch, path)

    def leftovers(self) -> list[str]:
        """Return the drafts that lie about."""
        return [each.name for each in self.shelf.folder.root.rglob(".*.jupyter-sessions-*")]


def _cells(cells: Cells) -> list[tuple[str, str, str]]:
    return [(name, "code", source) for name, source in cells.items()]


async def open_world(root: Path, database: Database, manager: Any) -> World:
    """Return a new project in the folder ``p`` of what ``manager`` serves."""
    os.makedirs(root, exist_ok=True)
    row = await database.write(
        lambda transaction: projects.add_project(
            transaction.conn, UserId("maya"), "P", str(root), "cpu"
        )
    )
    return world_of(str(root), database, manager, (row.scope.user_id, row.scope.project_id))


def world_of(root: str, database: Database, manager: Any, scope: Sequence[str]) -> World:
    """Return a project that is there; ``scope`` is whose it is, and its id."""
    user, project = scope
    news: list[Any] = []
    documents = Documents(manager, publish=lambda project_id, live: news.append(live))
    folder = ProjectFolder(Path(root), "p")
    shelf = Shelf(database, Scope(UserId(user), ProjectId(project)), folder, documents)
    return World(Timeline(database), shelf, news)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'data' / 'sessions.db'}"
