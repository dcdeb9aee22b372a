"""Running one tool call, and cutting its result to what a model can take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import JsonValue

from ..actions.steps import Call
from ..errors import BadRequest, NotFound, SessionsError
from ..models.event import Outcome, ToolReturned, ToolReturnedData
from ..models.text import storable
from ..timeline import Entry, Origin, Timeline
from .interrupt import Interrupt, Stopped
from .rules import Limits
from .toolbox import Toolbox
from .tools.context import ToolContext, ToolResult

READ_RESULT = "read_result"


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call gave back, uncut."""

    outcome: Outcome
    content: str
    summary: str
    is_page: bool = False
    """It is a page of another result already: never cut or kept a second time."""


@dataclass(frozen=True, slots=True)
class CallRunner:
    """Runs calls with the tools of one run."""

    toolbox: Toolbox
    context: Callable[[str], ToolContext]
    interrupt: Interrupt
    read_result: Callable[[dict[str, JsonValue]], Awaitable[Returned]]

    async def run(self, call: Call) -> Returned:
        """Run one call. What goes wrong in a way that we can explain is its result."""
        try:
            bound = self.toolbox.bind(call.tool, call.arguments)
            if call.tool == READ_RESULT:
                return await self.read_result(call.arguments)
            result: ToolResult = await self.interrupt.guard(
                _call(bound, self.context(call.call_id))
            )
        except Stopped:
            return Returned("error", "Error: the user stopped this call.", "stopped")
        except SessionsError as error:
            return Returned("error", f"Error: {error}", _short(str(error)))
        outcome: Outcome = "error" if result.failed else "ok"
        return Returned(outcome, result.content, result.summary)


async def _call(
    bound: Callable[[ToolContext], Awaitable[ToolResult]], context: ToolContext
) -> ToolResult:
    return await bound(context)


async def prompt_user(
    ctx: ToolContext, question: str, choices: list[str] | None = None
) -> ToolResult:
    """Ask the user, and give control back. Must be the only call of a response.

    Args:
        question: What you need to know, in one or two sentences.
        choices: Answers to choose from, when there are a few clear ones.
    """
    raise AssertionError("the loop handles it")


async def read_result(
    timeline: Timeline, origin: Origin, arguments: dict[str, JsonValue], limits: Limits
) -> Returned:
    """Return a page of an earlier result of this session that was cut."""
    call_id = str(arguments.get("call_id"))
    try:
        offset = int(float(str(arguments.get("offset") or 0)))
        limit = int(float(str(arguments.get("limit") or limits.result_chars)))
    except (ValueError, OverflowError) as error:
        raise BadRequest("offset and limit must be whole numbers.") from error
    limit = min(limit, limits.result_chars)
    if offset < 0 or limit < 1:
        raise BadRequest("offset must be 0 or more, and limit 1 or more.")
    text = await _whole(timeline, origin, call_id)
    page = text[offset : offset + limit]
    end = offset + len(page)
    rest = f"\n[{len(text) - end:,} more characters from offset {end}]" if end < len(text) else ""
    summary = f"characters {offset:,} to {end:,} of {len(text):,}"
    return Returned("ok", page + rest, summary, is_page=True)


async def read_result_tool(
    ctx: ToolContext, call_id: str, offset: int = 0, limit: int | None = None
) -> ToolResult:
    """Read on in a result that was cut.

    Args:
        call_id: The id that the cut result names.
        offset: Characters to skip.
        limit: Characters to read at most.
    """
    raise AssertionError("the loop handles it")


read_result_tool.__name__ = READ_RESULT


async def _whole(timeline: Timeline, origin: Origin, call_id: str) -> str:
    after = 0
    while page := await timeline.read(origin.stream, after=after, limit=1000):
        for event in page:
            after = event.seq
            if isinstance(event, ToolReturned) and event.data.call_id == call_id:
                if event.data.whole is None:
                    return event.data.content
                data, _ = await timeline.get_blob(origin.scope, event.data.whole.blob)
                return data.decode("utf-8", "replace")
    raise NotFound(f"result of call {call_id!r} in this session")


def returned_data(
    entry: Entry, origin: Origin, call: Call, returned: Returned, elapsed_ms: int, limits: Limits
) -> ToolReturnedData:
    """Return the event's data; what is too long for the model goes whole into a blob."""
    content, whole = storable(returned.content), None
    if len(content) > limits.result_chars and not returned.is_page:
        whole = entry.put_blob(origin.scope, content.encode(), "text/plain; charset=utf-8")
        left = len(content) - limits.result_chars
        content = (
            f"{content[: limits.result_chars]}\n[{left:,} more characters: read on with "
            f"read_result(call_id={call.call_id!r}, offset={limits.result_chars})]"
        )
    return ToolReturnedData(
        call_id=call.call_id,
        tool=call.tool,
        outcome=returned.outcome,
        content=content,
        whole=whole,
        duration_ms=elapsed_ms,
        summary=storable(returned.summary),
    )


def _short(sentence: str) -> str:
    first = sentence.split(". ")[0].split(": ")[0].rstrip(".")
    return first if len(first) <= 60 else first[:59] + "…"
