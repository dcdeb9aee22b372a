"""What the tests of versions share: a project on a real contents manager, and its branches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from jupyter_sessions.branches.cell_edits import CellEdits
from jupyter_sessions.branches.checkout import checkout
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.shelf import Shelf
from jupyter_sessions.branches.syncing import keeper
from jupyter_sessions.ids import MAIN, BranchId, RunId, SessionId
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.storage import branches, operations
from jupyter_sessions.storage.operations import Change, Operation
from jupyter_sessions.storage.states import find_state

AGENT = By("agent", SessionId("s"), RunId("r"))


async def get_branch(shelf: Shelf, id_: BranchId = MAIN) -> Branch:
    async with shelf.database.read() as conn:
        return await branches.get_branch(conn, shelf.scope, id_)


async def add_branch(shelf: Shelf, name: str, parent: Branch | None = None) -> Branch:
    """Make a branch of the present state of another (of main)."""
    folder = f"branches/{name}"

    async def work(transaction: Any) -> Branch:
        conn, scope = transaction.conn, shelf.scope
        last = await operations.last_operation(conn, scope)
        of = MAIN if parent is None else parent.id
        return await branches.add_branch(conn, scope, name, folder, parent=of, forked_at=last)

    return await shelf.database.write(work)


async def edit(shelf: Shelf, branch: Branch, cell_id: str, source: str, by: By = AGENT) -> None:
    """Change a cell as the agent does."""
    file = await checkout(shelf, branch, "n.ipynb")
    name = shelf.folder.api(file)
    edits = CellEdits(shelf.documents, keeper(shelf, branch, "n.ipynb", by))
    present = (await shelf.documents.read(name)).hashes()[cell_id]
    await edits.edit(shelf.scope.project_id, name, cell_id, source, present)


async def history(
    shelf: Shelf, branch: Branch, path: str = "n.ipynb"
) -> list[tuple[Operation, Change]]:
    """Return the changes of a notebook on a branch, oldest first."""
    async with shelf.database.read() as conn:
        state = await find_state(conn, shelf.scope, branch, path)
        assert state is not None, f"{branch.name} has no {path}"
        found = await operations.list_history(conn, branch.id, state.notebook_id)
    return found[::-1]


async def kinds(shelf: Shelf, branch: Branch, path: str = "n.ipynb") -> list[str]:
    return [operation.kind for operation, _ in await history(shelf, branch, path)]


def sources(file: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(file, as_version=4).cells]
