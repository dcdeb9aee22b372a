"""Saved namespaces on disk: found by the cells that had run, dropped by the time that they save.

Each is a file of variables and, beside it, a signed record of what is in it. The record comes last:
a file without one is half of a save.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from ..models.base import utcnow
from ..models.saved import SavedNamespace
from .checkpoints import MIB
from .signing import Signer

MAX_COUNT = 50
MAX_OF_NOTEBOOK = 3
MAX_AGE = timedelta(days=30)
MAX_SHARE = 0.25
"""Of what is free on the disk."""
STALE_S = 3600.0
"""After this time a file without a record is what a crash has left."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Where a save is written before it counts."""

    id: str
    file: Path
    reply: Path

    @property
    def has_begun(self) -> bool:
        return self.file.exists() or self.is_done

    @property
    def is_done(self) -> bool:
        return self.reply.exists()


class SavedFiles:
    """The saved namespaces of a user, of all servers that share their data folder."""

    def __init__(self, folder: Path, budget: int) -> None:
        """``budget`` is the bytes that all together may have; with 0 nothing is saved or used."""
        self._folder, self.budget = folder, budget
        self._signer = Signer(folder.with_name(f"{folder.name}.key"))

    @property
    def is_on(self) -> bool:
        return self.budget > 0

    async def present(self) -> list[SavedNamespace]:
        """Return those that are there and ours, the oldest first."""
        return await asyncio.to_thread(self._read) if self.is_on else []

    def file(self, saved: SavedNamespace) -> Path:
        """Return where the variables are."""
        return self._folder / f"{saved.id}.pickle"

    def draft(self) -> Draft:
        """Return names for a new save, in the folder that only its owner can enter."""
        self._make_folder()
        key = uuid4().hex
        return Draft(key, self._folder / f"{key}.part", self._folder / f"{key}.reply")

    def room(self) -> int:
        """Return the bytes that one save may have, by the budget and what is free on the disk."""
        self._make_folder()
        used = sum(each.size for each in self._read())
        free = shutil.disk_usage(self._folder).free
        return min(self.budget, int((free + used) * MAX_SHARE))

    async def reply(self, draft: Draft) -> dict[str, Any]:
        """Return what became of a save, and forget the note about it."""
        return await asyncio.to_thread(take_reply, draft.reply)

    async def add(self, draft: Draft, about: dict[str, Any]) -> SavedNamespace:
        """Have a save count from now on, in place of an older one of the same state."""
        saved = SavedNamespace.model_validate({"id": draft.id, "made_at": utcnow(), **about})
        await asyncio.to_thread(self._add, draft, saved)
        for each in await self.present():
            same = (each.project_id, each.file) == (saved.project_id, saved.file)
            if same and each.executed == saved.executed and each.id != saved.id:
                await self.drop(each)
        await self.enforce()
        return saved

    async def discard(self, draft: Draft) -> None:
        """Remove what a save has left that failed."""
        await asyncio.to_thread(_unlink, draft.file, draft.reply)

    async def drop(self, saved: SavedNamespace) -> None:
        """Remove it."""
        await asyncio.to_thread(_unlink, self._record(saved), self.file(saved))

    async def move(self, project_id: str, old: str, new: str) -> None:
        """Have those of a notebook, or of a folder, belong to another name."""
        for each in await self.present():
            rest = each.file.removeprefix(f"{old}/")
            moved = new if each.file == old else f"{new}/{rest}"
            if each.project_id == project_id and (each.file == old or rest != each.file):
                await asyncio.to_thread(self._write, each.model_copy(update={"file": moved}))

    async def drop_project(self, project_id: str, below: str = "") -> None:
        """Remove those of a project: of one notebook, or of a folder in it, or of all."""
        for each in await self.present():
            inside = not below or each.file == below or each.file.startswith(f"{below}/")
            if each.project_id == project_id and inside:
                await self.drop(each)

    async def enforce(self) -> None:
        """Drop what is old, and what saves least for its size, until the rest fits the budget."""
        room = await asyncio.to_thread(self.room)
        counts: Counter[tuple[str, str]] = Counter()
        kept = []
        for each in reversed(await self.present()):
            counts[each.project_id, each.file] += 1
            many = counts[each.project_id, each.file] > MAX_OF_NOTEBOOK
            if many or datetime.now(UTC) - each.made_at > MAX_AGE:
                await self.drop(each)
            else:
                kept.append(each)
        used = 0
        for place, each in enumerate(sorted(kept, key=worth, reverse=True)):
            used += each.size
            if used > room or place >= MAX_COUNT:
                used -= each.size
                await self.drop(each)

    async def tidy(self) -> None:
        """Remove what is in the folder and is no whole save, and enforce the budget."""
        await asyncio.to_thread(self._tidy)
        if self.is_on:
            await self.enforce()

    def _read(self) -> list[SavedNamespace]:
        found = []
        for file in self._folder.glob("*.json"):
            with suppress(OSError, ValueError, ValidationError):  # it is dropped, or is not ours
                signature, _, text = file.read_bytes().partition(b"\n")
                if self._signer.is_ours(text, signature):
                    saved = SavedNamespace.model_validate_json(text)
                    if file.stem == saved.id and self.file(saved).stat().st_size == saved.size:
                        found.append(saved)
        return sorted(found, key=lambda each: each.made_at)

    def _add(self, draft: Draft, saved: SavedNamespace) -> None:
        os.replace(draft.file, self.file(saved))
        self._write(saved)

    def _write(self, saved: SavedNamespace) -> None:
        text = saved.model_dump_json().encode()
        fresh = self._folder / f"{saved.id}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(self._signer.sign(text).encode() + b"\n" + text)
        os.replace(fresh, self._record(saved))

    def _record(self, saved: SavedNamespace) -> Path:
        return self._folder / f"{saved.id}.json"

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)

    def _tidy(self) -> None:
        if not self._folder.is_dir():
            return
        whole = {each.id for each in self._read()} if self.is_on else set()
        for file in self._folder.iterdir():
            with suppress(OSError):
                is_old = time.time() - file.stat().st_mtime > STALE_S
                if file.stem not in whole and (is_old or not self.is_on):
                    file.unlink()


def worth(saved: SavedNamespace) -> tuple[float, datetime]:
    """Return the seconds that it saves for each MiB; newer ones are worth more."""
    return saved.total_seconds / max(saved.size / MIB, 1.0), saved.made_at


def take_reply(file: Path) -> dict[str, Any]:
    """Return the note that a kernel has left; one with ``error`` when there is none."""
    try:
        found: dict[str, Any] = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {"status": "error", "message": "It ended before it was done."}
    finally:
        _unlink(file)
    return found


def _unlink(*files: Path) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink()
