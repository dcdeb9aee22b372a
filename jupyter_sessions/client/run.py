"""A run as a value, and the answer as it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
ENDED = {"run.completed": "completed", "run.failed": "failed", "run.cancelled": "cancelled"}


@dataclass(slots=True)
class Text:
    """Something that the agent says: Markdown, which is data and may hold anything."""

    text: str
    is_whole: bool = False
    """``False`` while it is being written."""


@dataclass(slots=True)
class ToolCall:
    """Something that the agent does."""

    call_id: str
    tool: str
    arguments: Json
    state: str = "running"
    """``running``, ``waits`` (for a kernel or terminal), or how it went: ``ok``, ``error``, …"""
    summary: str = ""
    duration_ms: int = 0


@dataclass(slots=True)
class Answer:
    """What a run has brought so far. ``add`` takes the frames of its session's stream."""

    run_id: str
    parts: list[Text | ToolCall] = field(default_factory=list)
    """What was said and done, in order."""
    events: list[Json] = field(default_factory=list)
    status: str = "queued"
    """``queued``, ``running``, ``completed``, ``failed`` or ``cancelled``."""
    note: str = ""
    """What it waits for just now, as a sentence."""
    question: str | None = None
    """What the agent asks: the next message is the answer."""
    taken_by: str | None = None
    """The run that took this message in, which ended its own."""

    @property
    def has_ended(self) -> bool:
        return self.status in {"completed", "failed", "cancelled"}

    @property
    def text(self) -> str:
        """All that the agent said, as Markdown."""
        said = [part.text.strip() for part in self.parts if isinstance(part, Text)]
        return "\n\n".join(text for text in said if text)

    @property
    def calls(self) -> list[ToolCall]:
        """All that the agent did."""
        return [part for part in self.parts if isinstance(part, ToolCall)]

    def add(self, frame: Mapping[str, Any]) -> bool:
        """Take a frame; tell whether it was about this run."""
        if frame.get("kind") == "event":
            return self._add_event(frame["event"])
        if frame.get("kind") == "live":
            return self._add_live(frame["live"])
        return False

    def _add_event(self, event: Json) -> bool:
        if event["run_id"] != self.run_id:
            return False
        kind, data = event["type"], event["data"]
        self.events.append(event)
        self.note = ""
        if kind == "run.started":
            self.status = "running"
        elif kind == "message.agent":
            self._writing().text, self._writing().is_whole = data["text"], True
        elif kind == "tool.called":
            self._drop_partial()
            self.parts.append(ToolCall(data["call_id"], data["tool"], data["arguments"]))
        elif kind == "tool.returned":
            for call in self._calls(data["call_id"]):
                call.state, call.summary = data["outcome"], data["summary"]
                call.duration_ms = data["duration_ms"]
        elif kind == "user.prompted":
            self.question = data["question"]
            self.parts.append(Text(_asked(data), is_whole=True))
        elif kind in ENDED:
            self.status = ENDED[kind]
            self.taken_by = data.get("steered")
            self._drop_partial()
        return True

    def _add_live(self, live: Json) -> bool:
        if live.get("run_id") != self.run_id:
            return False
        kind = live["type"]
        if kind == "message.delta":
            part = self._writing()
            part.text = live["text"] if live["offset"] == 0 else part.text + live["text"]
        elif kind == "call.state":
            for call in self._calls(live["call_id"]):
                call.state = live["state"]
        elif kind == "retrying":
            self.note = live["message"]
        else:
            return False
        return True

    def _writing(self) -> Text:
        """Return the text that is being written; begin one when there is none."""
        last = self.parts[-1] if self.parts else None
        if isinstance(last, Text) and not last.is_whole:
            return last
        self.parts.append(Text(""))
        return self.parts[-1]  # type: ignore[return-value]  # the one just added

    def _drop_partial(self) -> None:
        """Forget text that was begun and never recorded: it is not part of the answer."""
        self.parts = [part for part in self.parts if isinstance(part, ToolCall) or part.is_whole]

    def _calls(self, call_id: str) -> list[ToolCall]:
        return [call for call in self.calls if call.call_id == call_id]


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of the agent, ended. ``text`` is the answer."""

    id: str
    session_id: str
    status: str
    """``completed``, ``failed`` or ``cancelled``; ``queued`` or ``running`` when nobody waited."""
    prompt: str
    model: str
    text: str = ""
    """All that the agent said, as Markdown. It is data: it may hold anything."""
    question: str | None = None
    """What the agent asks, when it waits for an answer."""
    usage: Json = field(default_factory=dict)
    """``input_tokens``, ``output_tokens``, ``requests``; ``cost`` in US dollars, or ``None``."""
    error: Json | None = None
    """``code`` and ``message`` of a run that failed."""
    duration_ms: int = 0
    """From its start to its end."""
    events: tuple[Json, ...] = field(default=(), repr=False)
    """Its part of the session's log, as in the API."""
    shown: bool = field(default=False, repr=False, compare=False)
    """Its text stands in the output of a cell already: as that cell's value it is one line."""

    @property
    def calls(self) -> list[ToolCall]:
        """What the agent did."""
        answer = Answer(self.id)
        for event in self.events:
            answer.add({"kind": "event", "event": event})
        return answer.calls

    def __repr__(self) -> str:
        return f"<Run {self.id}: {self.summary}>"

    @property
    def summary(self) -> str:
        """Status, time, calls and tokens, in a line."""
        calls = sum(event["type"] == "tool.called" for event in self.events)
        tokens = self.usage.get("input_tokens", 0) + self.usage.get("output_tokens", 0)
        parts = [f"{self.status} in {self.duration_ms / 1000:.1f} s"]
        if calls:
            parts.append(f"{calls} tool call{'' if calls == 1 else 's'}")
        if tokens:
            parts.append(f"{tokens:,} tokens")
        return ", ".join(parts)

    def _repr_markdown_(self) -> str:
        from .markdown import harmless  # only notebooks need it

        line = f"*Run {self.summary}*"
        if self.shown:
            return line
        problem = "" if self.error is None else harmless(str(self.error["message"]))
        return "\n\n".join(part for part in (harmless(self.text), problem, line) if part)


def run_value(run: Json, answer: Answer | None = None, *, shown: bool = False) -> Run:
    """Return a run of the API, and its answer, as a value."""
    return Run(
        id=run["id"],
        session_id=run["session_id"],
        status=run["status"],
        prompt=run["prompt"],
        model=run["model"],
        text="" if answer is None else answer.text,
        question=None if answer is None else answer.question,
        usage=run["usage"],
        error=run["error"],
        duration_ms=_elapsed_ms(run["started_at"], run["completed_at"]),
        events=() if answer is None else tuple(answer.events),
        shown=shown,
    )


def _elapsed_ms(start: str | None, end: str | None) -> int:
    if start is None or end is None:
        return 0
    from datetime import datetime  # not needed before a run has ended

    return round(
        (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() * 1e3
    )


def _asked(data: Json) -> str:
    choices = "".join(f"\n- {choice}" for choice in data["choices"])
    return str(data["question"]) + (f"\n{choices}" if choices else "")
