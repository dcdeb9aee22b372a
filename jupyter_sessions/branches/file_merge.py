"""Merging files that are text, by lines."""

from __future__ import annotations

from ..notebooks.text_merge import merge_text


def merge_bytes(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Return the merged file; ``None`` when both changed the same, or it is no text."""
    if any(b"\0" in raw for raw in (base, ours, theirs)):
        return None
    try:
        merged = merge_text(base.decode(), ours.decode(), theirs.decode())
    except UnicodeDecodeError:
        return None
    return None if merged.text is None else merged.text.encode()
