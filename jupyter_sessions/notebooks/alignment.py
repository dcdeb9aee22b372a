"""What two sequences have in common, in bounded time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

WORK = 12_000_000
"""Comparisons that are made at most, some tenths of a second: difflib alone takes cubic time."""


class Block(NamedTuple):
    """``before[i : i + size] == after[j : j + size]``."""

    i: int
    j: int
    size: int


def increasing(numbers: Sequence[int]) -> list[int]:
    """Return the positions of a longest subsequence that increases."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(places[length - 1] if length else -1)
        ends[length : length + 1], places[length : length + 1] = [number], [place]
    found = []
    place = places[-1] if places else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def matches(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Block]:
    """Return the blocks that are in both, in order.

    Where comparing all with all takes too long, what is in both exactly once comes first, and what
    lies between is compared as far as the work allows; the rest counts as different.
    """
    return list(_joined(_Matcher(before, after).blocks()))


def _joined(blocks: Iterator[Block]) -> Iterator[Block]:
    last = Block(0, 0, 0)
    for block in blocks:
        if (last.i + last.size, last.j + last.size) == block[:2]:
            last = last._replace(size=last.size + block.size)
        else:
            if last.size:
                yield last
            last = block
    if last.size:
        yield last


class _Matcher:
    def __init__(self, before: Sequence[Hashable], after: Sequence[Hashable]) -> None:
        self._before, self._after, self._left = before, after, WORK

    def blocks(self) -> Iterator[Block]:
        """Yield what begins and ends both, and what is in common between."""
        i = j = 0
        i2, j2 = len(self._before), len(self._after)
        while i < i2 and i < j2 and self._before[i] == self._after[i]:
            i = j = i + 1
        while i < i2 and j < j2 and self._before[i2 - 1] == self._after[j2 - 1]:
            i2, j2 = i2 - 1, j2 - 1
        yield Block(0, 0, i)
        between = self._between(i, i2, j, j2)
        yield from self._around_anchors(i, i2, j, j2) if between is None else between
        yield Block(i2, j2, len(self._before) - i2)

    def _between(self, i: int, i2: int, j: int, j2: int) -> list[Block] | None:
        """Compare all with all; ``None`` when that is too much work."""
        before, after = self._before[i:i2], self._after[j:j2]
        if not before or not after or (len(before) == len(after) == 1 and before != after):
            return []
        there = Counter(after)
        pairs = sum(there[item] for item in before)
        work = (len(before) + pairs) * min(len(before), len(after))
        if work > self._left:
            return None
        self._left -= work
        if not pairs:
            return []
        found = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        return [Block(i + block.a, j + block.b, block.size) for block in found if block.size]

    def _around_anchors(self, i: int, i2: int, j: int, j2: int) -> Iterator[Block]:
        """Yield what is in both once, in the same order, and what the stretches between share."""
        here, there = Counter(self._before[i:i2]), Counter(self._after[j:j2])
        places = {item: place for place, item in enumerate(self._after[j:j2], j)}
        anchors = [
            (place, places[item])
            for place, item in enumerate(self._before[i:i2], i)
            if here[item] == there[item] == 1
        ]
        kept = [anchors[n] for n in increasing([place for _, place in anchors])]
        for place, other in [*kept, (i2, j2)]:
            yield from self._between(i, place, j, other) or ()
            if place < i2:
                yield Block(place, other, 1)
            i, j = place + 1, other + 1
