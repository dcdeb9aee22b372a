"""A project with a session and a run, as rows: what tools and notebooks of a run work with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.branches.shelf import Shelf
from jupyter_sessions.ids import MAIN, SessionId, UserId
from jupyter_sessions.models.run import Run
from jupyter_sessions.storage import projects, runs, sessions
from jupyter_sessions.storage.database import Database


async def add_project_rows(database: Database, folder: Path) -> projects.ProjectRow:
    """Insert a project of Maya's that lies in ``folder``."""

    async def work(transaction: Any) -> projects.ProjectRow:
        user = UserId("maya")
        return await projects.add_project(transaction.conn, user, "P", str(folder), "cpu")

    return await database.write(work)


async def add_run_rows(database: Database, shelf: Shelf, session: SessionId | None = None) -> Run:
    """Insert a run that is at work, in a new session or in the one given."""

    async def work(transaction: Any) -> Run:
        conn, id_ = transaction.conn, session
        if id_ is None:
            id_ = (await sessions.add_session(conn, shelf.scope, "S")).id
        made = await runs.add_run(
            conn, shelf.scope, id_, server_id="s", prompt="p", model="offline", branch=MAIN,
            notebook=None,
        )  # fmt: skip
        await runs.start_run(conn, shelf.scope, made.id, "offline")
        return made

    return await database.write(work)


def shelf_of(
    database: Database, row: projects.ProjectRow, folder: ProjectFolder, documents: Documents
) -> Shelf:
    """Return the notebooks of a project."""
    return Shelf(database, row.scope, folder, documents)
