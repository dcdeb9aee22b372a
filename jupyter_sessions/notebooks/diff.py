"""What changed between two versions, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .alignment import increasing, matches
from .details import lasting_differs
from .manifest import CellEntry, Manifest
from .ops import diff_lines
from .pieces import Load


@dataclass(frozen=True, slots=True)
class CellDiff:
    """A cell that is not the same in both versions."""

    cell_id: str
    """Its id in ``after``; in ``before`` when it was removed."""
    before: CellEntry | None
    after: CellEntry | None
    index_before: int | None
    index_after: int | None
    moved: bool = False
    source: bool = False
    outputs: bool = False
    """Outputs or execution count."""
    details: bool = False
    """Metadata that lasts, attachments, or anything else."""
    cell_type: bool = False

    @property
    def added(self) -> bool:
        """Whether it is in ``after`` alone."""
        return self.before is None

    @property
    def removed(self) -> bool:
        """Whether it is in ``before`` alone."""
        return self.after is None


@dataclass(frozen=True, slots=True)
class Counts:
    """A diff in numbers; cells that only ran again, or moved, count as cells alone."""

    cells: int
    lines_added: int
    lines_removed: int


def diff(before: Manifest, after: Manifest, load: Load) -> list[CellDiff]:
    """Return the cells that differ, in the order of ``after``, removed ones at their old place.

    ``load`` is asked only for details of cells that have others than before.
    """
    if [entry.id for entry in before.cells] == [entry.id for entry in after.cells]:
        both = enumerate(zip(before.cells, after.cells, strict=True))
        changed = [(index, old, new) for index, (old, new) in both if old != new]
        compared = [_compared(old, new, (n, n), False, load) for n, old, new in changed]
        return [cell for cell in compared if cell is not None]
    pairs = align(before, after)
    moved = moves(list(pairs.values()))
    found: list[CellDiff] = []
    removed = _Removed(before, set(pairs.values()))
    for index, entry in enumerate(after.cells):
        if (old := pairs.get(index)) is None:
            found.append(CellDiff(entry.id, None, entry, None, index))
            continue
        found += removed.up_to(old) if old not in moved else ()
        cell = _compared(before.cells[old], entry, (old, index), old in moved, load)
        if cell is not None:
            found.append(cell)
    return found + removed.up_to(len(before.cells))


def counts(diffs: Iterable[CellDiff], load: Load) -> Counts:
    """Return how many cells changed, and how many lines of their sources."""
    cells = added = removed = 0
    for cell in diffs:
        cells += 1
        if cell.added or cell.removed or cell.source:
            more, less = _changed_lines(cell, load)
            added, removed = added + more, removed + less
    return Counts(cells, added, removed)


def _changed_lines(cell: CellDiff, load: Load) -> tuple[int, int]:
    sources = [load(side.source).decode() if side else "" for side in (cell.before, cell.after)]
    return diff_lines(*sources)


def _compared(
    old: CellEntry, new: CellEntry, places: tuple[int, int], moved: bool, load: Load
) -> CellDiff | None:
    source, cell_type = old.source != new.source, old.cell_type != new.cell_type
    outputs = (old.outputs, old.execution_count) != (new.outputs, new.execution_count)
    details = lasting_differs(old.details, new.details, load)
    if not (moved or source or outputs or details or cell_type):
        return None
    return CellDiff(new.id, old, new, *places, moved, source, outputs, details, cell_type)


class _Removed:
    """The cells that are in ``before`` alone, given out in their order."""

    def __init__(self, before: Manifest, kept: set[int]) -> None:
        self._cells = before.cells
        self._waiting = [n for n in range(len(before.cells)) if n not in kept][::-1]

    def up_to(self, index: int) -> list[CellDiff]:
        """Return those before a place that were not given yet."""
        found = []
        while self._waiting and self._waiting[-1] < index:
            place = self._waiting.pop()
            entry = self._cells[place]
            found.append(CellDiff(entry.id, entry, None, place, None))
        return found


def moves(places: list[int]) -> set[int]:
    """Return which of the old places, given in their new order, hold cells that really moved."""
    if all(one < two for one, two in pairwise(places)):
        return set()
    return set(places) - {places[n] for n in increasing(places)}


def align(before: Manifest, after: Manifest) -> dict[int, int]:
    """Return for the places in ``after`` those in ``before``: by id.

    Where fewer than half of the ids are still there, a tool gave new ones: then equal sources, in
    order, are the same cells too, and with them the few that lie between.
    """
    places = {entry.id: index for index, entry in enumerate(before.cells)}
    pairs = {
        index: places[entry.id] for index, entry in enumerate(after.cells) if entry.id in places
    }
    fewer = min(len(before.cells), len(after.cells))
    if len(pairs) * 2 < fewer:
        pairs |= _by_source(before, after, pairs)
    return dict(sorted(pairs.items()))


def _by_source(before: Manifest, after: Manifest, pairs: dict[int, int]) -> dict[int, int]:
    taken = set(pairs.values())
    old = [n for n in range(len(before.cells)) if n not in taken]
    new = [n for n in range(len(after.cells)) if n not in pairs]
    blocks = matches(
        [(before.cells[n].cell_type, before.cells[n].source) for n in old],
        [(after.cells[n].cell_type, after.cells[n].source) for n in new],
    )
    found = {new[block.j + n]: old[block.i + n] for block in blocks for n in range(block.size)}
    if len(found) * 2 >= min(len(old), len(new)):
        i = j = 0
        for start, other, size in [*blocks, (len(old), len(new), 0)]:
            if start - i == other - j:
                found |= _alike(before, after, zip(old[i:start], new[j:other], strict=True))
            i, j = start + size, other + size
    return found


def _alike(before: Manifest, after: Manifest, pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    return {
        new: old for old, new in pairs if before.cells[old].cell_type == after.cells[new].cell_type
    }
