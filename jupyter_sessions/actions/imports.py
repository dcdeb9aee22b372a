"""A session out of a file: checked as a whole, then written in pieces that nobody sees yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Literal

from ..errors import BadRequest
from ..exports.chat_file import chat_events
from ..exports.reading import BlobLine, Head, Part, Reader, blob_types, readable_name
from ..ids import BlobHash, RunId, SessionId
from ..models.event import (
    EventBase,
    RunCancelled,
    RunCancelledData,
    RunCompleted,
    RunFailed,
    RunQueued,
    RunStarted,
    ToolCalled,
    ToolReturned,
    ToolReturnedData,
)
from ..models.line_events import SessionImported, SessionImportedData
from ..models.run import Run, Usage
from ..models.scope import Scope
from ..models.session import Session
from ..storage import imports, projects
from ..timeline import Entry, Origin, Timeline
from .sessions import announce

Format = Literal["jsonl", "chat"]
BATCH = 200
"""Events that are written in one transaction."""
FIRST = 1
"""Events of ours before the first of the file."""


async def import_session(timeline: Timeline, scope: Scope, body: bytes, file_name: str) -> Session:
    """Make a session of an exported log, or of a ``.chat`` file. Nothing of it is run.

    Raises BadRequest, with the line, when something in it is wrong; then nothing is made.
    """
    format_ = _format(file_name)
    nobody = SessionId("")
    head, count = await asyncio.to_thread(_check, lambda: _parts(format_, body, scope, nobody))
    stem = readable_name(PurePosixPath(file_name.replace("\\", "/")).stem)
    name = (head.name if head else "") or stem or "Imported session"

    async def begin(entry: Entry) -> SessionId:
        await projects.get_project(entry.conn, scope)
        made = await imports.add_hidden_session(
            entry.conn, scope, name, head.model if head else None
        )
        data = SessionImportedData(format=format_, name=name, events=count)
        entry.append(Origin(scope, made.id), SessionImported, data, actor="user")
        return made.id

    session_id = await timeline.write(begin)
    parts = _parts(format_, body, scope, session_id)
    log = _Log(scope, session_id)
    while batch := await asyncio.to_thread(lambda: list(islice(parts, BATCH))):
        await timeline.write(partial(log.write, parts=batch))
    await timeline.write(log.finish)
    return await announce(timeline, scope, session_id)


def _format(file_name: str) -> Format:
    lowered = file_name.lower()
    if lowered.endswith(".chat"):
        return "chat"
    if lowered.endswith((".jsonl", ".ndjson", ".json")):
        return "jsonl"
    raise BadRequest(
        f"{file_name!r:.200} cannot be imported: give ?name= with the file's name, which ends with "
        ".jsonl (an exported session) or .chat (a chat of JupyterLab)."
    )


def _parts(format_: Format, body: bytes, scope: Scope, session_id: SessionId) -> Iterator[Part]:
    if format_ == "chat":
        return chat_events(body, scope.project_id, session_id, FIRST)
    return Reader(scope.project_id, session_id, FIRST).parts(body)


def _check(parts: Callable[[], Iterator[Part]]) -> tuple[Head | None, int]:
    """Read all of a file; return its head, and how many events it has."""
    head: Head | None = None
    count = 0
    for part in parts():
        if isinstance(part, Head):
            head = part
        elif isinstance(part, EventBase):
            count += 1
    return head, count


class _Log:
    """Writes a log: what it left open is closed at its end."""

    def __init__(self, scope: Scope, session_id: SessionId) -> None:
        self._scope = scope
        self._session = session_id
        self._blobs: dict[BlobHash, bytes] = {}
        self._runs: dict[RunId, Run] = {}
        self._ended: set[RunId] = set()
        self._calls: dict[str, ToolCalled] = {}

    async def write(self, entry: Entry, parts: list[Part]) -> None:
        """Append events, with the payloads and the rows that belong to them.

        Raises NotFound when the project was deleted meanwhile: nothing may stay behind of it.
        """
        await projects.update_project(entry.conn, self._scope)
        for part in parts:
            if isinstance(part, BlobLine):
                self._blobs[part.hash] = part.data
            elif isinstance(part, EventBase):
                for digest, media_type in blob_types(part.data.model_dump(mode="json")):
                    data = self._blobs.pop(digest, None)
                    if data is not None:
                        entry.put_blob(self._scope, data, media_type)
                entry.append_again(self._scope, part)
                await self._note(entry, part)

    async def finish(self, entry: Entry) -> None:
        """Close calls and runs that the file left open, then show the session."""
        await projects.update_project(entry.conn, self._scope)
        for call in self._calls.values():
            data = ToolReturnedData(
                call_id=call.data.call_id,
                tool=call.data.tool,
                outcome="unknown",
                content="The log ends during this call. Whether it took effect is not known.",
                summary="outcome not known",
            )
            origin = Origin(self._scope, self._session, call.run_id)
            entry.append(origin, ToolReturned, data, actor="system", parent=call.seq)
        for run in self._runs.values():
            origin = Origin(self._scope, self._session, run.id)
            cancelled = RunCancelledData(usage=Usage(), processing_ms=0, by="system")
            entry.append(origin, RunCancelled, cancelled, actor="system")
            ended = {"status": "cancelled", "completed_at": run.started_at or run.created_at}
            await imports.add_ended_run(entry.conn, self._scope, run.model_copy(update=ended))
        await imports.show_session(entry.conn, self._scope, self._session)

    async def _note(self, entry: Entry, event: EventBase[Any]) -> None:
        """Keep in mind what is open; write the row of a run that ends."""
        if isinstance(event, ToolCalled):
            self._calls[event.data.call_id] = event
        elif isinstance(event, ToolReturned):
            self._calls.pop(event.data.call_id, None)
        if event.run_id is None or event.run_id in self._ended:
            return
        run = self._runs.setdefault(event.run_id, _run(event.run_id, self._session, event))
        if isinstance(event, RunStarted):
            started = {"started_at": event.ts, "model": event.data.model[:200]}
            self._runs[run.id] = run.model_copy(update=started)
        elif isinstance(event, RunCompleted | RunFailed | RunCancelled):
            status = event.type.removeprefix("run.")
            error = event.data.error if isinstance(event, RunFailed) else None
            ended = {"status": status, "completed_at": event.ts, "usage": event.data.usage}
            ended_run = run.model_copy(update={**ended, "error": error})
            await imports.add_ended_run(entry.conn, self._scope, ended_run)
            self._ended.add(self._runs.pop(run.id).id)


def _run(id_: RunId, session_id: SessionId, event: EventBase[Any]) -> Run:
    queued = event.data if isinstance(event, RunQueued) else None
    return Run(
        id=id_,
        session_id=session_id,
        status="queued",
        prompt=queued.prompt if queued else "",
        model=queued.model[:200] if queued else "",
        branch=queued.branch[:200] if queued else "main",
        created_at=event.ts,
    )
