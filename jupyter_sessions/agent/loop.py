"""The loop: ask the model, run its calls, until it answers, asks, or is stopped."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pydantic import JsonValue
from pydantic_ai.messages import ModelResponse, ThinkingPart, ToolCallPart
from pydantic_ai.tools import ToolDefinition

from ..actions.queue import take_steering
from ..actions.runs import Outcome
from ..actions.steps import Call, Step, begin_step
from ..errors import BadRequest, ModelError, SessionsError
from ..ids import new_id
from ..models.event import (
    AgentMessage,
    AgentMessageData,
    Reasoning,
    ReasoningData,
    ToolCalled,
    ToolReturned,
    UserPrompted,
    UserPromptedData,
)
from ..models.run import RunError
from ..models.text import storable, storable_json
from ..timeline import Entry, Origin, Timeline
from .calls import CallRunner, Returned, read_result, returned_data
from .compaction import Compactor, context_window
from .interrupt import Interrupt, Stopped
from .prompt import Surroundings, instructions
from .request import Answer, Requester
from .rules import PROMPT_USER, Limits, notice, offered, refusal
from .toolbox import Toolbox
from .tools.context import ToolContext
from .transcript import TYPES, Transcript

ACKNOWLEDGE = (
    "The user interrupted you. Do nothing more. In one or two sentences say what is done and what "
    "is not, and ask how to go on."
)
STOPPED = "Stopped, as you asked. What was done until here is kept. How should I go on?"
LIMIT = "I have reached the limit of steps, and stop here. How should I go on?"
INTERRUPTED = "Nothing was run: the user interrupted."
OVERTIME = 3
"""Responses beyond the limit, for a model that goes on calling other tools than it may."""
ACKNOWLEDGE_S = 20.0
PAGE = 1000
"""Events read at once."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Loop:
    """One run of the agent in a session."""

    timeline: Timeline
    origin: Origin
    requester: Requester
    toolbox: Toolbox
    limits: Limits
    interrupt: Interrupt
    around: Surroundings
    context: Callable[[str], ToolContext]
    """Makes the context of a call, from its id."""
    transcript: Transcript
    iteration: int = 0
    _cursor: int = 0
    _call_ids: set[str] | None = None
    _compactor: Compactor = field(init=False)

    def __post_init__(self) -> None:
        window = context_window(self.requester.model, self.limits.context_window)
        self._compactor = Compactor(
            self.timeline, self.origin, self.requester, self.transcript, window, self._is_stopped
        )

    async def run(self) -> Outcome:
        """Go on until the agent answers, asks, fails for good, or is stopped."""
        try:
            return await self._converse()
        except ModelError as error:
            message = storable(str(error))
            return Outcome(
                "failed",
                usage=self.requester.usage,
                error=RunError(code=error.kind, message=message),
            )

    async def _converse(self) -> Outcome:
        while True:
            if self.interrupt.requested:
                return await self._acknowledge()
            await self._steer()
            try:
                answer = await self.interrupt.guard(self._ask())
            except Stopped:
                continue
            calls = self._calls(answer.response)
            await self._record(answer)
            if not calls:
                if not self.interrupt.requested and await self._steer():
                    continue
                return Outcome("completed", usage=self.requester.usage)
            if self.interrupt.requested:
                return await self._acknowledge()
            refused = refusal([call.tool for call in calls], self.iteration, self.limits)
            step = await self._begin(calls)
            if self.interrupt.requested:
                await self._refuse(calls, step, INTERRUPTED)
                return await self._acknowledge()
            if self.iteration >= self.limits.iterations + OVERTIME:
                await self._refuse(calls, step, refused or LIMIT)
                return await self._hand_over()
            if refused is not None:
                await self._refuse(calls, step, refused)
            elif calls[0].tool == PROMPT_USER:
                question = await self._prompt_user(calls[0], step)
                if question is not None:
                    return Outcome("completed", usage=self.requester.usage, question=question)
            else:
                await self._run_calls(calls, step)

    async def _steer(self) -> bool:
        """Take in what the user sent to steer this run; tell whether there was anything."""
        iterations = await take_steering(self.timeline, self.origin)
        if iterations is None:
            return False
        self.iteration = iterations
        return True

    async def _ask(self) -> Answer:
        await self._read_on()
        told = self._instructions(notice(self.iteration, self.limits))
        names = offered(self.toolbox.names, self.iteration, self.limits)
        tools = self.toolbox.definitions(names)
        if await self._compactor.keep_within(told, tools):
            await self._read_on()
        try:
            return await self._request(told, tools)
        except ModelError as error:
            too_long = error.kind == "context_window"
            if not (too_long and await self._compactor.make_room(told, tools)):
                raise
        await self._read_on()
        return await self._request(told, tools)

    async def _request(self, told: str, tools: list[ToolDefinition]) -> Answer:
        messages = self.transcript.finish(told)
        return await self.requester.ask(messages, tools, is_stopped=self._is_stopped)

    def _is_stopped(self) -> bool:
        return self.interrupt.requested

    def _instructions(self, told: str | None) -> str:
        around = replace(self.around, notice=told)
        return instructions(around, calls=self.limits.calls)

    async def _read_on(self) -> None:
        """Bring the transcript up to the end of the log: the log is the truth."""
        while True:
            page = await self.timeline.read(
                self.origin.stream, after=self._cursor, limit=PAGE, types=TYPES
            )
            for event in page:
                self._cursor = event.seq
                if isinstance(event, ToolCalled):
                    self._call_ids = (self._call_ids or set()) | {event.data.call_id}
            await self.transcript.add(page)
            if len(page) < PAGE:
                return

    def _calls(self, response: ModelResponse) -> list[Call]:
        calls = []
        taken = set(self._call_ids or ())
        for part in response.parts:
            if isinstance(part, ToolCallPart):
                given = storable(part.tool_call_id or "")[:64]
                call_id = given if given and given not in taken else f"call_{new_id().lower()}"
                taken.add(call_id)
                arguments = storable_json(part.args_as_dict())
                assert isinstance(arguments, dict)
                calls.append(Call(call_id, storable(part.tool_name)[:100], arguments))
        return calls

    async def _record(self, answer: Answer) -> None:
        """Write down what the model thought and said."""

        async def work(entry: Entry) -> None:
            for part in answer.response.parts:
                if isinstance(part, ThinkingPart) and (part.content or part.signature):
                    thought = ReasoningData(
                        text=storable(part.content),
                        duration_ms=answer.reasoning_ms,
                        replay=_replay(part),
                    )
                    entry.append(self.origin, Reasoning, thought, actor="agent")
            text = storable(answer.response.text or "")
            if text.strip():
                said = AgentMessageData(text=text, model=self.requester.model_id)
                entry.append(self.origin, AgentMessage, said, actor="agent")

        await self.timeline.write(work)

    async def _begin(self, calls: list[Call]) -> Step:
        step = await begin_step(
            self.timeline,
            self.origin,
            calls,
            limit=self.limits.iterations,
            notice=self.limits.notice,
        )
        self.iteration = step.iteration
        return step

    async def _hand_over(self) -> Outcome:
        """Ask for the model, which did not."""
        said = AgentMessageData(text=LIMIT, model=self.requester.model_id)
        await self.timeline.append(self.origin, AgentMessage, said, actor="system")
        return Outcome("completed", usage=self.requester.usage, question=LIMIT)

    async def _refuse(self, calls: list[Call], step: Step, why: str) -> None:
        returned = Returned("refused", why, "not run")
        for call in calls:
            await self._return(call, step, returned, 0)

    async def _prompt_user(self, call: Call, step: Step) -> str | None:
        """Hand over to the user. Returns the question; ``None`` when the call made no sense."""
        try:
            self.toolbox.bind(PROMPT_USER, call.arguments)
        except BadRequest as error:
            await self._return(call, step, Returned("error", f"Error: {error}", "failed"), 0)
            return None
        question = str(call.arguments["question"])
        given = call.arguments.get("choices") or []
        choices = [str(choice) for choice in given] if isinstance(given, list) else []
        asked = Returned("ok", "The user was asked. The next message is the answer.", "asked")

        async def work(entry: Entry) -> None:
            data = UserPromptedData(call_id=call.call_id, question=question, choices=choices)
            parent = step.parents[call.call_id]
            entry.append(self.origin, UserPrompted, data, actor="agent", parent=parent)
            returned = returned_data(entry, self.origin, call, asked, 0, self.limits)
            entry.append(self.origin, ToolReturned, returned, actor="agent", parent=parent)

        await self.timeline.write(work)
        return question

    async def _run_calls(self, calls: list[Call], step: Step) -> None:
        """Run the calls of one response at once; each is written down as it returns."""
        runner = CallRunner(self.toolbox, self.context, self.interrupt, self._read_result)

        async def one(call: Call) -> None:
            began = time.monotonic()
            try:
                returned = await runner.run(call)
            except asyncio.CancelledError:
                raise
            except Exception:  # a bug of ours: written down, then it ends the run
                await self._return(
                    call, step, Returned("error", "Error: internal error.", "internal error"), 0
                )
                raise
            elapsed = round((time.monotonic() - began) * 1000)
            await self._return(call, step, returned, elapsed)

        results = await asyncio.gather(*(one(call) for call in calls), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _return(self, call: Call, step: Step, returned: Returned, elapsed_ms: int) -> None:
        async def work(entry: Entry) -> None:
            data = returned_data(entry, self.origin, call, returned, elapsed_ms, self.limits)
            parent = step.parents[call.call_id]
            entry.append(self.origin, ToolReturned, data, actor="agent", parent=parent)

        await self.timeline.write(work)

    async def _read_result(self, arguments: dict[str, JsonValue]) -> Returned:
        return await read_result(self.timeline, self.origin, arguments, self.limits)

    async def _acknowledge(self) -> Outcome:
        """Say that the interrupt was heard, and ask how to go on; the session stays open."""
        text, question = STOPPED, None
        if not self.requester.free and not self.interrupt.hard:
            try:
                text, question = await self._ask_to_acknowledge()
            except (SessionsError, TimeoutError) as error:
                _log.info("The model did not acknowledge the interrupt: %s", error)
        said = AgentMessageData(text=text, model=self.requester.model_id)
        await self.timeline.append(self.origin, AgentMessage, said, actor="agent")
        return Outcome("cancelled", usage=self.requester.usage, question=question)

    async def _ask_to_acknowledge(self) -> tuple[str, str | None]:
        await self._read_on()
        tools = self.toolbox.definitions([PROMPT_USER])
        async with asyncio.timeout(ACKNOWLEDGE_S):
            messages = self.transcript.finish(self._instructions(ACKNOWLEDGE))
            answer = await self.requester.ask(messages, tools, is_stopped=lambda: True)
        asked = [call for call in self._calls(answer.response) if call.tool == PROMPT_USER]
        question = str(asked[0].arguments.get("question") or "") if asked else ""
        said = storable(answer.response.text or "").strip()
        return "\n\n".join(part for part in (said, question) if part) or STOPPED, None


def _replay(part: ThinkingPart) -> dict[str, JsonValue] | None:
    if part.signature is None and part.id is None:
        return None
    return {"id": part.id, "signature": part.signature, "provider_name": part.provider_name}
