"""What a run's tools did to files: kept as they were and as they are, so that it can be undone."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass

from ..branches.file_merge import merge_bytes
from ..branches.folder import FileWrite, ProjectFolder, sha256
from ..errors import NotFound, SessionsError
from ..ids import RunId
from ..models.event import Blob, FileChangedData
from ..models.scope import Scope
from ..models.version import ChangedFile
from ..storage import blobs, events
from ..storage.connections import Conn
from ..storage.database import Database
from ..timeline import Entry, Timeline

TOO_LARGE = "it is too large to be kept"


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a file by a tool."""

    before: str | None
    """SHA-256; ``None``: it was not there."""
    after: str | None
    before_blob: Blob | None
    after_blob: Blob | None


@dataclass(frozen=True, slots=True)
class FileHistory:
    """What a run's tools did to one file, in order."""

    path: str
    steps: tuple[Step, ...]

    @property
    def covered(self) -> bool:
        """Whether all its states were kept."""
        return all(
            (step.before is None or step.before_blob is not None)
            and (step.after is None or step.after_blob is not None)
            for step in self.steps
        )

    @property
    def before(self) -> str | None:
        """What the file was before the run."""
        return self.steps[0].before

    @property
    def after(self) -> str | None:
        """What the run left."""
        return self.steps[-1].after


async def kept_change(
    timeline: Timeline, scope: Scope, written: FileWrite, call_id: str | None
) -> FileChangedData:
    """Keep both states of a file that a tool changed, where they are not too large.

    Return what is to be written down about it.
    """

    async def work(entry: Entry) -> tuple[Blob | None, Blob | None]:
        before = put_state(entry, scope, written.path, written.old)
        return before, put_state(entry, scope, written.path, written.new)

    before, after = await timeline.write(work)
    return FileChangedData(
        path=written.path,
        call_id=call_id,
        before=written.before,
        after=written.after,
        size=written.size,
        before_blob=before,
        after_blob=after,
    )


def put_state(entry: Entry, scope: Scope, path: str, raw: bytes | None) -> Blob | None:
    """Keep what a file holds; ``None`` when it is not there, or not to be kept."""
    if raw is None:
        return None
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return entry.put_blob(scope, raw, kind)


async def list_histories(conn: Conn, run_id: RunId) -> list[FileHistory]:
    """Return the files that a run's tools changed, in the order of the first change."""
    found: dict[str, list[Step]] = {}
    for event in await events.list_run_events(conn, run_id, types=("file.changed",)):
        data = event.data
        if isinstance(data, FileChangedData) and event.actor == "agent":
            step = Step(data.before, data.after, data.before_blob, data.after_blob)
            found.setdefault(data.path, []).append(step)
    return [FileHistory(path, tuple(steps)) for path, steps in found.items()]


async def describe(folder: ProjectFolder | None, history: FileHistory) -> ChangedFile:
    """Return what a run did to a file, and what became of that; ``None``: nobody can look."""
    kind = "changed"
    if history.before is None:
        kind = "created"
    elif history.after is None:
        kind = "deleted"
    state = "open"
    if folder is not None:
        now = await _digest(folder, history.path)
        if now == history.before:
            state = "taken_back"
        elif now != history.after:
            state = "changed_since"
    covered = history.covered
    reason = "" if covered else TOO_LARGE
    return ChangedFile.model_validate(
        {
            "path": history.path,
            "change": kind,
            "covered": covered,
            "reason": reason,
            "state": state,
        }
    )


async def _digest(folder: ProjectFolder, path: str) -> str | None:
    try:
        raw = await folder.read_whole(path)
    except SessionsError:  # it is a folder now, say: not what the run left
        return ""
    return None if raw is None else await asyncio.to_thread(sha256, raw)


async def take_back(
    database: Database, scope: Scope, history: FileHistory, now: bytes | None, *, force: bool
) -> tuple[bool, bytes | None]:
    """Return whether a file can be as it was before, and what it holds then.

    Lines that were changed since, elsewhere in the file, stay.
    """
    result = now
    for step in reversed(history.steps):
        before = await _state(database, scope, step.before_blob)
        after = await _state(database, scope, step.after_blob)
        digest = None if result is None else await asyncio.to_thread(sha256, result)
        if digest == step.before:
            continue
        if digest == step.after or force:
            result = before
            continue
        merged = None
        if before is not None and after is not None and result is not None:
            merged = await asyncio.to_thread(merge_bytes, after, result, before)
        if merged is None:
            return False, now
        result = merged
    return True, result


async def _state(database: Database, scope: Scope, blob: Blob | None) -> bytes | None:
    if blob is None:
        return None
    try:
        async with database.read() as conn:
            return (await blobs.get_blob(conn, scope, blob.blob))[0]
    except NotFound:
        return None


def chosen(histories: Sequence[FileHistory], wanted: Sequence[str] | None) -> list[FileHistory]:
    """Return those that are wanted: all when nobody names any."""
    return [each for each in histories if wanted is None or each.path in wanted]
