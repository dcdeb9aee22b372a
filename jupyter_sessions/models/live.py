"""What goes over the WebSocket: events, and what is live only and never stored."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter

from ..ids import BranchId, MergeId, OperationId, ProjectId, RunId, SessionId, StreamId
from .base import Model, Time
from .event import Event
from .fork import ForkProgress
from .session import Session


class MessageDelta(Model):
    """More text of an answer that is being written. ``offset`` 0 starts anew."""

    type: Literal["message.delta"] = "message.delta"
    run_id: RunId
    offset: int
    """Characters (UTF-16 code units) sent before this delta."""
    text: str


class ReasoningDelta(Model):
    """More of the model's reasoning."""

    type: Literal["reasoning.delta"] = "reasoning.delta"
    run_id: RunId
    offset: int
    text: str


class TerminalDelta(Model):
    """More output of a command that is running."""

    type: Literal["terminal.delta"] = "terminal.delta"
    run_id: RunId
    call_id: str
    offset: int
    text: str


class CallState(Model):
    """A call waits for a kernel or terminal that another call holds, or has begun to run."""

    type: Literal["call.state"] = "call.state"
    run_id: RunId
    call_id: str
    state: Literal["waits", "running"]


class Retrying(Model):
    """The provider did not answer; the next try is at ``at``."""

    type: Literal["retrying"] = "retrying"
    run_id: RunId
    message: str
    attempt: int
    attempts: int
    at: Time


class CellInsert(Model):
    """Insert ``cell`` (nbformat 4.5) behind ``after``; ``None`` is the top."""

    op: Literal["insert"] = "insert"
    cell: dict[str, JsonValue]
    after: str | None


class CellEdit(Model):
    """Give the cell a new source. ``before`` is the source that was replaced."""

    op: Literal["edit"] = "edit"
    cell_id: str
    before: str
    source: str


class CellMove(Model):
    """Move the cell behind ``after``; ``None`` is the top."""

    op: Literal["move"] = "move"
    cell_id: str
    after: str | None


class CellDelete(Model):
    """Delete the cell."""

    op: Literal["delete"] = "delete"
    cell_id: str


class CellOutputs(Model):
    """The cell's outputs, whole, as they are now."""

    op: Literal["outputs"] = "outputs"
    cell_id: str
    outputs: list[dict[str, JsonValue]]
    execution_count: int | None
    running: bool


class CellDetails(Model):
    """The cell's metadata and attachments, whole; ``None`` when it has no attachments."""

    op: Literal["details"] = "details"
    cell_id: str
    metadata: dict[str, JsonValue]
    attachments: dict[str, JsonValue] | None


class NotebookDetails(Model):
    """The notebook's own metadata, whole."""

    op: Literal["notebook"] = "notebook"
    metadata: dict[str, JsonValue]


CellOp = Annotated[
    CellInsert | CellEdit | CellMove | CellDelete | CellOutputs | CellDetails | NotebookDetails,
    Field(discriminator="op"),
]


class NotebookChanged(Model):
    """The server changed a notebook: an open document applies ``ops`` in order.

    Sent on the project's stream. ``hash`` and ``last_modified`` are the file's own afterwards, as
    the contents API gives them; ``None`` while outputs stream and the file is not written yet, and
    when the change went through a shared document (``shared``), which then carries it by itself.
    """

    type: Literal["notebook.changed"] = "notebook.changed"
    path: str
    """As the contents API names it."""
    ops: list[CellOp]
    hash: str | None = None
    hash_algorithm: str | None = None
    last_modified: str | None = None
    shared: bool = False


class VersionAdded(Model):
    """A notebook has a new version on a branch. Sent on the project's stream."""

    type: Literal["version.added"] = "version.added"
    branch: BranchId
    notebook: str
    version: OperationId


class MergeMoved(Model):
    """An open merge looks different now: a decision, or a branch that moved."""

    type: Literal["merge.moved"] = "merge.moved"
    merge: MergeId


class SaveRequested(Model):
    """A run is about to work on this notebook: a front end saves unsaved edits, then answers."""

    type: Literal["save.requested"] = "save.requested"
    path: str
    request: str
    """Sent back as ``{"saved": request}``."""


class SessionState(Model):
    """A session as it is now, for lists. Sent on the project's stream when it changes."""

    type: Literal["session.state"] = "session.state"
    session: Session


class SessionsOrdered(Model):
    """The project's sessions, in their new order. Sent on the project's stream."""

    type: Literal["sessions.ordered"] = "sessions.ordered"
    ids: list[SessionId]


Live = Annotated[
    MessageDelta
    | ReasoningDelta
    | TerminalDelta
    | CallState
    | Retrying
    | NotebookChanged
    | VersionAdded
    | MergeMoved
    | ForkProgress
    | SaveRequested
    | SessionState
    | SessionsOrdered,
    Field(discriminator="type"),
]


class EventFrame(Model):
    """Server to client: the next event of a stream."""

    kind: Literal["event"] = "event"
    event: Event


class LiveFrame(Model):
    """Server to client: something live, which is not in the log."""

    kind: Literal["live"] = "live"
    stream: StreamId
    live: Live


class ReadyFrame(Model):
    """Server to client: the replay is done; what follows is live."""

    kind: Literal["ready"] = "ready"
    stream: StreamId
    seq: int


class ErrorFrame(Model):
    """Server to client: a subscription was refused, or a message was not understood."""

    kind: Literal["error"] = "error"
    stream: str | None = None
    code: str
    message: str


class GoneFrame(Model):
    """Server to client: the stream was deleted."""

    kind: Literal["gone"] = "gone"
    stream: StreamId


Frame = Annotated[
    EventFrame | LiveFrame | ReadyFrame | ErrorFrame | GoneFrame, Field(discriminator="kind")
]


class Subscribe(Model):
    """Client to server: replay the stream after ``after``, then follow it."""

    subscribe: StreamId
    after: Annotated[int, Field(ge=0, le=2**53)] = 0


class Unsubscribe(Model):
    """Client to server."""

    unsubscribe: StreamId


class Saved(Model):
    """Client to server: the notebook of this ``SaveRequested`` is saved."""

    saved: str


class Attend(Model):
    """Client to server: notebooks of this project that are open here, by their contents paths."""

    attend: list[str]
    project: ProjectId


CLIENT_MESSAGE: TypeAdapter[Subscribe | Unsubscribe | Saved | Attend] = TypeAdapter(
    Subscribe | Unsubscribe | Saved | Attend
)
