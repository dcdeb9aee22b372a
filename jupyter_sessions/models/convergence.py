"""Branches that meet: one wins, or they are compared, or cells are chosen of each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..ids import MAIN, BranchId, ConvergenceId, MergeId, ProjectId
from .base import Model, Time
from .text import PathText

ConvergenceKind = Literal["winner", "comparison", "manual"]
"""``winner``: its cells and its kernel become the target's; ``comparison``: all are kept;
``manual``: cells are chosen in the merge view, the kernel is the one of the branch that is merged.
"""
KernelFate = Literal["waits", "moved", "none"]
"""Of the winner's kernel: it waits for the merge; it is the target's now; it does not move."""
_BranchText = Annotated[str, Field(max_length=200)]


class NewConvergence(Model):
    """Body of ``POST …/branches/{branch}/converge``; the branch is the winner, or the base."""

    kind: ConvergenceKind
    into: _BranchText = MAIN
    """Id or name of the branch that they meet on."""
    notebook: PathText
    """Path below the project, as on the branch."""
    losers: Annotated[list[_BranchText], Field(max_length=50)] = []
    """Ids or names of the other branches: completed once they have met, but for a comparison."""


class Convergence(Model):
    """A meeting of branches, for a notebook."""

    id: ConvergenceId
    project_id: ProjectId
    kind: ConvergenceKind
    notebook: str
    source: BranchId
    """The winner, or the base."""
    target: BranchId
    losers: list[BranchId]
    merge: MergeId | None = None
    """The merge that brings the cells over: a person approves it. ``None`` for a comparison."""
    status: Literal["open", "met", "closed"] = "open"
    """``open``: its merge waits; ``closed``: that was withdrawn."""
    kernel: KernelFate = "none"
    reason: str = ""
    """Why the kernel did not move, as a sentence."""
    created_at: Time
    met_at: Time | None = None
