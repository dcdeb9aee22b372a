"""Content by its digest: what versions of notebooks are made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NewType

Digest = NewType("Digest", str)
"""BLAKE2b of some bytes, 20 bytes long, in hexadecimal."""

DIGEST_BYTES = 20
Load = Callable[[Digest], bytes]

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_ASCII = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def digest_of(data: bytes) -> Digest:
    """Return the digest of ``data``."""
    return Digest(blake2b(data, digest_size=DIGEST_BYTES).hexdigest())


def json_bytes(value: Any) -> bytes:
    """Return the one JSON text of a value."""
    try:
        return _JSON.encode(value).encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only an escape can hold it
        return _ASCII.encode(value).encode()


def text_bytes(text: str) -> bytes:
    """Return a source as it is kept."""
    return text.encode("utf-8", "replace")
