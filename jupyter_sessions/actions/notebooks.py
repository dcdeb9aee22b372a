"""What an agent does with notebooks: change and run cells, with an event for each."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from pydantic import JsonValue

from ..branches.cell_edits import END, CellEdited, CellEdits
from ..branches.checkout import checkout, shared_state
from ..branches.documents import Document, Documents, source_hash
from ..branches.layout import make_ready
from ..branches.shelf import Shelf
from ..branches.watching import locate_file
from ..errors import BadRequest, Conflict, NotFound, SessionsError
from ..ids import BranchId, ProjectId
from ..models.branch import Branch
from ..models.event import (
    CellChanged,
    CellChangedData,
    CellExecuted,
    CellExecutedData,
)
from ..models.live import CellOutputs
from ..models.text import storable, storable_json
from ..storage import branches
from ..workspace.execution import Executed
from ..workspace.kernels import Kernels, Turn
from ..workspace.tables import NOTHING, Capture
from .places import Call, Place, branch_of, place_of

T = TypeVar("T")
MAX_TOUCHED = 1_000


@dataclass(frozen=True)
class CellRun:
    """A cell that was run, and whether it was still there to keep its outputs."""

    executed: Executed
    kept: bool
    problem: str = ""
    """Why the outputs could not be written into the notebook."""


async def whole(work: Coroutine[Any, Any, T]) -> T:
    """Do the work to its end, even when the caller is cancelled: a change and its event are one."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await asyncio.wait({task})
        raise


