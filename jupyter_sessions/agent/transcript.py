"""The conversation as the model sees it, rebuilt from our events: their format may change."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from ..models.event import (
    AgentMessage,
    Blob,
    InterruptRequested,
    Reasoning,
    RunFailed,
    ToolCalled,
    ToolReturned,
    UserMessage,
)
from ..timeline import AnyEvent

LoadBlob = Callable[[Blob], Awaitable[bytes]]


class Transcript:
    """Collects events into alternating requests and responses."""

    def __init__(self, load_blob: LoadBlob) -> None:
        self.messages: list[ModelMessage] = []
        self._load_blob = load_blob
        self._request: list[ModelRequestPart] = []
        self._response: list[ModelResponsePart] = []

    async def add(self, events: Iterable[AnyEvent]) -> None:
        """Add events in the order of the log; those that are not for the model are passed over."""
        for event in events:
            match event:
                case UserMessage():
                    self._say(event.data.text)
                case InterruptRequested():
                    self._say("(The user interrupted you here.)")
                case RunFailed() if event.data.error.code == "server_stopped":
                    self._say("(The server stopped here. What ran until then is kept.)")
                case Reasoning() if event.data.replay is not None:
                    self._answer(_thinking(event))
                case AgentMessage():
                    self._answer(TextPart(event.data.text))
                case ToolCalled():
                    self._answer(await self._call(event))
                case ToolReturned():
                    data = event.data
                    self._ask(ToolReturnPart(data.tool, data.content, tool_call_id=data.call_id))
                case _:
                    pass

    def finish(self, instructions: str) -> list[ModelMessage]:
        """Return the messages for the next request, which ends with what the model must answer."""
        self._flush()
        messages = list(self.messages)
        if not messages or isinstance(messages[-1], ModelResponse):
            messages.append(ModelRequest([UserPromptPart("Go on.")]))
        last = messages[-1]
        assert isinstance(last, ModelRequest)
        messages[-1] = ModelRequest(last.parts, instructions=instructions)
        return messages

    def _say(self, text: str) -> None:
        self._ask(UserPromptPart(text))

    def _ask(self, part: ModelRequestPart) -> None:
        if self._response:
            self._flush()
        self._request.append(part)

    def _answer(self, part: ModelResponsePart) -> None:
        if self._request:
            self._flush()
        self._response.append(part)

    def _flush(self) -> None:
        if self._request:
            # Providers want the results of calls before anything that the user says.
            parts = sorted(self._request, key=lambda part: not isinstance(part, ToolReturnPart))
            self.messages.append(ModelRequest(parts))
            self._request = []
        if self._response:
            self.messages.append(ModelResponse(self._response))
            self._response = []

    async def _call(self, event: ToolCalled) -> ToolCallPart:
        arguments = dict(event.data.arguments)
        if event.data.arguments_blob is not None:
            arguments = json.loads(await self._load_blob(event.data.arguments_blob))
        return ToolCallPart(event.data.tool, arguments, tool_call_id=event.data.call_id)


def _thinking(event: Reasoning) -> ThinkingPart:
    replay = event.data.replay or {}
    return ThinkingPart(
        event.data.text,
        id=_text(replay.get("id")),
        signature=_text(replay.get("signature")),
        provider_name=_text(replay.get("provider_name")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
