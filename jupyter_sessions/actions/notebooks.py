"""What an agent does with notebooks: change and run cells, with an event for each."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, cast

from pydantic import JsonValue

from ..branches.cell_edits import END, CellEdited, CellEdits
from ..branches.documents import Document, Documents, source_hash
from ..branches.folder import ProjectFolder
from ..errors import BadRequest, NotFound, SessionsError
from ..ids import ProjectId
from ..models.base import Model
from ..models.event import (
    Actor,
    CellChanged,
    CellChangedData,
    CellExecuted,
    CellExecutedData,
    EventBase,
)
from ..models.live import CellOutputs
from ..models.text import storable, storable_json
from ..workspace.execution import Executed
from ..workspace.kernels import Kernels, Turn
from ..workspace.tables import NOTHING, Capture

D = TypeVar("D", bound=Model)
T = TypeVar("T")
MAX_TOUCHED = 1_000


class Append(Protocol):
    """Appends an event to the session's timeline, with the run filled in."""

    async def __call__(
        self, kind: type[EventBase[D]], data: D, /, *, actor: Actor = "agent"
    ) -> EventBase[D]: ...


@dataclass(frozen=True)
class Call:
    """The call of a tool: for whom something is done, and where it is written down."""

    session_id: str
    run_id: str
    call_id: str | None
    append: Append
    wait: Callable[[Literal["waits", "running"]], None] = lambda state: None


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
    """Changes and runs the notebooks of one project; ``path`` is below the project's folder."""

    def __init__(
        self,
        project_id: ProjectId,
        folder: ProjectFolder,
        documents: Documents,
        kernels: Kernels,
        *,
        default_kernel: str | None = None,
    ) -> None:
        """``default_kernel`` serves notebooks that name none; ``None`` is the server's default."""
        self._project_id = project_id
        self._folder = folder
        self._documents = documents
        self._edits = CellEdits(documents)
        self._kernels = kernels
        self._default_kernel = default_kernel
        self._touched: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._running: dict[tuple[str, str], list[asyncio.Event]] = {}
        """What ends when a run of this cell ends, by the notebook's name and the cell's id."""

    async def read(self, call: Call, path: str) -> Document:
        """Return the notebook as it is now."""
        async with self._notebook(call, path) as name:
            return await self._documents.read(name)

    async def create(self, call: Call, path: str) -> None:
        """Make an empty notebook for the project's kernel."""
        if not path.endswith(".ipynb"):
            raise BadRequest(f"The name of a notebook ends with '.ipynb', not {path!r}.")
        name = self._folder.api(path)
        async with self._documents.queue(name):
            await self._folder.make_parent(path)
            kernelspec = await self._kernels.kernelspec(self._default_kernel)
            await whole(self._documents.create(name, kernelspec))

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
        async with self._notebook(call, path) as name:
            change = self._edits.insert(
                self._project_id, name, source, cell_type=cell_type, after=after
            )
            return await whole(self._changed(call, path, change))

    async def edit(
        self, call: Call, path: str, cell_id: str, source: str, expected_hash: str
    ) -> CellEdited:
        """Give a cell a new source; raise ``StaleCell`` when it is not the one expected."""
        async with self._notebook(call, path) as name:
            change = self._edits.edit(self._project_id, name, cell_id, source, expected_hash)
            return await whole(self._changed(call, path, change))

    async def move(self, call: Call, path: str, cell_id: str, after: str | None) -> CellEdited:
        """Move a cell behind another, to the ``"end"``, or to the top (``None``)."""
        async with self._notebook(call, path) as name:
            change = self._edits.move(self._project_id, name, cell_id, after)
            return await whole(self._changed(call, path, change))

    async def delete(self, call: Call, path: str, cell_id: str, expected_hash: str) -> CellEdited:
        """Delete a cell; raise ``StaleCell`` when its source is not the one expected."""
        async with self._notebook(call, path) as name:
            change = self._edits.delete(self._project_id, name, cell_id, expected_hash)
            return await whole(self._changed(call, path, change))

    async def run(self, call: Call, path: str, cell_id: str) -> CellRun:
        """Run a cell in the notebook's own kernel, and keep its outputs in the notebook."""
        with self._runs(self._name(path), cell_id):
            return await self._run(call, path, cell_id)

    async def ended(self, path: str, cell_id: str) -> None:
        """Wait for the runs of a cell that have begun, or wait for the kernel."""
        for run in list(self._running.get((self._name(path), cell_id), ())):
            await run.wait()

    @contextmanager
    def _runs(self, name: str, cell_id: str) -> Iterator[None]:
        key, ended = (name, cell_id), asyncio.Event()
        self._running.setdefault(key, []).append(ended)
        try:
            yield
        finally:
            ended.set()
            self._running[key].remove(ended)
            if not self._running[key]:
                del self._running[key]

    async def _run(self, call: Call, path: str, cell_id: str) -> CellRun:
        async with self._notebook(call, path) as name:
            document = await self._documents.read(name)
            cell = document.cell(cell_id)
            if cell["cell_type"] != "code":
                raise BadRequest(f"Cell {cell_id!r} is {cell['cell_type']}, and cannot be run.")
            kernel = document.kernel_name or self._default_kernel
            # The place in the kernel's queue is taken in the order of the calls.
            turn = await self._kernels.turn(name, kernel)
        running = _Running(self._documents, self._project_id, name, cell_id)
        try:
            executed = await self._execute(call, turn, cell["source"], running)
        except asyncio.CancelledError:
            stopped = Executed(turn.kernel_id, "interrupted", running.outputs, running.count, 0)
            await whole(self._ran(call, path, name, cell_id, cell["source"], stopped))
            raise
        return await whole(self._ran(call, path, name, cell_id, cell["source"], executed))

    async def look(self, path: str, *, flush: bool = False) -> Document:
        """Return the notebook as it lies there; with ``flush`` open front ends save it before."""
        name = self._name(path)
        await self._folder.check(path)
        if flush:
            await self._documents.flush(self._project_id, name)
        try:
            return await self._documents.read(name)
        except NotFound as error:
            raise NotFound(f"notebook {path!r}") from error

    async def shown_value(self, path: str, count: int, plain: str) -> tuple[str | None, Capture]:
        """Return the notebook's kernel, and what the cell of this number returned in it.

        Nothing when the kernel does not show it as ``plain`` any more.
        """
        kernel_id = await self._kernels.find(self._name(path))
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
        self, call: Call, path: str, name: str, cell_id: str, source: str, executed: Executed
    ) -> CellRun:
        kept, problem = False, ""
        try:
            kept = await self._edits.set_outputs(
                self._project_id, name, cell_id, executed.outputs, executed.execution_count
            )
        except SessionsError as error:
            problem = str(error)
        data = CellExecutedData(
            notebook=path,
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

    async def _changed(self, call: Call, path: str, change: Awaitable[CellEdited]) -> CellEdited:
        edited = await change
        if edited.change == "edited" and edited.before == edited.after:
            return edited
        data = CellChangedData(
            notebook=path,
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
    async def _notebook(self, call: Call, path: str) -> AsyncIterator[str]:
        """Give the notebook's name in the contents API, one call after the other."""
        name = self._name(path)
        async with self._documents.queue(name):
            await self._folder.check(path)
            await self._touch(call, name)
            try:
                yield name
            except NotFound as error:
                if not await self._folder.exists(path):
                    raise NotFound(f"notebook {path!r}") from error
                raise

    def _name(self, path: str) -> str:
        name = self._folder.api(path)
        if not name.endswith(".ipynb"):
            raise BadRequest(f"{path!r} is no notebook: its name does not end with '.ipynb'.")
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
