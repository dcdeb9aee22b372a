"""The OpenAPI document: the operations, and the schemas of what they take and give."""

from __future__ import annotations

from typing import Any

from .. import __version__
from .model_schemas import TEMPLATE, schemas

PROJECT = "/projects/{project}"
SESSION = PROJECT + "/sessions/{session}"
BRANCH = PROJECT + "/branches/{branch}"
NOTEBOOK = PROJECT + "/notebooks/{notebook}"
MERGE = PROJECT + "/merges/{merge}"
LIST = ("limit", "after")

# path, verb, summary, body, answer, status, query
OPERATIONS: tuple[tuple[str, str, str, str | None, str | None, int, tuple[str, ...]], ...] = (
    ("/status", "get", "State of the server", None, "Status", 200, ()),
    ("/models", "get", "Models that can be chosen", None, "ModelList", 200, ()),
    ("/models/probe", "post", "Look for models, and say why not", None, "ProviderReport", 200, ()),
    ("/tools", "get", "Tools of the agent", None, "[ToolInfo]", 200, ()),
    ("/schemas/check", "post", "Check a disposition's schema", "SchemaCheck", "CheckedSchema", 200,
     ()),
    ("/search", "get", "Search all projects", None, "[Hit]", 200, ("q", *LIST)),
    ("/runtimes", "get", "Kinds of machine for kernels", None, "[Runtime]", 200, ()),
    ("/kernel", "get", "What a kernel's token stands for", None, "KernelInfo", 200, ()),
    ("/projects", "get", "Projects, most recent first", None, "[Project]", 200, LIST),
    ("/projects", "post", "Create a project", "NewProject", "Project", 201, ()),
    ("/projects/example", "post", "Create the example project", None, "Project", 201, ()),
    (PROJECT, "get", "A project", None, "Project", 200, ()),
    (PROJECT, "patch", "Rename, move or reconfigure", "ProjectPatch", "Project", 200, ()),
    (PROJECT, "delete", "Delete with all in it", None, None, 204, ("confirm", "files")),
    (PROJECT + "/prompt", "get", "The whole prompt, in its parts", None, "PromptPreview", 200,
     ("session", "notebook")),
    (PROJECT + "/search", "get", "Search the project", None, "[Hit]", 200, ("q", *LIST)),
    (PROJECT + "/messages", "post", "Start a session with a message", "NewMessage", "Run", 202, ()),
    (PROJECT + "/events", "get", "The project's timeline", None, "[Event]", 200,
     ("after", "before", "limit", "types", "follow")),
    (PROJECT + "/sessions", "get", "Sessions, in order", None, "[Session]", 200, LIST),
    (PROJECT + "/sessions", "post", "Create a session", "NewSession", "Session", 201, ()),
    (PROJECT + "/sessions/import", "post", "Import a log: JSON lines, or a .chat file", "bytes",
     "Session", 201, ("name",)),
    (PROJECT + "/sessions/order", "put", "Put sessions in order", "SessionOrder", "[Session]",
     200, ()),
    (SESSION, "get", "A session", None, "Session", 200, ()),
    (SESSION, "patch", "Rename, or choose a model", "SessionPatch", "Session", 200, ()),
    (SESSION, "delete", "Delete a session", None, None, 204, ("force",)),
    (SESSION + "/fork", "post", "Fork at an event: the log up to it is shared", "NewFork",
     "Session", 201, ()),
    (SESSION + "/export", "get", "The conversation as a file", None, "bytes", 200, ("format",)),
    (SESSION + "/pins", "post", "Keep a message in every summary", "Pin", None, 204, ()),
    (SESSION + "/queue", "put", "Put waiting messages in order", "QueueOrder", "[Run]", 200, ()),
    (SESSION + "/disposition", "get", "What it must decide, and has", None, "Disposition", 200,
     ()),
    (SESSION + "/disposition", "put", "Change schema or value", "DispositionChange",
     "Disposition", 200, ()),
    (SESSION + "/dependencies", "get", "Sessions that it needs", None, "[Dependency]", 200, ()),
    (SESSION + "/dependencies", "put", "Replace them", "Dependencies", "[Dependency]", 200, ()),
    (SESSION + "/dependencies/import", "post", "Import their findings anew", None,
     "[Dependency]", 200, ()),
    (SESSION + "/key-results", "get", "Key results", None, "[KeyResult]", 200, ()),
    (SESSION + "/key-results", "post", "Promote what a cell shows", "NewKeyResult", "KeyResult",
     201, ()),
    (SESSION + "/key-results/{key_result}", "get", "A key result", None, "KeyResult", 200, ()),
    (SESSION + "/key-results/{key_result}", "patch", "Change title, chart, view",
     "KeyResultPatch", "KeyResult", 200, ()),
    (SESSION + "/key-results/{key_result}", "delete", "Remove; its data stays in the log", None,
     None, 204, ()),
    (SESSION + "/key-results/{key_result}/data", "get", "Its table and outputs", None,
     "KeyResultData", 200, ()),
    (SESSION + "/key-results/{key_result}/csv", "get", "Its table as CSV", None, "bytes", 200, ()),
    (SESSION + "/events", "get", "The session's timeline", None, "[Event]", 200,
     ("after", "before", "limit", "types", "follow", "waits")),
    (SESSION + "/messages", "post", "Send a message: queues a run", "NewMessage", "Run", 202, ()),
    (SESSION + "/interrupt", "post", "Stop the run", "Interrupt", None, 202, ()),
    (PROJECT + "/runs", "get", "Runs, newest first", None, "[Run]", 200,
     ("session", "status", *LIST)),
    (PROJECT + "/runs/{run}", "get", "A run", None, "Run", 200, ()),
    (PROJECT + "/runs/{run}", "delete", "Withdraw a queued run", None, "Run", 200, ()),
    (PROJECT + "/runs/{run}", "patch", "Edit a waiting message, or let it steer", "RunPatch",
     "Run", 200, ()),
    (PROJECT + "/runs/{run}/changes", "get", "What a run changed", None, "RunChanges", 200, ()),
    (PROJECT + "/runs/{run}/diff", "get", "The same, cell by cell", None, "[NotebookDiff]", 200,
     ()),
    (PROJECT + "/runs/{run}/undo", "post", "Take back what a run changed, or some of it",
     "UndoRun", "RunChanges", 200, ()),
    (PROJECT + "/runs/{run}/redo", "post", "Take the last undo back", None, "RunChanges", 200, ()),
    (PROJECT + "/branches", "get", "Branches, main first", None, "[Branch]", 200, ()),
    (PROJECT + "/branches", "post", "Create a branch", "NewBranch", "Branch", 201, ()),
    (BRANCH, "get", "A branch", None, "Branch", 200, ()),
    (BRANCH, "patch", "Rename, or set the status", "BranchPatch", "Branch", 200, ()),
    (BRANCH, "delete", "Delete; it can be restored", None, None, 204, ()),
    (BRANCH + "/open", "post", "Have a notebook of the branch as a file", "OpenNotebook",
     "OpenedNotebook", 200, ()),
    (BRANCH + "/fork", "post", "Fork a notebook at a cell, with its kernel", "NewNotebookFork",
     "ForkedBranch", 201, ()),
    (BRANCH + "/fork/probe", "post", "What that would be", "ForkPoint", "ForkPreview", 200, ()),
    (BRANCH + "/fork/progress", "get", "How far cells are that run again", None, "ForkProgress",
     200, ()),
    (BRANCH + "/fork/stop", "post", "Stop them", None, None, 204, ()),
    (BRANCH + "/fork/peek", "post", "Copy the kernel in the middle of its cell", "NewPeek", "Peek",
     201, ()),
    (BRANCH + "/fork/revive", "get", "Whether a kernel that died can be brought back", None,
     "Revival", 200, ("notebook",)),
    (BRANCH + "/fork/revive", "post", "Bring it back, as it was at its last checkpoint",
     "NewRevival", "Revived", 200, ()),
    (BRANCH + "/fan-out", "post", "Run variants of a cell, each on a fork of its own", "NewFanOut",
     "FanOut", 201, ()),
    (BRANCH + "/checkpoints", "get", "Checkpoints of the branch's kernel", None, "CheckpointList",
     200, ("notebook",)),
    (BRANCH + "/checkpoints", "delete", "Drop them, or one, for the memory", None, None, 204,
     ("notebook", "checkpoint")),
    (BRANCH + "/saved", "delete", "Remove the variables that were saved", None, None, 204,
     ("notebook",)),
    (BRANCH + "/variables", "get", "Variables of the branch's kernel", None, "VariableList", 200,
     ("notebook",)),
    (BRANCH + "/variables/difference", "get", "What differs from those of another branch", None,
     "VariablesDifference", 200, ("notebook", "with")),
    (BRANCH + "/converge", "post", "Have branches meet", "NewConvergence", "Convergence", 201,
     ()),
    (PROJECT + "/convergences", "get", "Where branches met, newest first", None, "[Convergence]",
     200, ("notebook",)),
    (NOTEBOOK + "/branches", "get", "Branches of a notebook", None, "[NotebookBranch]", 200, ()),
    (NOTEBOOK + "/tree", "get", "Its branches as a tree", None, "NotebookTree", 200, ()),
    (NOTEBOOK + "/authors", "get", "Who wrote its cells", None, "[CellAuthors]", 200,
     ("branch",)),
    (PROJECT + "/versions", "get", "Versions, newest first", None, "[Version]", 200,
     ("notebook", "branch", *LIST)),
    (PROJECT + "/versions/{version}", "patch", "Name a version", "VersionPatch", "Version", 200,
     ()),
    (PROJECT + "/versions/{version}/restore", "post", "Make it the newest again", "Restore",
     "Version", 201, ()),
    (PROJECT + "/versions/{version}/undo", "post", "Take a merge, restore or undo back", None,
     "Undone", 200, ()),
    (PROJECT + "/diff", "get", "What differs between two states of a notebook", None,
     "NotebookDiff", 200, ("notebook", "from", "to")),
    (PROJECT + "/cell", "get", "A cell as it was at some state", None, "CellContent", 200,
     ("notebook", "cell", "at")),
    (PROJECT + "/merges", "get", "Merges, newest first", None, "[Merge]", 200,
     ("status", *LIST)),
    (PROJECT + "/merges", "post", "Ask for a merge", "NewMerge", "Merge", 201, ()),
    (MERGE, "get", "A merge as it would be now", None, "MergePreview", 200, ()),
    (MERGE, "delete", "Close it without merging", None, None, 204, ()),
    (MERGE + "/decisions", "put", "Decide about cells", "MergeDecisions", "MergePreview", 200, ()),
    (MERGE + "/approve", "post", "Merge exactly what the token stands for", "Approval", "Merge",
     200, ()),
    (PROJECT + "/blobs/{sha256}", "get", "A large payload", None, "bytes", 200, ()),
)  # fmt: skip


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document."""
    paths: dict[str, dict[str, Any]] = {}
    for path, verb, summary, body, answer, status, query in OPERATIONS:
        paths.setdefault(path, {})[verb] = _operation(path, summary, body, answer, status, query)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jupyter_sessions",
            "version": __version__,
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": "/jupyter-sessions"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
        },
    }


def _operation(
    path: str,
    summary: str,
    body: str | None,
    answer: str | None,
    status: int,
    query: tuple[str, ...],
) -> dict[str, Any]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    places = [(name, "path") for name in names] + [(name, "query") for name in query]
    parameters = [
        {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
        for name, place in places
    ]
    operation: dict[str, Any] = {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            str(status): _response(answer),
            "default": {
                "description": "An error",
                "content": {"application/json": {"schema": _reference("ErrorBody")}},
            },
        },
    }
    if body == "bytes":
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {}},
        }
    elif body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _reference(body)}},
        }
    return operation


def _response(answer: str | None) -> dict[str, Any]:
    if answer is None:
        return {"description": "Done"}
    if answer == "bytes":
        return {"description": "The bytes", "content": {"text/plain": {}}}
    if not answer.startswith("["):
        schema = _reference(answer)
    else:
        schema = {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": _reference(answer[1:-1])},
                "next": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
        }
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": TEMPLATE.format(model=name)}
