"""Which values are tables, and where their names and columns are.

Libraries of data frames are not imported: a value can be theirs only when they are loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from .values import Kind, is_scalar

MAX_ROWS = 10_000
MAX_COLUMNS = 500
_KINDS: dict[str, Kind] = {
    "b": "boolean", "i": "integer", "u": "integer", "f": "number", "M": "datetime",
}  # fmt: skip


@dataclass
class Source:
    """A table whose values are fetched part by part."""

    names: list[object]
    total_rows: int
    columns: Callable[[int, int], list[list[Any]]]
    """Returns the columns of the rows from one number up to another."""
    total_columns: int = 0
    hints: list[Kind | None] = field(default_factory=list)
    """What the columns hold, for those where no value says it."""

    def __post_init__(self) -> None:
        self.total_columns = self.total_columns or len(self.names)
        self.hints = self.hints or [None] * len(self.names)


def find_source(value: object) -> Source | None:
    """Return the value as a source of columns; ``None`` when it is no table."""
    for find in (_pandas, _polars, _arrow, _numpy, _mapping, _sequence):
        found = find(value)
        if found is not None:
            return found
    return None


def _is_of(value: object, library: str, *names: str) -> bool:
    """Tell whether a value is of one of these classes of a library that is loaded."""
    module = sys.modules.get(library)
    kinds = [getattr(module, name, None) for name in names]
    return any(isinstance(kind, type) and isinstance(value, kind) for kind in kinds)


def _pandas(value: Any) -> Source | None:
    if _is_of(value, "pandas.io.formats.style", "Styler"):
        value = value.data
    if _is_of(value, "pandas", "Series"):
        name = "value" if value.name is None else value.name
        total, cut = len(value), value.iloc[:MAX_ROWS].to_frame(name)
    elif _is_of(value, "pandas", "DataFrame"):
        total, cut = len(value), value.iloc[:MAX_ROWS, :MAX_COLUMNS]
    else:
        return None
    levels = _levels(cut.index)
    width = value.shape[1] if len(value.shape) > 1 else 1
    kept = min(cut.shape[1], MAX_COLUMNS - len(levels))

    def columns(start: int, stop: int) -> list[list[Any]]:
        part = cut.iloc[start:stop]
        inner = [part.iloc[:, place].tolist() for place in range(kept)]
        return [level[start:stop].tolist() for _, level in levels] + inner

    types = [level.dtype for _, level in levels] + list(cut.dtypes)[:kept]
    return Source(
        [name for name, _ in levels] + list(cut.columns)[:kept],
        total,
        columns,
        width + len(levels),
        [_hint(each) for each in types],
    )


def _levels(index: Any) -> list[tuple[object, Any]]:
    """Return the levels of an index that says something: not a mere count of the rows."""
    if _is_of(index, "pandas", "RangeIndex") and index.name is None:
        return []
    if index.nlevels == 1:
        return [("index" if index.name is None else index.name, index)]
    return [
        (f"level_{place}" if name is None else name, index.get_level_values(place))
        for place, name in enumerate(index.names)
    ]


def _hint(dtype: Any) -> Kind | None:
    if str(dtype) in {"str", "string"}:
        return "string"
    return _KINDS.get(getattr(dtype, "kind", ""))


def _polars(value: Any) -> Source | None:
    if _is_of(value, "polars", "Series"):
        value = value.to_frame()
    elif not _is_of(value, "polars", "DataFrame"):
        return None
    kept = min(value.width, MAX_COLUMNS)

    def columns(start: int, stop: int) -> list[list[Any]]:
        part = value.slice(start, stop - start)
        return [part.to_series(place).to_list() for place in range(kept)]

    names = [name or "value" for name in value.columns[:kept]]
    hints = [_polars_hint(str(dtype)) for dtype in value.dtypes[:kept]]
    return Source(names, value.height, columns, value.width, hints)


def _polars_hint(dtype: str) -> Kind | None:
    known: dict[str, Kind] = {
        "Int": "integer", "UInt": "integer", "Float": "number", "Boolean": "boolean",
        "Date": "datetime", "String": "string",
    }  # fmt: skip
    return next((kind for start, kind in known.items() if dtype.startswith(start)), None)


def _arrow(value: Any) -> Source | None:
    if not _is_of(value, "pyarrow", "Table", "RecordBatch"):
        return None
    kept = min(value.num_columns, MAX_COLUMNS)

    def columns(start: int, stop: int) -> list[list[Any]]:
        part = value.slice(start, stop - start)
        return [part.column(place).to_pylist() for place in range(kept)]

    names = list(value.schema.names[:kept])
    return Source(names, value.num_rows, columns, value.num_columns)


def _numpy(value: Any) -> Source | None:
    if not _is_of(value, "numpy", "ndarray"):
        return None
    names: Sequence[object]
    if value.dtype.names and value.ndim == 1:
        names = value.dtype.names
        parts = [value[name] for name in islice(names, MAX_COLUMNS)]
    elif value.dtype.kind not in "biufMU" or value.ndim not in (1, 2):
        return None
    elif value.ndim == 1:
        names, parts = ["value"], [value]
    else:
        names = range(value.shape[1])
        parts = [value[:, place] for place in names[:MAX_COLUMNS]]
    return Source(
        list(names[:MAX_COLUMNS]),
        len(value),
        lambda start, stop: [list(part[start:stop]) for part in parts],
        len(names),
        [_hint(part.dtype) for part in parts],
    )


def _mapping(value: Any) -> Source | None:
    """Columns by name, records by name (theirs is then in ``key``), or a value for each name."""
    if not isinstance(value, dict) or not value:
        return None
    items = list(islice(value.items(), MAX_ROWS))
    keys, values = [key for key, _ in items], [each for _, each in items]
    if all(map(is_scalar, values)):
        pairs = [keys, values]
        return Source(["key", "value"], len(value), lambda a, b: [part[a:b] for part in pairs])
    if all(isinstance(each, dict) for each in values):
        named = [{"key": key} | each for key, each in items]
        return _records(named, len(value))
    vectors = all(isinstance(each, (list, tuple)) or _is_vector(each) for each in values)
    if not vectors or len({len(each) for each in values}) != 1:
        return None
    kept = values[:MAX_COLUMNS]
    return Source(
        keys[:MAX_COLUMNS],
        len(values[0]),
        lambda start, stop: [list(each[start:stop]) for each in kept],
        len(value),
    )


def _is_vector(value: Any) -> bool:
    return _is_of(value, "numpy", "ndarray") and value.ndim == 1


def _sequence(value: Any) -> Source | None:
    """Records, rows, or single values."""
    if not isinstance(value, list) or not value:
        return None
    head, total = value[:MAX_ROWS], len(value)
    if all(isinstance(each, dict) for each in head):
        return _records(head, total)
    if all(_is_of(each, "sqlite3", "Row") for each in head):
        return _tuples([tuple(each) for each in head], total, head[0].keys())
    if all(isinstance(each, (list, tuple)) for each in head):
        names = getattr(head[0], "_fields", range(len(head[0])))
        return _tuples(head, total, names) if all(map(is_scalar, head[0])) else None
    if all(map(is_scalar, head)):
        return Source(["value"], total, lambda start, stop: [head[start:stop]])
    return None


def _records(rows: list[dict[Any, Any]], total: int) -> Source | None:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    kept = keys[:MAX_COLUMNS]
    if not keys:
        return None
    return Source(
        list(kept),
        total,
        lambda start, stop: [[row.get(key) for row in rows[start:stop]] for key in kept],
        len(keys),
    )


def _tuples(rows: list[Any], total: int, names: Iterable[object]) -> Source | None:
    width = len(rows[0])
    if not width or any(len(row) != width for row in rows):
        return None
    kept = min(width, MAX_COLUMNS)
    return Source(
        list(names)[:kept],
        total,
        lambda start, stop: [[row[place] for row in rows[start:stop]] for place in range(kept)],
        width,
    )
