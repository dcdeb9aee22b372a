"""The conversation as the model sees it, rebuilt from our events: their format may change."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal

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
from ..models.line_events import ContextCompacted, LineForked, MessagePinned
from ..timeline import AnyEvent

LoadBlob = Callable[[Blob], Awaitable[bytes]]
TYPES = frozenset(
    {
        "context.compacted",
        "interrupt.requested",
        "line.forked",
        "message.agent",
        "message.pinned",
        "message.user",
        "reasoning",
        "run.failed",
        "tool.called",
        "tool.returned",
    }
)
"""Events that a transcript is made of."""
CUT_OFF = (
    "What this call returned is not known here: the conversation was cut off during it. "
    "Look before doing it again."
)


Part = UserPromptPart | ToolReturnPart | TextPart | ThinkingPart | ToolCallPart
Kind = Literal["message", "steering", "other"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the conversation, and the number of the event that it comes from."""

    seq: int
    part: Part
    kind: Kind = "other"
    """``message``: the user begins a turn; ``steering``: the user said it while the run worked."""

    @property
    def is_response(self) -> bool:
        return isinstance(self.part, TextPart | ThinkingPart | ToolCallPart)

    @property
    def size(self) -> int:
        """Bytes of what the model is given."""
        if isinstance(self.part, ToolCallPart):
            return len(self.part.args_as_json_str().encode()) + len(self.part.tool_name)
        return len(str(self.part.content).encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands for everything up to ``after``."""

    seq: int
    after: int
    text: str
    kept: list[int]
    """Messages up to ``after`` that are given word for word."""


class Transcript:
    """Collects the events of a conversation's current line, and makes messages of them."""

    def __init__(self, load_blob: LoadBlob) -> None:
        self.pieces: list[Piece] = []
        self._summaries: list[Summary] = []
        self._pins: dict[int, bool] = {}
        self._load_blob = load_blob

    async def add(self, events: Iterable[AnyEvent]) -> None:
        """Add events in the order of the log; those that are not for the model are passed over."""
        for event in events:
            match event:
                case UserMessage():
                    kind: Kind = "steering" if event.data.steers else "message"
                    self._put(event, UserPromptPart(event.data.text), kind)
                case InterruptRequested():
                    self._say(event, "(The user interrupted you here.)")
                case RunFailed() if event.data.error.code == "server_stopped":
                    self._say(event, "(The server stopped here. What ran until then is kept.)")
                case Reasoning() if event.data.replay is not None:
                    self._put(event, _thinking(event))
                case AgentMessage():
                    self._put(event, TextPart(event.data.text))
                case ToolCalled():
                    self._put(event, await self._call(event))
                case ToolReturned():
                    data = event.data
                    returned = ToolReturnPart(data.tool, data.content, tool_call_id=data.call_id)
                    self._put(event, returned)
                case LineForked():
                    self._cut(event.data.after)
                case MessagePinned():
                    self._pins[event.data.seq] = event.data.pinned
                case ContextCompacted():
                    self._summaries.append(await self._summary(event))
                case _:
                    pass

    @property
    def summary(self) -> Summary | None:
        """What stands for the oldest part of the conversation, once that was summarised."""
        return self._summaries[-1] if self._summaries else None

    @property
    def recent(self) -> list[Piece]:
        """What the model gets as it is: everything behind the summary."""
        after = self.summary.after if self.summary else 0
        return [piece for piece in self.pieces if piece.seq > after]

    def kept(self, after: int, also: Iterable[int] = ()) -> list[Piece]:
        """Return the messages up to ``after`` that no summary may drop: pinned, or in ``also``."""
        kept = {seq for seq, pinned in self._pins.items() if pinned}
        kept |= {seq for seq in also if self._pins.get(seq, True)}
        return [piece for piece in self.pieces if piece.seq <= after and piece.seq in kept]

    def finish(self, instructions: str) -> list[ModelMessage]:
        """Return the messages for the next request, which ends with what the model must answer."""
        parts = _parts(self.recent)
        if self.summary is not None:
            parts.insert(0, UserPromptPart(self.opening(self.summary)))
        messages = _messages(parts)
        if not messages or isinstance(messages[-1], ModelResponse):
            messages.append(ModelRequest([UserPromptPart("Go on.")]))
        last = messages[-1]
        assert isinstance(last, ModelRequest)
        messages[-1] = ModelRequest(last.parts, instructions=instructions)
        return messages

    def opening(self, summary: Summary) -> str:
        """Return what the model is told in place of the summarised part."""
        words = [
            "The older part of this conversation was left out. Its summary:\n\n" + summary.text
        ]
        kept = self.kept(summary.after, summary.kept)
        if kept:
            words.append("Messages of that part, word for word:")
            words += [f"[{speaker(piece)}] {text_of(piece)}" for piece in kept]
        return "\n\n".join(words)

    def _cut(self, after: int) -> None:
        """Go back to how the conversation stood at ``after``."""
        self.pieces = [piece for piece in self.pieces if piece.seq <= after]
        self._summaries = [each for each in self._summaries if each.seq <= after]

    def _say(self, event: AnyEvent, text: str) -> None:
        self._put(event, UserPromptPart(text))

    def _put(self, event: AnyEvent, part: Part, kind: Kind = "other") -> None:
        self.pieces.append(Piece(event.seq, part, kind))

    async def _call(self, event: ToolCalled) -> ToolCallPart:
        arguments = dict(event.data.arguments)
        if event.data.arguments_blob is not None:
            arguments = json.loads(await self._load_blob(event.data.arguments_blob))
        return ToolCallPart(event.data.tool, arguments, tool_call_id=event.data.call_id)

    async def _summary(self, event: ContextCompacted) -> Summary:
        text = event.data.summary
        if isinstance(text, Blob):
            text = (await self._load_blob(text)).decode("utf-8", "replace")
        return Summary(event.seq, event.data.after, text, event.data.pinned)


def speaker(piece: Piece) -> str:
    """Return who said a message, as the model is told."""
    return "you" if piece.is_response else "user"


def text_of(piece: Piece) -> str:
    """Return the words of a message."""
    return str(piece.part.content) if isinstance(piece.part, TextPart | UserPromptPart) else ""


def _parts(pieces: Iterable[Piece]) -> list[Part]:
    """Return the parts; messages that steered together become one, so that none is overlooked."""
    parts: list[Part] = []
    before: Kind = "other"
    for piece in pieces:
        if piece.kind == before == "steering":
            earlier = parts.pop()
            assert isinstance(earlier, UserPromptPart)
            parts.append(UserPromptPart(f"{earlier.content}\n\n{text_of(piece)}"))
        else:
            parts.append(piece.part)
        before = piece.kind
    return parts


def _messages(parts: Iterable[Part]) -> list[ModelMessage]:
    """Put parts into alternating requests and responses; every call gets a return, just once.

    A fork may have cut the log between a call and its return: each provider wants them paired.
    """
    messages: list[ModelMessage] = []
    request: list[ModelRequestPart] = []
    response: list[ModelResponsePart] = []
    for part in parts:
        if isinstance(part, TextPart | ThinkingPart | ToolCallPart):
            if request:
                messages.append(_request(request, messages))
                request = []
            response.append(part)
        else:
            if response:
                messages.append(ModelResponse(response))
                response = []
            request.append(part)
    if response:
        messages.append(ModelResponse(response))
    if request or (response and _calls(messages)):
        messages.append(_request(request, messages))
    return messages


def _request(parts: list[ModelRequestPart], before: list[ModelMessage]) -> ModelRequest:
    # Providers want the results of calls before anything that the user says.
    returned = {part.tool_call_id: part for part in parts if isinstance(part, ToolReturnPart)}
    results = [
        returned.get(call.tool_call_id)
        or ToolReturnPart(call.tool_name, CUT_OFF, tool_call_id=call.tool_call_id)
        for call in _calls(before)
    ]
    return ModelRequest([*results, *(p for p in parts if not isinstance(p, ToolReturnPart))])


def _calls(messages: list[ModelMessage]) -> list[ToolCallPart]:
    """Return the calls of the last message."""
    last = messages[-1] if messages else None
    parts = last.parts if isinstance(last, ModelResponse) else []
    return [part for part in parts if isinstance(part, ToolCallPart)]


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
