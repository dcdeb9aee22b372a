"""A run: one execution of the agent against one message; immutable once it ends."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..ids import RunId, SessionId
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
    branch: str = "main"
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


class Interrupt(Model):
    """Body of ``POST …/interrupt``."""

    kernel: bool = False
    """Also interrupt the cell that is running (the second press of the button)."""
