"""A session: a durable conversation with the agent inside a project."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..ids import ProjectId, SessionId
from .base import Model, Time
from .text import Name

SessionStatus = Literal["idle", "queued", "running", "waiting", "failed"]
"""``waiting``: the agent asked and waits for an answer; ``failed``: the last run failed."""


ModelName = Annotated[str, Field(max_length=200)]


class Session(Model):
    """A conversation with its own log."""

    id: SessionId
    project_id: ProjectId
    name: str
    position: int
    """Place in the project's list, counted from 0."""
    active_branch: str = "main"
    model: str | None = None
    """``provider:model``; ``None`` takes the server's default at each message."""
    status: SessionStatus = "idle"
    status_reason: str | None = None
    """Why it failed, or what the agent asks: one line for a list."""
    processing_ms: int = 0
    """Wall clock of all ended runs, from accepting a message to returning control."""
    started: bool = False
    key_result_count: int = 0
    last_seq: int = 0
    """Last event of its timeline."""
    created_at: Time
    updated_at: Time


class NewSession(Model):
    """Body of ``POST …/sessions``."""

    name: Name | None = None
    model: ModelName | None = None


class SessionOrder(Model):
    """Body of ``PUT …/sessions/order``."""

    ids: list[SessionId]
    """Ids in the new order; sessions that are not named follow as they were."""


class SessionPatch(Model):
    """Body of ``PATCH …/sessions/{session}``: what is left out stays."""

    name: Name | None = None
    model: ModelName | None = None
