"""Notebook files through the server's contents manager, so that its hooks, events, checkpoints,
signatures and permissions hold for an agent's changes as for a user's.

The manager's own way to save writes into the file in place and keeps a copy beside it meanwhile. A
server that is killed then leaves half a notebook. So for files on a local disk its steps are taken
one by one here, and the file itself is replaced at once. A manager that saves in a way of its own
(jupytext, object stores) is left to do so.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from jupyter_core.utils import ensure_async

from ..errors import BadRequest, Conflict, Denied, NotFound, SessionsError, TooLarge
from ..notebooks.cells import Notebook, new_notebook
from ..notebooks.file import read_notebook, write_notebook
from ..notebooks.text import size_text
from ..storage.heads import FileStat
from .disk import digest_of_file, disk_error, disk_errors, file_stat, replace_file, stat_of
from .paths import folder_of
from .staging import Moved as Moved

T = TypeVar("T")
MAX_NOTEBOOK = 100_000_000
SETTLE_SECONDS = 0.1
"""How long a file that is no notebook must stay the same to be taken for what it is."""


_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NotebookFile:
    """A notebook as it lies in its file."""

    path: str
    """As the contents API names it."""
    content: Notebook
    digest: str
    """SHA-256 of the file's text."""
    stat: FileStat | None = None
    """The file just before it was read, where it is on a local disk."""


@dataclass(frozen=True)
class SavedFile:
    """What the contents API says of a file that was just saved."""

    hash: str | None = None
    hash_algorithm: str | None = None
    last_modified: str | None = None
    stat: FileStat | None = None
    """The file just after it was written, where it is on a local disk."""


