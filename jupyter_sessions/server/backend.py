"""Everything that handlers work with, put together once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_core.utils import ensure_async

from ..actions.convergences import finish_left
from ..actions.notebook_forks import NotebookForks
from ..actions.notebooks import NotebookEditor
from ..actions.projects import read_project, require_folder
from ..actions.recovery import recover_all
from ..actions.runs import close_orphans
from ..actions.search import keep_index
from ..agent.models import OFFLINE, Models
from ..agent.probe import probe_local
from ..agent.providers import Keys, key_variables
from ..agent.rules import Limits
from ..agent.runner import Runner
from ..agent.workbench import ProjectWorkbench
from ..branches.documents import Documents
from ..branches.folder import ProjectFolder
from ..branches.places import ServerRoot
from ..branches.shelf import Shelf
from ..branches.surroundings import Surroundings
from ..ids import ProjectId, StreamId
from ..models.live import MergeMoved, NotebookChanged, VersionAdded
from ..models.scope import Scope
from ..storage.database import open_database
from ..storage.servers import Presence
from ..timeline import Timeline
from ..workspace.checkpoints import Checkpoints
from ..workspace.clients import connected
from ..workspace.fork_engine import ForkEngine
from ..workspace.fork_runs import ForkRuns
from ..workspace.forks import Forks
from ..workspace.kernels import Kernels
from ..workspace.namespaces import Namespaces
from ..workspace.saved_files import SavedFiles
from ..workspace.saver import Saver, saved_folder
from ..workspace.terminals import Terminals
from .attendance import Attendance
from .gateway import connected as connected_by_gateway
from .kernel_env import KernelGrant
from .kernel_watch import KernelWatch
from .saved_watch import SavedWatch
from .upkeep import keep_tidy
from .watch import ProjectWatch

if TYPE_CHECKING:
    from .app import SessionsApp


@dataclass(slots=True)
class Backend:
    """The parts of a running server."""

    timeline: Timeline
    root: ServerRoot
    models: Models
    runner: Runner
    attendance: Attendance
    documents: Documents
    kernels: Kernels
    engine: ForkEngine
    terminals: Terminals
    presence: Presence
    serverapp: Any
    workbench: Callable[[Scope], Awaitable[ProjectWorkbench]]
    """What tools work with in a project. Raises FolderMissing."""
    shelf: Callable[[Scope], Awaitable[Shelf]]
    """The notebooks of a project, with their versions. Raises FolderMissing."""
    watch: ProjectWatch
    """Sees what others do to notebooks."""
    kernel_watch: KernelWatch
    """Has kernels make checkpoints."""
    saved_watch: SavedWatch
    """Has saved variables go with their notebooks."""
    project_deleted: asyncio.Event
    upkeep: asyncio.Task[None]
    """Keeps the index of the search."""
    tidying: asyncio.Task[None]
    """Thins old versions of notebooks."""
    budgeting: asyncio.Task[None]
    """Drops checkpoints of kernels that cost more than they save."""
    saving: asyncio.Task[None]
    """Saves the variables of kernels whose cells took long."""
    _local_models: asyncio.Task[None] | None = None

    async def notebooks(self, scope: Scope) -> NotebookEditor:
        """Return the notebooks of a project. Raises FolderMissing."""
        return (await self.workbench(scope)).notebooks

    async def notebook_forks(self, scope: Scope) -> NotebookForks:
        """Return what forks the notebooks of a project. Raises FolderMissing."""
        return (await self.workbench(scope)).forks

    async def kernel_path(self, grant: KernelGrant) -> str | None:
        """Return the notebook that a kernel belongs to now, or the path that it was started for."""
        for session in await ensure_async(self.serverapp.session_manager.list_sessions()):
            if (session.get("kernel") or {}).get("id") == grant.kernel_id:
                path: str = session["path"]
                return path.removeprefix("RTC:")  # the drive of jupyter_collaboration
        return grant.path

    async def find_local_models(self) -> None:
        """Look once for servers of models on this machine; return after a second in any case."""
        if self._local_models is None:
            self._local_models = asyncio.create_task(probe_local(self.models))
        await asyncio.wait({self._local_models}, timeout=1.0)

    async def remove_folder(self, api_path: str) -> None:
        """Delete a folder by the server's own rules (to the trash, where there is one)."""
        manager = self.serverapp.contents_manager
        await ensure_async(manager.delete(api_path))

    async def close(self) -> None:
        """Stop the runs, then close the database."""
        if self._local_models is not None:
            self._local_models.cancel()
            await asyncio.gather(self._local_models, return_exceptions=True)
        tasks = (self.upkeep, self.tidying, self.budgeting, self.saving)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await self.runner.close()
        await self.kernel_watch.close()
        self.saved_watch.close()
        await self.engine.close()
        await self.watch.close()
        await self.presence.release()
        await self.timeline.database.close()


