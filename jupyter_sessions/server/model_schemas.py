"""The schemas of the models that REST and the WebSocket speak."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from ..models.branch import (
    Branch,
    BranchPatch,
    NewBranch,
    NotebookBranch,
    OpenedNotebook,
    OpenNotebook,
)
from ..models.catalog import ErrorBody, KernelInfo, ModelList, ProviderReport, Status
from ..models.checkpoint import CheckpointList
from ..models.convergence import Convergence, NewConvergence
from ..models.dependency import Dependencies, Dependency
from ..models.disposition import CheckedSchema, Disposition, DispositionChange, SchemaCheck
from ..models.event import Event
from ..models.fork import (
    FanOut,
    ForkedBranch,
    ForkPoint,
    ForkPreview,
    ForkProgress,
    NewFanOut,
    NewNotebookFork,
)
from ..models.key_result import KeyResult, KeyResultData, KeyResultPatch, NewKeyResult
from ..models.live import Attend, Frame, Saved, Subscribe, Unsubscribe
from ..models.merge import Approval, Merge, MergeDecisions, MergePreview, NewMerge
from ..models.peek import NewPeek, Peek
from ..models.project import NewProject, Project, ProjectPatch, Runtime
from ..models.prompt import PromptPreview, ToolInfo
from ..models.revival import NewRevival, Revival, Revived
from ..models.run import Interrupt, NewMessage, QueueOrder, Run, RunPatch
from ..models.search import Hit
from ..models.session import NewFork, NewSession, Pin, Session, SessionOrder, SessionPatch
from ..models.tree import NotebookTree
from ..models.variable import VariableList, VariablesDifference
from ..models.version import (
    CellAuthors,
    CellContent,
    NotebookDiff,
    Restore,
    RunChanges,
    Undone,
    UndoRun,
    Version,
    VersionPatch,
)
from .field_texts import Described

MODELS: tuple[Any, ...] = (
    ErrorBody,
    KernelInfo,
    ModelList,
    Status,
    Attend,
    Saved,
    Subscribe,
    Unsubscribe,
    NewProject,
    Project,
    ProjectPatch,
    Runtime,
    Interrupt,
    NewMessage,
    Run,
    NewSession,
    Session,
    SessionOrder,
    SessionPatch,
    NewFork,
    Pin,
    RunPatch,
    QueueOrder,
    Dependencies,
    Dependency,
    CheckedSchema,
    Disposition,
    DispositionChange,
    SchemaCheck,
    KeyResult,
    KeyResultData,
    KeyResultPatch,
    NewKeyResult,
    PromptPreview,
    ToolInfo,
    Hit,
    ProviderReport,
    Branch,
    NewBranch,
    BranchPatch,
    OpenNotebook,
    OpenedNotebook,
    NotebookBranch,
    NotebookTree,
    ForkPoint,
    ForkPreview,
    ForkProgress,
    NewNotebookFork,
    ForkedBranch,
    NewFanOut,
    FanOut,
    NewConvergence,
    Convergence,
    NewPeek,
    Peek,
    NewRevival,
    Revival,
    Revived,
    VariableList,
    VariablesDifference,
    CheckpointList,
    Version,
    VersionPatch,
    Restore,
    NotebookDiff,
    CellContent,
    CellAuthors,
    RunChanges,
    UndoRun,
    Undone,
    Merge,
    NewMerge,
    MergePreview,
    MergeDecisions,
    Approval,
)
BODIES = (
    "Approval",
    "BranchPatch",
    "CellDecision",
    "DispositionChange",
    "ForkPoint",
    "Interrupt",
    "KeyResultPatch",
    "MergeDecisions",
    "NewBranch",
    "NewConvergence",
    "NewDependency",
    "NewFanOut",
    "NewFork",
    "NewKeyResult",
    "NewMerge",
    "NewMessage",
    "NewNotebookFork",
    "NewProject",
    "NewSession",
    "OpenNotebook",
    "Pin",
    "ProjectPatch",
    "Restore",
    "RunPatch",
    "SessionOrder",
    "SessionPatch",
    "UndoRun",
    "Variant",
    "VersionPatch",
)
"""What callers send: fields with a default may be left out."""
TEMPLATE = "#/components/schemas/{model}"


def schemas() -> dict[str, Any]:
    """Return the schemas by their names; frames of the WebSocket are among them."""
    _, plain = models_json_schema(
        [(model, "serialization") for model in MODELS],
        ref_template=TEMPLATE,
        schema_generator=Described,
    )
    found: dict[str, Any] = plain["$defs"]
    unions: tuple[tuple[str, Any], ...] = (("Event", Event), ("Frame", Frame))
    for name, union in unions:
        schema = TypeAdapter(union).json_schema(
            mode="serialization", ref_template=TEMPLATE, schema_generator=Described
        )
        found |= schema.pop("$defs")
        found[name] = schema
    for name in BODIES:
        _make_optional(found[name])
    return dict(sorted(found.items()))


def _make_optional(schema: dict[str, Any]) -> None:
    """What a caller may leave out is not required, although we always send it."""
    required = [
        name for name in schema.get("required", []) if "default" not in schema["properties"][name]
    ]
    schema.pop("required", None)
    if required:
        schema["required"] = required