class Contents:
    """The server's contents manager, as far as notebooks need it."""

    def __init__(self, manager: Any) -> None:
        self.manager = manager

    async def read(self, path: str, *, max_size: int = MAX_NOTEBOOK) -> NotebookFile:
        """Read a notebook; raise a sentence when it is missing, too large, or none."""
        about = await self._ask(path, self.manager.get, path, content=False)
        if about["type"] == "directory":
            raise BadRequest(f"{path!r} is a folder, not a notebook.")
        if (size := about.get("size") or 0) > max_size:
            raise TooLarge(
                f"The notebook {path!r} has {size_text(size)}, over {size_text(max_size)}. "
                "Clear large outputs in it first."
            )
        last = None
        while True:
            # As text: the manager's own model has no stable ids for notebooks without any.
            stat = await asyncio.to_thread(self.stat, path)
            model = await self._ask(path, self.manager.get, path, type="file", format="text")
            try:
                return await asyncio.to_thread(_parsed, path, str(model["content"]), stat)
            except BadRequest:
                # The manager writes in place: half a file, if it is just doing so, and then more.
                seen = (model["content"], model.get("last_modified"))
                if seen == last:
                    raise
                last = seen
            await asyncio.sleep(SETTLE_SECONDS)

    async def look(self, path: str, take: Callable[[Notebook], T]) -> tuple[T, FileStat | None]:
        """Return what ``take`` makes of a notebook, and the file just before it was read.

        Both in one step to a thread, where the file lies on a local disk.
        """
        seen = await asyncio.to_thread(self._look_here, path, take)
        if seen is not None:
            return seen
        file = await self.read(path)
        return await asyncio.to_thread(take, file.content), file.stat

    def _look_here(
        self, path: str, take: Callable[[Notebook], T]
    ) -> tuple[T, FileStat | None] | None:
        found = self._bytes(path)
        content = None if found is None else _content(found[0])
        return None if found is None or content is None else (take(content), found[1])

    async def read_quickly(self, path: str) -> NotebookFile:
        """Like ``read``, without the manager where it lies on a local disk."""
        found = await asyncio.to_thread(self._bytes, path)
        if found is None:
            return await self.read(path)
        raw, stat = found
        # Two threads: a digest needs none of the interpreter.
        digest, content = await asyncio.gather(
            asyncio.to_thread(_digest, raw), asyncio.to_thread(_content, raw)
        )
        if content is None:
            return await self.read(path)
        return NotebookFile(path, content, digest, stat)

    def _bytes(self, path: str) -> tuple[bytes, FileStat] | None:
        """Return what a file holds; ``None`` if it takes the manager to read it, or to refuse."""
        # Imported here: the server has it already; a command line without a server does without.
        from jupyter_core.paths import is_hidden

        file = self._os_path(path)
        if file is None:
            return None
        try:
            stat = stat_of(file)
            # By its name, as the manager asks: the root, or a file, may be a link to elsewhere.
            hidden = not self.manager.allow_hidden and is_hidden(file, self.manager.root_dir)
            if stat is None or hidden or stat.size > MAX_NOTEBOOK:
                return None
            with open(file, "rb") as opened:
                return opened.read(), stat
        except OSError:
            return None

    def stat(self, path: str) -> FileStat | None:
        """Return what tells whether a file is still the same; ``None`` where that is not known."""
        local = self.local_file(path)
        return None if local is None else stat_of(local)

    async def exists(self, path: str) -> bool:
        """Tell whether there is a file of this name."""
        return bool(await self._ask(path, self.manager.file_exists, path))

    async def save(
        self,
        before: NotebookFile,
        content: Notebook,
        trusted: set[str],
        saved: Callable[[SavedFile], None],
    ) -> None:
        """Save the notebook; raise ``Moved`` when the file is no longer the one that was read.

        ``trusted`` names the cells whose outputs come from a run just now. ``saved`` is called as
        soon as the file is there: until then a front end that saves finds a file it does not know.
        """
        was_trusted = await self.is_trusted(before.content)
        node = await self._trusting(before.content, content, trusted, was_trusted=was_trusted)
        model = {"type": "notebook", "format": "json", "content": node}
        local = self.local_file(before.path)
        if local is not None:
            await self._save_local(local, before.path, before.digest, model, saved)
            return
        if (await self.read(before.path)).digest != before.digest:
            raise Moved
        await self._ask(before.path, self.manager.save, model, before.path)
        saved(await self.about(before.path))

    async def create(self, path: str, content: Notebook) -> SavedFile:
        """Save a new notebook; raise ``Conflict`` when the name is taken."""
        taken = Conflict(f"There is already a file {path!r}; choose another name.")
        if await self.exists(path):
            raise taken
        model = {"type": "notebook", "format": "json", "content": content}
        local = self.local_file(path)
        if local is None or await self._ask(path, self.manager.is_hidden, path):
            await self._ask(path, self.manager.save, model, path)
            return await self.about(path)
        made: list[SavedFile] = []
        model["content"] = await asyncio.to_thread(_node, content)
        try:
            await self._save_local(local, path, None, model, made.append)
        except Moved:
            raise taken from None
        return made[0]

    async def about(self, path: str) -> SavedFile:
        """Ask for the file's hash and time, as a front end would."""
        model = await self._ask(path, self.manager.get, path, content=False, require_hash=True)
        modified = model.get("last_modified")
        return SavedFile(
            model.get("hash"),
            model.get("hash_algorithm"),
            _time_text(modified) if modified is not None else None,
            await asyncio.to_thread(self.stat, path),
        )

    async def _trusting(
        self,
        before: Notebook,
        content: Notebook,
        trusted: Collection[str],
        *,
        was_trusted: bool,
    ) -> Any:
        """Return the notebook with the cells marked whose outputs may be shown as they are."""
        node = await asyncio.to_thread(_node, content)
        same: set[str] = set()
        if was_trusted:
            same = await asyncio.to_thread(_with_old_outputs, before, content)
        for cell in node.cells:
            if cell.cell_type == "code" and (cell.id in same or cell.id in trusted):
                cell.metadata.trusted = True
        return node

    async def drafted(
        self,
        path: str,
        before: Notebook | None,
        content: Notebook,
        trusted: Collection[str],
        *,
        was_trusted: bool,
    ) -> bytes:
        """Return what a save of the notebook is to write: hooks have seen it, it is signed."""
        node = await self._trusting(
            before or new_notebook(), content, trusted, was_trusted=was_trusted
        )
        model = {"type": "notebook", "format": "json", "content": node}
        try:
            self.manager.run_pre_save_hooks(model=model, path=path)
            await self._sign(model["content"])
        except SessionsError:
            raise
        except Exception as error:  # hooks are anyone's code
            raise contents_error(error, path) from error
        return await asyncio.to_thread(write_notebook, model["content"])

    async def put(self, path: str, content: Notebook) -> None:
        """Have the manager save a notebook in its own way."""
        model = {"type": "notebook", "format": "json", "content": content}
        await self._ask(path, self.manager.save, model, path)

    async def remove(self, path: str) -> None:
        """Have the manager delete a file in its own way."""
        await self._ask(path, self.manager.delete, path)

    async def is_trusted(self, content: Notebook) -> bool:
        """Tell whether outputs of this very notebook may be shown as they are."""
        notary = self.manager.notary
        signature = await asyncio.to_thread(notary.compute_signature, content)
        return bool(notary.store.check_signature(signature, notary.algorithm))

    async def after_move(self, path: str, new_path: str | None) -> None:
        """Do what the manager does when a file was renamed, or deleted (``None``)."""
        checkpoints = self.manager.checkpoints
        try:
            if new_path is None:
                await ensure_async(checkpoints.delete_all_checkpoints(path))
                self.manager.emit(data={"action": "delete", "path": path})
            else:
                await ensure_async(checkpoints.rename_all_checkpoints(path, new_path))
                data = {"action": "rename", "path": new_path, "source_path": path}
                self.manager.emit(data=data)
        except Exception:  # checkpoints and listeners are anyone's code
            _log.exception("After %s was moved, its checkpoints failed", path)

    def hash_of(self, raw: bytes) -> str:
        """Return the hash of a file that holds ``raw``, as the contents API gives it."""
        return hashlib.new(self.manager.hash_algorithm, raw).hexdigest()

    def describe(self, file: Path, known: str | None) -> SavedFile:
        """Return what the contents API says of a file; ``known`` is its hash."""
        info = file.stat()
        modified = _time_text(datetime.fromtimestamp(info.st_mtime, UTC))
        hash_ = known or self.hash_of(file.read_bytes())
        return SavedFile(hash_, self.manager.hash_algorithm, modified, file_stat(info))

    def local_file(self, path: str) -> Path | None:
        """Return the file itself, where the manager's way to save is one that we know."""
        file = self._os_path(path)
        return None if file is None else Path(os.path.realpath(file))

    def _os_path(self, path: str) -> str | None:
        """Return what the system calls the file, which may be a link."""
        return str(self.manager._get_os_path(path)) if self.is_plain else None

    @property
    def is_plain(self) -> bool:
        """Whether notebooks are files that the manager saves as Jupyter's own do."""
        return self._saves_plainly and self.manager.use_atomic_writing

    @cached_property
    def _saves_plainly(self) -> bool:
        """Whether the manager saves as Jupyter's own do."""
        from jupyter_server.services.contents import filemanager, largefilemanager

        known = (
            filemanager.FileContentsManager,
            filemanager.AsyncFileContentsManager,
            largefilemanager.LargeFileManager,
            largefilemanager.AsyncLargeFileManager,
        )
        kind = type(self.manager)
        ours = ("save", "_save_notebook", "atomic_writing", "check_and_sign")
        return all(
            any(getattr(kind, name) is getattr(other, name) for other in known) for name in ours
        )

    async def _save_local(
        self,
        file: Path,
        path: str,
        before: str | None,
        model: dict[str, Any],
        saved: Callable[[SavedFile], None],
    ) -> None:
        """Save a file at once; ``before`` is the digest of what it holds, if it is there."""
        manager = self.manager
        try:
            manager.run_pre_save_hooks(model=model, path=path)
            await self._sign(model["content"])
            args = (file, path, before, model["content"], manager.hash_algorithm)
            saved(await asyncio.to_thread(_replace, *args))
        except (SessionsError, Moved):
            raise
        except Exception as error:  # hooks are anyone's code
            raise contents_error(error, path) from error
        await self.after_save(file, path)

    async def after_save(self, file: Path, path: str) -> None:
        """Do what the manager does after a save. The file is there, so no failure undoes it."""
        manager = self.manager
        try:
            if not await ensure_async(manager.checkpoints.list_checkpoints(path)):
                await ensure_async(manager.create_checkpoint(path))
            about = await ensure_async(manager.get(path, content=False))
            manager.run_post_save_hooks(model=about, os_path=str(file))
            manager.emit(data={"action": "save", "path": path})
        except Exception:  # hooks are anyone's code
            _log.exception("After %s was saved, a hook or its checkpoint failed", path)

    async def _sign(self, node: Any) -> None:
        """Do as the manager's ``check_and_sign``, with the large part of it in a thread."""
        notary = self.manager.notary
        if notary.check_cells(node):
            signature = await asyncio.to_thread(notary.compute_signature, node)
            notary.store.store_signature(signature, notary.algorithm)

    async def _ask(
        self, path: str, method: Callable[..., Any], *arguments: Any, **options: Any
    ) -> Any:
        try:
            return await ensure_async(method(*arguments, **options))
        except Exception as error:  # tornado's HTTPError, which only the server may import
            raise contents_error(error, path) from error


