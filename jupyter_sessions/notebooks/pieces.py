"""Content by its digest: what versions of notebooks are made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, NewType

Digest = NewType("Digest", str)
"""The first 20 bytes of the SHA-256 of some bytes, in hexadecimal."""

DIGEST_BYTES = 20
Load = Callable[[Digest], bytes]

LONG = 1_000
"""Characters of a text that is looked at before it is encoded."""
_ESCAPED = bytes({*range(32), *b'"\\'} - {10})
"""What JSON may write in another way; but for line ends, which images have."""
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_ASCII = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def digest_of(data: bytes) -> Digest:
    """Return the digest of ``data``."""
    return Digest(sha256(data).hexdigest()[: 2 * DIGEST_BYTES])


def json_bytes(value: Any) -> bytes:
    """Return the one JSON text of a value."""
    try:
        return _JSON.encode(value).encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only an escape can hold it
        return _ASCII.encode(value).encode()


def outputs_bytes(outputs: list[Any]) -> bytes:
    """Return the same of a cell's outputs, in half the time where there are images."""
    if not any(_has_long(output) for output in outputs):
        return json_bytes(outputs)
    parts: list[str] = []
    start = "["
    for output in outputs:
        parts.append(start)
        _add_output(output, parts)
        start = ","
    parts.append("]")
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError:
        return json_bytes(outputs)


def _has_long(output: Any) -> bool:
    data = output.get("data") if isinstance(output, dict) else None
    if not isinstance(data, dict):
        return False
    return any(isinstance(value, str) and len(value) > LONG for value in data.values())


def _add_output(output: Any, parts: list[str]) -> None:
    if not _has_long(output):
        parts.append(_JSON.encode(output))
        return
    start = "{"
    for key in sorted(output):
        parts.append(f"{start}{_JSON.encode(key)}:")
        if key == "data":
            _add_data(output[key], parts)
        else:
            parts.append(_JSON.encode(output[key]))
        start = ","
    parts.append("}")


def _add_data(data: dict[str, Any], parts: list[str]) -> None:
    start = "{"
    for key in sorted(data):
        parts.append(f"{start}{_JSON.encode(key)}:")
        value = data[key]
        if isinstance(value, str) and len(value) > LONG:
            add_long(value, parts)
        else:
            parts.append(_JSON.encode(value))
        start = ","
    parts.append("}")


def add_long(text: str, parts: list[str]) -> None:
    """Add the parts of the JSON of a long text, which as a rule takes no more than quotes."""
    if not text.isascii() or len(text.encode().translate(None, _ESCAPED)) < len(text):
        parts.append(encode_basestring(text))
    else:
        parts += ('"', text.replace("\n", "\\n") if "\n" in text else text, '"')


def text_bytes(text: str) -> bytes:
    """Return a source as it is kept."""
    return text.encode("utf-8", "replace")
