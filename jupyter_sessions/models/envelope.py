"""The envelope that all events share."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from ..ids import BlobHash, ProjectId, RunId, SessionId, StreamId
from .base import Model, Time

Actor = Literal["user", "agent", "system", "kernel"]


class Blob(Model):
    """A large payload that lies in the blob table."""

    blob: BlobHash
    size: int
    """Bytes."""
    media_type: str


class Nothing(Model):
    """The event says all by its type."""


D = TypeVar("D", bound=Model)


class EventBase(Model, Generic[D]):
    """The envelope that all events share."""

    stream: StreamId
    seq: int
    """Gapless from 1: the only cursor."""
    project_id: ProjectId
    session_id: SessionId | None = None
    """In a forked session, the one that wrote the event."""
    run_id: RunId | None = None
    parent: int | None = None
    """``seq`` of the event of the same stream that this one belongs to."""
    ts: Time
    actor: Actor
    data: D
    type: str = ""
    """Each kind of event has one of its own."""
