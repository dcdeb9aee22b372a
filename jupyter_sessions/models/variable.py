"""Variables of a kernel, as a table shows them: no value is looked into."""

from __future__ import annotations

from .base import Model


class Variable(Model):
    """A name in the namespace of a kernel."""

    name: str
    type: str
    """``int``, or with its module: ``pandas.DataFrame``."""
    shape: str = ""
    """``1000, 3``, or the length of what has one; ``""`` when it has none."""
    size: int | None = None
    """Bytes, about; ``None`` when it does not say."""
    summary: str = ""
    """The value, when it is a number, a boolean, ``None`` or a short text."""


class VariableList(Model):
    """The namespace of a branch's kernel."""

    kernel_id: str | None
    """``None``: the notebook has no kernel on this branch."""
    reason: str = ""
    """Why there is nothing to show, as a sentence."""
    total: int = 0
    """Variables that there are; ``items`` ends after 1,000."""
    items: list[Variable] = []
