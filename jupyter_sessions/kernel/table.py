"""What a cell returned, as a table in JSON, told to the server with the reply to its request.

The server asks for it by an expression in the request that runs the cell. Nothing in here adds a
name to the user's namespace, prints, or raises into the user's cell; the work is bounded.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from .sources import MAX_ROWS, Source, find_source
from .values import Kind, column_values, text

MIME = "application/vnd.jupyter-sessions.table+json"
SOURCE = "application/vnd.jupyter-sessions.source"
MAX_SIZE = 5_000_000
"""Characters of JSON."""
MAX_NAME = 500
CHUNK = 500
"""Rows that are converted at once."""
SECONDS = 5.0
"""A guard against values that take long to show: the rows until then are kept."""


class Captured:
    """Carries JSON to the server, as the representation of an object."""

    def __init__(self, table: str | None, source: str | None = None) -> None:
        given = {MIME: table, SOURCE: source}
        self._data = {kind: told for kind, told in given.items() if told is not None}

    def __repr__(self) -> str:
        return "what a cell returned"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self._data


def returned() -> Captured | None:
    """Return what the cell that has just run returned; ``None`` when it is no table."""
    # Set anew for every cell, by nothing but the value that is shown; ``_`` may be an older one.
    result = getattr(_shell(), "last_execution_result", None)
    table = _table(getattr(result, "result", None))
    return None if table is None else Captured(table)


def shown(count: int, digest: str) -> Captured | None:
    """Return what the cell with this number returned and its source, if it is shown as it was.

    ``digest`` is the SHA-256 of its ``text/plain``: an object that was changed since, and one of
    another kernel, are shown differently.
    """
    shell = _shell()
    history = getattr(shell, "history_manager", None)
    value = getattr(history, "output_hist", {}).get(count)
    if value is None:
        return None
    data, _ = shell.display_formatter.format(value, include={"text/plain"})
    plain = str(data.get("text/plain", "")).encode("utf-8", "replace")
    if hashlib.sha256(plain).hexdigest() != digest:
        return None
    sources = getattr(history, "input_hist_raw", [])
    return Captured(_table(value), sources[count] if 0 < count < len(sources) else None)


def _shell() -> Any:
    from IPython.core.getipython import get_ipython  # loaded by every kernel that asks

    return get_ipython()


def _table(value: object) -> str | None:
    try:
        return None if value is None else table_json(value)
    except Exception:  # values are anyone's code, and this is nobody's cell
        return None


def table_json(value: object) -> str | None:
    """Return a value as a ``Table`` of the API, in JSON; ``None`` when it is no table."""
    source = find_source(value)
    if source is None or not source.names:
        return None
    rows, kinds = _rows(source)
    names = _unique(source.names)
    head = {
        "columns": [
            {"name": name, "type": _type(seen, hint)}
            for name, seen, hint in zip(names, kinds, source.hints, strict=True)
        ],
        "total_rows": source.total_rows,
        "total_columns": source.total_columns,
    }
    return f'{_dumps(head)[:-1]},"rows":[{",".join(rows)}]}}'


def _rows(source: Source) -> tuple[list[str], list[set[Kind]]]:
    """Return the rows as JSON, and the kinds of values in each column."""
    kinds: list[set[Kind]] = [set() for _ in source.names]
    rows: list[str] = []
    left, end = MAX_SIZE, time.monotonic() + SECONDS
    count = min(source.total_rows, MAX_ROWS)
    for start in range(0, count, CHUNK):
        columns = source.columns(start, min(start + CHUNK, count))
        converted = [column_values(*each) for each in zip(columns, kinds, strict=True)]
        for row in map(_dumps, zip(*converted, strict=True)):
            left -= len(row) + 1
            if left < 0:
                return rows, kinds
            rows.append(row)
        if time.monotonic() > end:
            break
    return rows, kinds


def _type(seen: set[Kind], hint: Kind | None) -> Kind:
    if not seen:
        return hint or "other"
    if seen == {"integer", "number"}:
        return "number"
    return next(iter(seen)) if len(seen) == 1 else "other"


def _unique(names: list[object]) -> list[str]:
    """Return names as text; one that was there before gets a number."""
    given: dict[str, None] = {}
    for name in names:
        plain = _name(name)
        unique, number = plain, 2
        while unique in given:
            unique, number = f"{plain} ({number})", number + 1
        given[unique] = None
    return list(given)


def _name(name: object) -> str:
    """Return the name of a column; the levels of one that has several, one after the other."""
    parts = name if isinstance(name, tuple) else (name,)
    named = ", ".join(shown for part in parts if (shown := text(part)))
    return named[: MAX_NAME - 20] or "(no name)"


_dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
