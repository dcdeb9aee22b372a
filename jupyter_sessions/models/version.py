"""Versions of notebooks, and what differs between two of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from ..ids import BranchId, OperationId, RunId, SessionId
from .base import Model, Time
from .text import Name, PathText

OperationKind = Literal[
    "found", "save", "run", "outside", "rename", "delete", "restore", "merge", "undo"
]
"""``found``: as it was when it was first seen; ``save``: through JupyterLab; ``run``: an agent's
run; ``outside``: another program wrote the file; ``undo``: a run, merge or undo taken back."""
Writer = Literal["user", "agent", "outside", "system"]

RefText = Annotated[
    str, Field(pattern=r"^(branch:[0-9A-Za-z]{1,26}|(version|before):[0-9]{1,15})$")
]
"""Which state of a notebook: ``branch:<id>`` is its present one there, ``version:<id>`` the one
after an operation, ``before:<id>`` the one before it."""


class Author(Model):
    """Who wrote something."""

    by: Writer
    run_id: RunId | None = None
    session_id: SessionId | None = None
    session_name: str | None = None
    at: Time | None = None


class Version(Model):
    """A state of one notebook on one branch."""

    id: OperationId
    branch: BranchId
    notebook: str
    """Path below the project that it had then."""
    kind: OperationKind
    author: Author
    name: str | None = None
    """Given by a person; a named version is kept for good."""
    created_at: Time
    cells: int = 0
    """Cells that differ from the version before."""
    lines_added: int = 0
    lines_removed: int = 0
    deleted: bool = False
    """The notebook was deleted."""
    undone: bool = False
    """It was taken back by a later version."""
    merged_from: str | None = None
    """Name of the branch that was merged, for the kind ``merge``."""


class VersionPatch(Model):
    """Body of ``PATCH …/versions/{version}``."""

    name: Name | None
    """``null`` takes the name away."""


class Restore(Model):
    """Body of ``POST …/versions/{version}/restore``."""

    notebook: PathText
    """Path on the branch of the version."""


CellChangeKind = Literal["added", "removed", "edited", "moved", "outputs", "details"]
"""``outputs``: only run again; ``details``: only metadata or attachments."""


class DiffCell(Model):
    """A cell that differs between two states of a notebook."""

    cell_id: str
    change: CellChangeKind
    """The weightiest of its changes."""
    cell_type: str
    before: str | None
    """Source; ``None`` for an added cell."""
    after: str | None
    """Source; ``None`` for a removed cell."""
    index_before: int | None
    """Place, counted from 0."""
    index_after: int | None
    count_before: int | None = None
    """Number of the execution, as in ``[12]``."""
    count_after: int | None = None
    moved: bool = False
    outputs: bool = False
    """Its outputs differ too."""
    author: Author | None = None
    """Who wrote it last."""
    state: Literal["open", "taken_back", "changed_since"] = "open"
    """Reviews of runs only: ``taken_back`` by the user, or ``changed_since`` by someone."""


class NotebookDiff(Model):
    """What differs between two states of a notebook."""

    notebook: str
    """Path below the project, at the second state (or the first, when it is gone)."""
    branch: BranchId
    """Of the second state."""
    before: str
    """``RefText``."""
    after: str
    """``RefText``."""
    cells: list[DiffCell]
    """In the order of the notebook; removed ones where they were."""
    unchanged: int
    """Cells that are the same."""
    details: bool = False
    """The notebook's own metadata differ."""
    language: str = "python"
    lines_added: int = 0
    lines_removed: int = 0
    existed: bool = True
    """There was such a notebook before."""
    exists: bool = True
    """There is one after."""


class CellContent(Model):
    """What ``GET …/cell`` answers: one cell as it was at some state."""

    cell: dict[str, JsonValue] | None
    """In nbformat 4.5, with outputs; ``None`` when it was not there."""


class CellLines(Model):
    """Neighbouring lines of a cell that one author wrote."""

    count: int
    author: Author


class CellAuthors(Model):
    """Who wrote a cell, line by line."""

    cell_id: str
    lines: list[CellLines]


class ChangedNotebook(Model):
    """A notebook that a run changed."""

    notebook: str
    branch: BranchId
    branch_name: str = ""
    cells: int
    """Cells whose source, place or existence changed."""
    lines_added: int = 0
    lines_removed: int = 0
    outputs: int = 0
    """Cells that were only run."""


class ChangedFile(Model):
    """Another file that a run changed."""

    path: str
    change: Literal["created", "changed", "deleted"]
    covered: bool
    """It can be taken back: both states were kept."""
    reason: str = ""
    """Why it cannot."""
    by: Literal["tool", "code"] = "tool"
    """``code``: a command or a cell changed it, or someone meanwhile."""
    state: Literal["open", "taken_back", "changed_since"] = "open"


class LeftAlone(Model):
    """Something that an undo did not take back, because it was changed since."""

    notebook: str | None = None
    cell_id: str | None = None
    count: int | None = None
    file: str | None = None
    author: Author | None = None
    """Who changed it since."""


class RunChanges(Model):
    """What a run changed, and what of it was taken back."""

    run_id: RunId
    notebooks: list[ChangedNotebook] = []
    files: list[ChangedFile] = []
    incomplete: bool = False
    """There are too many files to look at all of them for changes by commands and cells."""
    undone: Literal["no", "partly", "yes"] = "no"
    undo: OperationId | None = None
    """The last undo, which a redo takes back."""
    left: list[LeftAlone] = []
    """What the last undo left alone."""


class CellRef(Model):
    """A cell of a notebook."""

    notebook: PathText
    cell_id: Annotated[str, Field(max_length=64)]


class UndoRun(Model):
    """Body of ``POST …/runs/{run}/undo``: all of it when both are left out."""

    cells: Annotated[list[CellRef], Field(max_length=10_000)] | None = None
    files: Annotated[list[PathText], Field(max_length=10_000)] | None = None
    force: bool = False
    """Take back also what was changed since; that is kept as a version."""


class Undone(Model):
    """What an undo did."""

    version: OperationId | None
    """``None`` when there was nothing to take back."""
    left: list[LeftAlone] = []
