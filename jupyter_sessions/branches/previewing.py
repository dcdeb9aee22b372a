"""A merge as a person looks at it before it is approved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from ..ids import NotebookId
from ..models.merge import (
    ItemDecision,
    Merge,
    MergeHunk,
    MergeItem,
    MergeNotebook,
    MergePreview,
    MergeSide,
)
from ..models.version import Author
from ..notebooks import merge as pure
from ..notebooks.diff import counts, diff
from ..notebooks.manifest import CellEntry, Manifest
from ..notebooks.pieces import Digest, Load
from ..notebooks.text_merge import Agreed, merge_text
from ..storage import authored
from ..storage.connections import Conn
from ..storage.merges import Decided, Seen
from .authorship import last_of, read_authors
from .loading import EMPTY, load_differing
from .merging import MergedNotebook, Merging
from .reading import language_of
from .shelf import Shelf

ONLY_RUN = frozenset({"outputs", "details"})
PLACE = ""
"""Under this name ``Seen`` keeps where the branches were."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is shown of a notebook besides its merge."""

    decided: Mapping[str, Decided]
    seen: Seen | None
    authors: Mapping[tuple[str, str], Author]
    places: dict[int, dict[str, int]] = field(default_factory=dict)
    """Where cells are, by the version's own identity: counted once for all items."""

    def place(self, version: Manifest, cell_id: str) -> int:
        """Return where a cell is in a version."""
        if id(version) not in self.places:
            found = {entry.id: index for index, entry in enumerate(version.cells)}
            self.places[id(version)] = found
        return self.places[id(version)][cell_id]


async def preview(
    shelf: Shelf, merge: Merge, made: Merging, decided: list[Decided], seen: Seen | None
) -> MergePreview:
    """Return a merge with all that is needed to decide about it."""
    notebooks = []
    for each in made.notebooks:
        notebook_id = each.sides.notebook_id
        authors = await shelf.database.query(partial(_authors, shelf, each))
        own = {one.cell_id: one for one in decided if one.notebook_id == notebook_id}
        base = await _base_texts(shelf, each)
        beside = _Beside(own, seen, authors)
        notebooks.append(await asyncio.to_thread(_notebook, each, base, beside))
    items = [item for notebook in notebooks for item in notebook.items]
    moved = seen is not None and (seen.get(PLACE) != made.place or any(item.new for item in items))
    return MergePreview(
        merge=merge,
        source_name=made.source.name,
        target_name=made.target.name,
        notebooks=notebooks,
        token=made.token,
        place=made.place,
        to_decide=sum(not item.only_run for item in items),
        undecided=sum(item.conflict is not None and item.decision is None for item in items),
        moved=moved,
    )


def seen_now(made: Merging) -> dict[str, str]:
    """Return what is before the eyes of whoever decides now."""
    seen = {PLACE: made.place}
    for each in made.notebooks:
        for cell_id, about in each.abouts.items():
            seen[seen_name(each.sides.notebook_id, cell_id)] = about
    return seen


def seen_name(notebook_id: NotebookId, cell_id: str) -> str:
    """Return the name of a cell in ``Seen``."""
    return f"{notebook_id}:{cell_id}"


async def _authors(shelf: Shelf, each: MergedNotebook, conn: Conn) -> dict[tuple[str, str], Author]:
    """Return who wrote last in the sources that are shown, by cell and source."""
    items = each.merged.items if each.merged is not None else []
    sources = {
        side.source for item in items for side in (item.base, item.ours, item.theirs) if side
    }
    lines = await authored.get_lines(conn, each.sides.notebook_id, sources)
    last = {cell: key for cell, runs in lines.items() if (key := last_of(runs)) is not None}
    known = await read_authors(conn, shelf, set(last.values()))
    return {cell: known[key] for cell, key in last.items()}


async def _base_texts(shelf: Shelf, each: MergedNotebook) -> Mapping[Digest, bytes]:
    if each.merged is not None:
        return each.pieces
    return await load_differing(shelf, each.ours, EMPTY)


def _notebook(
    each: MergedNotebook, pieces: Mapping[Digest, bytes], beside: _Beside
) -> MergeNotebook:
    load = pieces.__getitem__
    result = EMPTY if each.merged is None else each.merged.manifest
    lines = counts(diff(each.ours, result, load), load)
    items = [] if each.merged is None else each.merged.items
    target = each.sides.target
    return MergeNotebook(
        notebook=each.path,
        change=each.change,
        renamed_from=target.path if target is not None and each.renamed else None,
        language=language_of(each.ours if each.merged is None else result, load),
        items=[_item(each, item, load, beside) for item in items],
        lines_added=lines.lines_added,
        lines_removed=lines.lines_removed,
    )


def _item(each: MergedNotebook, item: pure.MergeItem, load: Load, beside: _Beside) -> MergeItem:
    merged = each.merged
    assert merged is not None
    about = each.abouts[item.cell_id]
    own = beside.decided.get(item.cell_id)
    decision = own.decision if own is not None and own.about == about else None
    name = seen_name(each.sides.notebook_id, item.cell_id)
    return MergeItem(
        cell_id=item.cell_id,
        change=item.change,
        conflict=item.kind,
        moved=item.change == "moved" or item.also_moved,
        only_run=item.change in ONLY_RUN,
        base=_side(item.base, each.base, load, beside),
        target=_side(item.ours, each.ours, load, beside),
        source=_side(item.theirs, each.theirs, load, beside),
        result=None if item.result is None else load(item.result.source).decode(),
        result_index=None if item.result is None else item.index,
        merged_text=item.merged_text,
        hunks=_hunks(item, load),
        decision=None
        if decision is None
        else ItemDecision(choice=decision.choice, text=decision.text),
        new=beside.seen is not None and beside.seen.get(name) != about,
    )


def _side(
    entry: CellEntry | None, version: Manifest, load: Load, beside: _Beside
) -> MergeSide | None:
    if entry is None:
        return None
    return MergeSide(
        source=load(entry.source).decode(),
        cell_type=entry.cell_type,
        index=beside.place(version, entry.id),
        count=entry.execution_count,
        has_outputs=entry.outputs is not None,
        author=beside.authors.get((entry.id, entry.source)),
    )


def _hunks(item: pure.MergeItem, load: Load) -> list[MergeHunk]:
    """Return the parts of a source that both sides changed."""
    if item.kind not in ("source", "added") and not item.merged_text:
        return []
    if item.ours is None or item.theirs is None:
        return []
    base = None if item.base is None else load(item.base.source).decode()
    sides = [load(entry.source).decode() for entry in (item.ours, item.theirs)]
    return [
        MergeHunk(lines=list(hunk.lines))
        if isinstance(hunk, Agreed)
        else MergeHunk(
            lines=None,
            base=list(hunk.base),
            target=list(hunk.ours),
            source=list(hunk.theirs),
        )
        for hunk in merge_text(base, *sides).hunks
    ]
