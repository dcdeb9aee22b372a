"""Three-way merge of a source, by lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from .alignment import Block, matches

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Lines that nobody changed, or only one side, or both alike."""

    lines: Lines


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that the two sides changed differently."""

    base: Lines
    ours: Lines
    theirs: Lines


@dataclass(frozen=True, slots=True)
class TextMerge:
    """The merged text, ``None`` where it conflicts, and what it is made of."""

    text: str | None
    hunks: tuple[Agreed | Clash, ...]


def merge_text(base: str | None, ours: str, theirs: str) -> TextMerge:
    """Merge what two sides made of ``base``; ``None`` where both began with nothing."""
    before = () if base is None else _lines(base)
    hunks = tuple(_joined(_hunks(before, _lines(ours), _lines(theirs))))
    if any(isinstance(hunk, Clash) for hunk in hunks):
        return TextMerge(None, hunks)
    return TextMerge(_text(hunks), hunks)


def both(base: str | None, ours: str, theirs: str) -> str:
    """Return the merged text; where the sides disagree, ours and then theirs."""
    return _text(merge_text(base, ours, theirs).hunks)


def _lines(text: str) -> Lines:
    # Not by splitlines: the last line, which mostly has no end, must equal one with an end.
    return tuple(text.split("\n"))


def _text(hunks: tuple[Agreed | Clash, ...]) -> str:
    lines: list[str] = []
    for hunk in hunks:
        lines += hunk.lines if isinstance(hunk, Agreed) else hunk.ours + hunk.theirs
    return "\n".join(lines)


def _hunks(base: Lines, ours: Lines, theirs: Lines) -> Iterator[Agreed | Clash]:
    b = o = t = 0
    for place, our, their, size in _steady(matches(base, ours), matches(base, theirs)):
        yield _hunk(base[b:place], ours[o:our], theirs[t:their])
        yield Agreed(base[place : place + size])
        b, o, t = place + size, our + size, their + size
    yield _hunk(base[b:], ours[o:], theirs[t:])


def _hunk(base: Lines, ours: Lines, theirs: Lines) -> Agreed | Clash:
    if theirs in (base, ours):
        return Agreed(ours)
    return Agreed(theirs) if ours == base else Clash(base, ours, theirs)


def _steady(ours: list[Block], theirs: list[Block]) -> Iterator[tuple[int, int, int, int]]:
    """Yield where a stretch of the base is in both sides: its places there, and its size."""
    n = m = 0
    while n < len(ours) and m < len(theirs):
        our, their = ours[n], theirs[m]
        start = max(our.i, their.i)
        end = min(our.i + our.size, their.i + their.size)
        if start < end:
            yield start, our.j + start - our.i, their.j + start - their.i, end - start
        if our.i + our.size < their.i + their.size:
            n += 1
        else:
            m += 1


def _joined(hunks: Iterator[Agreed | Clash]) -> Iterator[Agreed | Clash]:
    for agreed, group in groupby(hunks, lambda hunk: isinstance(hunk, Agreed)):
        if not agreed:
            yield from group
        elif lines := tuple(
            line for hunk in group if isinstance(hunk, Agreed) for line in hunk.lines
        ):
            yield Agreed(lines)
