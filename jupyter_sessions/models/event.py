"""Timelines: every entry, one class for each, and the closed union of them all.

An event is immutable; ``(stream, seq)`` names it. Payloads over 16 kB lie in the blob table, and
the event holds a ``Blob`` in their place.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, JsonValue, TypeAdapter

from ..ids import BlobHash, ProjectId, RunId, SessionId, StreamId
from .base import Model, Time
from .run import RunError, Usage

Actor = Literal["user", "agent", "system", "kernel"]
Outcome = Literal["ok", "error", "refused", "unknown"]
"""``refused``: a rule of the loop kept it from running; ``unknown``: the server had stopped."""


class Blob(Model):
    """A large payload that lies in the blob table."""

    blob: BlobHash
    size: int
    """Bytes."""
    media_type: str


class Nothing(Model):
    """The event says all by its type."""


class RunQueuedData(Model):
    prompt: str
    model: str
    branch: str = "main"
    notebook: str | None = None


class RunStartedData(Model):
    model: str


class RunCompletedData(Model):
    usage: Usage
    processing_ms: int
    waits_for_answer: bool = False
    """The agent asked the user: the next message is the answer."""


class RunFailedData(Model):
    error: RunError
    usage: Usage
    processing_ms: int


class RunCancelledData(Model):
    usage: Usage
    processing_ms: int
    by: Literal["user", "system"] = "user"


class IterationData(Model):
    iteration: int
    """Responses with tool calls so far in this session, this one included."""
    limit: int


class MessageData(Model):
    text: str


class AgentMessageData(Model):
    text: str
    model: str | None = None


class ReasoningData(Model):
    text: str
    duration_ms: int = 0
    replay: dict[str, JsonValue] | None = None
    """What the provider wants back with the next request (a signature, an id)."""


class ToolCalledData(Model):
    call_id: str
    tool: str
    arguments: dict[str, JsonValue]
    batch: int
    """Calls of one model response share it."""
    arguments_blob: Blob | None = None
    """Whole arguments as JSON, when they are large; ``arguments`` then holds them shortened."""


class ToolReturnedData(Model):
    call_id: str
    tool: str
    outcome: Outcome
    content: str
    """What the model was given, cut to a size that it can take."""
    whole: Blob | None = None
    """The whole result, when ``content`` was cut."""
    duration_ms: int = 0
    summary: str = ""
    """A few words for the row of the call: "442 lines", "not found"."""


class TerminalOutputData(Model):
    call_id: str
    command: str
    output: str | Blob
    exit_code: int | None
    terminal: str


class FileReadData(Model):
    path: str
    call_id: str | None = None
    sha256: str
    size: int


class FileChangedData(Model):
    path: str
    call_id: str | None = None
    before: str | None
    """SHA-256 before; ``None`` when the file is new."""
    after: str | None
    """SHA-256 after; ``None`` when the file was deleted."""
    size: int


CellChange = Literal["inserted", "edited", "moved", "deleted"]


class CellChangedData(Model):
    notebook: str
    """Path below the project."""
    cell_id: str
    change: CellChange
    cell_type: str
    call_id: str | None = None
    before: str | Blob | None = None
    """Source before; ``None`` for an inserted cell."""
    after: str | Blob | None = None
    """Source after; ``None`` for a deleted cell."""
    index: int
    lines_added: int = 0
    lines_removed: int = 0


class CellExecutedData(Model):
    notebook: str
    cell_id: str
    call_id: str | None = None
    kernel_id: str
    execution_count: int | None
    source: str | Blob
    outputs: list[dict[str, JsonValue]] | Blob
    """Outputs as in nbformat 4.5."""
    status: Literal["ok", "error", "interrupted", "dead"]
    duration_ms: int


class UserPromptedData(Model):
    call_id: str
    question: str
    choices: list[str] = []


class InterruptRequestedData(Model):
    kernel: bool = False


class LimitNearData(Model):
    iteration: int
    limit: int


class SessionChangedData(Model):
    """A session of the project was created or changed: the list shows it anew."""

    name: str
    status: str


class ProjectChangedData(Model):
    name: str
    default_runtime: str
    path: str


D = TypeVar("D", bound=Model)


class EventBase(Model, Generic[D]):
    """The envelope that all events share."""

    stream: StreamId
    seq: int
    """Gapless from 1: the only cursor."""
    project_id: ProjectId
    session_id: SessionId | None = None
    run_id: RunId | None = None
    parent: int | None = None
    """``seq`` of the event of the same stream that this one belongs to."""
    ts: Time
    actor: Actor
    data: D


class RunQueued(EventBase[RunQueuedData]):
    type: Literal["run.queued"] = "run.queued"


class RunStarted(EventBase[RunStartedData]):
    type: Literal["run.started"] = "run.started"


class RunCompleted(EventBase[RunCompletedData]):
    type: Literal["run.completed"] = "run.completed"


class RunFailed(EventBase[RunFailedData]):
    type: Literal["run.failed"] = "run.failed"


class RunCancelled(EventBase[RunCancelledData]):
    type: Literal["run.cancelled"] = "run.cancelled"


class IterationStarted(EventBase[IterationData]):
    type: Literal["iteration.started"] = "iteration.started"


class UserMessage(EventBase[MessageData]):
    type: Literal["message.user"] = "message.user"


class AgentMessage(EventBase[AgentMessageData]):
    type: Literal["message.agent"] = "message.agent"


class Reasoning(EventBase[ReasoningData]):
    type: Literal["reasoning"] = "reasoning"


class ToolCalled(EventBase[ToolCalledData]):
    type: Literal["tool.called"] = "tool.called"


class ToolReturned(EventBase[ToolReturnedData]):
    type: Literal["tool.returned"] = "tool.returned"


class TerminalOutput(EventBase[TerminalOutputData]):
    type: Literal["terminal.output"] = "terminal.output"


class FileRead(EventBase[FileReadData]):
    type: Literal["file.read"] = "file.read"


class FileChanged(EventBase[FileChangedData]):
    type: Literal["file.changed"] = "file.changed"


class CellChanged(EventBase[CellChangedData]):
    type: Literal["cell.changed"] = "cell.changed"


class CellExecuted(EventBase[CellExecutedData]):
    type: Literal["cell.executed"] = "cell.executed"


class UserPrompted(EventBase[UserPromptedData]):
    type: Literal["user.prompted"] = "user.prompted"


class InterruptRequested(EventBase[InterruptRequestedData]):
    type: Literal["interrupt.requested"] = "interrupt.requested"


class LimitNear(EventBase[LimitNearData]):
    type: Literal["limit.near"] = "limit.near"


class SessionCreated(EventBase[SessionChangedData]):
    type: Literal["session.created"] = "session.created"


class SessionChanged(EventBase[SessionChangedData]):
    type: Literal["session.changed"] = "session.changed"


class SessionDeleted(EventBase[Nothing]):
    type: Literal["session.deleted"] = "session.deleted"


class ProjectChanged(EventBase[ProjectChangedData]):
    type: Literal["project.changed"] = "project.changed"


Event = Annotated[
    RunQueued
    | RunStarted
    | RunCompleted
    | RunFailed
    | RunCancelled
    | IterationStarted
    | UserMessage
    | AgentMessage
    | Reasoning
    | ToolCalled
    | ToolReturned
    | TerminalOutput
    | FileRead
    | FileChanged
    | CellChanged
    | CellExecuted
    | UserPrompted
    | InterruptRequested
    | LimitNear
    | SessionCreated
    | SessionChanged
    | SessionDeleted
    | ProjectChanged,
    Field(discriminator="type"),
]
"""Every kind of event there is."""

EVENT: TypeAdapter[Any] = TypeAdapter(Event)
