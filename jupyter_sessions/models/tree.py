"""The branches of a notebook as a tree: what each shares with the one it came from."""

from __future__ import annotations

from ..ids import BranchId
from .base import Model


class TreeCell(Model):
    """A cell, as one line tells it."""

    cell_id: str
    cell_type: str
    count: int | None = None
    """Number of the execution, as in ``[12]``."""
    line: str = ""
    """Its first line that is not empty, cut at 120 characters."""


class TreeLane(Model):
    """A branch of the notebook."""

    branch: BranchId
    notebook: str | None
    """Path of the notebook there; ``None`` when it was deleted on that branch."""
    after: str | None = None
    """Id of the parent's cell that it forks from: the last one that both have. ``None`` for main,
    or when they have none in common."""
    shared: int = 0
    """Cells up to the fork."""
    cells: list[TreeCell]
    """Of a branch, those that it does not have as its parent had them; of main all."""


class NotebookTree(Model):
    """A notebook on all branches that it was changed or opened on."""

    notebook: str
    """Path on main, or on the first branch that has it."""
    language: str = "python"
    lanes: list[TreeLane]
    """Main first, then in order of the forks; those of deleted branches too."""
