"""What a merge says of a cell, and what a person decides about it."""

from __future__ import annotations

from typing import Literal

from .base import Model

MergeChange = Literal["added", "removed", "edited", "moved", "outputs", "details", "conflict"]
"""What a merge does to a cell of the target. ``outputs``: it only ran again."""

ConflictKind = Literal["source", "deleted", "added", "type", "attachments"]
"""``deleted``: one side deleted what the other edited. ``added``: both sides added the same id."""

MergeChoice = Literal["accept", "reject", "ours", "theirs", "both", "edit"]
"""``ours`` is the target's; in a conflict, to accept is ``theirs`` and to reject is ``ours``."""


class Decision(Model):
    """What becomes of a cell: accepted, rejected or edited; in a conflict, which side it takes."""

    choice: MergeChoice
    text: str | None = None
    """The cell's source, for ``edit``."""
