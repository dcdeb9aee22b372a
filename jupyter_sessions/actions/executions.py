"""What a cell really put out: as the log has it, or as its notebook shows it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..branches.documents import Document, source_hash
from ..branches.paths import clean_parts
from ..errors import BadRequest, Denied, TooLarge
from ..ids import SessionId, StreamId
from ..models.event import Blob, CellExecuted
from ..models.key_result import ResultOrigin
from ..models.line_events import SessionImported
from ..models.scope import Scope
from ..models.table import Table
from ..storage import events
from ..storage.executions import list_executions
from ..timeline import Timeline
from ..workspace.tables import NOTHING
from .notebooks import NotebookEditor

MAX_OUTPUTS = 20_000_000
"""Bytes of outputs that a key result keeps."""
TITLE_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Execution:
    """What came of running a cell."""

    origin: ResultOrigin
    source: str
    outputs: bytes
    """As JSON, in nbformat 4.5."""
    table: Table | None = None
    table_json: bytes = b""

    @property
    def title(self) -> str:
        """A title for it: what the cell begins with."""
        lines = [line.strip(" \t#") for line in self.source.splitlines()]
        first = next(filter(None, lines), "")
        named = "".join(char for char in first if char.isprintable())
        if len(named) > TITLE_WIDTH:
            named = f"{named[: TITLE_WIDTH - 1]}…"
        return named or "Result"


async def executed_by_agent(
    timeline: Timeline,
    editor: NotebookEditor,
    scope: Scope,
    session_id: SessionId,
    notebook: str,
    cell_id: str,
) -> Execution:
    """Return the last execution in the session's log, else what the notebook shows.

    ``notebook`` is its file below the project, on whatever branch.

    The kernel is not asked for what is in the log. A run of this very cell that has begun is
    waited for. Raises NotFound, BadRequest.
    """
    await editor.ended(session_id, cell_id)
    logged = await _logged(timeline, editor, session_id, notebook, cell_id)
    if logged is None:
        return await _shown(editor, notebook, cell_id, await editor.look(notebook, flush=True))
    if logged.data.status != "ok":
        raise BadRequest(
            f"Cell {cell_id!r} did not come to its end when it last ran. Run it again first."
        )
    return await _of_log(timeline, scope, notebook, logged)


async def shown_in_notebook(
    timeline: Timeline,
    editor: NotebookEditor,
    scope: Scope,
    session_id: SessionId,
    notebook: str,
    cell_id: str,
) -> Execution:
    """Return what the notebook shows: with all that the log says, where the agent ran the cell.

    Raises NotFound, BadRequest.
    """
    document = await editor.look(notebook, flush=True)
    cell = document.cell(cell_id)
    logged = await _logged(timeline, editor, session_id, notebook, cell_id)
    if logged is not None and logged.data.execution_count == cell.get("execution_count"):
        found = await _of_log(timeline, scope, notebook, logged)
        if _result(json.loads(found.outputs)) == _result(cell.get("outputs", [])):
            return found
    return await _shown(editor, notebook, cell_id, document)


async def _logged(
    timeline: Timeline, editor: NotebookEditor, session_id: SessionId, file: str, cell_id: str
) -> CellExecuted | None:
    place = await editor.locate("/".join(clean_parts(file)))
    if place is None:
        return None
    branch, wanted = place[0].id, clean_parts(place[1])
    async with timeline.database.read() as conn:
        first = await events.get_event(conn, StreamId(session_id), 1)
        # What came out of a file may be made up: no kernel of ours has returned it.
        theirs = first.seq + first.data.events if isinstance(first, SessionImported) else 0
        async for event in list_executions(conn, session_id, cell_id):
            if event.seq <= theirs:
                return None
            try:
                same = clean_parts(event.data.notebook) == wanted
                if same and event.data.branch == branch:
                    return event
            except (BadRequest, Denied):
                continue
    return None


async def _of_log(timeline: Timeline, scope: Scope, file: str, event: CellExecuted) -> Execution:
    data = event.data

    async def whole(value: Any) -> bytes:
        if isinstance(value, Blob):
            return (await timeline.get_blob(scope, value.blob))[0]
        return value.encode() if isinstance(value, str) else _as_json(value)

    source = (await whole(data.source)).decode("utf-8", "replace")
    origin = ResultOrigin(
        notebook="/".join(clean_parts(file)),
        cell_id=data.cell_id,
        execution_count=data.execution_count,
        source_hash=data.source_hash or source_hash(source),
        run_id=event.run_id,
        call_id=data.call_id,
        event=event.seq,
        kernel_id=data.kernel_id,
        executed_at=event.ts,
    )
    table = None if data.table is None else await whole(data.table)
    outputs = await asyncio.to_thread(_without_nan, await whole(data.outputs))
    return await _execution(origin, source, outputs, table)


async def _shown(
    editor: NotebookEditor, notebook: str, cell_id: str, document: Document
) -> Execution:
    cell = document.cell(cell_id)
    if not cell.get("outputs"):
        raise BadRequest(f"Cell {cell_id!r} shows no output. Run it, then promote what it shows.")
    count, plain = _result(cell["outputs"])
    kernel_id, value = None, NOTHING
    if count is not None and plain is not None:
        kernel_id, value = await editor.shown_value(notebook, count, plain)
    source = cell["source"]
    if value.source is not None and value.source != source.rstrip("\n"):
        source = value.source  # it was edited since it ran
    origin = ResultOrigin(
        notebook="/".join(clean_parts(notebook)),
        cell_id=cell_id,
        execution_count=_whole_number(cell.get("execution_count")),
        source_hash=source_hash(source),
        kernel_id=None if value == NOTHING else kernel_id,
    )
    outputs = await asyncio.to_thread(_as_json, cell["outputs"])
    table = None if value.table is None else value.table.encode()
    return await _execution(origin, source, outputs, table)


async def _execution(
    origin: ResultOrigin, source: str, outputs: bytes, table: bytes | None
) -> Execution:
    if len(outputs) > MAX_OUTPUTS:
        raise TooLarge(
            f"The outputs of cell {origin.cell_id!r} have more than {MAX_OUTPUTS:,} bytes. "
            "Show less in it, then run it again."
        )
    if table is None:
        if outputs.strip() == b"[]":
            raise BadRequest(
                f"Cell {origin.cell_id!r} put out nothing. End it with what it found, run it again."
            )
        return Execution(origin, source, outputs)
    parsed = await asyncio.to_thread(Table.model_validate_json, table)
    return Execution(origin, source, outputs, parsed, table)


def _as_json(outputs: Any) -> bytes:
    text = json.dumps(outputs, ensure_ascii=False, separators=(",", ":"))
    return _without_nan(text.encode("utf-8", "replace"))


def _without_nan(raw: bytes) -> bytes:
    """Return JSON that browsers read: files of notebooks may hold NaN and infinities."""
    if b"NaN" not in raw and b"Infinity" not in raw:
        return raw
    outputs = json.loads(raw, parse_constant=lambda name: None)
    return json.dumps(outputs, ensure_ascii=False, separators=(",", ":")).encode()


def _result(outputs: Sequence[Mapping[str, Any]]) -> tuple[int | None, str | None]:
    """Return number and text of the value that the outputs show; ``None`` when there is none."""
    for output in reversed(outputs):
        if output.get("output_type") == "execute_result":
            plain = (output.get("data") or {}).get("text/plain")
            text = "".join(map(str, plain)) if isinstance(plain, list) else plain
            count = _whole_number(output.get("execution_count"))
            return count, text if isinstance(text, str) else None
    return None, None


def _whole_number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
