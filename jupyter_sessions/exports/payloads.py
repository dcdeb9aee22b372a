"""Payloads of events: which blobs they name, and what those hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..ids import BlobHash

_BLOB = {"blob", "size", "media_type"}


def is_blob(value: object) -> bool:
    """Tell whether a JSON value stands for a blob."""
    return isinstance(value, dict) and value.keys() == _BLOB and isinstance(value["blob"], str)


def blobs_of(value: object) -> Iterator[BlobHash]:
    """Yield the blobs that a JSON value names, at any depth."""
    waiting = [value]
    while waiting:
        this = waiting.pop()
        if isinstance(this, dict):
            if is_blob(this):
                yield BlobHash(this["blob"])
            else:
                waiting.extend(this.values())
        elif isinstance(this, list):
            waiting.extend(this)


def inlined(data: Mapping[str, Any], blobs: Mapping[BlobHash, bytes]) -> dict[str, Any]:
    """Return the payload of an event with what its blobs hold, where that is at hand."""
    whole = {key: _content(value, blobs) for key, value in data.items()}
    arguments = whole.get("arguments_blob")
    if isinstance(arguments, dict) and not is_blob(arguments):
        whole["arguments"] = arguments
    return whole


def _content(value: Any, blobs: Mapping[BlobHash, bytes]) -> Any:
    if not is_blob(value) or value["blob"] not in blobs:
        return value
    data = blobs[value["blob"]]
    if value["media_type"] == "application/json":
        try:
            return json.loads(data)
        except (ValueError, RecursionError):  # a value that only looks like a blob
            return value
    return data.decode("utf-8", "replace")
