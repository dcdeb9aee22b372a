"""A fork of a kernel: what it would take, and what it was."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..ids import BranchId, SessionId
from .base import Model, Time
from .branch import Branch, OpenedNotebook
from .fork_record import Engine, ForkRecord, Hazard, NotCarried
from .text import Name, PathText

__all__ = [
    "Engine",
    "FanOut",
    "ForkPoint",
    "ForkPreview",
    "ForkProbe",
    "ForkProgress",
    "ForkRecord",
    "Forked",
    "ForkedBranch",
    "Hazard",
    "NewFanOut",
    "NewNotebookFork",
    "NotCarried",
    "Variant",
]


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
    """Bytes that the source holds, or that were saved; a fork shares them until one side writes."""
    busy: bool = False
    """A cell runs: a fork of the present state waits for its end."""
    missing: int = 0
    """Cells that have to run again in the branch, since they ran after what was kept."""
    hazards: list[Hazard] = []
    not_carried: list[NotCarried] = []
    saved_at: Time | None = None
    """For ``namespace``: when the variables were saved; ``None`` when that is still to be done."""
    variables: int | None = None
    """For ``namespace``: how many variables were saved."""


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


class ForkPoint(Model):
    """Body of ``POST …/branches/{branch}/fork/probe``: where a notebook would be forked."""

    notebook: PathText
    """Path below the project, as on the branch."""
    cell_id: Annotated[str, Field(min_length=1, max_length=64)]
    """The last cell that both branches share."""


class ForkPreview(Model):
    """What forking at a cell would be, said before it is done."""

    shared: int
    """Cells up to and including the one that was named."""
    below: int
    """Cells below it."""
    kernel: ForkProbe


class NewNotebookFork(ForkPoint):
    """Body of ``POST …/branches/{branch}/fork``."""

    name: Name
    below: Literal["keep", "drop"] = "keep"
    """What becomes of the cells below, on the new branch."""
    kernel: Literal["auto", "rerun", "none"] = "auto"
    """``auto``: the best engine that works; ``none``: the branch starts without a kernel."""
    session: SessionId | None = None
    """Make it the active branch of this session."""


class ForkedBranch(Model):
    """A branch that was forked at a cell, and its notebook, which is there now."""

    branch: Branch
    opened: OpenedNotebook
    fork: ForkRecord
    kernel_id: str | None = None
    """``None`` when it starts without a kernel."""
    running: int = 0
    """Cells that run again now; ``ForkProgress`` on the project's stream tells how far it is."""


class Variant(Model):
    """Another source for a cell, to be run on a branch of its own."""

    name: Name
    """Of the branch."""
    source: Annotated[str, Field(max_length=5_000_000)]


class NewFanOut(Model):
    """Body of ``POST …/branches/{branch}/fan-out``: variants of a cell, run all at once."""

    notebook: PathText
    cell_id: Annotated[str, Field(min_length=1, max_length=64)]
    """The code cell; each branch is forked at the one above it."""
    variants: Annotated[list[Variant], Field(min_length=1, max_length=8)]


class FanOut(Model):
    """The branches of a fan-out: ``ForkProgress`` on the project's stream tells when each ends."""

    items: list[ForkedBranch]
    """In the order of the variants."""


class ForkProgress(Model):
    """Cells of a branch run again, in its own kernel. Sent on the project's stream."""

    type: Literal["fork.progress"] = "fork.progress"
    branch: BranchId
    notebook: str
    done: int
    """Cells that have run."""
    total: int
    state: Literal["running", "completed", "failed", "stopped"]
    error: str | None = None
    """For ``failed``: a sentence with what the cell raised."""