async def open_backend(app: SessionsApp) -> Backend:
    """Open the database, close what a crash left open, and wire the parts."""
    database = await open_database(app.db_url)
    presence = Presence(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        stack.push_async_callback(presence.release)
        await presence.claim()
        timeline = Timeline(database)
        await close_orphans(timeline, presence)
        backend = await _wired(app, timeline, presence, stack)
        stack.pop_all()  # from here on ``Backend.close`` does it
    return backend


async def _wired(
    app: SessionsApp, timeline: Timeline, presence: Presence, stack: AsyncExitStack
) -> Backend:
    """Put the parts together; ``stack`` closes what is open if that fails on the way."""
    serverapp: Any = app.serverapp
    database = timeline.database
    root = await asyncio.to_thread(ServerRoot.of, serverapp.root_dir)
    attendance = Attendance(timeline.publish)

    def publish(project_id: ProjectId, live: NotebookChanged | VersionAdded | MergeMoved) -> None:
        timeline.publish(StreamId(project_id), live)

    documents = Documents(
        serverapp.contents_manager,
        publish=publish,
        flush=attendance.flush,
        ydoc=lambda: _extension(serverapp, "jupyter_server_ydoc"),
    )
    behind_gateway = serverapp.gateway_config.gateway_enabled
    connect = connected_by_gateway if behind_gateway else connected
    kernels = Kernels(serverapp.session_manager, serverapp.kernel_manager, connect)
    checkpoints = Checkpoints()
    stack.push_async_callback(checkpoints.close)
    forks = Forks(serverapp.session_manager, serverapp.kernel_manager, checkpoints)
    files = SavedFiles(saved_folder(jupyter_data_dir()), app.saved_bytes)
    saver = Saver(checkpoints, files, app.saved_seconds)
    namespaces = Namespaces(kernels, forks, files)
    engine = ForkEngine(kernels, forks, checkpoints, ForkRuns(kernels), namespaces)
    terminals = Terminals(
        lambda: serverapp.web_app.settings.get("terminal_manager"),
        hidden=key_variables(app.kernel_keys),
    )
    models = Models(
        default=app.default_model or next(iter(app.models), OFFLINE),
        offered=tuple(app.models),
        keys=Keys(dict(app.api_keys)),
        local=dict(app.local_servers),
    )

    async def shelf_of(scope: Scope) -> Shelf:
        project = await read_project(timeline, root, scope)
        folder = ProjectFolder(await require_folder(timeline, root, scope), project.path)
        return Shelf(database, scope, folder, documents)

    async def workbench(scope: Scope) -> ProjectWorkbench:
        project = await read_project(timeline, root, scope)
        shelf = await shelf_of(scope)
        runtime = app.runtimes.get(project.default_runtime, {})
        default = runtime.get("kernel_name")
        return ProjectWorkbench(
            project=project,
            timeline=timeline,
            shelf=shelf,
            notebooks=NotebookEditor(shelf, kernels, default_kernel=default),
            forks=NotebookForks(timeline, shelf, engine, default_kernel=default),
            terminals=terminals,
            surroundings=Surroundings(shelf.folder.root),
        )

    # Before anyone looks at notebooks: what is in their files may be half of a change.
    await recover_all(timeline, presence, shelf_of)
    await finish_left(timeline)
    runner = Runner(
        timeline,
        models,
        Limits(
            calls=app.max_calls,
            iterations=app.max_iterations,
            notice=app.notice_iterations,
            attempts=app.model_attempts,
            backoff_s=app.model_backoff,
            model_timeout_s=app.model_timeout,
            context_window=app.context_window,
        ),
        server_id=presence.server_id,
        close_orphans=partial(close_orphans, timeline, presence),
        workbench=workbench,
        max_running=app.max_running,
    )
    project_deleted = asyncio.Event()
    watch = ProjectWatch(serverapp, timeline, root, shelf_of, attendance)
    kernel_watch = KernelWatch(serverapp, forks, watch.is_ours)
    saved_watch = SavedWatch(serverapp, files, watch.find)
    watch.on_change = kernel_watch.stir
    kernels.prepare = kernel_watch.prepare
    return Backend(
        timeline=timeline,
        root=root,
        models=models,
        runner=runner,
        attendance=attendance,
        documents=documents,
        kernels=kernels,
        engine=engine,
        terminals=terminals,
        presence=presence,
        serverapp=serverapp,
        workbench=workbench,
        shelf=shelf_of,
        watch=watch,
        kernel_watch=kernel_watch,
        saved_watch=saved_watch,
        project_deleted=project_deleted,
        upkeep=asyncio.create_task(keep_index(timeline, project_deleted)),
        tidying=asyncio.create_task(
            keep_tidy(database, lambda: watch.users, lambda: runner.is_busy)
        ),
        budgeting=asyncio.create_task(checkpoints.keep_within_budget()),
        saving=asyncio.create_task(saver.keep_saving(saved_watch.place)),
    )


def _extension(serverapp: Any, name: str) -> Any:
    """Return the app of another server extension; ``None`` when it is not active."""
    apps = serverapp.extension_manager.extension_apps.get(name, ())
    return next(iter(apps), None)
