"""Variables of a kernel, as a table shows them: no value is looked into."""

from __future__ import annotations

from typing import Literal

from ..ids import BranchId
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


class VariableChange(Model):
    """A name that two kernels do not hold alike."""

    name: str
    change: Literal["only_here", "only_there", "type", "shape", "size", "value"]
    """The first of these that differs."""
    here: Variable | None
    there: Variable | None


class DifferenceSide(Model):
    """One of two kernels that are compared."""

    branch: BranchId
    kernel_id: str | None
    """``None``: the notebook has no kernel on this branch."""
    reason: str = ""
    """Why it cannot be compared, as a sentence."""
    total: int = 0
    """Variables that there are."""


class VariablesDifference(Model):
    """What differs between the variables of two branches of a notebook."""

    here: DifferenceSide
    there: DifferenceSide
    items: list[VariableChange] = []
    """Empty when one of them cannot be asked."""
    same: int = 0
    """Names whose content is equal."""
    unknown: list[str] = []
    """Names of equal type, shape and size whose content was not compared: it is large, or of a
    type that cannot be read without running code."""
    complete: bool = True
    """Each kernel tells 1,000 names at most; later ones are left out here."""
