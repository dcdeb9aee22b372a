"""Promote what a cell returned to a key result; change and remove key results."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import BadRequest
from ..ids import KeyResultId, SessionId, new_id
from ..models.base import utcnow
from ..models.findings_events import (
    KeyResultAdded,
    KeyResultAddedData,
    KeyResultChanged,
    KeyResultChangedData,
    KeyResultRemoved,
    KeyResultRemovedData,
)
from ..models.key_result import Chart, KeyResult, KeyResultPatch, NewKeyResult, View
from ..models.scope import Scope
from ..models.table import Column
from ..storage import key_results, sessions
from ..storage.key_results import ResultBlobs
from ..timeline import Entry, Origin, Timeline
from .executions import Execution, executed_by_agent, shown_in_notebook
from .key_results import Editor
from .sessions import announce, announce_dependents

CHANGEABLE = ("title", "description", "chart", "view", "fields")


async def promote_for_agent(
    timeline: Timeline, editor: Editor, origin: Origin, new: NewKeyResult, call_id: str
) -> KeyResult:
    """Promote the last execution of a cell in the session's log, else what its notebook shows.

    Raises BadRequest when a field is no column, or there is nothing to promote; NotFound.
    """
    assert origin.session_id is not None, "key results belong to a session"
    found = await executed_by_agent(
        timeline, await editor(), origin.scope, origin.session_id, new.notebook, new.cell_id
    )
    return await _promote(timeline, origin, new, found, call_id)


async def promote_for_user(
    timeline: Timeline, editor: Editor, origin: Origin, new: NewKeyResult
) -> KeyResult:
    """Promote what a cell of a notebook shows now. Raises as ``promote_for_agent``."""
    assert origin.session_id is not None, "key results belong to a session"
    await _require_session(timeline, origin)
    found = await shown_in_notebook(
        timeline, await editor(), origin.scope, origin.session_id, new.notebook, new.cell_id
    )
    return await _promote(timeline, origin, new, found, None)


async def change_result(
    timeline: Timeline, scope: Scope, session_id: SessionId, id_: KeyResultId, patch: KeyResultPatch
) -> None:
    """Change what is shown of a key result; an explicit null removes chart or fields.

    Raises BadRequest when a field is no column; NotFound.
    """
    given = patch.model_dump(exclude_unset=True)
    names = [name for name in given if given[name] is not None or name in {"chart", "fields"}]
    values = {name: getattr(patch, name) for name in names}

    async def work(entry: Entry) -> bool:
        await sessions.get_session(entry.conn, scope, session_id)
        before = await key_results.get_key_result(entry.conn, scope, session_id, id_)
        changed = before.model_copy(update=values)
        if changed.chart is None and "view" not in values and before.view == "chart":
            changed = changed.model_copy(update={"view": _view(None, before.columns)})
        _check(changed)
        if changed == before:
            return False
        changed = changed.model_copy(update={"updated_at": utcnow()})
        await key_results.update_key_result(entry.conn, scope, changed, (*CHANGEABLE, "updated_at"))
        about = {name: getattr(changed, name) for name in CHANGEABLE}
        data = KeyResultChangedData(key_result=id_, **about)
        entry.append(Origin(scope, session_id), KeyResultChanged, data, actor="user")
        await sessions.touch_findings(entry.conn, scope, session_id)
        return True

    if await timeline.write(work):
        await _tell(timeline, scope, session_id)


async def remove_result(
    timeline: Timeline, scope: Scope, session_id: SessionId, id_: KeyResultId
) -> None:
    """Take a key result out of the session; its data stays in the log. Raises NotFound."""

    async def work(entry: Entry) -> None:
        await sessions.get_session(entry.conn, scope, session_id)
        found = await key_results.get_key_result(entry.conn, scope, session_id, id_)
        await key_results.remove_key_result(entry.conn, scope, session_id, id_)
        data = KeyResultRemovedData(key_result=id_, title=found.title)
        entry.append(Origin(scope, session_id), KeyResultRemoved, data, actor="user")
        await sessions.touch_findings(entry.conn, scope, session_id)

    await timeline.write(work)
    await _tell(timeline, scope, session_id)


async def _require_session(timeline: Timeline, origin: Origin) -> None:
    assert origin.session_id is not None
    async with timeline.database.read() as conn:
        await sessions.get_session(conn, origin.scope, origin.session_id)


async def _promote(
    timeline: Timeline, origin: Origin, new: NewKeyResult, found: Execution, call_id: str | None
) -> KeyResult:
    assert origin.session_id is not None
    session_id, scope, now = origin.session_id, origin.scope, utcnow()
    columns = found.table.columns if found.table is not None else []
    draft = KeyResult(
        id=KeyResultId(new_id()),
        session_id=session_id,
        number=0,
        title=new.title or found.title,
        description=new.description,
        chart=new.chart,
        view=new.view or _view(new.chart, columns),
        fields=new.fields,
        columns=columns,
        row_count=len(found.table.rows) if found.table is not None else 0,
        total_rows=found.table.total_rows if found.table is not None else 0,
        origin=found.origin,
        created_by="user" if call_id is None else "agent",
        created_at=now,
        updated_at=now,
    )
    _check(draft)

    async def work(entry: Entry) -> KeyResult:
        await sessions.get_session(entry.conn, scope, session_id)
        number = await key_results.next_number(entry.conn, session_id)
        made = draft.model_copy(update={"number": number})
        table = found.table and entry.put_blob(scope, found.table_json, "application/json")
        outputs = entry.put_blob(scope, found.outputs, "application/json")
        place = ResultBlobs(table.blob if table else None, outputs.blob)
        await key_results.add_key_result(entry.conn, scope, made, place)
        shared = KeyResultAddedData.model_fields.keys() & KeyResult.model_fields.keys()
        data = KeyResultAddedData(
            key_result=made.id,
            table=table,
            outputs=outputs,
            call_id=call_id,
            **{name: getattr(made, name) for name in shared},
        )
        entry.append(origin, KeyResultAdded, data, actor=made.created_by)
        await sessions.touch_findings(entry.conn, scope, session_id)
        return made

    made = await timeline.write(work)
    await _tell(timeline, scope, session_id)
    return made


def _view(chart: Chart | None, columns: Sequence[Column]) -> View:
    if chart is not None:
        return "chart"
    return "table" if columns else "output"


async def _tell(timeline: Timeline, scope: Scope, session_id: SessionId) -> None:
    await announce(timeline, scope, session_id)
    await announce_dependents(timeline, scope, session_id)


def _check(result: KeyResult) -> None:
    """Raise BadRequest when what is to be shown is not there."""
    if not result.columns and (result.chart or result.fields or result.view != "output"):
        raise BadRequest(
            "What the cell returned is no table, so it has no chart and no fields: it can only be "
            "shown as the cell showed it. End the cell with a table, then run it again."
        )
    if result.view == "chart" and result.chart is None:
        raise BadRequest("There is no chart to show: give one, with its type and fields.")
    if result.fields is not None:
        if not result.fields or len(set(result.fields)) < len(result.fields):
            raise BadRequest("'fields' names at least one column, and each only once.")
        _check_names(result.fields, result.columns)
    if result.chart is not None:
        _check_chart(result.chart, result.columns)


def _check_chart(chart: Chart, columns: Sequence[Column]) -> None:
    named = [chart.x, chart.y, chart.color]
    _check_names([name for name in named if name is not None], columns)
    if chart.type == "histogram":
        kind = next(column.type for column in columns if column.name == chart.x)
        if chart.y is not None:
            raise BadRequest("A histogram counts by itself: leave 'y' out, or draw a bar chart.")
        if kind not in {"integer", "number", "datetime"}:
            raise BadRequest(f"A histogram needs numbers, and {chart.x!r} is {kind}: take bars.")
    elif chart.y is None:
        raise BadRequest(f"A {chart.type} chart needs the column that it shows: give 'y'.")


def _check_names(names: Sequence[str], columns: Sequence[Column]) -> None:
    there = [column.name for column in columns]
    for name in names:
        if name not in there:
            more = f" and {len(there) - 50} more" if len(there) > 50 else ""
            known = ", ".join(repr(each) for each in there[:50])
            raise BadRequest(f"There is no column {name!r}. The table has: {known}{more}.")
