"""A branch: a named line of versions of the project's notebooks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..ids import MAIN, BranchId, OperationId, ProjectId, RunId, SessionId
from .base import Model, Time
from .envelope import Actor
from .fork_record import ForkRecord
from .text import Name, PathText

BranchStatus = Literal["active", "dormant", "completed", "deleted"]
"""``dormant``: put aside; ``completed``: its work is done; ``deleted``: hidden, can be restored."""
BranchText = Annotated[str, Field(max_length=200)]
"""A branch, by id or name."""


class Branch(Model):
    """A branch of the project's notebooks; ``main`` is the files in the project's folder."""

    id: BranchId
    project_id: ProjectId
    name: str
    status: BranchStatus = "active"
    folder: str = ""
    """Where its notebooks lie, below the project: ``branches/try-boosting``; ``""`` for main."""
    parent: BranchId | None = None
    """The branch that it was made from; ``None`` for main."""
    forked_at: OperationId = OperationId(0)
    """Last version of the parent that it shares."""
    notebook_count: int = 0
    """Notebooks that were changed on it."""
    created_by: Actor = "user"
    session_id: SessionId | None = None
    """Session that it was made in."""
    run_id: RunId | None = None
    fork: ForkRecord | None = None
    """How it was forked, when that was at a cell of a notebook."""
    created_at: Time
    updated_at: Time
    """When something on it changed last."""


class NewBranch(Model):
    """Body of ``POST …/branches``."""

    name: Name
    parent: BranchText = MAIN
    version: Annotated[OperationId, Field(ge=1, le=2**53)] | None = None
    """A version of the parent; the present state when left out."""
    session: SessionId | None = None
    """Make it the active branch of this session."""


class BranchPatch(Model):
    """Body of ``PATCH …/branches/{branch}``: what is left out stays."""

    name: Name | None = None
    status: BranchStatus | None = None


class OpenNotebook(Model):
    """Body of ``POST …/branches/{branch}/open``."""

    notebook: PathText
    """Path below the project, as on the branch (or as its file is called on another branch)."""


class OpenedNotebook(Model):
    """The file of a notebook on a branch; it is there now."""

    branch: BranchId
    notebook: str
    """Path below the project, without the branch's folder."""
    file: str
    """Path of the file below the project."""
    path: str
    """The same as the contents API names it."""


class NotebookBranch(Model):
    """A branch, seen from one notebook."""

    branch: Branch
    notebook: str | None
    """Path of the notebook there; ``None`` when it was deleted on that branch."""
    touched: bool
    """It was changed on this branch."""
    updated_at: Time | None