def contents_error(error: Exception, path: str) -> SessionsError:
    """Translate what a contents manager raised about ``path``."""
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, OSError):
        return disk_error(cause, path)
    status = getattr(error, "status_code", None)
    said = getattr(error, "log_message", None) or str(error)
    if status == 404:
        return NotFound(f"notebook {path!r}")
    if status == 403:
        return Denied(f"The server does not allow access to {path!r}: {said}.")
    if status is not None and status < 500:
        return BadRequest(f"{path!r} cannot be used as a notebook: {said}.")
    return SessionsError(f"The server failed at {path!r}: {said}.")


def _content(raw: bytes) -> Notebook | None:
    with suppress(UnicodeDecodeError, BadRequest):
        return read_notebook(raw.decode())
    return None


def _parsed(path: str, text: str, stat: FileStat | None) -> NotebookFile:
    try:
        content = read_notebook(text)
    except BadRequest as error:
        raise BadRequest(f"{path!r} cannot be used, and was left as it is. {error}") from None
    return NotebookFile(path, content, _digest(text.encode("utf-8", "surrogatepass")), stat)


def _node(content: Notebook) -> Any:
    # Imported here: the server has it already; a command line without a server does without.
    import nbformat

    return nbformat.from_dict(content)  # type: ignore[no-untyped-call]


def _with_old_outputs(before: Notebook, after: Notebook) -> set[str]:
    """Return the cells that have no outputs which they had not before."""
    old = {cell["id"]: cell.get("outputs") for cell in before["cells"]}
    return {
        cell["id"]
        for cell in after["cells"]
        if not cell.get("outputs") or cell["outputs"] == old.get(cell["id"])
    }


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _replace(
    file: Path, path: str, before: str | None, content: Notebook, algorithm: str
) -> SavedFile:
    raw = write_notebook(content)

    def check() -> None:
        if (digest_of_file(file) if before or file.exists() else None) != before:
            raise Moved

    with disk_errors(path), folder_of(file.parent, ()) as folder:
        check()
        replace_file(folder, file.name, raw, check)
        info = file.stat()
    modified = _time_text(datetime.fromtimestamp(info.st_mtime, UTC))
    return SavedFile(hashlib.new(algorithm, raw).hexdigest(), algorithm, modified, file_stat(info))


def _time_text(time: datetime) -> str:
    """Return a time as the contents API writes it."""
    return time.isoformat().replace("+00:00", "Z")
