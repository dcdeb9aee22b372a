"""Who wrote the cells of a notebook, as people see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..ids import NotebookId
from ..models.version import Author, CellAuthors, CellLines
from ..notebooks.diff import CellDiff
from ..storage import authored, sessions
from ..storage.connections import Conn
from .authors import author_of
from .references import find_branch, place_of
from .shelf import Shelf, load_manifests


async def list_authors(shelf: Shelf, notebook: str, branch: str | None) -> list[CellAuthors]:
    """Return who wrote the lines of each cell, as the notebook is now; if that is known."""
    place = await place_of(shelf, notebook, await find_branch(shelf, branch) if branch else None)
    if place.version_id is None:
        return []
    manifest = (await load_manifests(shelf, [place.version_id]))[place.version_id]
    sources = {entry.source for entry in manifest.cells}
    async with shelf.database.read() as conn:
        known = await authored.get_lines(conn, place.notebook_id, sources)
        keys = {key for lines in known.values() for _, key in lines}
        authors = await read_authors(conn, shelf, keys)
    return [
        CellAuthors(
            cell_id=entry.id,
            lines=[
                CellLines(count=count, author=authors[key])
                for count, key in known[entry.id, entry.source]
            ],
        )
        for entry in manifest.cells
        if (entry.id, entry.source) in known
    ]


async def last_authors(
    conn: Conn, shelf: Shelf, notebook_id: NotebookId, cells: Iterable[CellDiff]
) -> dict[str, Author]:
    """Return who wrote last in each cell that is there after a change of its source."""
    sources: dict[tuple[str, str], str] = {
        (cell.after.id, cell.after.source): cell.cell_id for cell in cells if cell.after is not None
    }
    known = await authored.get_lines(conn, notebook_id, {digest for _, digest in sources})
    last = {
        sources[cell]: key
        for cell, lines in known.items()
        if cell in sources and (key := last_of(lines)) is not None
    }
    authors = await read_authors(conn, shelf, set(last.values()))
    return {cell_id: authors[key] for cell_id, key in last.items()}


def last_of(lines: authored.Lines) -> str | None:
    """Return the key of who wrote last in a cell."""
    return max((key for _, key in lines), key=_written_at, default=None)


def _written_at(key: str) -> int:
    return int(key.split(":")[1]) if key else 0


async def read_authors(conn: Conn, shelf: Shelf, keys: Collection[str]) -> dict[str, Author]:
    """Return the authors of keys, with the names of their sessions."""
    found = {key: author_of(key) for key in keys}
    ids = {author.session_id for author in found.values() if author.session_id is not None}
    names = await sessions.get_names_of(conn, shelf.scope, ids)
    return {
        key: author.model_copy(update={"session_name": names.get(author.session_id)})
        if author.session_id is not None
        else author
        for key, author in found.items()
    }
