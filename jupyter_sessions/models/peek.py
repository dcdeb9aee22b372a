"""A look into a kernel while a cell runs there: a copy of it, made in the middle of the cell."""

from __future__ import annotations

from .base import Model
from .fork_record import Hazard, NotCarried
from .text import PathText


class NewPeek(Model):
    """Body of ``POST …/branches/{branch}/fork/peek``."""

    notebook: PathText
    """Path below the project, as on the branch."""


class Peek(Model):
    """A kernel with the variables as they were at that moment, where nothing runs.

    It belongs to no notebook: a console shows it, and ends it.
    """

    kernel_id: str
    source_kernel_id: str
    """Where the cell goes on."""
    path: str
    """Of the console's session."""
    name: str
    """Of the console."""
    cell_id: str | None = None
    """The cell that runs; ``None`` when it was changed since it began, or is no longer there."""
    line: int | None = None
    """The line of the cell at which it was, counted from 1."""
    seconds: float | None = None
    """How long the cell had run."""
    milliseconds: int
    """From the request to the first answer of the copy."""
    paused_ms: float
    """How long the cell stood still, at most."""
    hazards: list[Hazard] = []
    not_carried: list[NotCarried] = []
