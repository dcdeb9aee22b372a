"""Who wrote the lines of a cell."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, groupby, repeat

from .alignment import matches

Lines = tuple[tuple[int, str], ...]
"""Runs of lines by one author: ``(how many, the author's key)``. They add up to the lines of the
text, of which there is one more than ends of lines."""

UNKNOWN = ""
"""The author of lines that were there before anyone looked."""


def blame(before_lines: Lines | None, before: str | None, after: str, author: str) -> Lines:
    """Return who wrote the lines of ``after``, when ``author`` made it of ``before``.

    ``before`` is ``None`` for a new cell; ``before_lines`` is ``None`` when nobody knows.
    """
    authors = [author] * _count(after)
    if before is not None:
        _carry(before_lines, before, after, authors)
    return _runs(authors)


def blame_merge(
    ours_lines: Lines | None,
    ours: str | None,
    theirs_lines: Lines | None,
    theirs: str | None,
    merged: str,
    author: str,
) -> Lines:
    """Return who wrote the lines of a merged text: as on the side that has them, ours first.

    What neither side has is ``author``'s, who decided the merge.
    """
    authors = [author] * _count(merged)
    for lines, text in ((theirs_lines, theirs), (ours_lines, ours)):
        if text is not None:
            _carry(lines, text, merged, authors)
    return _runs(authors)


def _carry(lines: Lines | None, before: str, after: str, authors: list[str]) -> None:
    """Give the lines of ``after`` that are from ``before`` the authors that they have there."""
    known = list(chain.from_iterable(repeat(key, count) for count, key in lines or ()))
    known += [UNKNOWN] * (_count(before) - len(known))
    for i, j, size in matches(before.split("\n"), after.split("\n")):
        authors[j : j + size] = known[i : i + size]


def _count(text: str) -> int:
    return text.count("\n") + 1


def _runs(authors: Iterable[str]) -> Lines:
    return tuple((len(list(group)), key) for key, group in groupby(authors))
