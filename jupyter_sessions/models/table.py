"""A table: what a cell returned, as data."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from .base import Model

MAX_ROWS = 10_000
MAX_COLUMNS = 500
ColumnType = Literal["integer", "number", "boolean", "datetime", "string", "other"]


class Column(Model):
    """A column of a table."""

    name: str
    type: ColumnType


class Table(Model):
    """Rows as the code returned them; times as RFC 3339, what is missing as ``null``."""

    columns: list[Column]
    rows: list[list[JsonValue]]
    """At most 10,000 of them."""
    total_rows: int
    """Rows that the value had."""
