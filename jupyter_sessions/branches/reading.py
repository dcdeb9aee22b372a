"""What differs between two states of a notebook, and single cells of one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any

from ..errors import NotFound
from ..ids import VersionId
from ..models.scope import Scope
from ..models.version import Author, CellChangeKind, CellContent, DiffCell, NotebookDiff
from ..notebooks.details import load_details
from ..notebooks.diff import CellDiff, Counts, counts, diff
from ..notebooks.manifest import CellEntry, Manifest, restore_cell
from ..notebooks.pieces import Load
from ..storage.connections import Conn, aside
from .authorship import last_authors
from .references import Moment, moment_of
from .shelf import Shelf, load_manifests, load_pieces, read_manifests, read_pieces, texts_of

EMPTY = Manifest(())


async def diff_states(shelf: Shelf, notebook: str, before: str, after: str) -> NotebookDiff:
    """Return what differs between two states of a notebook, each a ``RefText``.

    Only cells that differ are loaded. Raises NotFound when it is in neither of them.
    """
    new = await moment_of(shelf, after, notebook)
    old = await moment_of(shelf, before, new.path or notebook, new.notebook_id)
    if new.version_id is None and old.version_id is None:
        raise NotFound(f"notebook {notebook!r} in either of the two states")
    return await diff_moments(shelf, old, new, before, after)


async def diff_moments(
    shelf: Shelf, old: Moment, new: Moment, before: str, after: str
) -> NotebookDiff:
    """Return what differs between two states that are known; ``before`` and ``after`` name them."""
    return await shelf.database.query(partial(_diff, shelf, old, new, before, after))


async def _diff(
    shelf: Shelf, old: Moment, new: Moment, before: str, after: str, conn: Conn
) -> NotebookDiff:
    one, other = await _manifests(conn, shelf.scope, old.version_id, new.version_id)
    wanted = texts_of(one, without=other) | texts_of(other, without=one)
    wanted |= {each for each in (one.details, other.details) if each is not None}
    texts = await read_pieces(conn, shelf.scope, wanted)
    load = texts.__getitem__
    found, lines = await aside(conn, partial(_compared, one, other, load))
    # Cells that only moved, or ran, are shown too.
    sides = [side for cell in found for side in (cell.before, cell.after) if side is not None]
    texts |= await read_pieces(conn, shelf.scope, {side.source for side in sides} - texts.keys())
    authors = await last_authors(conn, shelf, new.notebook_id, found)
    return NotebookDiff(
        notebook=new.path or old.path or "",
        branch=new.branch.id,
        before=before,
        after=after,
        cells=[_cell(each, load, authors) for each in found],
        unchanged=len(other.cells) - sum(each.after is not None for each in found),
        details=one is not EMPTY and other is not EMPTY and one.details != other.details,
        language=language_of(other if new.version_id is not None else one, load),
        lines_added=lines.lines_added,
        lines_removed=lines.lines_removed,
        existed=old.version_id is not None,
        exists=new.version_id is not None,
    )


def _compared(one: Manifest, other: Manifest, load: Load) -> tuple[list[CellDiff], Counts]:
    found = diff(one, other, load)
    return found, counts(found, load)


async def read_cell(shelf: Shelf, notebook: str, cell_id: str, reference: str) -> CellContent:
    """Return one cell as it was in a state of a notebook, with its outputs."""
    moment = await moment_of(shelf, reference, notebook)
    manifest = EMPTY
    if moment.version_id is not None:
        manifest = (await load_manifests(shelf, [moment.version_id]))[moment.version_id]
    entry = manifest.by_id.get(cell_id)
    if entry is None:
        return CellContent(cell=None)
    digests = (entry.source, entry.outputs, entry.details)
    pieces = await load_pieces(shelf, {each for each in digests if each is not None})
    return CellContent(cell=await asyncio.to_thread(restore_cell, entry, pieces))


async def _manifests(
    conn: Conn, scope: Scope, one: VersionId | None, other: VersionId | None
) -> tuple[Manifest, Manifest]:
    ids = {each for each in (one, other) if each is not None}
    loaded = await read_manifests(conn, scope, ids)
    first = EMPTY if one is None else loaded[one]
    return first, EMPTY if other is None else loaded[other]


def _cell(cell: CellDiff, load: Load, authors: dict[str, Author]) -> DiffCell:
    entry = cell.after or cell.before
    assert entry is not None
    return DiffCell(
        cell_id=cell.cell_id,
        change=_weightiest(cell),
        cell_type=entry.cell_type,
        before=None if cell.before is None else load(cell.before.source).decode(),
        after=None if cell.after is None else load(cell.after.source).decode(),
        index_before=cell.index_before,
        index_after=cell.index_after,
        count_before=cell.before and cell.before.execution_count,
        count_after=cell.after and cell.after.execution_count,
        moved=cell.moved,
        outputs=cell.outputs or any(one and one.outputs for one in _only_side(cell)),
        author=authors.get(cell.cell_id),
    )


def _only_side(cell: CellDiff) -> Iterable[CellEntry | None]:
    """Return the side of a cell that was added or removed: its outputs came or went with it."""
    return (cell.before, cell.after) if cell.added or cell.removed else ()


def _weightiest(cell: CellDiff) -> CellChangeKind:
    if cell.added:
        return "added"
    if cell.removed:
        return "removed"
    if cell.source or cell.cell_type:
        return "edited"
    if cell.moved:
        return "moved"
    return "outputs" if cell.outputs else "details"


def language_of(manifest: Manifest, load: Load) -> str:
    """Return the language of a notebook's code cells."""
    metadata: Any = load_details(manifest.details, load).get("metadata", {})
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(part)
        if isinstance(found, dict) and isinstance(found.get(key), str):
            return str(found[key])
    return "python"
