"""Notebooks of a project, changed through the server, whether a browser shows them or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from ..errors import Conflict, NotFound
from ..ids import ProjectId
from ..models.live import CellOp, CellOutputs, MergeMoved, NotebookChanged, VersionAdded
from ..notebooks.cells import Cell, Notebook, cell_hash, find, new_notebook, source_hash
from ..notebooks.ops import apply
from ..notebooks.text import list_text, outputs_text
from ..storage.heads import FileStat
from .contents import Contents, Moved, SavedFile
from .recent import Recent
from .replacing import Replacing
from .shared import Room, Rooms

Publish = Callable[[ProjectId, NotebookChanged | VersionAdded | MergeMoved], None]
Flush = Callable[[ProjectId, str], Awaitable[None]]
T = TypeVar("T")
Change = Callable[[Notebook], list[CellOp]]
"""Decides on the present notebook what to do; asked again when it has moved meanwhile."""
TRIES = 20

__all__ = [
    "Change",
    "Document",
    "Documents",
    "Edited",
    "Flush",
    "Kept",
    "Publish",
    "outputs_text",
    "source_hash",
]


@dataclass(frozen=True)
class Document:
    """A notebook as it was read."""

    path: str
    """As the contents API names it."""
    content: Notebook

    def listing(self) -> str:
        """Return its cells as text, a line for each."""
        return list_text(self.content)

    def cell(self, cell_id: str) -> Cell:
        """Return a cell, or raise ``NotFound``."""
        found = find(self.content, cell_id)
        if found is None:
            raise NotFound(f"cell {cell_id!r} in {self.path!r}")
        return found[1]

    def hashes(self) -> dict[str, str]:
        """Return the hash of each cell's source, by the cell's id."""
        return {cell["id"]: cell_hash(cell) for cell in self.content["cells"]}

    def cell_text(self, cell_id: str, *, with_outputs: bool = True) -> str:
        """Return a cell as text: what it is, its source, its outputs."""
        cell = self.cell(cell_id)
        text = f"{cell_id} {cell['cell_type']} {cell_hash(cell)}\n{cell['source']}"
        if with_outputs and cell.get("outputs"):
            text += f"\n--- outputs [{cell['execution_count']}]\n{outputs_text(cell['outputs'])}"
        return text

    @property
    def kernel_name(self) -> str | None:
        """Return the kernel that the notebook asks for."""
        spec = self.content["metadata"].get("kernelspec")
        name = spec.get("name") if isinstance(spec, dict) else None
        return name if isinstance(name, str) and name else None


@dataclass(frozen=True)
class Edited:
    """A notebook before and after a change."""

    before: Notebook
    after: Notebook
    ops: list[CellOp]
    read: FileStat | None = None
    """The file that ``before`` was read from; ``None`` for a shared document."""
    saved: FileStat | None = None
    """The file that ``after`` was written to."""


Kept = Callable[[Edited], Awaitable[None]]
"""Hears of a change that was made, before anyone else can make one."""


class Documents:
    """Reads and changes notebooks. ``path`` is always the one of the contents API."""

    def __init__(
        self,
        contents_manager: Any,
        *,
        publish: Publish,
        flush: Flush | None = None,
        ydoc: Callable[[], Any] = lambda: None,
    ) -> None:
        """``publish`` tells open front ends; ``flush`` asks them to save, and waits a moment.

        ``ydoc`` returns the server's ``YDocExtension`` where ``jupyter_collaboration`` runs.
        """
        self._contents = Contents(contents_manager)
        self._rooms = Rooms(ydoc)
        self._publish = publish
        self._flush = flush
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.recent = Recent()

    def lock(self, path: str) -> asyncio.Lock:
        """Return the lock under which a notebook is changed, and its versions are recorded."""
        return self._lock(path)

    def tell(self, project_id: ProjectId, live: VersionAdded | MergeMoved) -> None:
        """Tell those who look at the project."""
        self._publish(project_id, live)

    async def look(self, path: str, take: Callable[[Notebook], T]) -> tuple[T, FileStat | None]:
        """Return what ``take`` makes of a notebook as it lies in its file. See ``Contents``."""
        return await self._contents.look(path, take)

    @property
    def are_plain_files(self) -> bool:
        """Whether what a notebook is can be read in its file, without the contents manager."""
        return self._contents.is_plain

    def queue(self, path: str) -> asyncio.Lock:
        """Return the lock that keeps the tools' calls on a notebook in their order."""
        return self._lock(f"queue:{path}")

    async def flush(self, project_id: ProjectId, path: str) -> None:
        """Ask open front ends to save what the user has typed into this notebook."""
        if self._flush is not None:
            await self._flush(project_id, path)

    async def read(self, path: str) -> Document:
        """Return the notebook as it is now: in its room, if it has one, or in its file."""
        async with self._rooms.document(path) as room:
            if room is not None:
                return Document(path, await room.read())
            return Document(path, (await self._contents.read(path)).content)

    async def create(
        self, path: str, kernelspec: dict[str, str] | None = None, kept: Kept | None = None
    ) -> None:
        """Make an empty notebook; raise ``Conflict`` when there is a file of that name."""
        content = new_notebook(kernelspec)
        async with self._lock(path):
            saved = await self._contents.create(path, content)
            if kept is not None:
                await kept(Edited(content, content, [], saved=saved.stat))

    async def edit(
        self, project_id: ProjectId, path: str, change: Change, kept: Kept | None = None
    ) -> Edited:
        """Change a notebook, in its room or in its file, and tell open front ends.

        What ``change`` raises goes through, and then nothing was changed.
        """
        async with self._lock(path), self._rooms.document(path) as room:
            if room is None:
                edited = await self._edit_file(project_id, path, change)
            else:
                edited = _edit(await room.read(), change)
                room.apply(edited.ops)
                self._tell(project_id, path, edited.ops, None)
            if kept is not None and edited.ops:
                await kept(edited)
        if room is not None:
            await room.saved()
        return edited

    @asynccontextmanager
    async def replacing(
        self, project_id: ProjectId, names: Collection[str]
    ) -> AsyncIterator[Replacing]:
        """Give the means to replace several notebooks together; nobody else writes meanwhile.

        ``names`` are those that they have, and those that they are to have.
        """
        async with AsyncExitStack() as stack:
            rooms: dict[str, Room] = {}
            for name in sorted(set(names)):
                await stack.enter_async_context(self._lock(name))
            for name in sorted(set(names)):
                if await self._contents.exists(name):
                    room = await stack.enter_async_context(self._rooms.document(name))
                    if room is not None:
                        rooms[name] = room
            yield Replacing(self._contents, rooms, partial(self._tell, project_id))

    async def saved(self, path: str) -> None:
        """Wait until a shared document, if the notebook is open in one, is in its file."""
        if await self._contents.exists(path):
            async with self._rooms.document(path) as room:
                pass
            if room is not None:
                await room.saved()

    async def is_trusted(self, content: Notebook) -> bool:
        """Tell whether outputs of this very notebook may be shown as they are."""
        return await self._contents.is_trusted(content)

    async def show(self, project_id: ProjectId, path: str, op: CellOutputs) -> None:
        """Show outputs that are still coming in open front ends: the file waits for the end."""
        async with self._rooms.document(path) as room:
            if room is None:
                self._publish(project_id, NotebookChanged(path=path, ops=[op]))
                return
            try:
                room.apply([op])
            except LookupError:  # someone deleted the cell while it runs
                return

    async def _edit_file(self, project_id: ProjectId, path: str, change: Change) -> Edited:
        for attempt in range(TRIES):
            try:
                return await self._edit_once(project_id, path, change)
            except Moved:
                # Someone saves this moment: let them finish, then decide anew.
                await asyncio.sleep(0.02 * (attempt + 1))
        raise Conflict(f"{path!r} is written all the time by someone else; try again later.")

    async def _edit_once(self, project_id: ProjectId, path: str, change: Change) -> Edited:
        file = await self._contents.read(path)
        edited = _edit(file.content, change)
        if not edited.ops:
            return edited
        ran = {op.cell_id for op in edited.ops if isinstance(op, CellOutputs)}
        written: list[SavedFile] = []

        def saved(there: SavedFile) -> None:
            written.append(there)
            self._tell(project_id, path, edited.ops, there)

        await self._contents.save(file, edited.after, ran, saved)
        return replace(edited, read=file.stat, saved=written[-1].stat)

    def _tell(
        self, project_id: ProjectId, path: str, ops: list[CellOp], saved: SavedFile | None
    ) -> None:
        """Tell open front ends; ``saved`` is ``None`` when the change is in a shared document."""
        if not ops:
            return
        file = saved or SavedFile()
        self._publish(
            project_id,
            NotebookChanged(
                path=path,
                ops=ops,
                hash=file.hash,
                hash_algorithm=file.hash_algorithm,
                last_modified=file.last_modified,
                shared=saved is None,
            ),
        )

    def _lock(self, path: str) -> asyncio.Lock:
        return self._locks.setdefault(path, asyncio.Lock())


def _edit(before: Notebook, change: Change) -> Edited:
    ops = change(before)
    after = before
    for op in ops:
        after = apply(after, op)
    return Edited(before, after, ops)
