"""One request to the model: streamed to followers, tried again when the provider fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from ..errors import ModelError
from ..ids import RunId
from ..models.base import utcnow
from ..models.live import MessageDelta, ReasoningDelta, Retrying
from ..models.run import Usage
from ..timeline import Origin, Timeline
from .deltas import DeltaStream
from .provider_errors import KNOWN, TRANSIENT, explain, retry_after
from .rules import Limits

RUBBISH = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What the providers' clients raise over an answer that is not of their protocol."""


@dataclass(slots=True)
class Answer:
    """What the model answered."""

    response: ModelResponse
    reasoning_ms: int = 0


@dataclass(slots=True)
class Requester:
    """Sends the requests of one run, and adds up what they used."""

    timeline: Timeline
    origin: Origin
    model: Model
    model_id: str
    limits: Limits
    free: bool = False
    """The offline agent reads no tokens and costs nothing."""
    usage: Usage = field(default_factory=Usage)

    async def ask(
        self,
        messages: list[ModelMessage],
        tools: list[ToolDefinition],
        *,
        is_stopped: Callable[[], bool] = lambda: False,
        quiet: bool = False,
    ) -> Answer:
        """Return the model's answer. Raises ModelError when the provider failed for good.

        Followers see it as it is written, unless ``quiet``.
        """
        attempt = 1
        while True:
            try:
                return await self._attempt(messages, tools, quiet=quiet)
            except KNOWN as error:
                failure = explain(error, self.model_id)
                if failure.kind not in TRANSIENT or attempt >= self.limits.attempts or is_stopped():
                    raise failure from error
                wait = retry_after(error)
                if wait is None:
                    wait = self.limits.backoff_s * 2 ** (attempt - 1)
            attempt += 1
            await self._wait(wait, attempt, failure)

    async def _wait(self, seconds: float, attempt: int, failure: ModelError) -> None:
        frame = Retrying(
            run_id=_run_id(self.origin),
            message=str(failure),
            attempt=attempt,
            attempts=self.limits.attempts,
            at=utcnow() + timedelta(seconds=seconds),
        )
        self.timeline.publish(self.origin.stream, frame)
        await asyncio.sleep(seconds)

    async def _attempt(
        self, messages: list[ModelMessage], tools: list[ToolDefinition], *, quiet: bool
    ) -> Answer:
        run_id = _run_id(self.origin)
        text = DeltaStream(self.timeline, self.origin.stream, run_id, MessageDelta)
        thought = DeltaStream(self.timeline, self.origin.stream, run_id, ReasoningDelta)
        parameters = ModelRequestParameters(function_tools=tools, allow_text_output=True)
        clock = _ThoughtClock()
        try:
            async with (
                asyncio.timeout(self.limits.model_timeout_s) as deadline,
                model_request_stream(
                    self.model,
                    messages,
                    model_settings=self._settings,
                    model_request_parameters=parameters,
                ) as stream,
            ):
                async for event in _alive(stream, deadline, self.limits.model_timeout_s):
                    if not quiet:
                        _stream_text(event, text, thought, clock)
                response = stream.get()
                if not (response.text or "").strip() and not response.tool_calls:
                    raise UnexpectedModelBehavior("the answer was empty")
                self._account(response)
        except BaseException:
            text.discard()
            thought.discard()
            raise
        text.flush()
        thought.flush()
        return Answer(response, clock.milliseconds)

    @property
    def _settings(self) -> ModelSettings:
        # We try again ourselves, visibly: the clients must not.
        return ModelSettings(timeout=self.limits.model_timeout_s, max_retries=0)

    def _account(self, response: ModelResponse) -> None:
        used, before = response.usage, self.usage
        tokens = (0, 0) if self.free else (used.input_tokens, used.output_tokens)
        cost = 0.0 if self.free else _price(response)
        known = before.requests == 0 or before.cost is not None
        self.usage = Usage(
            input_tokens=before.input_tokens + tokens[0],
            output_tokens=before.output_tokens + tokens[1],
            requests=before.requests + 1,
            cost=(before.cost or 0.0) + cost if cost is not None and known else None,
        )


def _price(response: ModelResponse) -> float | None:
    """Return US dollars: what the provider said, else by the list prices; ``None`` if unknown."""
    if response.usage.cost is not None:
        return float(response.usage.cost)
    try:
        return float(response.cost().total_price)
    except (AssertionError, LookupError, ValueError):
        return None


class _ThoughtClock:
    def __init__(self) -> None:
        self._began: float | None = None
        self.milliseconds = 0

    def thinking(self) -> None:
        if self._began is None:
            self._began = time.monotonic()
        self.milliseconds = round((time.monotonic() - self._began) * 1000)


async def _alive(
    stream: StreamedResponse, deadline: asyncio.Timeout, patience_s: float
) -> AsyncIterator[ModelResponseStreamEvent]:
    """Yield the events of ``stream``; every sign of life renews the deadline."""
    events = aiter(stream)
    while True:
        try:
            event = await anext(events)
        except StopAsyncIteration:
            return
        except RUBBISH as error:
            raise UnexpectedModelBehavior(f"{type(error).__name__}: {error}") from error
        deadline.reschedule(asyncio.get_running_loop().time() + patience_s)
        yield event


def _stream_text(
    event: ModelResponseStreamEvent, text: DeltaStream, thought: DeltaStream, clock: _ThoughtClock
) -> None:
    match event:
        case PartStartEvent(part=TextPart(content=content)):
            text.add(content)
        case PartDeltaEvent(delta=TextPartDelta(content_delta=content)):
            text.add(content)
        case PartStartEvent(part=ThinkingPart(content=content)):
            clock.thinking()
            thought.add(content)
        case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=str(content))):
            clock.thinking()
            thought.add(content)
        case _:
            pass


def _run_id(origin: Origin) -> RunId:
    assert origin.run_id is not None, "a request belongs to a run"
    return origin.run_id
