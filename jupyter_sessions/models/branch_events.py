"""Events about branches, merges, and what runs changed."""

from __future__ import annotations

from typing import Literal

from ..ids import BranchId, ConvergenceId, MergeId, OperationId, RunId, SessionId
from .base import Model
from .branch import BranchStatus
from .convergence import ConvergenceKind, KernelFate
from .envelope import Blob, EventBase
from .fork_record import ForkRecord
from .version import ChangedFile, ChangedNotebook, LeftAlone


class BranchCreatedData(Model):
    branch: BranchId
    name: str
    parent: BranchId
    forked_at: OperationId
    fork: ForkRecord | None = None
    """How it was forked, when that was at a cell of a notebook."""


class BranchChangedData(Model):
    branch: BranchId
    name: str
    status: BranchStatus


class BranchSwitchedData(Model):
    """The session works on another branch from here on."""

    branch: BranchId
    name: str


class MergeData(Model):
    merge: MergeId
    source: BranchId
    source_name: str
    target: BranchId
    target_name: str
    operation: OperationId | None = None
    cells: int = 0
    """Cells that the merge changed on the target."""


class BranchConvergedData(Model):
    """Branches of a notebook met."""

    convergence: ConvergenceId
    kind: ConvergenceKind
    notebook: str
    source: BranchId
    source_name: str
    target: BranchId
    target_name: str
    losers: list[BranchId]
    kernel: KernelFate


class OperationUndoneData(Model):
    """A version was taken back; or, with ``redo``, such an undo."""

    operation: OperationId
    undo: OperationId
    redo: bool = False


class NotebooksChangedData(Model):
    """What a run has changed: written at its end."""

    notebooks: list[ChangedNotebook]
    files: list[ChangedFile]
    incomplete: bool = False


class FileStates(Model):
    """A file that an undo changed; ``None``: there was none, or is none."""

    path: str
    before: Blob | None
    after: Blob | None


class RunUndoneData(Model):
    """What a run had changed was taken back, or some of it; or, with ``redo``, done again."""

    run: RunId
    session: SessionId
    undos: list[OperationId] = []
    """One for each branch."""
    redo: bool = False
    partly: bool = False
    """Only some cells were asked for, or some were left alone."""
    unfinished: bool = False
    """Other branches are to follow: the next undo goes on with it, also if that is a later one."""
    cells: int = 0
    files: int = 0
    left: list[LeftAlone] = []
    changed: list[FileStates] = []
    """The files as they were and are now: a redo needs both."""


class BranchCreated(EventBase[BranchCreatedData]):
    type: Literal["branch.created"] = "branch.created"


class BranchChanged(EventBase[BranchChangedData]):
    type: Literal["branch.changed"] = "branch.changed"


class BranchSwitched(EventBase[BranchSwitchedData]):
    type: Literal["branch.switched"] = "branch.switched"


class MergeProposed(EventBase[MergeData]):
    type: Literal["merge.proposed"] = "merge.proposed"


class MergeApplied(EventBase[MergeData]):
    type: Literal["merge.applied"] = "merge.applied"


class MergeClosed(EventBase[MergeData]):
    type: Literal["merge.closed"] = "merge.closed"


class BranchConverged(EventBase[BranchConvergedData]):
    type: Literal["branch.converged"] = "branch.converged"


class OperationUndone(EventBase[OperationUndoneData]):
    type: Literal["operation.undone"] = "operation.undone"


class NotebooksChanged(EventBase[NotebooksChangedData]):
    type: Literal["notebooks.changed"] = "notebooks.changed"


class RunUndone(EventBase[RunUndoneData]):
    type: Literal["run.undone"] = "run.undone"
