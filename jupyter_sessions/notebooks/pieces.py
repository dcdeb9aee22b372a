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
    parts: list[str] = []
    _parts(value, 4, parts)
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only an escape can hold it
        return _ASCII.encode(value).encode()


def _parts(value: Any, depth: int, parts: list[str]) -> None:
    """Add the parts of what ``_JSON.encode`` returns, in a third of its time if there are images.

    They lie at ``[output]["data"][media type]``: it is enough to look into the first few levels.
    """
    if isinstance(value, str) and len(value) > LONG:
        add_long(value, parts)
    elif depth and isinstance(value, list) and value:
        start = "["
        for each in value:
            parts.append(start)
            _parts(each, depth - 1, parts)
            start = ","
        parts.append("]")
    elif depth and isinstance(value, dict) and value and all(type(key) is str for key in value):
        start = "{"
        for key in sorted(value):
            parts.append(f"{start}{_JSON.encode(key)}:")
            _parts(value[key], depth - 1, parts)
            start = ","
        parts.append("}")
    else:
        parts.append(_JSON.encode(value))


def add_long(text: str, parts: list[str]) -> None:
    """Add the parts of the JSON of a long text, which as a rule takes no more than quotes."""
    if not text.isascii() or len(text.encode().translate(None, _ESCAPED)) < len(text):
        parts.append(encode_basestring(text))
    else:
        parts += ('"', text.replace("\n", "\\n") if "\n" in text else text, '"')


def text_bytes(text: str) -> bytes:
    """Return a source as it is kept."""
    return text.encode("utf-8", "replace")
