"""The files of a project, as they lie in its folder."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from ..errors import BadRequest, Denied, NotFound, TooLarge
from ..notebooks.text import size_text
from ..storage.heads import FileStat
from . import paths
from .disk import disk_errors, replace_file, stat_of
from .marks import NAMES, is_ours
from .search import Found, Query, compile_query, search
from .search_process import search_apart

MAX_FILE = 50_000_000
MAX_READ = 2_000_000
MAX_WRITE = 10_000_000
MAX_ENTRIES = 1_000
MAX_KEPT = 5_000_000
"""Bytes of a file that is kept as it was before a change, and as it is after it."""
T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """A file or folder in a list; ``size`` in bytes, for files."""

    name: str
    kind: str
    size: int | None = None


@dataclass(frozen=True)
class FileText:
    """A part of a text file, in whole lines, and the hash of all of it."""

    path: str
    text: str
    first: int
    """Lines before this part."""
    lines: int
    """Lines in this part."""
    total: int
    """Lines in the file."""
    sha256: str
    size: int
    lossy: bool
    """It is not UTF-8: what could not be decoded is shown as U+FFFD."""
    cut: bool = False
    """A line was too long to be read whole."""


@dataclass(frozen=True)
class FileWrite:
    """What a file was, and what it is now."""

    path: str
    before: str | None
    """SHA-256; ``None`` for a new file."""
    after: str
    size: int
    replaced: int = 0
    """Places that an edit replaced."""
    old: bytes | None = None
    """What it held, up to ``MAX_KEPT`` bytes."""
    new: bytes | None = None
    """What it holds, likewise."""


class ProjectFolder:
    """The folder of one project: every path is relative to it, and cannot leave it."""

    def __init__(self, root: Path, api_path: str = "") -> None:
        """``api_path`` is the folder's name in the contents API (``""`` is the server's root)."""
        self.root = root
        self.api_path = api_path.strip("/")

    def api(self, path: str) -> str:
        """Return the name in the contents API of a path below the folder. Touches no disk."""
        parts = paths.clean_parts(path)
        if not parts:
            raise BadRequest("Name a file, not the project's folder.")
        return "/".join([self.api_path, *parts] if self.api_path else parts)

    def inside(self, api_path: str) -> str | None:
        """Return the path below the folder of a name in the contents API; ``None`` outside."""
        if not self.api_path:
            return api_path
        prefix = f"{self.api_path}/"
        return api_path.removeprefix(prefix) if api_path.startswith(prefix) else None

    async def check(self, path: str) -> None:
        """Raise when the path leads outside, or the folder is gone."""
        await self._thread(lambda: paths.resolve(paths.real_root(self.root), path))

    async def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder of this name."""
        return await self._thread(lambda: self.root.joinpath(*paths.clean_parts(path)).exists())

    async def stat(self, path: str) -> FileStat | None:
        """Return what tells whether a file is still the same; ``None`` when it is not there."""
        return await self._thread(self.stat_now, path)

    def stat_now(self, path: str) -> FileStat | None:
        """Like ``stat``, for those who are in a thread."""
        return stat_of(os.path.join(self.root, *paths.clean_parts(path)))

    def read_now(self, path: str) -> bytes:
        """Return what a file holds, for those who are in a thread. Raises OSError."""
        with open(os.path.join(self.root, *paths.clean_parts(path)), "rb") as file:
            return file.read()

    async def place(self, path: str, raw: bytes) -> FileStat | None:
        """Write a file whole where a notebook belongs; make the folders that are missing."""
        return await self._thread(self._place, path, raw)

    async def read_whole(self, path: str) -> bytes | None:
        """Return what a file holds; ``None`` when it is not there. Refuses a file over 50 MB."""

        def read() -> bytes | None:
            with suppress(NotFound):
                return self._read_bytes(path)
            return None

        return await self._thread(read)

    async def put_back(self, path: str, raw: bytes | None, expected: bytes | None) -> bool:
        """Let a file hold ``raw``, or be gone (``None``), if it holds ``expected``; tell whether.

        At once, or not at all.
        """
        return await self._thread(self._put_back, path, raw, expected)

    async def make_parent(self, path: str) -> None:
        """Make the folder that a file lies in, when it is missing."""
        await self._thread(self._make_parent, path)

    async def entries(self, path: str = ".", *, max_entries: int = MAX_ENTRIES) -> list[Entry]:
        """List a folder: folders first, no hidden names or branches; at most ``max_entries``."""
        return await self._thread(self._entries, path, max_entries)

    async def read(
        self, path: str, offset: int = 0, limit: int | None = None, *, max_size: int = MAX_READ
    ) -> FileText:
        """Read ``limit`` lines of a text file after the first ``offset`` lines.

        At most ``max_size`` bytes: fewer lines then. Refuses a file over 50 MB, or no text.
        """
        if offset < 0 or (limit is not None and limit < 1):
            raise BadRequest("'offset' counts lines from 0, and 'limit' must be at least 1.")
        return await self._thread(self._read, path, offset, limit, max_size)

    async def write(self, path: str, content: str, *, max_size: int = MAX_WRITE) -> FileWrite:
        """Write a text file whole, at once or not at all; make the folders that are missing."""
        return await self._thread(self._write_text, path, content, max_size)

    async def edit(
        self, path: str, old: str, new: str, *, replace_all: bool = False, max_size: int = MAX_WRITE
    ) -> FileWrite:
        """Replace exact text in a file; without ``replace_all`` it must be there once."""
        return await self._thread(self._edit, path, old, new, replace_all, max_size)

    async def search(
        self,
        text: str,
        path: str = ".",
        *,
        glob: str | None = None,
        regex: bool = False,
        seconds: float = 8.0,
    ) -> Found:
        """Find lines with the text in files, and in the sources of notebooks' cells."""
        query = await self._thread(self._query, text, path, glob, regex, seconds)
        if not regex:
            return await self._thread(search, query)
        return await search_apart(query)

    async def _thread(self, do: Callable[..., T], *args: object) -> T:
        return await asyncio.to_thread(do, *args)

    def _make_parent(self, path: str) -> None:
        root = paths.real_root(self.root)
        parts = paths.resolve(root, path)
        if not all(char.isprintable() for char in path):
            raise BadRequest(f"{path!r} contains control characters; choose another name.")
        with disk_errors(path), paths.folder_of(root, parts[:-1], make=True):
            return

    def _place(self, path: str, raw: bytes) -> FileStat | None:
        root = paths.real_root(self.root)
        parts = paths.resolve(root, path)
        with disk_errors(path), paths.folder_of(root, parts[:-1], make=True) as folder:
            replace_file(folder, parts[-1], raw)
        return stat_of(root.joinpath(*parts))

    def _put_back(self, path: str, raw: bytes | None, expected: bytes | None) -> bool:
        root = paths.real_root(self.root)
        parts = paths.resolve(root, path)
        now = None
        with suppress(NotFound):
            now = self._read_bytes(path)
        if now != expected:
            return False
        if raw == now:
            return True
        with disk_errors(path), paths.folder_of(root, parts[:-1], make=True) as folder:
            if raw is None:
                os.unlink(parts[-1], dir_fd=folder)
            else:
                replace_file(folder, parts[-1], raw)
        return True

    def _entries(self, path: str, max_entries: int) -> list[Entry]:
        root = paths.real_root(self.root)
        parts = paths.resolve(root, path)
        with disk_errors(path), paths.folder_of(root, parts) as handle, os.scandir(handle) as found:
            entries = [_entry(root, parts, item) for item in found if _shown(root, parts, item)]
        entries.sort(key=lambda entry: (entry.kind != "folder", entry.name))
        return entries[:max_entries]

    def _read_bytes(self, path: str) -> bytes:
        root = paths.real_root(self.root)
        parts = paths.resolve(root, path)
        if not parts:
            raise BadRequest(f"{path!r} is a folder; list it instead.")
        with disk_errors(path), paths.folder_of(root, parts[:-1]) as folder:
            handle = paths.open_file(folder, parts[-1])
            with os.fdopen(handle, "rb") as file:
                info = os.fstat(handle)
                if stat.S_ISDIR(info.st_mode):
                    raise BadRequest(f"{path!r} is a folder; list it instead.")
                if not stat.S_ISREG(info.st_mode):
                    raise BadRequest(f"{path!r} is no regular file, and cannot be read.")
                if info.st_size > MAX_FILE:
                    raise TooLarge(
                        f"{path!r} has {size_text(info.st_size)}, over the limit of "
                        f"{size_text(MAX_FILE)}. Look at a part of it with a command."
                    )
                return file.read()

    def _read(self, path: str, offset: int, limit: int | None, max_size: int) -> FileText:
        raw = self._read_bytes(path)
        text, lossy = _decoded(path, raw)
        lines = text.splitlines(keepends=True)
        part: list[str] = []
        size = 0
        for line in lines[offset : None if limit is None else offset + limit]:
            size += len(line.encode())
            if size > max_size and part:
                break
            part.append(line[:max_size])
        digest = hashlib.sha256(raw).hexdigest()
        whole = "".join(part)
        cut = sum(map(len, lines[offset : offset + len(part)])) > len(whole)
        return FileText(path, whole, offset, len(part), len(lines), digest, len(raw), lossy, cut)

    def _write_text(self, path: str, content: str, max_size: int) -> FileWrite:
        if path.endswith(".ipynb"):
            raise Denied(_USE_CELLS.format(path))
        root = paths.real_root(self.root)
        parts = paths.resolve(root, path)
        if not parts:
            raise BadRequest("Name a file, not the project's folder.")
        old = None
        with suppress(NotFound):
            old = self._read_bytes(path)
        return self._write(root, parts, path, _encoded(path, content, max_size), old)

    def _write(
        self, root: Path, parts: tuple[str, ...], path: str, raw: bytes, old: bytes | None
    ) -> FileWrite:
        if old is None and any(not char.isprintable() for char in path):
            raise BadRequest(f"{path!r} contains control characters; choose another name.")
        with disk_errors(path), paths.folder_of(root, parts[:-1], make=True) as folder:
            replace_file(folder, parts[-1], raw)
        before = None if old is None else sha256(old)
        return FileWrite(path, before, sha256(raw), len(raw), old=_kept(old), new=_kept(raw))

    def _edit(self, path: str, old: str, new: str, replace_all: bool, max_size: int) -> FileWrite:
        if path.endswith(".ipynb"):
            raise Denied(_USE_CELLS.format(path))
        if not old:
            raise BadRequest("'old' is empty: give the text to replace, or write the whole file.")
        raw = self._read_bytes(path)
        text, lossy = _decoded(path, raw)
        if lossy:
            raise BadRequest(f"{path!r} is not in UTF-8, so an edit could damage it.")
        if "\r\n" in text and "\r\n" not in old:
            old, new = old.replace("\n", "\r\n"), new.replace("\n", "\r\n")
        count = text.count(old)
        if count == 0:
            raise BadRequest(f"The text to replace is not in {path!r}. Read the file again.")
        if count > 1 and not replace_all:
            raise BadRequest(
                f"The text to replace is {count} times in {path!r}. "
                "Give more of the lines around it, or set replace_all."
            )
        mark = "\ufeff" if raw.startswith(b"\xef\xbb\xbf") else ""
        changed = _encoded(path, mark + text.replace(old, new), max_size)
        root = paths.real_root(self.root)
        written = self._write(root, paths.resolve(root, path), path, changed, raw)
        return replace(written, replaced=count)

    def _query(self, text: str, path: str, glob: str | None, regex: bool, seconds: float) -> Query:
        if not text or len(text) > 1_000:
            raise BadRequest("The text to search for must have 1 to 1,000 characters.")
        root = paths.real_root(self.root)
        below = "/".join(paths.resolve(root, path))
        if not (root / below).exists():
            raise NotFound(f"file or folder {path!r}")
        ours = tuple(name for name in NAMES if is_ours(root / name))
        query = Query(str(root), text, below, glob, regex, seconds=seconds, skip=ours)
        compile_query(query)
        return query


