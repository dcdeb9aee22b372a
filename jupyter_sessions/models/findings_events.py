"""Events about what a session found, decided, and was given by others."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from ..ids import KeyResultId, SessionId
from .base import Model
from .dependency import NewDependency
from .disposition import JsonObject
from .envelope import Blob, EventBase
from .key_result import Chart, ResultOrigin, View
from .table import Column


class KeyResultAddedData(Model):
    key_result: KeyResultId
    number: int
    title: str
    description: str
    chart: Chart | None
    view: View
    fields: list[str] | None
    columns: list[Column]
    row_count: int
    total_rows: int
    table: Blob | None
    """A ``Table`` as JSON."""
    outputs: Blob | None
    """Outputs of the cell, as JSON."""
    origin: ResultOrigin
    call_id: str | None = None
    """Call that promoted it."""


class KeyResultChangedData(Model):
    key_result: KeyResultId
    title: str
    description: str
    chart: Chart | None
    view: View
    fields: list[str] | None


class KeyResultRemovedData(Model):
    """The data stays in the log."""

    key_result: KeyResultId
    title: str


class DispositionSchemaChangedData(Model):
    json_schema: JsonObject | None


class DispositionSetData(Model):
    value: JsonObject
    evidence: dict[str, KeyResultId]
    json_schema: JsonObject
    """The schema that the value was checked with."""
    call_id: str | None = None


class DependenciesChangedData(Model):
    items: list[NewDependency]


class ImportedKeyResult(Model):
    """A key result of an upstream session, as the model was given it."""

    key_result: KeyResultId
    number: int
    title: str
    table: Blob | None


class ContextImportedData(Model):
    """What an upstream session had found and decided, pinned to what was there."""

    upstream: SessionId
    name: str
    cursor: int
    """Last event of the upstream session's log."""
    version: int
    """Of the upstream session's findings."""
    key_results: list[ImportedKeyResult]
    disposition: dict[str, JsonValue] | None
    text: str | Blob
    """As it stands in the prompt."""


class KeyResultAdded(EventBase[KeyResultAddedData]):
    type: Literal["key_result.added"] = "key_result.added"


class KeyResultChanged(EventBase[KeyResultChangedData]):
    type: Literal["key_result.changed"] = "key_result.changed"


class KeyResultRemoved(EventBase[KeyResultRemovedData]):
    type: Literal["key_result.removed"] = "key_result.removed"


class DispositionSchemaChanged(EventBase[DispositionSchemaChangedData]):
    type: Literal["disposition.schema_changed"] = "disposition.schema_changed"


class DispositionSet(EventBase[DispositionSetData]):
    type: Literal["disposition.set"] = "disposition.set"


class DependenciesChanged(EventBase[DependenciesChangedData]):
    type: Literal["dependencies.changed"] = "dependencies.changed"


class ContextImported(EventBase[ContextImportedData]):
    type: Literal["context.imported"] = "context.imported"
