"""Timelines: every entry, one class for each, and the closed union of them all.

An event is immutable; ``(stream, seq)`` names it. Payloads over 16 kB lie in the blob table, and
the event holds a ``Blob`` in their place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, JsonValue, TypeAdapter

from ..ids import MAIN, BranchId, RunId
from .base import Model
from .branch_events import (
    BranchChanged,
    BranchConverged,
    BranchCreated,
    BranchSwitched,
    MergeApplied,
    MergeClosed,
    MergeProposed,
    NotebooksChanged,
    OperationUndone,
    RunUndone,
)
from .envelope import Actor as Actor
from .envelope import Blob as Blob
from .envelope import EventBase as EventBase
from .envelope import Nothing as Nothing
from .findings_events import (
    ContextImported,
    DependenciesChanged,
    DispositionSchemaChanged,
    DispositionSet,
    KeyResultAdded,
    KeyResultChanged,
    KeyResultRemoved,
)
from .line_events import (
    ContextCompacted,
    LineForked,
    MessagePinned,
    QueueOrdered,
    RunChanged,
    SessionForked,
    SessionImported,
)
from .run import RunError, Usage

Outcome = Literal["ok", "error", "refused", "unknown"]
"""``refused``: a rule of the loop kept it from running; ``unknown``: the server had stopped."""


class RunQueuedData(Model):
    prompt: str
    model: str
    branch: BranchId = MAIN
    notebook: str | None = None
    steer: bool = False
    """To be taken into the run that is at work, at its next step."""
    replaces: int | None = None
    """``seq`` of the earlier message that this one is an edit of."""


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
    steered: RunId | None = None
    """The message went into this run instead."""


class IterationData(Model):
    iteration: int
    """Responses with tool calls so far in this session, this one included."""
    limit: int


class MessageData(Model):
    text: str
    steers: bool = False
    """It came while the run was at work, and was taken in at a step."""


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
    before_blob: Blob | None = None
    """What it was, where that is kept: an undo puts it back."""
    after_blob: Blob | None = None


CellChange = Literal["inserted", "edited", "moved", "deleted"]


class CellChangedData(Model):
    notebook: str
    """Path below the project."""
    branch: BranchId = MAIN
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
    branch: BranchId = MAIN
    cell_id: str
    call_id: str | None = None
    kernel_id: str
    execution_count: int | None
    source: str | Blob
    outputs: list[dict[str, JsonValue]] | Blob
    """Outputs as in nbformat 4.5."""
    status: Literal["ok", "error", "interrupted", "dead"]
    duration_ms: int
    source_hash: str = ""
    """Short hash of ``source``, as cells have it."""
    table: str | Blob | None = None
    """What the cell returned, where that is a table: a ``Table`` as JSON."""


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
    | ProjectChanged
    | KeyResultAdded
    | KeyResultChanged
    | KeyResultRemoved
    | DispositionSchemaChanged
    | DispositionSet
    | DependenciesChanged
    | ContextImported
    | RunChanged
    | QueueOrdered
    | LineForked
    | MessagePinned
    | ContextCompacted
    | SessionForked
    | SessionImported
    | BranchCreated
    | BranchChanged
    | BranchSwitched
    | BranchConverged
    | MergeProposed
    | MergeApplied
    | MergeClosed
    | OperationUndone
    | NotebooksChanged
    | RunUndone,
    Field(discriminator="type"),
]
"""Every kind of event there is."""

EVENT: TypeAdapter[Any] = TypeAdapter(Event)

EVENT_TYPES: frozenset[str] = frozenset(
    kind.model_fields["type"].default for kind in get_args(get_args(Event)[0])
)
"""What ``type`` can be."""
