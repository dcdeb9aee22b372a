"""Which state of a kernel is meant by a cell of its notebook: the present one, or an earlier."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from ..models.fork import Hazard


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A code cell as the notebook shows it."""

    source: str
    count: int | None = None
    """The number of its last run."""


@dataclass(frozen=True, slots=True)
class Above:
    """The code cells that a fork shares; the last one is where it is made."""

    cells: tuple[CodeCell, ...]
    below: tuple[CodeCell, ...] = field(default=())

    @classmethod
    def of(cls, sources: Sequence[str]) -> Above:
        """Return cells that have no numbers."""
        return cls(tuple(CodeCell(source) for source in sources))

    @property
    def sources(self) -> list[str]:
        return [cell.source for cell in self.cells]


def digest(source: str) -> str:
    """Return what the kernel calls a cell that it has run."""
    text = source.rstrip("\n").encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:16]


def differences(above: Above, ran: list[str]) -> list[Hazard] | None:
    """Return how a kernel's state differs from what the cells would make, if it is meant at all.

    ``ran`` are the digests of all cells that it has run, in their order. Its present state is meant
    when the cell of the fork is the one that ran last; ``None`` when another one was.
    """
    wanted = [digest(source) for source in above.sources]
    if ran == wanted:
        return []
    if not ran or not wanted or not _ran_last(above, ran):
        return None
    detail = "Its state is not only what the cells say: " + "; ".join(_parts(wanted, ran)) + "."
    stale = [place for place, each in enumerate(wanted, 1) if each not in ran]
    return [Hazard(code="history", detail=detail, names=[f"code cell {n}" for n in stale])]


class Kept(Protocol):
    """A state that was kept: in memory or on disk."""

    @property
    def executed(self) -> list[str]: ...
    @property
    def count(self) -> int: ...
    @property
    def made_at(self) -> datetime: ...


K = TypeVar("K", bound=Kept)


@dataclass(frozen=True, slots=True)
class Past(Generic[K]):
    """A state that was kept, and that a cell stands for."""

    kept: K
    missing: list[str] = field(default_factory=list)
    """Sources of cells that ran after it, and have to run again."""
    differs: list[Hazard] = field(default_factory=list)


def past(
    above: Above, ran: list[str], found: Sequence[K], others: Sequence[K] = ()
) -> Past[K] | None:
    """Return the state that is meant by the cells, of those that are of the kernel's past.

    The best is one after exactly these cells. When they ran like that, the longest beginning of
    them is near: the cells after it were quick, or it would not be the last. Else the cell of the
    fork counts, as for the present: its last run left a state, whatever ran before. Else the
    longest beginning is better than none. ``others`` are of other kernels: only beginnings count.
    """
    wanted = [digest(source) for source in above.sources]
    known = (*found, *others)
    begins = [each for each in known if each.count and each.executed == wanted[: each.count]]
    exact = max(begins, key=lambda each: (each.count, each.made_at), default=None)
    if exact is not None and (exact.count == len(wanted) or ran[: len(wanted)] == wanted):
        return Past(exact, above.sources[exact.count :])
    for each in sorted(found, key=lambda each: each.made_at, reverse=True):
        differs = differences(above, each.executed)
        if differs is not None:
            return Past(each, differs=differs)
    return None if exact is None else Past(exact, above.sources[exact.count :])


def _ran_last(above: Above, ran: list[str]) -> bool:
    here, number = above.cells[-1], len(ran)
    others = above.cells[:-1] + above.below
    twins = [each for each in others if digest(each.source) == ran[-1]]
    if digest(here.source) == ran[-1]:
        return here.count == number or all(each.count != number for each in twins)
    return here.count == number and not twins  # it was edited since


def _parts(wanted: list[str], ran: list[str]) -> list[str]:
    stale = sum(each not in ran for each in wanted)
    others = sum(each not in wanted for each in ran)
    shared = [each for each in ran if each in wanted]
    parts = []
    if stale:
        parts.append(f"{_count(stale, 'cell')} of those shared changed since, or never ran")
    if others:
        parts.append(f"{_count(others, 'other run')} went into its state, of cells not shared")
    if len(shared) > sum(each in ran for each in wanted):
        parts.append("some of the cells ran more than once")
    elif shared != [each for each in wanted if each in ran]:
        parts.append("the cells ran in another order")
    return parts


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
