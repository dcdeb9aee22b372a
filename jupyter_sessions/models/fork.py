"""A fork of a kernel: what it would take, and what it was."""

from __future__ import annotations

from typing import Literal

from .base import Model

Engine = Literal["fork", "namespace", "rerun"]
"""``fork``: copies the process; ``namespace``: the variables; ``rerun``: runs the cells again."""


class Hazard(Model):
    """Something that a branch does not have as its source has it."""

    code: str
    """A word for programs: ``threads``, ``sockets``, ``connections``, ``native-pool``, …"""
    level: Literal["warn", "refuse"] = "warn"
    """``refuse``: the branch would hang or do damage, so that the next engine is used."""
    detail: str
    """A sentence for the user."""
    names: list[str] = []
    """Variables, threads or addresses."""


class NotCarried(Model):
    """A variable that the branch will not have, or not in working order."""

    name: str
    reason: str


class ForkProbe(Model):
    """What a fork would be, said before it is made."""

    engine: Engine
    """The best one that works here."""
    reason: str = ""
    """Why a better engine is not used."""
    text: str
    """What it does and costs, in a sentence."""
    milliseconds: int | None = None
    """About how long it takes until the branch answers; ``None`` when nobody can know."""
    memory: int = 0
    """Bytes that the source holds; a fork shares them until one side writes."""
    busy: bool = False
    """A cell runs: a fork of the present state waits for its end."""
    missing: int = 0
    """Cells that have to run again in the branch, since they ran after the last checkpoint."""
    hazards: list[Hazard] = []
    not_carried: list[NotCarried] = []


class Forked(Model):
    """A fork that was made."""

    kernel_id: str
    source_kernel_id: str
    engine: Engine
    milliseconds: int
    """From the request to the first answer of the new kernel."""
    paused_ms: float
    """How long the source stood still."""
    hazards: list[Hazard] = []
    not_carried: list[NotCarried] = []
    missing: list[str] = []
    """Sources of cells to run in the branch now: they ran after the last checkpoint."""
