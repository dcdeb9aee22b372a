"""What a merge of one branch into another would do, notebook by notebook.

Nothing is changed here. A decision counts as long as the three sides of its cell are what they were
when it was made, whatever else moved on either branch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from ..errors import Conflict
from ..ids import NotebookId, VersionId
from ..models.branch import Branch
from ..notebooks.details import lasting, load_details
from ..notebooks.manifest import CellEntry, Manifest, Snapshot
from ..notebooks.merge import Merged, MergeItem, merge
from ..notebooks.pieces import Digest, Load, json_bytes
from ..storage.connections import Conn, aside
from ..storage.heads import list_heads
from ..storage.merges import Decided
from ..storage.states import State, common_state, find_state, get_state, lines_of
from .loading import Pieces, read_differing, read_some, store
from .shelf import Shelf, read_pieces

Change = Literal["added", "removed", "changed", "renamed"]


@dataclass(frozen=True, slots=True)
class Sides:
    """A notebook on both branches, and as they last had it in common."""

    notebook_id: NotebookId
    base: State | None
    target: State | None
    source: State

    @property
    def path(self) -> str:
        """What it is called on the target, or the source, or was called on both."""
        sides = (self.target, self.source, self.base)
        return next((side.path for side in sides if side is not None and side.path), "")


@dataclass(frozen=True, slots=True)
class MergedNotebook:
    """A notebook that the merge changes on the target."""

    sides: Sides
    change: Change
    path: str
    """What it is called on the target afterwards; before, if it goes."""
    merged: Merged | None
    """``None`` when the notebook goes."""
    base: Manifest
    ours: Manifest
    theirs: Manifest
    pieces: Pieces
    """Sources and details of all sides and of the result."""
    abouts: dict[str, str]
    """For each item what a decision about it would be about, as a digest."""

    @property
    def says_something(self) -> bool:
        """Whether anything is different on the target afterwards, or can be."""
        if self.change != "changed" or self.merged is None:
            return True
        return bool(self.merged.items) or self.merged.manifest != self.ours

    @property
    def renamed(self) -> bool:
        """Whether it gets another name on the target."""
        target = self.sides.target
        return target is not None and target.path not in (None, self.path)


@dataclass(frozen=True, slots=True)
class Merging:
    """A merge as it would be now."""

    source: Branch
    target: Branch
    notebooks: list[MergedNotebook]
    met: list[Sides]
    """All notebooks on which the branches do not agree with what they last had in common."""

    @property
    def token(self) -> str:
        """Stands for exactly this: the versions of both sides, and what comes out."""
        parts = [
            [
                each.sides.notebook_id,
                *version_of(each.sides.source),
                *version_of(each.sides.target),
                each.path,
                None if each.merged is None else each.merged.manifest.digest,
            ]
            for each in self.notebooks
        ]
        return _digest([self.source.id, self.target.id, parts])

    @property
    def place(self) -> str:
        """Stands for where both branches are."""
        parts = [
            [each.notebook_id, *version_of(each.source), *version_of(each.target)]
            for each in self.met
        ]
        return _digest(parts)


async def list_sides(conn: Conn, shelf: Shelf, source: Branch, target: Branch) -> list[Sides]:
    """Return the notebooks that are not on the source as both last had them, by path."""
    found = []
    for notebook_id in await _candidates(conn, shelf, source, target):
        base = await common_state(conn, shelf.scope, notebook_id, source, target)
        theirs = await get_state(conn, shelf.scope, source, notebook_id)
        if theirs is None or version_of(theirs) == version_of(base):
            continue
        ours = await get_state(conn, shelf.scope, target, notebook_id)
        if version_of(theirs) != version_of(ours):
            found.append(Sides(notebook_id, base, ours, theirs))
    return sorted(found, key=lambda each: (each.path, each.notebook_id))


async def _candidates(conn: Conn, shelf: Shelf, source: Branch, target: Branch) -> set[NotebookId]:
    """Return notebooks that may have changed where the source shares nothing with the target."""
    found: set[NotebookId] = set()
    others = {branch.id: left for branch, left in await lines_of(conn, shelf.scope, target)}
    for branch, left in await lines_of(conn, shelf.scope, source):
        shared = branch.id in others
        other = others.get(branch.id)
        if shared and left is not None and (other is None or left <= other):
            break
        heads = await list_heads(conn, shelf.scope, branch.id)
        found |= {head.notebook_id for head in heads}
        if shared:
            break
    return found


async def compute(
    shelf: Shelf, source: Branch, target: Branch, decided: Sequence[Decided] = ()
) -> Merging:
    """Return what merging ``source`` into ``target`` does now, as decided so far."""
    decisions: dict[NotebookId, dict[str, Decided]] = {}
    for decision in decided:
        decisions.setdefault(decision.notebook_id, {})[decision.cell_id] = decision
    return await shelf.database.query(partial(_compute, shelf, source, target, decisions))


async def _compute(
    shelf: Shelf,
    source: Branch,
    target: Branch,
    decisions: Mapping[NotebookId, Mapping[str, Decided]],
    conn: Conn,
) -> Merging:
    sides = await list_sides(conn, shelf, source, target)
    paths = [await _target_path(conn, shelf, target, each) for each in sides]
    notebooks = []
    taken: set[str] = set()
    for each, path in zip(sides, paths, strict=True):
        change = _change(each)
        if change is None:
            continue
        number, name = 2, path
        while name in taken:
            number, name = number + 1, _numbered(path, number)
        taken.add(name)
        own = decisions.get(each.notebook_id, {})
        made = await _notebook(conn, shelf, each, change, name, own)
        if made.says_something:
            notebooks.append(made)
    return Merging(source, target, notebooks, sides)


def _change(sides: Sides) -> Change | None:
    """Return what becomes of a notebook on the target; ``None`` when it stays as it is."""
    base, ours, theirs = sides.base, sides.target, sides.source
    unchanged = base is not None and ours is not None and ours.version_id == base.version_id
    if theirs.path is None:
        # What was edited on the target stays there.
        return "removed" if ours is not None and ours.path is not None and unchanged else None
    if ours is None or (ours.path is None and base is None):
        return "added"
    if ours.path is None:
        return "added" if base is not None and theirs.version_id != base.version_id else None
    return "changed"


async def _target_path(conn: Conn, shelf: Shelf, target: Branch, sides: Sides) -> str:
    """Return what a notebook is to be called on the target: another's name is not taken."""
    ours, theirs = sides.target, sides.source
    kept = None if ours is None else ours.path
    if theirs.path is None:
        return kept or ""
    if kept is not None and (sides.base is None or theirs.path == sides.base.path):
        return kept
    if kept is not None and sides.base is not None and kept != sides.base.path:
        return kept  # both renamed it
    there = await find_state(conn, shelf.scope, target, theirs.path)
    if there is None or there.notebook_id == sides.notebook_id:
        return theirs.path
    return kept if kept is not None else await _free(conn, shelf, target, theirs.path)


