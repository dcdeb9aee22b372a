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


ProviderState = Literal["ready", "no_key", "not_installed", "not_reachable", "refused", "unknown"]
"""``refused``: it answered, but not with models (a wrong key, say)."""


class Provider(Model):
    """A provider of models, as it was found by a probe."""

    id: str
    display_name: str
    kind: Literal["offline", "hosted", "local"]
    state: ProviderState
    source: str | None = None
    """Where it was found: the name of a variable, "Jupyter configuration", an address."""
    reason: str | None = None
    """Why it cannot be used."""
    advice: str | None = None
    """What to do then; a sentence."""
    models: list[str] = []
    """``provider:model`` names that it has."""
    took_ms: int | None = None


class ProviderReport(Model):
    """What ``POST /models/probe`` answers."""

    items: list[Provider]


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
