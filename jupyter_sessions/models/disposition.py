"""A disposition: the structured determination at the end of a session."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from ..ids import KeyResultId, RunId, SessionId
from .base import Model, Time
from .envelope import Actor

JsonObject = dict[str, JsonValue]
Evidence = Annotated[dict[str, KeyResultId], Field(max_length=200)]
"""Key of the disposition: the key result that it rests on."""


class Disposition(Model):
    """What a session must decide, and what it has decided."""

    session_id: SessionId
    json_schema: JsonObject | None = None
    """JSON Schema of an object; ``None``: nothing is asked."""
    short: JsonObject | None = None
    """The same in the short form, where that can say all of it."""
    value: JsonObject | None = None
    evidence: dict[str, KeyResultId] = {}
    decided_at: Time | None = None
    decided_by: Actor | None = None
    run_id: RunId | None = None
    stale: bool = False
    """The value does not fit the schema any more, or its evidence has changed."""
    stale_reason: str | None = None


class DispositionChange(Model):
    """Body of ``PUT …/disposition``: what is left out stays."""

    json_schema: JsonObject | None = None
    """JSON Schema, or the short form ``{"risk": "LOW|HIGH"}``; null removes it."""
    value: JsonObject | None = None
    evidence: Evidence | None = None


class SchemaCheck(Model):
    """Body of ``POST /schemas/check``."""

    json_schema: JsonObject


class CheckedSchema(Model):
    """What ``POST /schemas/check`` answers: the schema in both forms."""

    json_schema: JsonObject
    short: JsonObject | None
