"""The payloads that events of a file name: they are there, and are what they are taken for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from ..ids import BlobHash
from ..models.base import Model
from ..models.event import Blob
from ..models.table import Table


def check_payloads(data: Model, held: Mapping[BlobHash, bytes]) -> None:
    """Raise ValueError unless ``held`` has what an event names, in the shape that its field has."""
    for name, value in _payloads(data):
        raw = _content(name, value, held)
        shape = _SHAPES.get(name)
        if shape is None and isinstance(value, Blob) and value.media_type == "application/json":
            shape = ("JSON", _is_json)
        if shape is not None and not shape[1](raw):
            raise ValueError(f"{name} is not {shape[0]}.")


def _content(name: str, value: Blob | str, held: Mapping[BlobHash, bytes]) -> bytes:
    if isinstance(value, str):
        return value.encode()
    raw = held.get(value.blob)
    if raw is None:
        raise ValueError(f"the payload {value.blob[:64]!r} of {name} does not stand before it.")
    if value.size != len(raw):
        raise ValueError(f"{name} has {len(raw):,} bytes, not {value.size:,}.")
    return raw


def _payloads(data: Model) -> Iterator[tuple[str, Blob | str]]:
    """Yield the payloads of an event with their fields, and a table that is written inline."""
    for name in type(data).model_fields:
        value = getattr(data, name)
        if isinstance(value, Blob) or (name == "table" and isinstance(value, str)):
            yield name, value
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, Model):
                    yield from _payloads(each)


_BROKEN = object()


def _value(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return _BROKEN


def _is_json(raw: bytes) -> bool:
    return _value(raw) is not _BROKEN


def _is_object(raw: bytes) -> bool:
    return isinstance(_value(raw), dict)


def _is_outputs(raw: bytes) -> bool:
    value = _value(raw)
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _is_table(raw: bytes) -> bool:
    try:
        Table.model_validate_json(raw)
    except ValidationError:
        return False
    return True


_SHAPES: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "arguments_blob": ("a JSON object", _is_object),
    "outputs": ("a list of outputs as JSON", _is_outputs),
    "table": ("a table as JSON", _is_table),
}
