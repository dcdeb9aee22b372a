"""Create, change and delete projects: rows, folders and timelines together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from ..branches.places import ServerRoot, overlap
from ..errors import BadRequest, Conflict
from ..ids import ProjectId, StreamId, UserId
from ..models.event import ProjectChanged, ProjectChangedData
from ..models.project import NewProject, Project, ProjectPatch
from ..models.scope import Scope
from ..storage import projects, runs
from ..storage.connections import aside
from ..storage.projects import ProjectRow
from ..timeline import Entry, Origin, Timeline

DEFAULT_RUNTIME = "cpu"


async def create_project(
    timeline: Timeline, root: ServerRoot, user_id: UserId, new: NewProject
) -> Project:
    """Create a project and its folder.

    Raises:
        BadRequest: the path is not usable.
        Conflict: the folder belongs to another project of the user.
    """
    folder = await asyncio.to_thread(root.place, new.path, new.name)

    async def work(entry: Entry) -> ProjectRow:
        await _refuse_overlap(entry, root, user_id, folder)
        await aside(entry.conn, partial(root.make, folder))
        row = await projects.add_project(
            entry.conn, user_id, new.name, str(folder), DEFAULT_RUNTIME
        )
        _append_change(entry, root, row)
        return row

    made = await timeline.write(work)
    return await read_project(timeline, root, made.scope)


async def read_project(timeline: Timeline, root: ServerRoot, scope: Scope) -> Project:
    """Return the project. Raises NotFound."""
    async with timeline.database.read() as conn:
        row = await projects.get_project(conn, scope)
    return await asyncio.to_thread(view, root, row)


async def require_project(timeline: Timeline, scope: Scope) -> None:
    """Raise NotFound unless the project exists and is the user's."""
    async with timeline.database.read() as conn:
        await projects.get_project(conn, scope)


async def list_all(
    timeline: Timeline, root: ServerRoot, user_id: UserId, after: ProjectId | None, limit: int
) -> list[Project]:
    """Return a page of the user's projects, most recent first."""
    async with timeline.database.read() as conn:
        rows = await projects.list_projects(conn, user_id, after=after, limit=limit)
    return await asyncio.to_thread(lambda: [view(root, row) for row in rows])


async def require_folder(timeline: Timeline, root: ServerRoot, scope: Scope) -> Path:
    """Return the project's folder. Raises FolderMissing when it cannot be worked in."""
    async with timeline.database.read() as conn:
        row = await projects.get_project(conn, scope)
    return await asyncio.to_thread(root.require, row.folder)


async def project_of_path(
    timeline: Timeline, root: ServerRoot, user_id: UserId, api_path: str
) -> Project | None:
    """Return the user's project that holds a path of the contents API."""
    folders = await asyncio.to_thread(root.parents, api_path)
    async with timeline.database.read() as conn:
        rows = await projects.find_projects_by_folder(conn, user_id, folders)
    return view(root, rows[0]) if rows else None


async def change_project(
    timeline: Timeline, root: ServerRoot, scope: Scope, patch: ProjectPatch
) -> Project:
    """Rename a project, change its runtime, or say where its folder is now."""
    folder: Path | None = None
    if patch.path is not None:
        folder = await asyncio.to_thread(root.place, patch.path, "")
        if not folder.is_dir():
            raise BadRequest(f"There is no folder {patch.path!r}.")

    given = patch.model_dump(exclude_unset=True, exclude={"path"})
    values = {key: value for key, value in given.items() if value is not None or key == "tools"}
    if folder is not None:
        values["folder"] = str(folder)

    async def work(entry: Entry) -> None:
        await projects.get_project(entry.conn, scope)
        if folder is not None:
            await _refuse_overlap(entry, root, scope.user_id, folder, but=scope.project_id)
        row = await projects.update_project(entry.conn, scope, **values)
        _append_change(entry, root, row)

    await timeline.write(work)
    return await read_project(timeline, root, scope)


async def delete_project(
    timeline: Timeline,
    root: ServerRoot,
    scope: Scope,
    *,
    confirm: str | None,
    remove_folder: Callable[[str], Awaitable[None]] | None,
) -> None:
    """Delete a project with everything in it.

    Args:
        confirm: Must be the project's name.
        remove_folder: Removes a folder, given by its path of the contents API; ``None`` keeps it.

    Raises:
        BadRequest: ``confirm`` is not the name.
        Conflict: the agent is still at work in it.
    """
    async with timeline.database.read() as conn:
        row = await projects.get_project(conn, scope)
        busy = await runs.list_project_sessions_with_open_runs(conn, scope)
    if confirm != row.name:
        raise BadRequest(
            f"Deleting cannot be undone. To confirm, give the name: ?confirm={row.name!r}"
        )
    if busy:
        raise Conflict("The agent is at work in this project. Interrupt it first, then delete.")
    api_path, state = root.describe(row.folder)
    if remove_folder is not None and state == "ok" and api_path:
        await remove_folder(api_path)

    async def work(entry: Entry) -> list[StreamId]:
        if await runs.list_project_sessions_with_open_runs(entry.conn, scope):
            raise Conflict("A message came meanwhile. Interrupt its run, then delete again.")
        return await projects.remove_project(entry.conn, scope)

    streams = await timeline.write(work)
    for stream in (*streams, StreamId(scope.project_id)):
        timeline.close_stream(stream)


def view(root: ServerRoot, row: ProjectRow) -> Project:
    """Return what the API shows of a stored project."""
    path, state = root.describe(row.folder)
    return Project(
        id=row.id,
        name=row.name,
        path=path,
        folder_state=state,
        default_runtime=row.default_runtime,
        system_prompt=row.system_prompt,
        tools=row.tools,
        session_count=row.session_count,
        last_seq=row.last_seq,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _refuse_overlap(
    entry: Entry,
    root: ServerRoot,
    user_id: UserId,
    folder: Path,
    *,
    but: ProjectId | None = None,
) -> None:
    for other in await projects.list_projects(entry.conn, user_id, limit=100_000):
        if other.id != but and overlap(folder, other.folder):
            raise Conflict(
                f"The folder {root.describe(folder)[0]!r} overlaps with that of project "
                f"{other.name!r} ({root.describe(other.folder)[0]!r}): a file belongs to exactly "
                "one project. Choose another folder.",
                details={"project_id": other.id},
            )


def _append_change(entry: Entry, root: ServerRoot, row: ProjectRow) -> None:
    data = ProjectChangedData(
        name=row.name, default_runtime=row.default_runtime, path=root.describe(row.folder)[0]
    )
    entry.append(Origin(row.scope), ProjectChanged, data, actor="user")
