"""A key result: what a cell really returned, promoted out of a session."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from ..ids import KeyResultId, RunId, SessionId
from .base import Model, Time
from .table import Column, Table
from .text import Name, PathText, clean_prompt

MAX_DESCRIPTION = 10_000
View = Literal["chart", "table", "output"]
"""``output``: as the cell showed it (a figure, a text)."""
FieldName = Annotated[str, Field(max_length=500)]


class Chart(Model):
    """How to draw the table: the data is the table's own, this only names its fields."""

    type: Literal["bar", "line", "area", "scatter", "histogram"]
    x: FieldName
    y: FieldName | None = None
    """Not for a histogram, which counts."""
    color: FieldName | None = None


class ResultOrigin(Model):
    """Where a key result came from."""

    notebook: str
    """Path of its file below the project: on a branch, in the branch's folder."""
    cell_id: str
    execution_count: int | None = None
    source_hash: str
    """Short hash of the source that ran, as cells have it."""
    run_id: RunId | None = None
    """``None`` when a person ran the cell."""
    call_id: str | None = None
    """Call of ``run_cell`` that made it."""
    event: int | None = None
    """``seq`` of its ``cell.executed`` in the session's log."""
    kernel_id: str | None = None
    executed_at: Time | None = None


class KeyResult(Model):
    """A result that was promoted; its data is fetched apart."""

    id: KeyResultId
    session_id: SessionId
    number: int
    """Counted from 1 in its session, never given twice."""
    title: str
    description: str = ""
    chart: Chart | None = None
    view: View
    fields: list[str] | None = None
    """Columns to show, in order; ``None`` shows all."""
    columns: list[Column] = []
    """Empty when what the cell returned is no table."""
    row_count: int = 0
    """Rows that are stored."""
    total_rows: int = 0
    origin: ResultOrigin
    stale: bool = False
    """The cell's source has changed since, or the cell is gone."""
    stale_reason: str | None = None
    created_by: Literal["user", "agent"]
    created_at: Time
    updated_at: Time


class KeyResultData(Model):
    """What ``GET …/key-results/{id}/data`` answers."""

    table: Table | None
    outputs: list[dict[str, JsonValue]]
    """Outputs of the cell, as in nbformat 4.5."""


Description = Annotated[str, Field(max_length=MAX_DESCRIPTION), AfterValidator(clean_prompt)]
"""Markdown."""


class NewKeyResult(Model):
    """Body of ``POST …/key-results``: promotes what a cell of a notebook shows now."""

    notebook: PathText
    cell_id: Annotated[str, Field(max_length=64)]
    title: Name | None = None
    description: Description = ""
    chart: Chart | None = None
    view: View | None = None
    fields: Annotated[list[FieldName], Field(max_length=500)] | None = None


class KeyResultPatch(Model):
    """Body of ``PATCH …/key-results/{id}``: what is left out stays."""

    title: Name | None = None
    description: Description | None = None
    chart: Chart | None = None
    view: View | None = None
    fields: Annotated[list[FieldName], Field(max_length=500)] | None = None


__all__ = [
    "Chart",
    "KeyResult",
    "KeyResultData",
    "KeyResultPatch",
    "NewKeyResult",
    "ResultOrigin",
    "View",
]
