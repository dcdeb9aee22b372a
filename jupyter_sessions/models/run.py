"""A run: one execution of the agent against one message; immutable once it ends."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..ids import MAIN, BranchId, RunId, SessionId
from .base import Model, Time
from .text import MessageText, PathText

RunStatus = Literal["queued", "running", "completed", "failed", "cancelled"]
ENDED: frozenset[RunStatus] = frozenset({"completed", "failed", "cancelled"})


class Usage(Model):
    """What a run asked of its model."""

    input_tokens: int = 0
    output_tokens: int = 0
    requests: int = 0
    cost: float | None = None
    """US dollars; ``None`` when the price of the model is not known."""


class RunError(Model):
    """Why a run failed."""

    code: str
    """``server_stopped``, or what the provider did: ``auth``, ``rate_limit``, ``timeout``, …"""
    message: str
    """A sentence that a person can act on."""


class Run(Model):
    """One execution of the agent."""

    id: RunId
    session_id: SessionId
    status: RunStatus
    prompt: str
    model: str
    branch: BranchId = MAIN
    """Branch that its session was on when the message was sent."""
    steer: bool = False
    """While it waits: to be taken into the run that is at work."""
    queue_position: int = 0
    """While it waits: its place; those that steer come before all others."""
    created_at: Time
    started_at: Time | None = None
    completed_at: Time | None = None
    usage: Usage = Usage()
    error: RunError | None = None


class NewMessage(Model):
    """Body of ``POST …/messages``."""

    text: MessageText
    model: Annotated[str, Field(max_length=200)] | None = None
    """Model for this run only; the session's own otherwise."""
    notebook: PathText | None = None
    """Notebook that the user looks at (path below the project): the agent works there."""
    steer: bool = False
    """Into the run that is at work, at its next step; a run of its own when there is none."""
    replaces: Annotated[int, Field(ge=1, le=2**53)] | None = None
    """``seq`` of an earlier ``message.user`` that this is an edit of: the conversation goes on from
    before it."""


class RunPatch(Model):
    """Body of ``PATCH …/runs/{run}``, for a message that still waits."""

    text: MessageText | None = None
    steer: bool | None = None


class QueueOrder(Model):
    """Body of ``PUT …/sessions/{session}/queue``."""

    ids: Annotated[list[RunId], Field(max_length=1000)]
    """Waiting messages in their new order; those that are not named follow as they were."""


class Interrupt(Model):
    """Body of ``POST …/interrupt``."""

    kernel: bool = False
    """Also interrupt the cell that is running (the second press of the button)."""
