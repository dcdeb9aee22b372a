"""What a session must decide, and what it has decided: only what fits its schema is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from ..errors import BadRequest, NotFound
from ..ids import KeyResultId, SessionId
from ..models.base import utcnow
from ..models.disposition import Disposition, DispositionChange, JsonObject
from ..models.envelope import Actor
from ..models.findings_events import (
    DispositionSchemaChanged,
    DispositionSchemaChangedData,
    DispositionSet,
    DispositionSetData,
)
from ..models.json_schema import Fault, faults, fields
from ..models.key_result import KeyResult
from ..models.scope import Scope
from ..models.short_form import as_json_schema, short_form
from ..storage import dispositions, key_results, projects, sessions
from ..storage.connections import aside
from ..storage.dispositions import DispositionRow
from ..timeline import Entry, Origin, Timeline
from .key_results import Editor, list_results
from .sessions import announce, announce_dependents

REMOVED = "The schema was removed since."
Evidence = Mapping[str, KeyResultId | str | int]
"""For a field, the id of a key result, or its number."""


async def read_disposition(
    timeline: Timeline,
    editor: Editor,
    scope: Scope,
    session_id: SessionId,
    results: list[KeyResult] | None = None,
) -> Disposition:
    """Return schema and decision of a session, and whether that still holds. Raises NotFound.

    ``results`` are its key results, when the caller has looked at them already.
    """
    async with timeline.database.read() as conn:
        await sessions.get_session(conn, scope, session_id)
        row = await dispositions.get_disposition(conn, scope, session_id)
    if results is None:
        results = await list_results(timeline, editor, scope, session_id) if row.evidence else []
    return await asyncio.to_thread(_view, session_id, row, {each.id: each for each in results})


async def change_disposition(
    timeline: Timeline, scope: Scope, session_id: SessionId, change: DispositionChange
) -> None:
    """Set schema, value or evidence of a session, as a person asks for it.

    Raises BadRequest over a schema that cannot be used (its ``path`` is in ``details``), and over
    a value that does not fit (``errors``).
    """
    origin = Origin(scope, session_id)
    schema = await checked_schema(change.json_schema)

    async def work(entry: Entry) -> None:
        await _lock(entry, scope, session_id)
        changed = False
        if "json_schema" in change.model_fields_set:
            changed = await put_schema(entry, origin, schema)
        if change.value is not None or change.evidence is not None:
            await _redecide(entry, origin, change)
            changed = True
        if changed:
            await sessions.touch_findings(entry.conn, scope, session_id)

    await timeline.write(work)
    await announce(timeline, scope, session_id)
    await announce_dependents(timeline, scope, session_id)


async def decide(
    timeline: Timeline, origin: Origin, value: JsonObject, evidence: Evidence, *, call_id: str
) -> None:
    """Store what the agent has decided. Raises BadRequest, with all errors, when it does not fit.

    It is checked against the schema as it is now, which someone may have changed during the run.
    """
    assert origin.session_id is not None, "a session decides"
    session_id = origin.session_id

    async def work(entry: Entry) -> None:
        await _lock(entry, origin.scope, session_id)
        row = await dispositions.get_disposition(entry.conn, origin.scope, session_id)
        await _put_value(entry, origin, row, value, evidence, actor="agent", call_id=call_id)
        await sessions.touch_findings(entry.conn, origin.scope, session_id)

    await timeline.write(work)
    await announce(timeline, origin.scope, session_id)
    await announce_dependents(timeline, origin.scope, session_id)


async def checked_schema(given: JsonObject | None) -> JsonObject | None:
    """Return a schema that was given in either form as JSON Schema.

    In a thread: a large one takes half a second. Raises BadRequest.
    """
    return None if given is None else await asyncio.to_thread(as_json_schema, given)


async def put_schema(entry: Entry, origin: Origin, schema: JsonObject | None) -> bool:
    """Set or remove a checked schema; tell whether that changed how a decision stands."""
    assert origin.session_id is not None, "a session has a schema"
    row = await dispositions.get_disposition(entry.conn, origin.scope, origin.session_id)
    if schema == row.json_schema:
        return False
    fits = row.value is None or (schema is not None and not await _faults(entry, schema, row.value))
    await dispositions.update_disposition(
        entry.conn, origin.scope, origin.session_id, json_schema=schema, fits=fits
    )
    data = DispositionSchemaChangedData(json_schema=schema)
    entry.append(origin, DispositionSchemaChanged, data, actor="user")
    return row.value is not None


async def _redecide(entry: Entry, origin: Origin, change: DispositionChange) -> None:
    """Store what a person decided; evidence of what they left as it was is kept."""
    assert origin.session_id is not None
    row = await dispositions.get_disposition(entry.conn, origin.scope, origin.session_id)
    before = row.value or {}
    value = row.value if change.value is None else change.value
    if value is None:
        raise BadRequest("Nothing is decided yet that evidence could be for. Give a 'value' too.")
    evidence = change.evidence
    if evidence is None:
        kept = row.evidence or {}
        evidence = {key: id_ for key, id_ in kept.items() if value.get(key) == before.get(key)}
        results = await key_results.list_key_results(entry.conn, origin.scope, origin.session_id)
        known = {each.id for each in results}
        evidence = {key: id_ for key, id_ in evidence.items() if key in value and id_ in known}
    await _put_value(entry, origin, row, value, evidence, actor="user")


async def _put_value(
    entry: Entry,
    origin: Origin,
    row: DispositionRow,
    value: JsonObject,
    evidence: Evidence,
    *,
    actor: Actor,
    call_id: str | None = None,
) -> None:
    assert origin.session_id is not None
    if row.json_schema is None:
        raise BadRequest(
            "This session has no schema, so there is nothing to decide. Add one first."
        )
    wrong = await _faults(entry, row.json_schema, value)
    if wrong:
        raise _does_not_fit(wrong)
    results = await key_results.list_key_results(entry.conn, origin.scope, origin.session_id)
    checked = _checked_evidence(row.json_schema, value, evidence, results)
    await dispositions.update_disposition(
        entry.conn,
        origin.scope,
        origin.session_id,
        value=value,
        evidence=checked,
        fits=True,
        run_id=origin.run_id,
        decided_by=actor,
        decided_at=utcnow(),
    )
    data = DispositionSetData(
        value=value, evidence=checked, json_schema=row.json_schema, call_id=call_id
    )
    entry.append(origin, DispositionSet, data, actor=actor)


async def _faults(entry: Entry, schema: JsonObject, value: JsonObject) -> list[Fault]:
    """Return what does not fit. In a thread: the largest that are taken need a second."""
    return await aside(entry.conn, partial(faults, schema, value))


def _does_not_fit(wrong: list[Fault]) -> BadRequest:
    listed = "; ".join(str(fault) for fault in wrong)
    errors = [{"path": list(fault.path), "message": fault.message} for fault in wrong]
    return BadRequest(
        f"The value does not fit the schema, and was not stored: {listed}.",
        details={"errors": errors},
    )


def _checked_evidence(
    schema: JsonObject, value: JsonObject, evidence: Evidence, results: list[KeyResult]
) -> dict[str, KeyResultId]:
    """Return the id of a key result of this session for each field that has evidence."""
    known: dict[str, KeyResultId] = {each.id: each.id for each in results}
    known |= {str(each.number): each.id for each in results}
    for key, named in evidence.items():
        if key not in fields(schema) or key not in value:
            raise BadRequest(
                f"There is no {key[:100]!r} in the value that evidence could be for. It has: "
                f"{', '.join(value)[:1000]}.",
                details={"errors": [{"path": ["evidence", key], "message": "no such field"}]},
            )
        if str(named) not in known:
            raise NotFound(f"key result {str(named)[:30]!r} in this session")
    return {key: known[str(named)] for key, named in evidence.items()}


async def _lock(entry: Entry, scope: Scope, session_id: SessionId) -> None:
    """Let no other process change the project's sessions until this is committed."""
    await projects.update_project(entry.conn, scope)
    await sessions.get_session(entry.conn, scope, session_id)


def _view(
    session_id: SessionId, row: DispositionRow, results: Mapping[KeyResultId, KeyResult]
) -> Disposition:
    reason = _stale_reason(row, results)
    return Disposition(
        session_id=session_id,
        json_schema=row.json_schema,
        short=None if row.json_schema is None else short_form(row.json_schema),
        value=row.value,
        evidence=row.evidence or {},
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        run_id=row.run_id,
        stale=reason is not None,
        stale_reason=reason,
    )


def _stale_reason(row: DispositionRow, results: Mapping[KeyResultId, KeyResult]) -> str | None:
    """Return why a decision does not hold any more; ``None`` when it does."""
    if row.value is None:
        return None
    if row.json_schema is None:
        return REMOVED
    if not row.fits:
        wrong = faults(row.json_schema, row.value)
        return f"It does not fit the schema any more: {'; '.join(map(str, wrong[:3]))}."
    for key, id_ in (row.evidence or {}).items():
        result = results.get(id_)
        if result is None:
            return f"The key result that {key!r} rests on was removed."
        if result.stale:
            number = result.number
            return f"Key result {number}, which {key!r} rests on, is stale. {result.stale_reason}"
    return None
