"""Outputs of cells, reduced to what is safe to show: text, tables, and pictures."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_ESCAPES = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z^_])")


def text_of(output: Any) -> str:
    """Return what an output says in words, without what a terminal obeys."""
    if not isinstance(output, dict):
        return ""
    kind = output.get("output_type")
    if kind == "stream":
        return _ESCAPES.sub("", joined(output.get("text")))
    if kind == "error":
        trace = joined(output.get("traceback"), "\n")
        return _ESCAPES.sub("", trace) or f"{output.get('ename')}: {output.get('evalue')}"
    data = output.get("data")
    return joined(data.get("text/plain")) if isinstance(data, dict) else ""


def pictures_of(output: Any) -> Iterator[tuple[str, str]]:
    """Yield media type and base64 of the picture of an output, which is really PNG or JPEG."""
    data = output.get("data") if isinstance(output, dict) else None
    if not isinstance(data, dict):
        return
    for media_type, magic in _PICTURES.items():
        try:
            raw = base64.b64decode("".join(joined(data.get(media_type)).split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        if raw.startswith(magic):
            yield media_type, base64.b64encode(raw).decode()
            return


def joined(text: Any, by: str = "") -> str:
    """Return a text that may be stored as a list of lines."""
    if isinstance(text, list):
        return by.join(map(str, text))
    return text if isinstance(text, str) else ""


def pretty(value: Any) -> str:
    """Return a JSON value for a person to read."""
    return json.dumps(value, ensure_ascii=False, indent=2)
