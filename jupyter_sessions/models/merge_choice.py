"""What can be decided about a cell in a merge."""

from __future__ import annotations

from typing import Literal

from .base import Model

Choice = Literal["accept", "reject", "ours", "theirs", "both", "edit"]
"""``accept`` and ``reject`` are for changes without a conflict, the others for conflicts; ``ours``
is the target's, ``theirs`` the source's."""
MergeChange = Literal["added", "removed", "edited", "moved", "outputs", "details", "conflict"]
ConflictKind = Literal["source", "deleted", "added", "type", "attachments"]
"""``deleted``: one side deleted what the other edited; ``added``: both added it, differently."""


class Decision(Model):
    """What was decided about one cell."""

    choice: Choice
    text: str | None = None
    """For ``edit``: the source that the cell gets."""
