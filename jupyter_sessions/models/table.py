"""A table: what a cell returned, as data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Model

MAX_ROWS = 10_000
MAX_COLUMNS = 500
ColumnType = Literal["integer", "number", "boolean", "datetime", "string", "other"]
"""``other``: of several kinds, or of a kind that is shown as text."""
Value = bool | int | float | str | None


class Column(Model):
    """A column of a table; names are unique in it."""

    name: Annotated[str, Field(max_length=500)]
    type: ColumnType


class Table(Model):
    """Rows as the code returned them.

    Times are RFC 3339, without an offset where they had no time zone; what is missing, NaN and
    infinite is ``null``. An integer beyond 2⁵³, and a decimal that no double is equal to, is a
    string of its digits: the type of its column says that it is a number.
    """

    columns: Annotated[list[Column], Field(max_length=MAX_COLUMNS)]
    rows: Annotated[list[list[Value]], Field(max_length=MAX_ROWS)]
    """At most 10,000 of them, and about 5 MB."""
    total_rows: int
    """Rows that the value had."""
    total_columns: int = 0
    """Columns that it had: more than ``columns`` where there were more than 500."""

    @model_validator(mode="after")
    def _is_a_rectangle(self) -> Table:
        width = len(self.columns)
        if any(len(row) != width for row in self.rows):
            raise ValueError("every row has a value for each column")
        return self
