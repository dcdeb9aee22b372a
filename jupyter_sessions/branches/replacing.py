"""Several notebooks replaced together, each in its file or in the document that people share.

Files are written beside the old ones, then swapped; shared documents change at the end, all in one
go. What goes wrong on the way is taken back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from ..errors import Conflict, HalfDone, NotFound, SessionsError
from ..models.live import CellOp
from ..notebooks.between import between
from ..notebooks.cells import Notebook
from ..storage.heads import FileStat
from .contents import Contents, NotebookFile, SavedFile
from .disk import disk_errors
from .shared import Room
from .staging import Moved, Swap, clean, replace, stage, take_back

_log = logging.getLogger(__name__)
Tell = Callable[[str, list[CellOp], SavedFile | None], None]


@dataclass(frozen=True, slots=True)
class Replacement:
    """A notebook that is to hold something else; its names are those of the contents API."""

    name: str | None
    """``None``: it has no file yet."""
    new_name: str | None
    """``None``: its file goes."""
    after: Notebook | None
    trusted: bool = False
    """Outputs that come in may be shown as they are."""


@dataclass(slots=True)
class _Step:
    change: Replacement
    before: Notebook | None
    room: Room | None = None
    swaps: list[Swap] = field(default_factory=list)
    """On a local disk; else the contents manager saves in its own way."""
    raw: bytes = b""
    hash: str = ""
    """Of ``raw``, as the contents API gives it."""


class Replacing:
    """One such change. Made by ``Documents.replacing``, which keeps others from writing."""

    def __init__(self, contents: Contents, rooms: dict[str, Room], tell: Tell) -> None:
        self._contents, self._rooms, self._tell = contents, rooms, tell
        self._files: dict[str, NotebookFile] = {}
        self._shared: dict[str, Notebook] = {}
        self._trusted: set[str] = set()
        self._steps: list[_Step] = []
        self._swapped: list[Swap] = []
        self._put: list[_Step] = []
        self._applied: list[_Step] = []

    async def read(self, name: str) -> Notebook | None:
        """Return a notebook as it is now; ``None`` when there is no file of this name."""
        if (room := self._rooms.get(name)) is not None:
            self._shared[name] = await room.read()
            return self._shared[name]
        try:
            self._files[name] = await self._contents.read_quickly(name)
        except NotFound:
            return None
        return self._files[name].content

    async def look_at_trust(self) -> None:
        """Find out which of the files that were read may show their outputs as they are."""
        for name, file in self._files.items():
            if await self._contents.is_trusted(file.content):
                self._trusted.add(name)

    def read_from(self, name: str) -> FileStat | None:
        """Return the file that a notebook was read from; ``None``: from a shared document."""
        file = self._files.get(name)
        return None if file is None else file.stat

    def stat(self, name: str) -> FileStat | None:
        """Return the file of a name as it is now."""
        return self._contents.stat(name)

    async def stage(self, tag: str, changes: Iterable[Replacement]) -> None:
        """Write all that is new beside what is old. Raises what the disk, or a hook, says."""
        for change in changes:
            step = await self._step(tag, change)
            self._steps.append(step)
            with disk_errors(change.new_name or change.name or ""):
                _, step.hash = await asyncio.gather(
                    asyncio.to_thread(_stage, step.swaps),
                    asyncio.to_thread(self._contents.hash_of, step.raw),
                )

    async def swap(self) -> None:
        """Make the change. Raises ``Moved`` when someone wrote meanwhile; then nothing changed.

        Raises HalfDone when it failed, and could not be taken back.
        """
        try:
            await self._swap_files()
            await self._apply_shared()
            for step in self._steps:
                await self._announce(step, step.before, step.change.after, step.hash)
        except BaseException:
            await self.take_back()
            raise

    async def take_back(self) -> None:
        """Have everything as it was, as far as that can be had.

        A step that fails keeps none of the others from it; then, at the end, HalfDone is raised.
        Cells that someone deleted in a shared document meanwhile stay deleted.
        """
        failed: list[SessionsError] = []
        for swap in reversed(self._swapped):
            try:
                with disk_errors(swap.file.name):
                    await asyncio.to_thread(take_back, swap)
            except SessionsError as error:
                _log.exception("%s could not be taken back", swap.file)
                failed.append(error)
        for step in reversed(self._put):
            await self._put_back(step)
        for step in reversed(self._applied):
            _apply_back(step)
        self._applied, self._swapped, self._put = [], [], []
        if failed:
            raise HalfDone(f"{failed[0]} What was begun is finished at the server's next start.")

    async def announce_back(self) -> None:
        """Tell open front ends that what they were told of was taken back."""
        for step in self._steps:
            await self._announce(step, step.change.after, step.before, None)

    async def clean(self) -> None:
        """Remove what was only needed on the way."""
        for step in self._steps:
            for swap in step.swaps:
                with suppress(OSError):
                    await asyncio.to_thread(clean, swap)

    async def done(self) -> None:
        """Do what the contents manager does after a save: it is told, and so are its hooks."""
        for step in self._steps:
            change = step.change
            if step.room is not None:
                await step.room.saved()
                continue
            if change.name is not None and change.name != change.new_name:
                await self._contents.after_move(change.name, change.new_name)
            if change.new_name is not None and step.swaps:
                await self._contents.after_save(step.swaps[-1].file, change.new_name)

    async def _step(self, tag: str, change: Replacement) -> _Step:
        name, target = change.name, change.new_name
        before = None if name is None else self._shared.get(name)
        if name is not None and before is not None:
            if name != target:
                raise Conflict(f"{name!r} is open with others: close it there, then try again.")
            return _Step(change, before, self._rooms[name])
        old = None if name is None else self._files[name]
        step = _Step(change, None if old is None else old.content)
        if change.after is not None and target is not None:
            changed = _changed_outputs(step.before, change.after) if change.trusted else set()
            step.raw = await self._contents.drafted(
                target, step.before, change.after, changed, was_trusted=name in self._trusted
            )
        step.swaps = self._swaps(tag, step, old)
        return step

    def _swaps(self, tag: str, step: _Step, old: NotebookFile | None) -> list[Swap]:
        name, target = step.change.name, step.change.new_name
        here = None if name is None else self._contents.local_file(name)
        there = None if target is None else self._contents.local_file(target)
        if here is None and there is None:
            return []
        digest, stat = (None, None) if old is None else (old.digest, old.stat)
        if here is not None and here == there:
            return [Swap(here, tag, digest, step.raw, stat)]
        swaps = [] if here is None else [Swap(here, tag, digest, None, stat)]
        return swaps if there is None else [*swaps, Swap(there, tag, None, step.raw)]

    async def _swap_files(self) -> None:
        for step in self._steps:
            for swap in step.swaps:
                with disk_errors(step.change.new_name or step.change.name or ""):
                    # Taken back even if it fails half way: the old file has a second name.
                    await asyncio.to_thread(replace, swap)
                self._swapped.append(swap)
            if step.room is None and not step.swaps:
                await self._put_there(step)

    async def _put_there(self, step: _Step) -> None:
        change = step.change
        if change.name is not None:
            known = self._files[change.name].digest
            if (await self._contents.read(change.name)).digest != known:
                raise Moved
        self._put.append(step)
        if change.new_name is not None and change.after is not None:
            await self._contents.put(change.new_name, change.after)
        if change.name is not None and change.name != change.new_name:
            await self._contents.remove(change.name)

    async def _put_back(self, step: _Step) -> None:
        change = step.change
        with suppress(SessionsError):  # it was not there yet, or is there still
            if change.name is not None and step.before is not None:
                await self._contents.put(change.name, step.before)
            if change.new_name is not None and change.new_name != change.name:
                await self._contents.remove(change.new_name)

    async def _apply_shared(self) -> None:
        shared = [step for step in self._steps if step.room is not None]
        for step in shared:
            assert step.room is not None
            if await step.room.read() != step.before:
                raise Moved
        for step in shared:  # without a pause: nobody types in between
            assert step.room is not None
            assert step.before is not None
            assert step.change.after is not None
            self._applied.append(step)
            step.room.apply(between(step.before, step.change.after), trusted=step.change.trusted)

    async def _announce(
        self, step: _Step, old: Notebook | None, new: Notebook | None, hash_: str | None
    ) -> None:
        name = step.change.new_name
        if name is None or name != step.change.name or old is None or new is None:
            return
        try:
            saved = None if step.room is not None else SavedFile()
            if step.swaps:
                file = step.swaps[-1].file
                saved = await asyncio.to_thread(self._contents.describe, file, hash_)
            self._tell(name, await asyncio.to_thread(between, old, new), saved)
        except Exception:  # someone moved the file just now, say: the change stands all the same
            _log.exception("Open front ends were not told that %s has changed", name)


def _apply_back(step: _Step) -> None:
    assert step.room is not None
    assert step.before is not None
    assert step.change.after is not None
    for op in between(step.change.after, step.before):
        try:
            step.room.apply([op])
        except Exception:  # its cell is there no more, as a rule; the others are
            _log.exception("%s of %s could not be taken back", op.op, step.change.name)


def _stage(swaps: Iterable[Swap]) -> None:
    for swap in swaps:
        stage(swap)


def _changed_outputs(before: Notebook | None, after: Notebook) -> set[str]:
    old = {cell["id"]: cell.get("outputs") for cell in (before or {"cells": []})["cells"]}
    return {cell["id"] for cell in after["cells"] if cell.get("outputs") != old.get(cell["id"])}