async def _free(conn: Conn, shelf: Shelf, target: Branch, path: str) -> str:
    """Return a name beside one that another notebook has."""
    for number in range(2, 10_000):
        name = _numbered(path, number)
        if await find_state(conn, shelf.scope, target, name) is None:
            return name
    raise Conflict(f"No name is left beside {path!r} on the branch {target.name!r}.")


def _numbered(path: str, number: int) -> str:
    return f"{path.removesuffix('.ipynb')}-{number}.ipynb"


async def _notebook(
    conn: Conn,
    shelf: Shelf,
    sides: Sides,
    change: Change,
    path: str,
    decided: Mapping[str, Decided],
) -> MergedNotebook:
    ids = [None if side is None else side.version_id for side in (sides.base, sides.target)]
    gone = sides.target is None or sides.target.path is None
    if change == "added" and gone:
        ids = [None, None]
    base, ours, theirs = await read_some(conn, shelf.scope, *ids, sides.source.version_id)
    if change == "removed":
        return MergedNotebook(sides, change, path, None, base, ours, theirs, {}, {})
    pieces = await read_differing(conn, shelf.scope, base, ours, theirs)
    merged = await aside(conn, partial(merge, base, ours, theirs, pieces.__getitem__))
    shown = _shown(merged.items) - pieces.keys() - merged.pieces.keys()
    pieces |= await read_pieces(conn, shelf.scope, shown)

    def work() -> tuple[Merged, dict[str, str]]:
        load = pieces.__getitem__
        abouts = {item.cell_id: _about(item, load) for item in merged.items}
        decisions = {
            cell_id: each.decision
            for cell_id, each in decided.items()
            if abouts.get(cell_id) == each.about
        }
        if not decisions:
            return merged, abouts
        return merge(base, ours, theirs, load, decisions), abouts

    result, abouts = await aside(conn, work)
    known = pieces | result.pieces
    made = MergedNotebook(sides, change, path, result, base, ours, theirs, known, abouts)
    return replace(made, change="renamed") if change == "changed" and made.renamed else made


def _shown(items: Iterable[MergeItem]) -> set[Digest]:
    """Return sources and details of cells that are looked at."""
    entries = [entry for item in items for entry in (item.base, item.ours, item.theirs)]
    return {
        digest
        for entry in entries
        if entry is not None
        for digest in (entry.source, entry.details)
        if digest is not None
    }


def _about(item: MergeItem, load: Load) -> str:
    """Return the digest of what a decision about a cell depends on: not on a run of it."""
    sides = [_lasting(entry, load) for entry in (item.base, item.ours, item.theirs)]
    return _digest([item.change, item.kind, *sides])


def _lasting(entry: CellEntry | None, load: Load) -> object:
    if entry is None:
        return None
    details = lasting(load_details(entry.details, load))
    return [entry.cell_type, entry.source, json_bytes(details).decode("utf-8", "replace")]


def version_of(state: State | None) -> tuple[str | None, int | None]:
    """Return path and version of a notebook that may not be there."""
    return (None, None) if state is None or state.path is None else (state.path, state.version_id)


def _digest(value: object) -> str:
    return hashlib.sha256(json_bytes(value)).hexdigest()[:40]


async def result_of(shelf: Shelf, each: MergedNotebook) -> VersionId:
    """Return the version that the target is to have; it is kept from here on."""
    assert each.merged is not None
    manifest = each.merged.manifest
    for side in (each.sides.target, each.sides.source):
        known = each.ours if side is each.sides.target else each.theirs
        if side is not None and side.version_id is not None and manifest == known:
            return side.version_id
    return await store(shelf, Snapshot(manifest, each.merged.pieces))
