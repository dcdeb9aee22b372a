"""What a person reads of a log: messages, calls with what they did, findings, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ..ids import BlobHash
from ..models.event import EventBase
from .payloads import inlined

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What the user or the agent said."""

    who: Literal["user", "agent"]
    text: str
    ts: datetime
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """A cell that ran."""

    notebook: str
    source: str
    outputs: list[Any]
    execution_count: int | None
    status: str


@dataclass(slots=True)
class Call:
    """A tool call, with the cells that it ran."""

    tool: str
    arguments: Json
    outcome: str = "unknown"
    summary: str = ""
    content: str = ""
    duration_ms: int = 0
    executions: list[Execution] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Finding:
    """A key result, or a disposition."""

    title: str
    text: str = ""
    value: Json | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened to the conversation."""

    text: str


Entry = Message | Call | Execution | Finding | Note


class Story:
    """Turns a log, read in order, into entries. What an edited message replaced is left out."""

    def __init__(self, replaced: Sequence[tuple[int, int]] = ()) -> None:
        """Know what is left out: events between two numbers, without these."""
        self._replaced = replaced
        self._open: dict[str, Call] = {}

    def add(self, event: EventBase[Any], blobs: Mapping[BlobHash, bytes]) -> Iterator[Entry]:
        """Yield the entries that are whole with this event."""
        if any(low < event.seq < high for low, high in self._replaced):
            return
        data = inlined(event.data.model_dump(mode="json"), blobs)
        call = self._open.get(str(data.get("call_id")))
        match event.type:
            case "message.user" | "message.agent":
                yield from self.end()
                yield _message(event, data)
            case "tool.called":
                self._open[data["call_id"]] = Call(data["tool"], data["arguments"])
            case "tool.returned":
                yield _returned(self._open.pop(data["call_id"], None), data)
            case "cell.executed":
                if call is None:
                    yield _execution(data)
                else:
                    call.executions.append(_execution(data))
            case _:
                yield from _rest(event, data)

    def end(self) -> Iterator[Entry]:
        """Yield the calls that never came back."""
        yield from self._open.values()
        self._open = {}


def _message(event: EventBase[Any], data: Json) -> Message:
    who: Literal["user", "agent"] = "user" if event.actor == "user" else "agent"
    return Message(who, data["text"], event.ts, data.get("model"))


def _returned(call: Call | None, data: Json) -> Call:
    done = call or Call(data["tool"], {})
    done.outcome, done.summary = data["outcome"], data["summary"]
    done.content = data["whole"] if isinstance(data["whole"], str) else data["content"]
    done.duration_ms = data["duration_ms"]
    return done


def _execution(data: Json) -> Execution:
    source, outputs = data["source"], data["outputs"]
    return Execution(
        notebook=data["notebook"],
        source=source if isinstance(source, str) else "",
        outputs=outputs if isinstance(outputs, list) else [],
        execution_count=data["execution_count"],
        status=data["status"],
    )


def _rest(event: EventBase[Any], data: Json) -> Iterator[Entry]:
    match event.type:
        case "user.prompted":
            choices = "".join(f"\n- {choice}" for choice in data["choices"])
            yield Message("agent", data["question"] + choices, event.ts)
        case "key_result.added":
            yield Finding(f"Key result {data['number']}: {data['title']}", data["description"])
        case "disposition.set":
            yield Finding("Disposition", value=data["value"])
        case "run.failed":
            yield Note(f"The run failed: {data['error']['message']}")
        case "interrupt.requested":
            yield Note("The user interrupted the agent.")
        case "line.forked":
            yield Note("A message was edited: an earlier version of what follows is left out.")
        case "branch.switched":
            yield Note(f"From here on the work is on the branch {data['name']}.")
        case "merge.proposed":
            names = f"{data['source_name']} into {data['target_name']}"
            yield Note(f"A merge was proposed: {names}.")
        case "merge.applied":
            yield Note(f"{data['source_name']} was merged into {data['target_name']}.")
        case "run.undone":
            done = "was done again" if data["redo"] else "was taken back"
            some = "Some of what" if data["partly"] else "What"
            yield Note(f"{some} a run had changed {done}.")
        case "session.imported":
            yield Note(f"Imported from {data['name']}.")
        case "context.imported":
            yield Note(f"Findings of {data['name']} were given to the agent.")
        case "context.compacted":
            yield Note("From here on the agent had a summary of what is above.")
