"""Key results as they stand: what they show, their data, and whether they are stale."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from ..branches.places import slugify
from ..errors import BadRequest, NotFound, SessionsError
from ..ids import KeyResultId, SessionId
from ..models.key_result import KeyResult
from ..models.scope import Scope
from ..models.table import Table, Value
from ..storage import key_results, sessions
from ..timeline import Timeline
from .notebooks import NotebookEditor

Editor = Callable[[], Awaitable[NotebookEditor]]
"""Returns the notebooks of the project. Raises FolderMissing."""


async def list_results(
    timeline: Timeline, editor: Editor, scope: Scope, session_id: SessionId
) -> list[KeyResult]:
    """Return the session's key results by number, and whether their cells have changed since.

    Each notebook is read once.
    """
    async with timeline.database.read() as conn:
        await sessions.get_session(conn, scope, session_id)
        found = await key_results.list_key_results(conn, scope, session_id)
    return await _compared(editor, found)


async def read_result(
    timeline: Timeline, editor: Editor, scope: Scope, session_id: SessionId, id_: KeyResultId
) -> KeyResult:
    """Return a key result, and whether its cell has changed since. Raises NotFound."""
    async with timeline.database.read() as conn:
        await sessions.get_session(conn, scope, session_id)
        found = await key_results.get_key_result(conn, scope, session_id, id_)
    return (await _compared(editor, [found]))[0]


async def read_data(
    timeline: Timeline, scope: Scope, session_id: SessionId, id_: KeyResultId
) -> tuple[bytes | None, bytes]:
    """Return table (``None`` when it has none) and outputs, as JSON. Raises NotFound."""
    async with timeline.database.read() as conn:
        await sessions.get_session(conn, scope, session_id)
        place = await key_results.get_result_blobs(conn, scope, session_id, id_)
    table = place.table and (await timeline.get_blob(scope, place.table))[0]
    outputs = place.outputs and (await timeline.get_blob(scope, place.outputs))[0]
    return table or None, outputs or b"[]"


async def read_table(
    timeline: Timeline, scope: Scope, session_id: SessionId, id_: KeyResultId
) -> Table | None:
    """Return the table of a key result; ``None`` when it has none. Raises NotFound."""
    table, _ = await read_data(timeline, scope, session_id, id_)
    return None if table is None else await asyncio.to_thread(Table.model_validate_json, table)


async def read_csv(
    timeline: Timeline, scope: Scope, session_id: SessionId, id_: KeyResultId
) -> tuple[str, bytes]:
    """Return a name for the file, for use in a header, and the table as CSV (RFC 4180, UTF-8)."""
    async with timeline.database.read() as conn:
        found = await key_results.get_key_result(conn, scope, session_id, id_)
    table = await read_table(timeline, scope, session_id, id_)
    if table is None:
        raise BadRequest(f"Key result {found.number} is no table, so there is no CSV of it.")
    return quote(f"{slugify(found.title)}.csv"), await asyncio.to_thread(_csv, table)


def _csv(table: Table) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([_field(value) for value in row])
    return stream.getvalue().encode()


def _field(value: Value) -> Value:
    return str(value).lower() if isinstance(value, bool) else value


async def _compared(editor: Editor, found: Sequence[KeyResult]) -> list[KeyResult]:
    """Return the key results, marked where the cell is no longer what ran."""
    if not found:
        return []
    try:
        notebooks = await editor()
    except SessionsError as error:
        return [_stale(each, str(error)) for each in found]
    known: dict[str, dict[str, str] | str] = {}
    for path in {each.origin.notebook for each in found}:
        try:
            known[path] = (await notebooks.look(path)).hashes()
        except NotFound:
            known[path] = "The notebook was deleted, renamed or moved."
        except SessionsError as error:
            known[path] = str(error)
    return [_stale(each, _reason(each, known[each.origin.notebook])) for each in found]


def _reason(result: KeyResult, hashes: dict[str, str] | str) -> str | None:
    if isinstance(hashes, str):
        return hashes
    present = hashes.get(result.origin.cell_id)
    if present is None:
        return "The cell was deleted."
    return None if present == result.origin.source_hash else "The cell has been changed since."


def _stale(result: KeyResult, reason: str | None) -> KeyResult:
    return result.model_copy(update={"stale": reason is not None, "stale_reason": reason})
