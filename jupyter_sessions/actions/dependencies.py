"""Which sessions a session needs: no circles, nothing foreign; and whether it may start."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from ..errors import BadRequest, Blocked, NotFound
from ..ids import SessionId
from ..models.dependency import Dependency, NewDependency
from ..models.findings_events import DependenciesChanged, DependenciesChangedData
from ..models.json_schema import choices, fields
from ..models.scope import Scope
from ..models.session import Session
from ..storage import dependencies, dispositions, projects, sessions
from ..timeline import Entry, Origin, Timeline
from .sessions import announce

MAX_STEPS = 10
"""Steps of a circle that a sentence names."""


async def read_dependencies(
    timeline: Timeline, scope: Scope, session_id: SessionId
) -> list[Dependency]:
    """Return what a session needs, and how that stands. Raises NotFound."""
    async with timeline.database.read() as conn:
        return (await sessions.get_session(conn, scope, session_id)).dependencies


async def change_dependencies(
    timeline: Timeline, scope: Scope, session_id: SessionId, items: Sequence[NewDependency]
) -> list[Dependency]:
    """Replace what a session needs. Raises BadRequest or NotFound, with a sentence."""

    async def work(entry: Entry) -> None:
        # Locks the project: two windows, or servers, cannot make a circle together.
        await projects.update_project(entry.conn, scope)
        await sessions.get_session(entry.conn, scope, session_id)
        await put_dependencies(entry, Origin(scope, session_id), items)

    await timeline.write(work)
    return (await announce(timeline, scope, session_id)).dependencies


async def put_dependencies(entry: Entry, origin: Origin, items: Sequence[NewDependency]) -> None:
    """Check and store what a session needs, in a transaction that holds the project."""
    assert origin.session_id is not None, "a session depends"
    every = await dependencies.list_dependencies(entry.conn, origin.scope)
    before = [_new(each) for each in every.get(origin.session_id, [])]
    if list(items) == before:
        return
    names = await sessions.get_names(entry.conn, origin.scope)
    _check_each(items, origin.session_id)
    for item in items:
        if item not in before:  # what was chosen before may be gone: it can stay
            await _check_upstream(entry, origin.scope, item, names)
    needs = {id_: [each.session_id for each in found] for id_, found in every.items()}
    _refuse_circle(origin.session_id, [each.session_id for each in items], needs, names)
    await dependencies.update_dependencies(entry.conn, origin.scope, origin.session_id, items)
    data = DependenciesChangedData(items=list(items))
    entry.append(origin, DependenciesChanged, data, actor="user")


def require_startable(session: Session) -> None:
    """Raise Blocked, with the reason, when a session has not started and must not yet."""
    unmet = [each for each in session.dependencies if each.state != "met"]
    if session.started or not unmet:
        return
    never = [each for each in unmet if each.state in ("contradicted", "gone")]
    opening = "Cannot start" if never else "Cannot start yet"
    waiting = [each for each in unmet if each.state == "waiting"]
    reasons = " ".join(f"{_reason(each)}." for each in [*never, *waiting])
    raise Blocked(
        f"{opening}: {reasons}",
        details={"dependencies": [each.model_dump(mode="json") for each in session.dependencies]},
    )


def _reason(needed: Dependency) -> str:
    if needed.state == "gone":
        return f"{needed.name} was deleted"
    if needed.kind == "complete":
        return f"{needed.name} has no key result and no disposition"
    wanted = f"{needed.field} = {_shown(needed.value)}"
    if needed.state == "contradicted":
        decided = f"{needed.field} = {_shown(needed.actual)}"
        return f"{needed.name} decided {decided}, this session needs {_shown(needed.value)}"
    if needed.actual is not None:
        return f"{needed.name} decided something that does not fit its schema any more"
    return f"{needed.name} has not decided {needed.field}, this session needs {wanted}"


def _check_each(items: Sequence[NewDependency], session_id: SessionId) -> None:
    known = set()
    for item in items:
        if item.session_id == session_id:
            raise BadRequest("A session cannot depend on itself.")
        if item.session_id in known:
            raise BadRequest(f"The session {item.session_id!r} is named twice. Name it once.")
        known.add(item.session_id)
        if item.kind == "decided" and item.field is None:
            raise BadRequest("Name the 'field' that must be decided, and its 'value'.")
        if item.kind == "complete" and (item.field is not None or item.value is not None):
            raise BadRequest("'field' and 'value' are for the kind 'decided'.")


async def _check_upstream(
    entry: Entry, scope: Scope, item: NewDependency, names: Mapping[SessionId, str]
) -> None:
    if item.session_id not in names:
        raise NotFound("session to depend on", details={"session_id": item.session_id})
    if item.field is None:
        return
    name = names[item.session_id]
    row = await dispositions.get_disposition(entry.conn, scope, item.session_id)
    if row.json_schema is None:
        raise BadRequest(
            f"{name} has no schema for a disposition, so it decides nothing. This session can "
            "only wait until it is complete."
        )
    schema = row.json_schema
    listed = choices(schema, item.field)
    if listed is None:
        usable = [each for each in fields(schema) if choices(schema, each) is not None]
        known = f"Fields that have: {', '.join(usable)}." if usable else "It has none that has."
        raise BadRequest(
            f"{name} decides no field {item.field!r} with enumerated values, or yes or no. {known}",
            details={"fields": usable},
        )
    if not any(item.value == each and type(item.value) is type(each) for each in listed):
        values = ", ".join(_shown(each) for each in listed)
        raise BadRequest(
            f"{item.field} of {name} can never be {_shown(item.value)}. It can be: {values}.",
            details={"values": listed},
        )


def _refuse_circle(
    start: SessionId,
    wanted: Sequence[SessionId],
    needs: Mapping[SessionId, Sequence[SessionId]],
    names: Mapping[SessionId, str],
) -> None:
    """Raise BadRequest when a session would need itself; the sentence names the way round."""
    came_from: dict[SessionId, SessionId] = dict.fromkeys(wanted, start)
    waiting = list(wanted)
    while waiting:
        here = waiting.pop()
        for below in needs.get(here, ()):
            if below == start:
                raise _circle([*_way(start, here, came_from), start], names)
            if below not in came_from:
                came_from[below] = here
                waiting.append(below)


def _way(
    start: SessionId, end: SessionId, came_from: Mapping[SessionId, SessionId]
) -> list[SessionId]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _circle(way: Sequence[SessionId], names: Mapping[SessionId, str]) -> BadRequest:
    steps = [
        f"{names.get(one, one)} needs {names.get(other, other)}"
        for one, other in itertools.pairwise(way)
    ]
    if len(steps) > MAX_STEPS:
        steps[MAX_STEPS - 1 : -1] = ["…"]
    return BadRequest(
        f"This would be a circle, and none could start: {', '.join(steps)}.",
        details={"path": [{"id": each, "name": names.get(each, each)} for each in way]},
    )


def _new(stored: Dependency) -> NewDependency:
    return NewDependency.model_validate(
        stored.model_dump(include={"session_id", "kind", "field", "value"})
    )


def _shown(value: JsonValue) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else text[:99] + "…"
