"""How large JSON may be that people and models give us for keeps."""

from __future__ import annotations

import json
import math

from pydantic import JsonValue

from .text import storable_json

MAX_BYTES = 64_000
MAX_NODES = 5_000
"""Values in a schema."""
MAX_NESTING = 64
"""Levels of brackets."""
MAX_INTEGER = 2**53
"""What every language can hold exactly."""


def size_fault(value: JsonValue, nodes: int = MAX_NODES) -> str | None:
    """Return in a sentence why a JSON value cannot be taken; ``None`` when it can.

    ``nodes`` is how many values may be in it.
    """
    fault = _fault(value, nodes)
    if fault is not None:
        return fault
    size = len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        return f"It has {size:,} bytes, {MAX_BYTES:,} are allowed."
    if storable_json(value) != value:
        return "It has characters that cannot be stored: NUL, or half of a pair."
    return None


def _fault(value: JsonValue, nodes: int) -> str | None:
    """Look at every value, without recursion: how deep it goes is not known yet."""
    waiting, seen = [(value, 1)], 0
    while waiting:
        each, level = waiting.pop()
        seen += 1
        if seen > nodes:
            return f"It has more than {nodes:,} values."
        if level > MAX_NESTING:
            return f"It is nested more than {MAX_NESTING} levels deep."
        if isinstance(each, float) and not math.isfinite(each):
            return f"{each} is no number that JSON has."
        if isinstance(each, int) and abs(each) > MAX_INTEGER:
            return "It has a whole number of more than 53 bits; write it as text."
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        waiting += [(below, level + 1) for below in inner]
    return None
