"""A dependency: a session that needs what another one found or decided."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from ..ids import SessionId
from .base import Model

DependencyKind = Literal["complete", "decided"]
"""``complete``: has a key result or a disposition; ``decided``: one field has one value."""
DependencyState = Literal["met", "waiting", "contradicted", "gone"]
"""``contradicted``: it decided something else; ``gone``: it was deleted."""
MAX_DEPENDENCIES = 50


class NewDependency(Model):
    """One entry of the body of ``PUT …/dependencies``."""

    session_id: Annotated[SessionId, Field(max_length=26)]
    """The session that is needed."""
    kind: DependencyKind = "complete"
    field: Annotated[str, Field(max_length=200)] | None = None
    """For ``decided``: a field of its disposition with enumerated values, or yes or no."""
    value: JsonValue = None


class Dependencies(Model):
    """Body of ``PUT …/dependencies``: all of them."""

    items: Annotated[list[NewDependency], Field(max_length=MAX_DEPENDENCIES)]


class Dependency(Model):
    """A dependency as it stands now."""

    session_id: SessionId
    name: str
    kind: DependencyKind
    field: str | None = None
    value: JsonValue = None
    state: DependencyState
    actual: JsonValue = None
    """What was decided for ``field``, when anything was."""
    imported_seq: int | None = None
    """``seq`` of the ``context.imported`` event in our log; ``None``: not imported yet."""
    moved_on: bool = False
    """It has other key results or another disposition now than were imported."""
