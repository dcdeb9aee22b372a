"""The history that was really executed: what a checkpoint is found by."""

from __future__ import annotations

import hashlib
from typing import Any


def executed(app: Any) -> list[str]:
    """Return the cells that were run, as they were written, in the order in which they ran."""
    return [str(source) for source in app.kernel.shell.history_manager.input_hist_raw[1:]]


def digests(sources: list[str]) -> list[str]:
    """Return a word for each cell, the same for the same source."""
    return [_digest(source) for source in sources]


def _digest(source: str) -> str:
    text = source.rstrip("\n").encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:16]
