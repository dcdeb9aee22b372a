"""A kernel that died comes back from its last checkpoint."""

from __future__ import annotations

from .base import Model, Time
from .fork_record import Hazard, NotCarried
from .text import PathText


class NewRevival(Model):
    """Body of ``POST …/branches/{branch}/fork/revive``."""

    notebook: PathText
    """Path below the project, as on the branch."""


class LastState(Model):
    """What a kernel that died would be brought back to."""

    cell_id: str | None
    """The cell that ran last before it; ``None`` when it was changed since, or deleted."""
    number: int
    """How many cells had run: the number of the last one, as a rule."""
    made_at: Time
    lost: list[str] = []
    """Cells that ran after it, and would have to run again; the one that ran at the end is not
    among them, since it has no number."""


class Revival(Model):
    """Whether the kernel of a notebook died, and can be brought back."""

    kernel_id: str | None
    """The kernel that the notebook has now; ``None``: it has none."""
    last: LastState | None = None
    """``None``: it has not died, or nothing was kept of it."""


class Revived(Model):
    """A kernel that was brought back, in place of the one that was started after its death."""

    kernel_id: str
    last: LastState
    milliseconds: int
    """From the request to the notebook's having it."""
    hazards: list[Hazard] = []
    not_carried: list[NotCarried] = []
