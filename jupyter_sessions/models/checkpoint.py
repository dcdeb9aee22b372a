"""A checkpoint: a kernel as it was after a cell, which can be forked later."""

from __future__ import annotations

from datetime import datetime

from .base import Model
from .fork import Hazard


class Checkpoint(Model):
    """A frozen copy of a kernel; it costs no CPU."""

    kernel_id: str
    """The kernel that it was made of; it ends with it."""
    executed: list[str]
    """The cells that had run, in their order; see ``workspace.fork_points.digest``."""
    count: int
    """How many they were."""
    seconds: float
    """Time of the cells since the checkpoint before."""
    total_seconds: float
    """Time of all of them that were seen."""
    made_at: datetime
    own_bytes: int
    """Memory that is its own (USS): what ends with it."""
    shared_bytes: int
    """Its share of all memory (PSS)."""
    pid: int
    hazards: list[Hazard] = []
