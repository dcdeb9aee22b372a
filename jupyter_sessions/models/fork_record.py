"""How a branch was forked, and what its kernel does not have as its source has it."""

from __future__ import annotations

from typing import Literal

from .base import Model, Time

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


class ForkRecord(Model):
    """How a branch was forked; kept with it."""

    notebook: str
    cell_id: str
    shared: int
    """Cells that were shared, up to and including ``cell_id``."""
    below: Literal["keep", "drop"]
    engine: Engine | Literal["none"]
    reason: str = ""
    """Why a better engine was not used."""
    milliseconds: int | None = None
    """Until the kernel answered; ``None`` while cells run again, or without a kernel."""
    hazards: list[Hazard] = []
    not_carried: list[NotCarried] = []
    saved_at: Time | None = None
    """For ``namespace``: when the variables were saved."""
    size: int | None = None
    """For ``namespace``: their bytes."""
    variables: int | None = None
    """For ``namespace``: how many the branch has of them."""
