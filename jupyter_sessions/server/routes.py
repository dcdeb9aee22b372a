"""Our URLs. Importing this loads everything that the API needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .branch_kernels import (
    CheckpointsHandler,
    PeekHandler,
    ReviveHandler,
    SavedHandler,
    VariablesDifferenceHandler,
    VariablesHandler,
)
from .branches import BranchesHandler, BranchHandler
from .catalog import (
    KernelHandler,
    MissingHandler,
    ModelProbeHandler,
    ModelsHandler,
    OpenApiHandler,
    RuntimesHandler,
    StatusHandler,
)
from .convergences import ConvergeHandler, ConvergencesHandler
from .dependencies import ContextImportHandler, DependenciesHandler
from .dispositions import DispositionHandler, SchemaCheckHandler
from .events import EventsHandler, EventsSocket
from .exports import ExportHandler, SessionImportHandler
from .key_results import (
    KeyResultCsvHandler,
    KeyResultDataHandler,
    KeyResultHandler,
    KeyResultsHandler,
)
from .lines import ForkHandler, PinsHandler, QueueHandler
from .merges import ApproveHandler, DecisionsHandler, MergeHandler, MergesListHandler
from .notebook_forks import (
    FanOutHandler,
    ForkProbeHandler,
    ForkProgressHandler,
    ForkStopHandler,
    NotebookForkHandler,
)
from .projects import ExampleHandler, ProjectHandler, ProjectsHandler
from .prompt import PromptHandler, ToolsHandler
from .run_changes import ChangesHandler, RedoHandler, RunDiffHandler, UndoHandler
from .runs import BlobHandler, RunHandler, RunsHandler
from .search import SearchHandler
from .sessions import (
    FirstMessageHandler,
    InterruptHandler,
    MessagesHandler,
    SessionHandler,
    SessionOrderHandler,
    SessionsListHandler,
)
from .versions import (
    AuthorsHandler,
    CellHandler,
    DiffHandler,
    HistoryHandler,
    NotebookBranchesHandler,
    OpenHandler,
    RestoreHandler,
    TreeHandler,
    VersionHandler,
    VersionUndoHandler,
)

if TYPE_CHECKING:
    from .app import SessionsApp

ID = r"([^/]+)"
ROUTES: tuple[tuple[str, type[Any]], ...] = (
    ("/status", StatusHandler),
    ("/models", ModelsHandler),
    ("/models/probe", ModelProbeHandler),
    ("/runtimes", RuntimesHandler),
    ("/search", SearchHandler),
    (r"/openapi\.json", OpenApiHandler),
    ("/kernel", KernelHandler),
    ("/events", EventsSocket),
    ("/projects", ProjectsHandler),
    ("/projects/example", ExampleHandler),
    (f"/projects/{ID}", ProjectHandler),
    (f"/projects/{ID}/events", EventsHandler),
    (f"/projects/{ID}/search", SearchHandler),
    (f"/projects/{ID}/runs", RunsHandler),
    (f"/projects/{ID}/runs/{ID}", RunHandler),
    (f"/projects/{ID}/blobs/{ID}", BlobHandler),
    (f"/projects/{ID}/branches", BranchesHandler),
    (f"/projects/{ID}/branches/{ID}", BranchHandler),
    (f"/projects/{ID}/branches/{ID}/open", OpenHandler),
    (f"/projects/{ID}/branches/{ID}/fork", NotebookForkHandler),
    (f"/projects/{ID}/branches/{ID}/fork/probe", ForkProbeHandler),
    (f"/projects/{ID}/branches/{ID}/fork/progress", ForkProgressHandler),
    (f"/projects/{ID}/branches/{ID}/fork/stop", ForkStopHandler),
    (f"/projects/{ID}/branches/{ID}/fork/peek", PeekHandler),
    (f"/projects/{ID}/branches/{ID}/fork/revive", ReviveHandler),
    (f"/projects/{ID}/branches/{ID}/fan-out", FanOutHandler),
    (f"/projects/{ID}/branches/{ID}/checkpoints", CheckpointsHandler),
    (f"/projects/{ID}/branches/{ID}/saved", SavedHandler),
    (f"/projects/{ID}/branches/{ID}/variables", VariablesHandler),
    (f"/projects/{ID}/branches/{ID}/variables/difference", VariablesDifferenceHandler),
    (f"/projects/{ID}/branches/{ID}/converge", ConvergeHandler),
    (f"/projects/{ID}/convergences", ConvergencesHandler),
    (f"/projects/{ID}/notebooks/{ID}/branches", NotebookBranchesHandler),
    (f"/projects/{ID}/notebooks/{ID}/tree", TreeHandler),
    (f"/projects/{ID}/notebooks/{ID}/authors", AuthorsHandler),
    (f"/projects/{ID}/versions", HistoryHandler),
    (f"/projects/{ID}/versions/{ID}", VersionHandler),
    (f"/projects/{ID}/merges", MergesListHandler),
    (f"/projects/{ID}/merges/{ID}", MergeHandler),
    (f"/projects/{ID}/merges/{ID}/decisions", DecisionsHandler),
    (f"/projects/{ID}/merges/{ID}/approve", ApproveHandler),
    (f"/projects/{ID}/versions/{ID}/restore", RestoreHandler),
    (f"/projects/{ID}/versions/{ID}/undo", VersionUndoHandler),
    (f"/projects/{ID}/runs/{ID}/changes", ChangesHandler),
    (f"/projects/{ID}/runs/{ID}/diff", RunDiffHandler),
    (f"/projects/{ID}/runs/{ID}/undo", UndoHandler),
    (f"/projects/{ID}/runs/{ID}/redo", RedoHandler),
    (f"/projects/{ID}/diff", DiffHandler),
    (f"/projects/{ID}/cell", CellHandler),
    ("/tools", ToolsHandler),
    (f"/projects/{ID}/prompt", PromptHandler),
    ("/schemas/check", SchemaCheckHandler),
    (f"/projects/{ID}/messages", FirstMessageHandler),
    (f"/projects/{ID}/sessions", SessionsListHandler),
    (f"/projects/{ID}/sessions/import", SessionImportHandler),
    (f"/projects/{ID}/sessions/order", SessionOrderHandler),
    (f"/projects/{ID}/sessions/{ID}", SessionHandler),
    (f"/projects/{ID}/sessions/{ID}/events", EventsHandler),
    (f"/projects/{ID}/sessions/{ID}/messages", MessagesHandler),
    (f"/projects/{ID}/sessions/{ID}/interrupt", InterruptHandler),
    (f"/projects/{ID}/sessions/{ID}/disposition", DispositionHandler),
    (f"/projects/{ID}/sessions/{ID}/dependencies", DependenciesHandler),
    (f"/projects/{ID}/sessions/{ID}/dependencies/import", ContextImportHandler),
    (f"/projects/{ID}/sessions/{ID}/fork", ForkHandler),
    (f"/projects/{ID}/sessions/{ID}/export", ExportHandler),
    (f"/projects/{ID}/sessions/{ID}/pins", PinsHandler),
    (f"/projects/{ID}/sessions/{ID}/queue", QueueHandler),
    (f"/projects/{ID}/sessions/{ID}/key-results", KeyResultsHandler),
    (f"/projects/{ID}/sessions/{ID}/key-results/{ID}", KeyResultHandler),
    (f"/projects/{ID}/sessions/{ID}/key-results/{ID}/data", KeyResultDataHandler),
    (f"/projects/{ID}/sessions/{ID}/key-results/{ID}/csv", KeyResultCsvHandler),
    ("(?:/.*)?", MissingHandler),
)


def routes(app: SessionsApp) -> list[tuple[Any, ...]]:
    """Return the routes below the server's base URL."""
    base = app.web_app.settings["base_url"].rstrip("/") + "/jupyter-sessions"
    return [(base + path, handler, {"app": app}) for path, handler in ROUTES]
