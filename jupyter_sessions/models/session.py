"""A session: a durable conversation with the agent inside a project."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..ids import MAIN, BranchId, ProjectId, SessionId
from .base import Model, Time
from .branch import BranchText
from .dependency import Dependency, NewDependency
from .disposition import JsonObject
from .run import Usage
from .text import MessageText, Name, PathText

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
    active_branch: BranchId = MAIN
    """Id of the branch that its runs work on."""
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
    request: str | None = None
    """Starting request that was written down, but not sent yet."""
    has_schema: bool = False
    """It must end with a disposition."""
    decided: bool = False
    """It has a disposition."""
    dependencies: list[Dependency] = []
    usage: Usage = Usage()
    """Tokens and money of all its runs."""
    forked_from: SessionId | None = None
    forked_seq: int | None = None
    """Last event that it shares with ``forked_from``."""
    archived_at: Time | None = None
    preferred: bool = False
    """A person chose its results over those of others."""
    created_at: Time
    updated_at: Time


class NewSession(Model):
    """Body of ``POST …/sessions``."""

    name: Name | None = None
    """Made from the request when left out."""
    model: ModelName | None = None
    request: MessageText | None = None
    """The starting request: sent at once with ``start``, else kept for later."""
    start: bool = False
    notebook: PathText | None = None
    """With ``start``: the notebook that the user looks at, as in ``NewMessage``."""
    active_branch: BranchText | None = None
    """Id or name of the branch that it works on from its first message; main when left out."""
    json_schema: JsonObject | None = None
    """What it must decide; see ``DispositionChange``."""
    dependencies: list[NewDependency] = []


class SessionOrder(Model):
    """Body of ``PUT …/sessions/order``: all of it (``ids``), or one move."""

    ids: list[SessionId] | None = None
    """Ids in the new order; sessions that are not named follow as they were."""
    move: SessionId | None = None
    before: SessionId | None = None
    """With ``move``: the session that it is put before; null puts it last."""


class SessionPatch(Model):
    """Body of ``PATCH …/sessions/{session}``: what is left out stays."""

    name: Name | None = None
    expected_name: str | None = None
    """The name that is replaced: 409 with the newer one when it is another by now."""
    model: ModelName | None = None
    request: MessageText | None = None
    archived: bool | None = None
    preferred: bool | None = None
    active_branch: BranchText | None = None
    """Id or name of a branch of the project."""


class NewFork(Model):
    """Body of ``POST …/sessions/{session}/fork``."""

    seq: Annotated[int, Field(ge=1, le=2**53)]
    """Last event that the new session shares."""
    name: Name | None = None


class Pin(Model):
    """Body of ``POST …/sessions/{session}/pins``."""

    seq: Annotated[int, Field(ge=1, le=2**53)]
    """A message of the user or the agent."""
    pinned: bool = True
