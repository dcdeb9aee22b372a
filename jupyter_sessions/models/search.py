"""Search over conversations."""

from __future__ import annotations

from typing import Literal

from ..ids import ProjectId, SessionId
from .base import Model, Time

HitKind = Literal["prompt", "answer", "code", "result", "name"]


class Hit(Model):
    """A place where the words were found."""

    project_id: ProjectId
    project: str
    """Name of the project."""
    session_id: SessionId
    session: str
    """Name of the session."""
    seq: int | None
    """Event that holds the words; ``None`` when they are in the name of the session."""
    kind: HitKind
    ts: Time
    snippet: str
    """Text around the first hit, at most 200 characters."""
    marks: list[tuple[int, int]]
    """Where in ``snippet`` the words are: begin and end, in UTF-16 code units."""
