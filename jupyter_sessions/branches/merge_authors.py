"""Who wrote cells that come of two versions: lines keep the authors that they have there."""

from __future__ import annotations

from dataclasses import dataclass

from ..ids import NotebookId
from ..notebooks.blame import Lines, blame_merge
from ..notebooks.manifest import CellEntry, Manifest
from ..notebooks.pieces import Digest, Load
from ..storage import authored
from ..storage.connections import Conn
from .authors import author_key
from .recording import By


@dataclass(frozen=True, slots=True)
class Side:
    """What a cell was on one side."""

    source: Digest
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell that got a source from one side, from both, or from the person who decided."""

    cell_id: str
    source: Digest
    text: str
    ours: Side | None
    theirs: Side | None


def merged(ours: Manifest, theirs: Manifest, new: Manifest, load: Load) -> list[Merged]:
    """Return the cells of ``new`` whose source is not the one that they have in ``ours``."""
    found = []
    for entry in new.cells:
        our, their = ours.by_id.get(entry.id), theirs.by_id.get(entry.id)
        if our is None or our.source != entry.source:
            text = load(entry.source).decode()
            sides = _side(our, load), _side(their, load)
            found.append(Merged(entry.id, entry.source, text, *sides))
    return found


def _side(entry: CellEntry | None, load: Load) -> Side | None:
    return None if entry is None else Side(entry.source, load(entry.source).decode())


async def add_merged(conn: Conn, notebook_id: NotebookId, cells: list[Merged], by: By) -> None:
    """Note who wrote the cells; a source that a cell has had before keeps its authors."""
    sources: set[Digest] = set()
    for cell in cells:
        sources |= {cell.source, *(side.source for side in (cell.ours, cell.theirs) if side)}
    known = await authored.get_lines(conn, notebook_id, sources)
    key = author_key(by)
    new: dict[tuple[str, str], Lines] = {}
    for cell in cells:
        if (cell.cell_id, cell.source) not in known:
            ours, theirs = cell.ours, cell.theirs
            new[cell.cell_id, cell.source] = blame_merge(
                known.get((cell.cell_id, ours.source)) if ours else None,
                ours.text if ours else None,
                known.get((cell.cell_id, theirs.source)) if theirs else None,
                theirs.text if theirs else None,
                cell.text,
                key,
            )
    await authored.add_lines(conn, notebook_id, new)
