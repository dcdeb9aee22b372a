"""What kernels were forked from: until then they have one past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..models.checkpoint import Checkpoint

Process = tuple[str, int]
"""A kernel, and its process."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a kernel was forked from, and until when they have one past."""

    source: Process
    until: datetime


class Origins:
    """The forks of kernels that a server has made."""

    def __init__(self) -> None:
        self._origins: dict[Process, Origin] = {}

    def add(self, branch: Process, source: Process, until: datetime) -> None:
        """Remember a fork."""
        self._origins[branch] = Origin(source, until)

    def of_past(self, own: Process, found: Sequence[Checkpoint]) -> list[Checkpoint]:
        """Return the checkpoints of this kernel, and of those before it was forked from them."""
        allowed: dict[str, datetime | None] = {}
        at: Process | None = own
        limit: datetime | None = None
        while at is not None:
            allowed.setdefault(at[0], limit)
            origin = self._origins.get(at)
            at = None if origin is None else origin.source
            limit = limit if origin is None else min(origin.until, limit or origin.until)
        own_past = []
        for each in found:
            until = allowed.get(each.kernel_id)
            if each.kernel_id in allowed and (until is None or each.made_at <= until):
                own_past.append(each)
        return own_past
