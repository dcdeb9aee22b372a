"""Who wrote which lines of a cell: kept with each source, so that it goes where the cell goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..ids import NotebookId, RunId, SessionId
from ..models.base import utcnow
from ..models.version import Author, Writer
from ..notebooks.blame import Lines, blame
from ..notebooks.manifest import Manifest
from ..notebooks.pieces import Digest, Load
from ..storage import authored
from ..storage.connections import Conn

if TYPE_CHECKING:
    from .recording import By

_LETTERS: dict[Writer, str] = {"user": "u", "agent": "a", "outside": "o", "system": "s"}
_WRITERS = {letter: writer for writer, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Written:
    """A cell that got a source."""

    cell_id: str
    source: Digest
    text: str
    before: Digest | None
    """The source that it had; ``None`` for a new cell."""
    text_before: str | None


def written(old: Manifest, new: Manifest, load: Load) -> list[Written]:
    """Return the cells whose source is another in ``new``."""
    found = []
    for entry in new.cells:
        had = old.by_id.get(entry.id)
        if had is not None and had.source == entry.source:
            continue
        text_before = None if had is None else load(had.source).decode()
        before = None if had is None else had.source
        text = load(entry.source).decode()
        found.append(Written(entry.id, entry.source, text, before, text_before))
    return found


async def add_authors(conn: Conn, notebook_id: NotebookId, cells: list[Written], by: By) -> None:
    """Note who wrote the cells; a source that a cell has had before keeps its authors."""
    sources = {digest for cell in cells for digest in (cell.source, cell.before) if digest}
    known = await authored.get_lines(conn, notebook_id, sources)
    key = author_key(by)
    new: dict[tuple[str, str], Lines] = {}
    for cell in cells:
        if (cell.cell_id, cell.source) not in known:
            had = known.get((cell.cell_id, cell.before)) if cell.before else None
            lines = blame(had, cell.text_before, cell.text, key)
            new[cell.cell_id, cell.source] = lines
    await authored.add_lines(conn, notebook_id, new)


def author_key(by: By) -> str:
    """Return an author as it is stored: who, when, and in which run."""
    when = round(utcnow().timestamp() * 1000)
    key = f"{_LETTERS[by.writer]}:{when}"
    return f"{key}:{by.run_id}:{by.session_id or ''}" if by.run_id else key


def author_of(key: str) -> Author:
    """Return the author of a stored key; an empty one is of lines that were there before us."""
    if not key:
        return Author(by="user")
    letter, when, *run = key.split(":")
    at = datetime.fromtimestamp(int(when) / 1000, UTC)
    if not run:
        return Author(by=_WRITERS[letter], at=at)
    session = SessionId(run[1]) if run[1] else None
    return Author(by=_WRITERS[letter], run_id=RunId(run[0]), session_id=session, at=at)
