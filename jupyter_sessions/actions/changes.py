"""What a run changed: said at its end, and looked at afterwards."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ..branches.run_changes import describe, diff_run, list_run_notebooks
from ..branches.shelf import DatabaseRows, Rows, Shelf
from ..branches.surroundings import NO_FILES, Changes
from ..errors import NotFound
from ..ids import MAIN, RunId
from ..models.branch_events import NotebooksChanged, NotebooksChangedData, RunUndoneData
from ..models.run import Run
from ..models.scope import Scope
from ..models.version import ChangedFile, LeftAlone, NotebookDiff, RunChanges
from ..storage import branches, events, operations, runs, states
from ..storage.connections import Conn
from ..storage.database import Database
from ..timeline import Entry, Origin, Timeline
from . import file_changes

_log = logging.getLogger(__name__)
NOTHING = NotebooksChangedData(notebooks=[], files=[])


async def changes_of(
    rows: Rows, run_id: RunId, by_code: Changes = NO_FILES
) -> NotebooksChangedData:
    """Return what a run has changed until now; ``by_code``: files that cells and commands did."""
    async with rows.database.read() as conn:
        notebooks = await list_run_notebooks(conn, rows, run_id)
        histories = await file_changes.list_histories(conn, run_id)
        files = [await file_changes.describe(None, each) for each in histories]
        known = {each.path for each in files} | {each.file for each in notebooks}
        for each in by_code.files:
            if each.path not in known and not await _is_of_user(conn, rows, each.path):
                files.append(each)
    found = [await describe(rows, each) for each in notebooks]
    return NotebooksChangedData(
        notebooks=[each for each in found if each is not None],
        files=files,
        incomplete=by_code.incomplete,
    )


async def _is_of_user(conn: Conn, rows: Rows, path: str) -> bool:
    """Tell whether a file is a notebook that a person saved last: that is no run's doing."""
    if not path.endswith(".ipynb"):
        return False
    main = await branches.get_branch(conn, rows.scope, MAIN)
    state = await states.find_state(conn, rows.scope, main, path)
    if state is None:
        return False
    last = await operations.last_change(conn, MAIN, state.notebook_id)
    return last is not None and last[0].writer == "user" and last[0].kind != "found"


async def changes_at_end(
    database: Database, scope: Scope, run_id: RunId, by_code: Changes = NO_FILES
) -> NotebooksChangedData:
    """Return what a run has changed, to be said at its end. Nothing keeps it from ending."""
    try:
        return await changes_of(DatabaseRows(database, scope), run_id, by_code)
    except NotFound as error:  # a version of it is gone
        _log.warning("What run %s changed is not known: %s", run_id, error)
        return NOTHING


def tell_changes(entry: Entry, origin: Origin, data: NotebooksChangedData) -> None:
    """Write down what a run changed, if anything, before its end."""
    if data.notebooks or data.files:
        entry.append(origin, NotebooksChanged, data, actor="system")


@dataclass(frozen=True, slots=True)
class Undos:
    """The undos of a run that stand, oldest first."""

    stack: tuple[RunUndoneData, ...]
    left: list[LeftAlone]
    """What the last one left alone, even if it found nothing else to do."""

    @property
    def last(self) -> RunUndoneData | None:
        """The one that a redo takes back."""
        return self.stack[-1] if self.stack else None

    @property
    def whole(self) -> bool:
        """Whether one of them took all back."""
        return any(not each.partly for each in self.stack)


async def list_undos(conn: Conn, run_id: RunId) -> Undos:
    """Return the undos of a run that were not taken back themselves."""
    stack: list[RunUndoneData] = []
    left: list[LeftAlone] = []
    for event in await events.list_run_events(conn, run_id, types=("run.undone",)):
        data = event.data
        assert isinstance(data, RunUndoneData)
        left = data.left
        if data.redo:
            del stack[-1:]
        elif data.undos or data.changed:
            begun = stack.pop() if stack and stack[-1].unfinished else None
            stack.append(data if begun is None else _joined(begun, data))
    return Undos(tuple(stack), left)


def _joined(begun: RunUndoneData, data: RunUndoneData) -> RunUndoneData:
    """Return an undo with what it did on branches before, in the same go or in one cut short."""
    files = {each.path: each for each in begun.changed}
    for each in data.changed:
        first = files.get(each.path, each)
        files[each.path] = each.model_copy(update={"before": first.before})
    undos = list(dict.fromkeys([*begun.undos, *data.undos]))
    return data.model_copy(update={"undos": undos, "changed": list(files.values())})


async def read_changes(timeline: Timeline, shelf: Shelf, run_id: RunId) -> RunChanges:
    """Return what a run changed, and what of it was taken back. Raises NotFound."""
    run, said, undos = await _known(shelf, run_id)
    histories = []
    async with shelf.database.read() as conn:
        histories = await file_changes.list_histories(conn, run_id)
    by_tools = [await file_changes.describe(shelf.folder, each) for each in histories]
    by_code = [each for each in said.files if each.by == "code"]
    if run.completed_at is None or not (said.notebooks or said.files):
        said = await changes_of(shelf, run_id)
    last = undos.last
    undone = "no"
    if last is not None:
        undone = "yes" if await _all_taken_back(shelf, run_id, undos, by_tools) else "partly"
    return RunChanges.model_validate(
        {
            "run_id": run_id,
            "notebooks": said.notebooks,
            "files": [*by_tools, *by_code],
            "incomplete": said.incomplete,
            "undone": undone,
            "undo": None if last is None or not last.undos else last.undos[-1],
            "left": undos.left,
        }
    )


async def read_run_diff(timeline: Timeline, shelf: Shelf, run_id: RunId) -> list[NotebookDiff]:
    """Return what a run changed in notebooks, cell by cell. Raises NotFound."""
    _, _, undos = await _known(shelf, run_id)
    async with shelf.database.read() as conn:
        notebooks = await list_run_notebooks(conn, shelf, run_id)
    found = [await diff_run(shelf, each, undone=undos.whole) for each in notebooks]
    return [each for each in found if each.cells or each.existed != each.exists]


async def _all_taken_back(
    shelf: Shelf, run_id: RunId, undos: Undos, files: Sequence[ChangedFile]
) -> bool:
    async with shelf.database.read() as conn:
        notebooks = await list_run_notebooks(conn, shelf, run_id)
    for each in notebooks:
        found = await diff_run(shelf, each, undone=undos.whole)
        if any(cell.state != "taken_back" for cell in found.cells):
            return False
    return all(each.state == "taken_back" for each in files if each.covered)


async def _known(shelf: Shelf, run_id: RunId) -> tuple[Run, NotebooksChangedData, Undos]:
    async with shelf.database.read() as conn:
        run = await runs.get_run(conn, shelf.scope, run_id)
        said = await events.list_run_events(conn, run_id, types=("notebooks.changed",))
        undos = await list_undos(conn, run_id)
    return run, said[-1].data if said else NOTHING, undos
