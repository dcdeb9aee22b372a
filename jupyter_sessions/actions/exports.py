"""A session as a file: read page by page, written by a thread, so that nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ..errors import NotFound
from ..exports.chat_file import ChatFile
from ..exports.jsonl import JsonLines
from ..exports.markdown import Markdown
from ..exports.notebook import Notebook
from ..exports.page import HtmlPage
from ..exports.payloads import blobs_of
from ..ids import BlobHash, SessionId, StreamId
from ..models.line_events import LineForked
from ..models.scope import Scope
from ..models.session import Session
from ..storage import blobs, events, projects, sessions
from ..timeline import AnyEvent, Timeline

ExportFormat = Literal["markdown", "html", "notebook", "jsonl", "chat"]
PAGE = 50
"""Events that are in memory at once, with their blobs."""
MAX_SHOWN = 20_000_000
"""Bytes: what lies in a larger blob is not shown; JSON lines have it all the same."""
ALL = 1_000_000


class Writer(Protocol):
    """Writes one format."""

    media_type: str
    suffix: str
    needs_all_blobs: bool

    def begin(self) -> str: ...
    def add(self, events: Iterable[AnyEvent], blobs: Mapping[BlobHash, bytes]) -> Iterator[str]: ...
    def end(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is being written."""

    name: str
    media_type: str
    chunks: AsyncIterator[bytes]


async def export_session(
    timeline: Timeline, scope: Scope, session_id: SessionId, format_: ExportFormat
) -> Export:
    """Return the session as a file: all that its log has by now. Raises NotFound."""
    async with timeline.database.read() as conn:
        session = await sessions.get_session(conn, scope, session_id)
        project = await projects.get_project(conn, scope)
        forks = await events.list_events(
            conn, StreamId(session_id), types=["line.forked"], limit=ALL
        )
    replaced = [(each.data.after, each.seq) for each in forks if isinstance(each, LineForked)]
    writer = _writer(format_, scope, session, project.name, replaced)
    return Export(
        name=f"{session.name}.{writer.suffix}",
        media_type=writer.media_type,
        chunks=_chunks(timeline, scope, session, writer),
    )


def _writer(
    format_: ExportFormat,
    scope: Scope,
    session: Session,
    project: str,
    replaced: Sequence[tuple[int, int]],
) -> Writer:
    match format_:
        case "markdown":
            return Markdown(session, project, replaced)
        case "html":
            return HtmlPage(session, project, replaced)
        case "notebook":
            return Notebook(session, project, replaced)
        case "jsonl":
            return JsonLines(session, project)
        case "chat":
            return ChatFile(session, scope.user_id, replaced)


async def _chunks(
    timeline: Timeline, scope: Scope, session: Session, writer: Writer
) -> AsyncIterator[bytes]:
    yield writer.begin().encode()
    after = 0
    while after < session.last_seq:
        page = await timeline.read(StreamId(session.id), after=after, limit=PAGE)
        page = [each for each in page if each.seq <= session.last_seq]
        if not page:  # its project was deleted meanwhile
            raise NotFound("session")
        after = page[-1].seq
        held = await _load(timeline, scope, page, writer.needs_all_blobs)
        yield await asyncio.to_thread(_text, writer, page, held)
    yield writer.end().encode()


def _text(writer: Writer, page: list[AnyEvent], held: dict[BlobHash, bytes]) -> bytes:
    return "".join(writer.add(page, held)).encode("utf-8", "replace")


async def _load(
    timeline: Timeline, scope: Scope, page: list[AnyEvent], everything: bool
) -> dict[BlobHash, bytes]:
    held: dict[BlobHash, bytes] = {}
    async with timeline.database.read() as conn:
        for event in page:
            for digest in blobs_of(event.data.model_dump(mode="json")):
                if digest not in held:
                    try:
                        data, _ = await blobs.get_blob(conn, scope, digest)
                    except NotFound:  # a payload that only looks like one
                        continue
                    if everything or len(data) <= MAX_SHOWN:
                        held[digest] = data
    return held
