"""Connects the server's contents manager with the versions of notebooks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from ..actions.projects import project_of_path
from ..branches.places import ServerRoot
from ..branches.scanning import scan
from ..branches.shelf import Shelf
from ..branches.watching import EVENTS, Watch
from ..errors import SessionsError
from ..ids import ProjectId, UserId
from ..models.project import Project
from ..models.scope import Scope
from ..timeline import Timeline
from .attendance import Attendance

LOOK_S = 30.0
"""Seconds between looks for files that other programs changed, in projects that are open."""
_log = logging.getLogger(__name__)


class ProjectWatch:
    """Sees saves through the server at once, and those of other programs after a while."""

    def __init__(
        self,
        serverapp: Any,
        timeline: Timeline,
        root: ServerRoot,
        shelf: Callable[[Scope], Awaitable[Shelf]],
        attendance: Attendance,
    ) -> None:
        self.users: set[UserId] = set()
        """Who has worked with us through this server: a path means their projects."""
        self._serverapp = serverapp
        self._timeline, self._root, self._shelf = timeline, root, shelf
        self._attendance = attendance
        self.on_change: Callable[[], None] = lambda: None
        """Called when there may be more projects, or other ones."""
        self._scans: dict[ProjectId, asyncio.Task[None]] = {}
        self._opened: dict[ProjectId, Scope] = {}
        self.saves = Watch(self._shelves, self._os_path)
        manager = serverapp.contents_manager
        if hasattr(manager, "register_pre_save_hook"):
            manager.register_pre_save_hook(self._before_save)
        serverapp.event_logger.add_listener(schema_id=EVENTS, listener=self.saves.on_event)
        self._looking = asyncio.create_task(self._keep_looking())

    def knows(self, user: UserId) -> None:
        """Someone works with us: paths may mean their projects from here on."""
        if user not in self.users:
            self.users.add(user)
            self.changed()

    def changed(self) -> None:
        """There may be more projects, or other ones."""
        self.saves.projects_changed()
        self.on_change()

    async def find(self, path: str) -> Project | None:
        """Return the project that a path of the contents API lies in, of someone we know."""
        for user in list(self.users):
            found = await project_of_path(self._timeline, self._root, user, path)
            if found is not None:
                return found
        return None

    async def is_ours(self, path: str) -> bool:
        """Tell whether a path of the contents API lies in a project of someone we know."""
        return await self.find(path) is not None

    def opened(self, scope: Scope) -> None:
        """A project is looked at in a browser: look through its notebooks, apart."""
        self.changed()
        self._opened[scope.project_id] = scope
        self._look(scope)

    async def settled(self, scope: Scope) -> None:
        """Wait until what was seen of a project is recorded."""
        await self.saves.settled()
        task = self._scans.get(scope.project_id)
        if task is not None:
            await asyncio.wait([task])

    async def close(self) -> None:
        """Stop looking; record what was seen."""
        self._serverapp.event_logger.remove_listener(listener=self.saves.on_event)
        self._looking.cancel()
        for task in self._scans.values():
            task.cancel()
        await asyncio.wait([self._looking, *self._scans.values()])
        await self.saves.settled()

    def _before_save(self, model: Any, path: str, contents_manager: Any, **_: Any) -> None:
        if not self._looking.done():  # the server outlives us in tests and on reload
            self.saves.before_save(path)

    def _os_path(self, path: str) -> str | None:
        find = getattr(self._serverapp.contents_manager, "_get_os_path", None)
        if find is None:
            return None
        try:
            return str(find(path))
        except Exception:  # whatever a manager makes of a path that it refuses
            return None

    async def _shelves(self, path: str) -> list[Shelf]:
        found = []
        for user in list(self.users):
            project = await project_of_path(self._timeline, self._root, user, path)
            if project is not None:
                try:
                    found.append(await self._shelf(Scope(user, project.id)))
                except SessionsError as error:
                    _log.info("%s is not recorded: %s", path, error)
        return found

    def _look(self, scope: Scope) -> None:
        task = self._scans.get(scope.project_id)
        if task is None or task.done():
            self._scans[scope.project_id] = asyncio.create_task(self._scan(scope))

    async def _scan(self, scope: Scope) -> None:
        try:
            await scan(await self._shelf(scope))
        except SessionsError as error:
            _log.info("The notebooks of project %s are not looked at: %s", scope.project_id, error)
        except Exception:  # nobody waits for this task: without the log it would be lost
            _log.exception("Looking through project %s failed", scope.project_id)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            for project_id in self._attendance.projects():
                if project_id in self._opened:
                    self._look(self._opened[project_id])