class NotebookEditor:
    """Changes and runs the notebooks of one project.

    ``path`` is the notebook's, below the project's folder, on the branch of the call's run;
    ``file`` is any file below the folder, those of branches among them.
    """

    def __init__(
        self, shelf: Shelf, kernels: Kernels, *, default_kernel: str | None = None
    ) -> None:
        """``default_kernel`` serves notebooks that name none; ``None`` is the server's default."""
        self._shelf = shelf
        self._project_id = shelf.scope.project_id
        self._folder = shelf.folder
        self._documents = shelf.documents
        self._edits = CellEdits(shelf.documents)
        self._kernels = kernels
        self._default_kernel = default_kernel
        self._touched: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._running: dict[tuple[str, str], list[asyncio.Event]] = {}
        """What ends when a run of this cell ends, by session and cell."""

    async def read(self, call: Call, path: str) -> Document:
        """Return the notebook as it is now."""
        async with self._notebook(call, path) as place:
            return await self._documents.read(place.name)

    async def create(self, call: Call, path: str) -> None:
        """Make an empty notebook for the project's kernel."""
        if not path.endswith(".ipynb"):
            raise BadRequest(f"The name of a notebook ends with '.ipynb', not {path!r}.")
        async with self._queue(call, path):
            place = await self._place(call, path)
            if place.branch.folder:
                if await shared_state(self._shelf, place.branch, place.notebook) is not None:
                    raise Conflict(f"There is already a notebook {path!r}; choose another name.")
                root = self._folder.root
                await asyncio.to_thread(make_ready, root, place.branch.folder)
            await self._folder.make_parent(place.file)
            kernelspec = await self._kernels.kernelspec(self._default_kernel)
            await whole(self._documents.create(place.name, kernelspec, place.kept))

    async def insert(
        self,
        call: Call,
        path: str,
        source: str,
        *,
        cell_type: Literal["code", "markdown", "raw"] = "code",
        after: str | None = END,
    ) -> CellEdited:
        """Insert a cell behind another, at the ``"end"``, or at the top (``None``)."""
        async with self._edited(call, path) as (place, edits):
            change = edits.insert(
                self._project_id, place.name, source, cell_type=cell_type, after=after
            )
            return await whole(self._changed(call, place, change))

    async def edit(
        self, call: Call, path: str, cell_id: str, source: str, expected_hash: str
    ) -> CellEdited:
        """Give a cell a new source; raise ``StaleCell`` when it is not the one expected."""
        async with self._edited(call, path) as (place, edits):
            change = edits.edit(self._project_id, place.name, cell_id, source, expected_hash)
            return await whole(self._changed(call, place, change))

    async def move(self, call: Call, path: str, cell_id: str, after: str | None) -> CellEdited:
        """Move a cell behind another, to the ``"end"``, or to the top (``None``)."""
        async with self._edited(call, path) as (place, edits):
            change = edits.move(self._project_id, place.name, cell_id, after)
            return await whole(self._changed(call, place, change))

    async def delete(self, call: Call, path: str, cell_id: str, expected_hash: str) -> CellEdited:
        """Delete a cell; raise ``StaleCell`` when its source is not the one expected."""
        async with self._edited(call, path) as (place, edits):
            change = edits.delete(self._project_id, place.name, cell_id, expected_hash)
            return await whole(self._changed(call, place, change))

    async def run(self, call: Call, path: str, cell_id: str) -> CellRun:
        """Run a cell in the notebook's own kernel, and keep its outputs in the notebook."""
        with self._runs(call.session_id, cell_id):
            return await self._run(call, path, cell_id)

    async def file(self, call: Call, path: str) -> str:
        """Return the file of a notebook on the branch of the call's run."""
        return (await self._place(call, path)).file

    async def readable(self, call: Call, path: str) -> str:
        """Return the file of a notebook on the branch of the call's run; it is there, if any is."""
        place = await self._place(call, path)
        with suppress(BadRequest, NotFound):  # reading the file says what is wrong with it
            await checkout(self._shelf, place.branch, place.notebook)
        return place.file

    async def branch(self, call: Call) -> Branch:
        """Return the branch that the call's run works on."""
        return await branch_of(self._shelf, call)

    async def locate(self, file: str) -> tuple[Branch, str] | None:
        """Return branch and notebook of a file below the project."""
        return await locate_file(self._shelf, file)

    async def branch_name(self, id_: BranchId) -> str:
        """Return what a branch is called. Raises NotFound."""
        async with self._shelf.database.read() as conn:
            return (await branches.get_branch(conn, self._shelf.scope, id_)).name

    async def ended(self, session_id: str, cell_id: str) -> None:
        """Wait for a session's runs of a cell that have begun, or wait for the kernel."""
        for run in list(self._running.get((session_id, cell_id), ())):
            await run.wait()

    @contextmanager
    def _runs(self, session_id: str, cell_id: str) -> Iterator[None]:
        key, ended = (session_id, cell_id), asyncio.Event()
        self._running.setdefault(key, []).append(ended)
        try:
            yield
        finally:
            ended.set()
            self._running[key].remove(ended)
            if not self._running[key]:
                del self._running[key]

    async def _run(self, call: Call, path: str, cell_id: str) -> CellRun:
        async with self._notebook(call, path) as place:
            document = await self._documents.read(place.name)
            cell = document.cell(cell_id)
            if cell["cell_type"] != "code":
                raise BadRequest(f"Cell {cell_id!r} is {cell['cell_type']}, and cannot be run.")
            kernel = document.kernel_name or self._default_kernel
            # The place in the kernel's queue is taken in the order of the calls.
            turn = await self._kernels.turn(place.name, kernel)
        running = _Running(self._documents, self._project_id, place.name, cell_id)
        try:
            executed = await self._execute(call, turn, cell["source"], running)
        except asyncio.CancelledError:
            stopped = Executed(turn.kernel_id, "interrupted", running.outputs, running.count, 0)
            await whole(self._ran(call, place, cell_id, cell["source"], stopped))
            raise
        return await whole(self._ran(call, place, cell_id, cell["source"], executed))

    async def look(self, file: str, *, flush: bool = False) -> Document:
        """Return the notebook as it lies there; with ``flush`` open front ends save it before."""
        name = self._name(file)
        await self._folder.check(file)
        if flush:
            await self._documents.flush(self._project_id, name)
        try:
            return await self._documents.read(name)
        except NotFound as error:
            raise NotFound(f"notebook {file!r}") from error

    async def shown_value(self, file: str, count: int, plain: str) -> tuple[str | None, Capture]:
        """Return the notebook's kernel, and what the cell of this number returned in it.

        Nothing when the kernel does not show it as ``plain`` any more.
        """
        kernel_id = await self._kernels.find(self._name(file))
        if kernel_id is None:
            return None, NOTHING
        return kernel_id, await self._kernels.shown_value(kernel_id, count, plain)

    async def interrupt(self, session_id: str) -> bool:
        """Interrupt the cells that this session runs; tell whether there were any."""
        return await self._kernels.interrupt(session_id)

    async def _execute(self, call: Call, turn: Turn, source: str, running: _Running) -> Executed:
        try:
            await running.show([], None)
            return await self._kernels.run(
                turn, source, owner=call.session_id, show=running.show, wait=call.wait
            )
        except SessionsError:
            await running.show([], None, running=False)
            raise
        finally:
            turn.leave()

    async def _ran(
        self, call: Call, place: Place, cell_id: str, source: str, executed: Executed
    ) -> CellRun:
        kept, problem = False, ""
        try:
            kept = await self._edits.keeping(place.kept).set_outputs(
                self._project_id, place.name, cell_id, executed.outputs, executed.execution_count
            )
        except SessionsError as error:
            problem = str(error)
        data = CellExecutedData(
            notebook=place.notebook,
            branch=place.branch.id,
            cell_id=cell_id,
            call_id=call.call_id,
            kernel_id=executed.kernel_id,
            execution_count=executed.execution_count,
            source=storable(source),
            outputs=_storable(executed.outputs),
            status=executed.status,
            duration_ms=executed.duration_ms,
            source_hash=source_hash(source),
            table=executed.table,
        )
        await call.append(CellExecuted, data, actor="kernel")
        return CellRun(executed, kept, problem)

    async def _changed(self, call: Call, place: Place, change: Awaitable[CellEdited]) -> CellEdited:
        edited = await change
        if edited.change == "edited" and edited.before == edited.after:
            return edited
        data = CellChangedData(
            notebook=place.notebook,
            branch=place.branch.id,
            cell_id=edited.cell_id,
            change=edited.change,
            cell_type=edited.cell_type,
            call_id=call.call_id,
            before=None if edited.before is None else storable(edited.before),
            after=None if edited.after is None else storable(edited.after),
            index=edited.index,
            lines_added=edited.lines_added,
            lines_removed=edited.lines_removed,
        )
        await call.append(CellChanged, data)
        return edited

    @asynccontextmanager
    async def _edited(self, call: Call, path: str) -> AsyncIterator[tuple[Place, CellEdits]]:
        """Give the notebook, and what edits its cells so that each edit is recorded."""
        async with self._notebook(call, path) as place:
            yield place, self._edits.keeping(place.kept)

    @asynccontextmanager
    async def _notebook(self, call: Call, path: str) -> AsyncIterator[Place]:
        """Give the notebook on the branch of the run, as a file; one call after the other."""
        async with self._queue(call, path):
            place = await self._place(call, path)
            await self._folder.check(place.file)
            await self._touch(call, place.name)
            with suppress(BadRequest):  # its file is no notebook: what is done with it says so
                await checkout(self._shelf, place.branch, place.notebook)
            try:
                yield place
            except NotFound as error:
                if not await self._folder.exists(place.file):
                    raise NotFound(f"notebook {path!r}") from error
                raise

    def _queue(self, call: Call, path: str) -> asyncio.Lock:
        """Return the lock that keeps the calls of one response in their order."""
        return self._documents.queue(f"{call.session_id}:{self._name(path)}")

    async def _place(self, call: Call, path: str) -> Place:
        """Return where a notebook of the run's branch lies."""
        self._name(path)
        return await place_of(self._shelf, call, path)

    def _name(self, file: str) -> str:
        name = self._folder.api(file)
        if not name.endswith(".ipynb"):
            raise BadRequest(f"{file!r} is no notebook: its name does not end with '.ipynb'.")
        return name

    async def _touch(self, call: Call, name: str) -> None:
        """Before a run's first look at a notebook, have what the user has typed saved."""
        if (call.run_id, name) in self._touched:
            return
        self._touched[call.run_id, name] = None
        if len(self._touched) > MAX_TOUCHED:
            self._touched.popitem(last=False)
        await self._documents.flush(self._project_id, name)


def _storable(outputs: list[dict[str, Any]]) -> list[dict[str, JsonValue]]:
    return [cast("dict[str, JsonValue]", storable_json(output)) for output in outputs]


class _Running:
    """Shows the outputs of a cell while they come, and remembers the last."""

    def __init__(
        self, documents: Documents, project_id: ProjectId, name: str, cell_id: str
    ) -> None:
        self._documents, self._project_id = documents, project_id
        self._name, self._cell_id = name, cell_id
        self.outputs: list[dict[str, Any]] = []
        self.count: int | None = None

    async def show(
        self, outputs: list[dict[str, Any]], count: int | None, running: bool = True
    ) -> None:
        self.outputs, self.count = outputs, count
        op = CellOutputs(
            cell_id=self._cell_id, outputs=outputs, execution_count=count, running=running
        )
        await self._documents.show(self._project_id, self._name, op)
