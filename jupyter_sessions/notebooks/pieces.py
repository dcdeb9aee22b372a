"""Content by its digest: what versions of notebooks are made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, NewType

Digest = NewType("Digest", str)
"""The first 20 bytes of the SHA-256 of some bytes, in hexadecimal."""

DIGEST_BYTES = 20
Load = Callable[[Digest], bytes]

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


def text_bytes(text: str) -> bytes:
    """Return a source as it is kept."""
    return text.encode("utf-8", "replace")
