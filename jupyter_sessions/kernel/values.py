"""Values of Python as values of JSON: exact, or as text."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import reprlib
import sys
import uuid
from collections.abc import Callable
from typing import Any, Literal

Kind = Literal["integer", "number", "boolean", "datetime", "string", "other"]
Json = bool | int | float | str | None

MAX_TEXT = 10_000
"""Characters of a text that are kept."""
SAFE = 2**53 - 1
"""Larger integers change when a browser reads them."""
SCALARS = (str, int, float, type(None), datetime.date, datetime.timedelta, decimal.Decimal)


def is_scalar(value: object) -> bool:
    """Tell whether a value fills one cell of a table."""
    numpy = sys.modules.get("numpy")
    return isinstance(value, (*SCALARS, numpy.generic) if numpy else SCALARS)


def column_values(values: list[Any], kinds: set[Kind]) -> list[Json]:
    """Return the values of a column for JSON; add the kinds of values that it has to ``kinds``."""
    ways = {kind: _way(kind) for kind in set(map(type, values))}
    if ways.keys() == {float}:  # most of what is returned: four times as fast
        kinds.add("number")
        return [value if value - value == 0 else None for value in values]
    if ways.keys() == {int} and -SAFE <= min(values) <= max(values) <= SAFE:
        kinds.add("integer")
        return values
    if float in ways and all(value != value for value in values if type(value) is float):
        ways[float] = (_missing, None)  # NaN stands for what is missing, also among text
    kinds.update(kind for _, kind in ways.values() if kind is not None)
    return [_converted(ways[type(value)][0], value) for value in values]


def _converted(way: Callable[[Any], Json], value: object) -> Json:
    try:
        return way(value)
    except Exception:  # one value that is broken is no reason to lose the others
        return _represented(value)


def text(value: object) -> str:
    """Return a value as text that can be sent, of a bounded length."""
    if isinstance(value, str):
        return _text(value)
    return _text(str(value)) if is_scalar(value) else _represented(value)


def _way(kind: type) -> tuple[Callable[[Any], Json], Kind | None]:
    """Return how values of a type are converted, and what they are then."""
    if kind.__name__ in {"NoneType", "NaTType", "NAType"}:
        return _missing, None
    if kind.__name__ in {"Interval", "Period"}:
        return _string, "string"
    for known, way, what in _WAYS:
        if issubclass(kind, known):
            return way, what
    return _numpy_way(kind) or (_represented, "other")


def _numpy_way(kind: type) -> tuple[Callable[[Any], Json], Kind | None] | None:
    numpy = sys.modules.get("numpy")
    if numpy is None or not issubclass(kind, numpy.generic):
        return None
    if issubclass(kind, numpy.bool_):
        return bool, "boolean"
    if issubclass(kind, numpy.datetime64):
        return _numpy_time, "datetime"
    if issubclass(kind, numpy.timedelta64):
        return _string, "string"
    if issubclass(kind, numpy.integer):
        return lambda value: _integer(int(value)), "integer"
    if issubclass(kind, numpy.floating):
        return lambda value: _number(float(value)), "number"
    return _represented, "other"


def _missing(value: object) -> None:
    return None


def _integer(value: int) -> Json:
    # Its own conversions: a subclass may have others.
    if -SAFE <= value <= SAFE:
        return int.__add__(value, 0)
    return int.__repr__(value) if value.bit_length() < 10_000 else _represented(value)


def _number(value: float) -> Json:
    exact = float.__add__(value, 0.0)
    return exact if exact - exact == 0 else None  # NaN and the infinities are not in JSON


def _decimal(value: decimal.Decimal) -> Json:
    if not value.is_finite():
        return None
    near = float(value)
    return near if near - near == 0 and decimal.Decimal(repr(near)) == value else str(value)


def _text(value: str) -> str:
    cut = value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"
    plain = str.__str__(cut)
    if not plain.isascii():
        plain = plain.encode("utf-8", "replace").decode()
    return plain.replace("\0", "\ufffd")


def _string(value: object) -> str:
    return _text(str(value))


def _time(value: Any) -> str:
    return str(value.isoformat())


def _numpy_time(value: Any) -> str | None:
    written = str(value)
    return None if written == "NaT" else written


def _enum(value: enum.Enum) -> str:
    return _text(value.name)


def _represented(value: object) -> str:
    """Return a short ``repr`` that neither runs in circles nor raises."""
    try:
        return _text(_REPR.repr(value))
    except Exception:  # anyone's code, or an integer of too many digits
        return f"<{type(value).__name__}>"


_REPR = reprlib.Repr()
_REPR.maxlist = _REPR.maxtuple = _REPR.maxset = _REPR.maxdict = 20
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 200

_WAYS: tuple[tuple[type, Callable[[Any], Json], Kind], ...] = (
    (enum.Enum, _enum, "string"),
    (bool, bool, "boolean"),
    (int, _integer, "integer"),
    (float, _number, "number"),
    (str, _text, "string"),
    (datetime.datetime, _time, "datetime"),
    (datetime.date, _time, "datetime"),
    (datetime.time, _string, "string"),
    (datetime.timedelta, _string, "string"),
    (decimal.Decimal, _decimal, "number"),
    (uuid.UUID, _string, "string"),
    (pathlib.PurePath, _string, "string"),
)
