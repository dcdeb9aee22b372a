"""Where the cells of a merged notebook go: order never conflicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .diff import moves

Ids = Sequence[str]


def moved_between(before: Ids, after: Ids) -> set[str]:
    """Return which of the cells in both really moved."""
    places = {name: place for place, name in enumerate(before)}
    moved = moves([places[name] for name in after if name in places])
    return {before[place] for place in moved}


def moved_by_theirs(base: Ids, ours: Ids, theirs: Ids) -> set[str]:
    """Return the cells of the target that theirs moved and the target did not."""
    here, there = set(ours), set(theirs)
    if [name for name in ours if name in there] == [name for name in theirs if name in here]:
        return set()
    return (moved_between(base, theirs) & here) - moved_between(base, ours)


def merged_order(base: Ids, ours: Ids, theirs: Ids, placed: Iterable[str]) -> list[str]:
    """Return the order of the target, with ``placed`` where theirs has them.

    ``placed`` are cells that theirs moved, and those that only theirs has: each goes behind its
    predecessor there, and behind what the target has inserted at that place.
    """
    coming = set(placed)
    order = [name for name in ours if name not in coming]
    inserted = set(ours) - set(base) - set(theirs)
    present, last = set(order), None
    for name in theirs:
        if name in coming:
            place = 0 if last is None else order.index(last) + 1
            while place < len(order) and order[place] in inserted:
                place += 1
            order.insert(place, name)
        if name in coming or name in present:
            last = name
    return order
