"""Seeing each save, rename and deletion that goes through the server, whoever makes it."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import SessionsError
from ..models.branch import Branch
from ..notebooks.file import read_notebook
from ..storage import branches
from ..storage.heads import FileStat, find_head
from ..storage.states import list_states
from ..storage.versions import has_version
from .disk import stat_of
from .layout import split
from .recording import Taken, take
from .shelf import Shelf
from .syncing import OUTSIDE, USER, below, forget, record_seen, rename, sync_written

EVENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"
"""Source: https://jupyter-server.readthedocs.io/en/latest/operators/configuring-logging.html"""
MAX_STASHED = 100_000_000
"""Bytes of a file that is kept until its save is over."""
MAX_ALL_STASHED = 2 * MAX_STASHED
"""Bytes of all of them: saves that fail leave theirs, and the oldest go first."""
MAX_KNOWN = 5_000
Shelves = Callable[[str], Awaitable[Sequence[Shelf]]]
"""Returns the projects that hold a path of the contents API."""
_log = logging.getLogger(__name__)


class _Stashed(NamedTuple):
    """What a file held before a save."""

    name: str
    raw: bytes
    stat: FileStat


class Watch:
    """Listens to the contents manager, and records what it does to notebooks."""

    def __init__(self, shelves: Shelves, os_path: Callable[[str], str | None]) -> None:
        """``os_path`` returns the local file of a path of the contents API, if it has one."""
        self._shelves = shelves
        self._os_path = os_path
        self._stats: OrderedDict[str, FileStat] = OrderedDict()
        """Files whose content is recorded."""
        self._elsewhere: OrderedDict[str, FileStat] = OrderedDict()
        """Files that lay in no project when they were saved: nothing of them is recorded."""
        self._stashed: list[_Stashed] = []
        """What files held before saves that are under way, or have failed; the oldest first."""
        self._tasks: set[asyncio.Task[None]] = set()

    def before_save(self, path: str, **_: Any) -> None:
        """Keep what is in a file that is not recorded, before it is written over.

        A hook of the contents manager: on the event loop, and as a rule no more than one look at
        the file.
        """
        name = path.strip("/")
        local = self._os_path(name) if name.endswith(".ipynb") else None
        stat = None if local is None else stat_of(Path(local))
        if local is None or stat is None:
            return
        if stat in (self._stats.get(name), self._elsewhere.get(name)):
            return
        known = any((each.name, each.stat) == (name, stat) for each in self._stashed)
        if stat.size <= MAX_STASHED and not known:
            try:
                self._stash(_Stashed(name, Path(local).read_bytes(), stat))
            except OSError as error:  # the save will say so
                _log.debug("%s could not be read before it is saved: %s", name, error)

    def projects_changed(self) -> None:
        """Files that lay in no project may lie in one from here on."""
        self._elsewhere = OrderedDict()  # a save that is looked at just now keeps the old one

    def _stash(self, new: _Stashed) -> None:
        self._stashed.append(new)
        while len(self._stashed) > 1 and _size(self._stashed) > MAX_ALL_STASHED:
            self._stashed.pop(0)

    async def on_event(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """Hear of a save, rename, copy or deletion; what follows from it is done apart."""
        task = asyncio.create_task(self._handle(dict(data)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until all that was heard of is recorded."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _handle(self, data: dict[str, Any]) -> None:
        path = str(data.get("path", "")).strip("/")
        try:
            match data.get("action"):
                case "save" | "copy" if path.endswith(".ipynb"):
                    await self._saved(path)
                case "rename":
                    await self._renamed(str(data.get("source_path", "")).strip("/"), path)
                case "delete":
                    await self._deleted(path)
        except SessionsError as error:
            _log.warning("%s was not recorded: %s", path, error)
        except Exception:  # nobody waits for this task: without the log it would be lost
            _log.exception("%s was not recorded", path)

    async def _saved(self, path: str) -> None:
        stashed = [each for each in self._stashed if each.name == path]
        self._stashed = [each for each in self._stashed if each.name != path]
        elsewhere, ours = self._elsewhere, False
        for shelf in await self._shelves(path):
            place = await locate(shelf, path)
            if place is None:
                continue
            branch, notebook = place
            ours = True
            for each in stashed:
                await self._record_stashed(shelf, branch, notebook, *each)
            await sync_written(shelf, branch, notebook, USER, "save")
            async with shelf.database.read() as conn:
                head = await find_head(conn, shelf.scope, branch.id, notebook)
            if head is not None and head.stat is not None:
                _remember(self._stats, path, head.stat)
        # Of what lies in no project nothing is kept: the next save need not read it first.
        local = None if ours else self._os_path(path)
        stat = None if local is None else await asyncio.to_thread(stat_of, Path(local))
        if stat is not None:
            _remember(elsewhere, path, stat)

    async def _record_stashed(
        self,
        shelf: Shelf,
        branch: Branch,
        notebook: str,
        path: str,
        raw: bytes,
        stat: FileStat,
    ) -> None:
        async with shelf.documents.lock(path):
            async with shelf.database.read() as conn:
                head = await find_head(conn, shelf.scope, branch.id, notebook)
            if head is not None and head.stat == stat:
                return
            try:
                taken = await asyncio.to_thread(_parsed, raw)
            except SessionsError:  # it was no notebook: there is nothing to keep
                return
            async with shelf.database.read() as conn:
                if await has_version(conn, shelf.scope, taken.new.manifest.digest):
                    return  # whoever wrote over it has recorded it first
            await record_seen(shelf, branch, notebook, taken, stat, OUTSIDE, "outside")

    async def _renamed(self, source: str, path: str) -> None:
        self._stats.pop(source, None)
        for shelf in await self._shelves(source):
            here = await locate(shelf, source)
            there = await locate(shelf, path)
            if here is None:
                continue
            branch, old = here
            for each in await self._notebooks(shelf, branch, old):
                if there is not None and there[0].id == branch.id:
                    await rename(shelf, branch, each, there[1] + each.removeprefix(old))
                else:
                    await forget(shelf, branch, each)
        if path.endswith(".ipynb"):
            await self._saved(path)

    async def _deleted(self, path: str) -> None:
        self._stats.pop(path, None)
        for shelf in await self._shelves(path):
            place = await locate(shelf, path)
            if place is not None:
                for each in await self._notebooks(shelf, *place):
                    await forget(shelf, place[0], each)

    async def _notebooks(self, shelf: Shelf, branch: Branch, path: str) -> list[str]:
        async with shelf.database.read() as conn:
            return below(await list_states(conn, shelf.scope, branch), path)


def _remember(known: OrderedDict[str, FileStat], path: str, stat: FileStat) -> None:
    known[path] = stat
    known.move_to_end(path)
    if len(known) > MAX_KNOWN:
        known.popitem(last=False)


def _size(stashed: Iterable[_Stashed]) -> int:
    return sum(len(each.raw) for each in stashed)


def _parsed(raw: bytes) -> Taken:
    return take(read_notebook(raw.decode("utf-8", "replace")))


async def locate(shelf: Shelf, path: str) -> tuple[Branch, str] | None:
    """Return branch and notebook of a path of the contents API; ``None`` outside the project."""
    inside = shelf.folder.inside(path)
    if inside is None:
        return None
    return await locate_file(shelf, inside)


async def locate_file(shelf: Shelf, file: str) -> tuple[Branch, str] | None:
    """Return branch and notebook of a file below the project."""
    folder, notebook = await asyncio.to_thread(split, shelf.folder.root, file)
    async with shelf.database.read() as conn:
        branch = await branches.find_by_folder(conn, shelf.scope, folder)
    return None if branch is None else (branch, notebook)
