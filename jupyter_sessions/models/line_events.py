"""Events about the line of a conversation: its queue, forks, pins, and summaries."""

from __future__ import annotations

from typing import Literal

from ..ids import RunId, SessionId
from .base import Model
from .envelope import Blob, EventBase


class RunChangedData(Model):
    """A message that still waits was edited, or is to steer the run that is at work."""

    prompt: str
    steer: bool


class QueueOrderedData(Model):
    """The messages that wait, in their new order."""

    ids: list[RunId]


class LineForkedData(Model):
    """An earlier message was edited: the conversation goes on from before it.

    What lies between ``after`` and this event stays in the log, but is no part of the
    conversation any more. Notebooks, files and the kernel are as they are.
    """

    after: int
    """``seq`` of the last event that is kept."""
    replaces: int
    """``seq`` of the ``message.user`` that was edited."""


class MessagePinnedData(Model):
    """A message that no summary may drop; or no longer."""

    seq: int
    pinned: bool


class ContextCompactedData(Model):
    """The model gets a summary in place of older parts. The log stays whole."""

    after: int
    """``seq`` of the last event that the summary stands for."""
    summary: str | Blob
    pinned: list[int]
    """``seq`` of the messages that are kept as they are."""
    tokens_before: int
    """Estimate for the conversation before."""
    tokens_after: int


class SessionForkedData(Model):
    """The log up to here is that of another session, by reference."""

    source: SessionId
    name: str
    """Of the other session, at that time."""
    seq: int
    """Last event that both have."""


class SessionImportedData(Model):
    """The log behind this event was imported: it was written elsewhere."""

    format: Literal["jsonl", "chat"]
    name: str
    """Of the session or file that it came from."""
    events: int


class RunChanged(EventBase[RunChangedData]):
    type: Literal["run.changed"] = "run.changed"


class QueueOrdered(EventBase[QueueOrderedData]):
    type: Literal["queue.ordered"] = "queue.ordered"


class LineForked(EventBase[LineForkedData]):
    type: Literal["line.forked"] = "line.forked"


class MessagePinned(EventBase[MessagePinnedData]):
    type: Literal["message.pinned"] = "message.pinned"


class ContextCompacted(EventBase[ContextCompactedData]):
    type: Literal["context.compacted"] = "context.compacted"


class SessionForked(EventBase[SessionForkedData]):
    type: Literal["session.forked"] = "session.forked"


class SessionImported(EventBase[SessionImportedData]):
    type: Literal["session.imported"] = "session.imported"
