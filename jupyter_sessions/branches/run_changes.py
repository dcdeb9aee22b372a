"""What a run changed in notebooks, and how much of it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..ids import BranchId, NotebookId, OperationId, RunId, VersionId
from ..models.branch import Branch
from ..models.version import ChangedNotebook, DiffCell, NotebookDiff
from ..notebooks.diff import CellDiff, counts, diff
from ..notebooks.manifest import Manifest
from ..notebooks.pieces import digest_of, text_bytes
from ..storage import operations
from ..storage.branches import get_branch
from ..storage.connections import Conn
from ..storage.operations import Change
from ..storage.states import get_state
from .layout import file_of
from .loading import load_differing, load_some
from .reading import diff_moments
from .references import Moment
from .shelf import Rows, Shelf


@dataclass(frozen=True, slots=True)
class RunNotebook:
    """A notebook of one branch that a run changed: its first state, and the last."""

    branch: Branch
    notebook_id: NotebookId
    first: OperationId
    last: OperationId
    old_path: str | None
    new_path: str | None
    old_version: VersionId | None
    new_version: VersionId | None

    @property
    def path(self) -> str:
        """What it is called; was, if the run deleted it."""
        return self.new_path or self.old_path or ""

    @property
    def file(self) -> str:
        """Its file below the project."""
        return file_of(self.branch.folder, self.path)


async def list_run_notebooks(conn: Conn, rows: Rows, run_id: RunId) -> list[RunNotebook]:
    """Return the notebooks that a run changed, in the order in which it came to them."""
    found: dict[tuple[BranchId, NotebookId], list[tuple[OperationId, Change]]] = {}
    for operation, changes in await operations.list_run(conn, rows.scope, run_id):
        for change in changes:
            key = operation.branch_id, change.notebook_id
            found.setdefault(key, []).append((operation.id, change))
    branches = {id_: await get_branch(conn, rows.scope, id_) for id_, _ in found}
    return [_joined(branches[id_], steps) for (id_, _), steps in found.items()]


def _joined(branch: Branch, steps: Sequence[tuple[OperationId, Change]]) -> RunNotebook:
    (first, before), (last, after) = steps[0], steps[-1]
    return RunNotebook(
        branch,
        before.notebook_id,
        first,
        last,
        before.old_path,
        after.new_path,
        before.old_version,
        after.new_version,
    )


async def describe(rows: Rows, notebook: RunNotebook) -> ChangedNotebook | None:
    """Return what a run did to a notebook, in numbers; ``None`` when it left it as it was."""
    old, new = await load_some(rows, notebook.old_version, notebook.new_version)
    if old == new and notebook.old_path == notebook.new_path:
        return None
    pieces = await load_differing(rows, old, new)
    load = pieces.__getitem__

    def work() -> ChangedNotebook:
        found = diff(old, new, load)
        ran = [cell for cell in found if _only_ran(cell)]
        rest = [cell for cell in found if not _only_ran(cell)]
        lines = counts(rest, load)
        return ChangedNotebook(
            notebook=notebook.path,
            branch=notebook.branch.id,
            branch_name=notebook.branch.name,
            cells=len(rest),
            lines_added=lines.lines_added,
            lines_removed=lines.lines_removed,
            outputs=len(ran),
        )

    return await asyncio.to_thread(work)


def _only_ran(cell: CellDiff) -> bool:
    return not (cell.added or cell.removed or cell.source or cell.moved or cell.cell_type)


async def diff_run(shelf: Shelf, notebook: RunNotebook, *, undone: bool) -> NotebookDiff:
    """Return what a run did to a notebook, cell by cell, and which of it stands.

    ``undone``: all of it was taken back, cells that were only run or moved too.
    """
    id_, branch = notebook.notebook_id, notebook.branch
    found = await diff_moments(
        shelf,
        Moment(branch, id_, notebook.old_path, notebook.old_version),
        Moment(branch, id_, notebook.new_path, notebook.new_version),
        f"before:{notebook.first}",
        f"version:{notebook.last}",
    )
    async with shelf.database.read() as conn:
        now = await get_state(conn, shelf.scope, branch, id_)
    [manifest] = await load_some(shelf, None if now is None else now.version_id)
    cells = await asyncio.to_thread(_with_states, found.cells, manifest, undone)
    return found.model_copy(update={"cells": cells})


def _with_states(cells: Iterable[DiffCell], now: Manifest, undone: bool) -> list[DiffCell]:
    return [cell.model_copy(update={"state": _state(cell, now, undone)}) for cell in cells]


def _state(cell: DiffCell, now: Manifest, undone: bool) -> str:
    entry = now.by_id.get(cell.cell_id)
    present = None if entry is None else entry.source
    before, after = _digest(cell.before), _digest(cell.after)
    if before == after:
        if undone:
            return "taken_back"
        return "open" if present == after else "changed_since"
    if present == after:
        return "open"
    return "taken_back" if present == before else "changed_since"


def _digest(text: str | None) -> str | None:
    return None if text is None else digest_of(text_bytes(text))
