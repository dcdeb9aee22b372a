"""A checkpoint: a kernel as it was after a cell, which can be forked later."""

from __future__ import annotations

from datetime import datetime

from .base import Model, Time
from .fork import Hazard, NotCarried


class Checkpoint(Model):
    """A frozen copy of a kernel; it costs no CPU."""

    kernel_id: str
    """The kernel that it was made of; it ends with it, or some minutes after its death."""
    kernel_pid: int
    """The process of that kernel."""
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


class KeptCheckpoint(Model):
    """A checkpoint, as one sees it from the notebook."""

    id: str
    """Names it as long as it is there."""
    cell_id: str | None
    """The cell that ran last before it; ``None`` when it was changed since, or deleted."""
    made_at: Time
    seconds: float
    """Time of the cells that need not run again."""
    own_bytes: int
    """Memory that is free when it is dropped (USS)."""
    shared_bytes: int
    """Its share of all memory (PSS)."""


class KeptNamespace(Model):
    """Variables that were saved to the disk, as one sees them from the notebook."""

    cell_id: str | None
    """The cell that ran last before; ``None`` when it was changed since, or deleted."""
    made_at: Time
    seconds: float
    """Time of the cells that need not run again."""
    size: int
    """Bytes on disk."""
    variables: int
    not_carried: list[NotCarried] = []


class CheckpointList(Model):
    """What is kept of a notebook's kernel in memory and on disk, and how much of all kernels."""

    kernel_id: str | None
    """``None``: the notebook has no kernel on this branch."""
    items: list[KeptCheckpoint] = []
    """The oldest first."""
    used: int
    """Bytes that the checkpoints of all kernels have of their own."""
    budget: int
    """Bytes that they may have; less when memory is scarce."""
    saved: list[KeptNamespace] = []
    """Variables of this notebook that were saved, the oldest first."""
    saved_used: int = 0
    """Bytes on disk of all that was saved."""
    saved_budget: int = 0
    """Bytes that it may have; 0 when nothing is saved."""
