"""A step of the loop: the calls of one response, on disk before any of them runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from ..models.event import (
    IterationData,
    IterationStarted,
    LimitNear,
    LimitNearData,
    ToolCalled,
    ToolCalledData,
)
from ..storage import sessions
from ..timeline import MAX_INLINE, Entry, Origin, Timeline
from .sessions import announce

SHORT = 2_000
"""Characters that are kept of each string when the arguments of a call are too large."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as the model asked for it."""

    call_id: str
    tool: str
    arguments: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Step:
    """Where the session stands after a response with calls was recorded."""

    iteration: int
    parents: dict[str, int]
    """For each call, the number of its ``tool.called`` event."""


async def begin_step(
    timeline: Timeline, origin: Origin, calls: Sequence[Call], *, limit: int, notice: int
) -> Step:
    """Count an iteration and write down its calls: intent before effect."""
    assert origin.session_id is not None, "calls belong to a session"
    session_id = origin.session_id
    numbered: list[Entry] = []

    async def work(entry: Entry) -> int:
        before, wrapping_up = await sessions.get_iterations(entry.conn, origin.scope, session_id)
        iteration = before + 1
        near = iteration >= notice
        await sessions.update_session(
            entry.conn, origin.scope, session_id, iterations=iteration, wrapping_up=near
        )
        data = IterationData(iteration=iteration, limit=limit)
        entry.append(origin, IterationStarted, data, actor="agent")
        for call in calls:
            entry.append(origin, ToolCalled, _called(entry, origin, call, iteration), actor="agent")
        if near and not wrapping_up:
            told = LimitNearData(iteration=iteration, limit=limit)
            entry.append(origin, LimitNear, told, actor="system")
        numbered.append(entry)
        return iteration

    iteration = await timeline.write(work)
    parents = {
        event.data.call_id: event.seq
        for event in numbered[-1].events
        if isinstance(event, ToolCalled)
    }
    await announce(timeline, origin.scope, session_id)
    return Step(iteration, parents)


def _called(entry: Entry, origin: Origin, call: Call, batch: int) -> ToolCalledData:
    text = json.dumps(call.arguments, ensure_ascii=False)
    if len(text) <= MAX_INLINE:
        return ToolCalledData(
            call_id=call.call_id, tool=call.tool, arguments=call.arguments, batch=batch
        )
    blob = entry.put_blob(origin.scope, text.encode(), "application/json")
    return ToolCalledData(
        call_id=call.call_id,
        tool=call.tool,
        arguments={key: _shortened(value) for key, value in call.arguments.items()},
        batch=batch,
        arguments_blob=blob,
    )


def _shortened(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value if len(value) <= SHORT else value[:SHORT] + "…"
    return value if len(json.dumps(value)) <= SHORT else "…"