_USE_CELLS = (
    "{!r} is a notebook: change it cell by cell with insert_cell, edit_cell, move_cell and "
    "delete_cell, so that ids, outputs and an open view of it stay right."
)


def sha256(raw: bytes) -> str:
    """Return the digest by which events name what a file holds."""
    return hashlib.sha256(raw).hexdigest()


def _kept(raw: bytes | None) -> bytes | None:
    return raw if raw is not None and len(raw) <= MAX_KEPT else None


def _shown(root: Path, parts: tuple[str, ...], item: os.DirEntry[str]) -> bool:
    if item.name.startswith("."):
        return False
    return bool(parts) or item.name not in NAMES or not is_ours(root / item.name)


def _entry(root: Path, parts: tuple[str, ...], item: os.DirEntry[str]) -> Entry:
    try:
        real = root.joinpath(*parts, item.name).resolve()
        if item.is_symlink() and not real.is_relative_to(root):
            return Entry(item.name, "link that leads outside")
        if item.is_dir():
            return Entry(item.name, "folder")
        return Entry(item.name, "file", item.stat().st_size)
    except (OSError, RuntimeError):
        return Entry(item.name, "broken link")


def _decoded(path: str, raw: bytes) -> tuple[str, bool]:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, "replace"), True
    if b"\0" in raw[:8192]:
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        raise BadRequest(f"{path!r} is no text: {size_text(len(raw))} of {kind}.")
    try:
        return raw.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), True


def _encoded(path: str, text: str, max_size: int) -> bytes:
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise BadRequest("The text contains half of a character (a lone surrogate).") from None
    if len(raw) > max_size:
        raise TooLarge(f"{path!r} would have {size_text(len(raw))}, over {size_text(max_size)}.")
    return raw
