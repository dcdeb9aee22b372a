"""What a session is told of those it needs: pinned to what was there when it was taken in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ..branches.documents import outputs_text
from ..errors import Conflict
from ..ids import KeyResultId, SessionId, StreamId
from ..models.dependency import Dependency
from ..models.envelope import Actor, Blob
from ..models.findings_events import (
    ContextImported,
    ContextImportedData,
    ImportedKeyResult,
)
from ..models.key_result import KeyResult
from ..models.scope import Scope
from ..models.table import Table
from ..models.text import json_line
from ..storage import dependencies, dispositions, events, key_results, projects, sessions
from ..storage.dispositions import DispositionRow
from ..timeline import Entry, Origin, Timeline
from .key_results import Editor, list_results, read_data
from .sessions import announce

MAX_RESULT = 8_000
"""Characters of the data of one key result."""
MAX_DESCRIPTION = 2_000
MAX_ROWS = 50
MAX_COLUMNS = 50
MAX_UPSTREAM = 24_000
"""Characters of what one session is told of another."""
MAX_ALL = 120_000
"""Characters of what it is told of all of them."""
TRIES = 5
GONE = -1


@dataclass(frozen=True, slots=True)
class Found:
    """What a session has found and decided."""

    session_id: SessionId
    name: str
    cursor: int
    version: int
    decision: DispositionRow
    results: list[KeyResult]
    tables: dict[KeyResultId, Blob]


async def read_contexts(
    timeline: Timeline, editor: Editor, scope: Scope, session_id: SessionId
) -> list[str]:
    """Return what the session is told of each session that it needs, in order.

    What was imported, as it was imported; else what an import would give now.
    """
    needed = await _needed(timeline, scope, session_id)
    texts = []
    for each in needed:
        if each.imported_seq is not None:
            texts.append(await _imported_text(timeline, scope, session_id, each.imported_seq))
        elif each.state == "met":
            found = await _look(timeline, editor, scope, each.session_id)
            texts.append(await compose(timeline, scope, found, _budget(needed)))
    return texts


async def import_contexts(
    timeline: Timeline, editor: Editor, origin: Origin, *, actor: Actor = "system"
) -> None:
    """Take in what the sessions that are needed have found, where that was not done yet.

    As the user (``actor``) also anew, where they have moved on since.
    """
    assert origin.session_id is not None, "a session imports"
    needed = await _needed(timeline, origin.scope, origin.session_id)
    wanted = [
        each
        for each in needed
        if each.state == "met"
        and (each.imported_seq is None or (each.moved_on and actor == "user"))
    ]
    for each in wanted:
        await _import(timeline, editor, origin, each, _budget(needed), actor)
    if wanted:
        await announce(timeline, origin.scope, origin.session_id)


async def compose(timeline: Timeline, scope: Scope, found: Found, budget: int) -> str:
    """Return what is told of a session: what it decided, then its key results, within a budget."""
    parts = [f"## Session {json_line(found.name)}", _decision_text(found.decision)]
    left = budget - sum(map(len, parts))
    for index, result in enumerate(found.results):
        table, outputs = await read_data(timeline, scope, result.session_id, result.id)
        text = await asyncio.to_thread(_result_text, result, table, outputs, min(MAX_RESULT, left))
        if len(text) > left:
            rest = len(found.results) - index
            parts.append(f"[{rest} key result{'s' if rest > 1 else ''} left out: too long]")
            break
        parts.append(text)
        left -= len(text)
    if not found.results:
        parts.append("It has no key results.")
    return "\n\n".join(parts)


async def _import(
    timeline: Timeline,
    editor: Editor,
    origin: Origin,
    needed: Dependency,
    budget: int,
    actor: Actor,
) -> None:
    """Write down the state of one session, all of it of the same moment."""
    for _ in range(TRIES):
        found = await _look(timeline, editor, origin.scope, needed.session_id)
        text = await compose(timeline, origin.scope, found, budget)
        if await _record(timeline, origin, needed, found, text, actor):
            return
    raise Conflict(f"{needed.name} changes too quickly to be imported. Try again in a moment.")


async def _record(
    timeline: Timeline,
    origin: Origin,
    needed: Dependency,
    found: Found,
    text: str,
    actor: Actor,
) -> bool:
    """Append the event, unless what it tells of has changed; return whether that is settled."""
    assert origin.session_id is not None
    session_id, scope = origin.session_id, origin.scope

    async def work(entry: Entry) -> bool:
        await projects.update_project(entry.conn, scope)
        every = await dependencies.list_dependencies(entry.conn, scope, session_id)
        seqs = {each.session_id: each.imported_seq for each in every.get(session_id, [])}
        if seqs.get(found.session_id, GONE) != needed.imported_seq:
            return True  # no longer needed, or imported by another window
        version = await sessions.get_findings_version(entry.conn, scope, found.session_id)
        if version != found.version:
            return False
        data = ContextImportedData(
            upstream=found.session_id,
            name=found.name,
            cursor=found.cursor,
            version=found.version,
            key_results=[
                ImportedKeyResult(
                    key_result=result.id,
                    number=result.number,
                    title=result.title,
                    table=found.tables.get(result.id),
                )
                for result in found.results
            ],
            disposition=found.decision.value,
            text=text,
        )
        seq = await events.get_last_seq(entry.conn, origin.stream) + 1
        entry.append(origin, ContextImported, data, actor=actor)
        await dependencies.update_import(
            entry.conn, scope, session_id, found.session_id, seq=seq, version=found.version
        )
        return True

    return await timeline.write(work)


async def _look(timeline: Timeline, editor: Editor, scope: Scope, session_id: SessionId) -> Found:
    async with timeline.database.read() as conn:
        version = await sessions.get_findings_version(conn, scope, session_id)
        session = await sessions.get_session(conn, scope, session_id)
        decision = await dispositions.get_disposition(conn, scope, session_id)
        tables = await key_results.list_table_blobs(conn, scope, session_id)
    results = await list_results(timeline, editor, scope, session_id)
    return Found(session_id, session.name, session.last_seq, version, decision, results, tables)


async def _needed(timeline: Timeline, scope: Scope, session_id: SessionId) -> list[Dependency]:
    async with timeline.database.read() as conn:
        found = await dependencies.list_dependencies(conn, scope, session_id)
    return found.get(session_id, [])


async def _imported_text(timeline: Timeline, scope: Scope, session_id: SessionId, seq: int) -> str:
    async with timeline.database.read() as conn:
        event = await events.get_event(conn, StreamId(session_id), seq)
    assert isinstance(event, ContextImported), "a dependency points to its import"
    text = event.data.text
    if isinstance(text, str):
        return text
    return (await timeline.get_blob(scope, text.blob))[0].decode("utf-8", "replace")


def _budget(needed: Sequence[Dependency]) -> int:
    return min(MAX_UPSTREAM, MAX_ALL // max(1, len(needed)))


def _decision_text(row: DispositionRow) -> str:
    if row.value is None:
        return "It has no disposition."
    stale = "" if row.fits else " (stale: it does not fit its schema any more)"
    return f"Its disposition{stale}: {_cut(json_line(row.value), MAX_RESULT)}"


def _result_text(result: KeyResult, table: bytes | None, outputs: bytes, room: int) -> str:
    stale = f" (stale: {result.stale_reason})" if result.stale else ""
    lines = [f"### Key result {result.number}: {json_line(result.title)}{stale}"]
    lines += _quotation(_cut(result.description, MAX_DESCRIPTION))
    room -= sum(len(line) + 1 for line in lines)
    if table is not None:
        lines += _table_lines(result, Table.model_validate_json(table), room)
    else:
        lines += _quotation(_cut(outputs_text(json.loads(outputs)), room))
    return "\n".join(lines)


def _table_lines(result: KeyResult, table: Table, room: int) -> list[str]:
    """Return a line of JSON for the names of the columns, and for each row, as many as fit."""
    names = [column.name for column in table.columns]
    listed = [name for name in result.fields or names if name in names][:MAX_COLUMNS]
    while len(listed) > 1 and len(json_line(listed)) > room // 2:
        listed = listed[: len(listed) // 2]
    places = [names.index(name) for name in listed]
    lines = [json_line(listed)]
    left = room - len(lines[0])
    for row in table.rows[:MAX_ROWS]:
        line = json_line([row[place] for place in places])
        left -= len(line) + 1
        if left < 0:
            break
        lines.append(line)
    shown = len(lines) - 1
    if shown < table.total_rows or len(listed) < len(names):
        rows = f"{shown:,} of {table.total_rows:,} rows"
        lines.append(f"[{rows}, {len(listed)} of {len(names)} columns]")
    return lines


def _quotation(text: str) -> list[str]:
    """Return the lines of a text, marked: what looks like a heading in it is none."""
    return [f"> {line}" for line in text.splitlines()]


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    return f"{text[: max(0, room)]}\n[{max(0, room):,} of {len(text):,} characters]"
