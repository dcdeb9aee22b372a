"""Merging one branch into another: the request, its preview, and the decisions of a person."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..ids import MAIN, BranchId, MergeId, OperationId, ProjectId, RunId, SessionId
from .base import Model, Time
from .branch import BranchText
from .envelope import Actor
from .merge_choice import ConflictKind, MergeChange, MergeChoice
from .text import PathText
from .version import Author

MergeStatus = Literal["open", "merged", "closed"]


class Merge(Model):
    """A merge that was asked for. Only a person can approve it."""

    id: MergeId
    project_id: ProjectId
    source: BranchId
    target: BranchId
    status: MergeStatus = "open"
    title: str = ""
    created_by: Actor = "user"
    session_id: SessionId | None = None
    run_id: RunId | None = None
    operation: OperationId | None = None
    """The version of the target that it made; undo that to undo the merge."""
    undone: bool = False
    created_at: Time
    updated_at: Time


class NewMerge(Model):
    """Body of ``POST …/merges``; answers the open merge of the two branches, if there is one."""

    source: BranchText
    target: BranchText = MAIN
    session: SessionId | None = None


class MergeSide(Model):
    """A cell on one side of a merge."""

    source: str
    cell_type: str
    index: int
    count: int | None = None
    has_outputs: bool = False
    author: Author | None = None
    """Who wrote it last."""


class MergeHunk(Model):
    """A part of a cell that both sides changed: agreed lines, or a conflict of lines."""

    lines: list[str] | None
    """Agreed lines; ``None`` for a conflict."""
    base: list[str] = []
    target: list[str] = []
    source: list[str] = []


class ItemDecision(Model):
    """What a person decided about a cell."""

    choice: MergeChoice
    text: str | None = None


class MergeItem(Model):
    """A cell that the merge changes on the target, or a conflict."""

    cell_id: str
    change: MergeChange
    conflict: ConflictKind | None = None
    moved: bool = False
    only_run: bool = False
    """Nothing to decide: only outputs or metadata differ."""
    base: MergeSide | None
    target: MergeSide | None
    source: MergeSide | None
    result: str | None
    """Source of the cell after the merge as decided so far; ``None`` when it is not there."""
    result_index: int | None = None
    merged_text: bool = False
    """Both edited different lines: the result has both."""
    hunks: list[MergeHunk] = []
    """For conflicts of sources."""
    decision: ItemDecision | None = None
    new: bool = False
    """It came, or changed, after the person had begun to decide."""


class MergeNotebook(Model):
    """A notebook in a merge."""

    notebook: str
    """Path on the target; on the source, when the target has none."""
    change: Literal["added", "removed", "changed", "renamed"]
    renamed_from: str | None = None
    language: str = "python"
    items: list[MergeItem]
    """In the order of the notebook."""
    lines_added: int = 0
    lines_removed: int = 0


class MergePreview(Model):
    """A merge as it would be now."""

    merge: Merge
    source_name: str
    target_name: str
    notebooks: list[MergeNotebook]
    token: str
    """Sent back to approve: it stands for exactly what is shown here."""
    place: str
    """Sent back with decisions: it stands for where both branches are."""
    to_decide: int
    """Cells that can be decided about."""
    undecided: int
    """Conflicts without a decision."""
    moved: bool = False
    """A branch moved after the first decision; ``new`` marks what has to be looked at."""


class CellDecision(Model):
    """A decision about a cell; ``choice: null`` takes it back."""

    notebook: PathText
    cell_id: Annotated[str, Field(max_length=64)]
    choice: MergeChoice | None
    text: Annotated[str, Field(max_length=5_000_000)] | None = None
    """For ``edit``: the source that the cell gets."""


class MergeDecisions(Model):
    """Body of ``PUT …/merges/{merge}/decisions``: those that are not named stay."""

    decisions: Annotated[list[CellDecision], Field(max_length=10_000)]
    place: Annotated[str, Field(max_length=64)] | None = None
    """That of the preview that was looked at; answers 409 when one of its cells, or what was never
    decided about, changed since. Without it the decisions are about what the cells are now."""


class Approval(Model):
    """Body of ``POST …/merges/{merge}/approve``."""

    token: Annotated[str, Field(max_length=64)]
