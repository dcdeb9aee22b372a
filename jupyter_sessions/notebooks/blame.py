"""placeholder"""

from __future__ import annotations

Lines = tuple[tuple[int, str], ...]


def blame(before_lines: Lines | None, before: str | None, after: str, author: str) -> Lines:
    return ((len(after.splitlines()), author),)
