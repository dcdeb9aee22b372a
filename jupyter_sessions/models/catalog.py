"""Models that are offered, and the state of the server."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from .base import Model
from .project import Project

T = TypeVar("T")


class ModelInfo(Model):
    """A model that can be chosen."""

    id: str
    """``provider:model``."""
    display_name: str
    provider: str
    available: bool
    reason: str | None = None
    """Why it is not available, and what to do."""
    kind: Literal["offline", "hosted", "local"] = "hosted"


class ModelList(Model):
    """What ``GET /models`` answers."""

    items: list[ModelInfo]
    default: str


class Status(Model):
    """What ``GET /status`` answers."""

    version: str
    user: str
    database: Literal["sqlite", "postgresql"]
    root: str
    """The server's root folder, absolute."""


class KernelInfo(Model):
    """What ``GET /kernel`` answers to a kernel's token."""

    kernel_id: str
    path: str | None
    """Its notebook, as the contents API names it."""
    project: Project | None
    """The project that holds the notebook."""


class ErrorBody(Model):
    """The one shape of errors."""

    code: str
    message: str
    reason: str
    details: dict[str, object] | None = None


class Page(Model, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = None
    """Cursor for the next page: give it back as ``after``; ``None`` at the end."""
