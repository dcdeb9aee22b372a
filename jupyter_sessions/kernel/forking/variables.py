"""What the namespace holds, without running any code of the user: known types only are asked.

It is read beside the cell that runs, so that a long one can be looked into.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .digests import Digests

MAX_ITEMS = 1_000
MAX_TEXT = 60
MAX_BITS = 256
CONTAINERS = (list, tuple, dict, set, frozenset, str, bytes, bytearray)

Row = dict[str, Any]


def variables(app: Any, digests: bool = False) -> dict[str, Any]:
    """Return ``items`` (name, type, shape, size in bytes, summary), sorted, and their ``total``.

    With ``digests``, each has one of what it holds, as far as that can be told.
    """
    shell = app.kernel.shell
    hidden = dict(shell.user_ns_hidden)
    found = [
        (name, value)
        for name, value in list(shell.user_ns.items())
        if isinstance(name, str)
        and not name.startswith("_")
        and not isinstance(value, types.ModuleType)
        and not (name in hidden and hidden[name] is value)
    ]
    found.sort(key=lambda pair: (pair[0].casefold(), pair[0]))
    shown = found[:MAX_ITEMS]
    rows = [_row(name, value) for name, value in shown]
    if digests:
        read = Digests()
        for row, (_, value) in zip(rows, shown, strict=True):
            row["digest"] = read.of(value)
    return {"status": "ok", "items": rows, "total": len(found)}


def _row(name: str, value: Any) -> Row:
    kind = type(value)
    row: Row = {"name": name, "type": _name(kind), "shape": "", "size": None, "summary": ""}
    with suppress(Exception):  # it changes while it is looked at
        if kind in CONTAINERS:
            row["shape"] = str(len(value))
        if kind.__module__ == "builtins":
            row["size"] = sys.getsizeof(value)
            row["summary"] = _summary(value)
        for (module, known), look in KNOWN.items():
            if kind is getattr(sys.modules.get(module), known, None):
                row["shape"] = ", ".join(str(length) for length in value.shape)
                row["size"] = int(look(value))
    return row


def _name(kind: type) -> str:
    module = kind.__module__.partition(".")[0]
    name = kind.__qualname__
    return name if module in ("builtins", "__main__") else f"{module}.{name}"


def _summary(value: Any) -> str:
    kind = type(value)
    if kind is int and value.bit_length() > MAX_BITS:
        return ""
    if kind in (int, float, complex, bool, type(None)):
        return repr(value)
    if kind is str:
        return repr(value) if len(value) <= MAX_TEXT else repr(value[:MAX_TEXT]) + "…"
    return ""


KNOWN: dict[tuple[str, str], Callable[[Any], int]] = {
    ("numpy", "ndarray"): lambda value: value.nbytes,
    ("pandas", "DataFrame"): lambda value: value.memory_usage().sum(),
    ("pandas", "Series"): lambda value: value.memory_usage(),
    ("torch", "Tensor"): lambda value: value.numel() * value.element_size(),
    ("polars", "DataFrame"): lambda value: value.estimated_size(),
    ("polars", "Series"): lambda value: value.estimated_size(),
    ("pyarrow", "Table"): lambda value: value.nbytes,
}
"""Bytes of what is large; each of these has a shape, too."""
