"""A notebook on all its branches, as a tree: where each forked, and which cells are its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..ids import NotebookId
from ..models.branch import Branch
from ..models.scope import Scope
from ..models.tree import NotebookTree, TreeCell, TreeLane
from ..notebooks.manifest import CellEntry, Manifest
from ..storage import branches, states
from ..storage.connections import Conn
from ..storage.states import State
from .loading import EMPTY, Pieces
from .reading import language_of
from .references import place_of
from .shelf import Shelf, read_manifests, read_pieces

MOST_LANES = 200
"""Older branches than the newest of these are left out."""
LINE = 120
"""Characters of a cell's line."""


@dataclass(frozen=True, slots=True)
class _Lane:
    branch: Branch
    state: State
    """The notebook as it is on the branch."""
    base: State | None = None
    """As it was on the parent where the branch left it; ``None`` for main."""
    parent: State | None = None
    """As it is on the parent now."""


@dataclass(frozen=True)
class _Loaded:
    lane: _Lane
    now: Manifest
    base: Manifest
    parent: Manifest

    @cached_property
    def own(self) -> list[CellEntry]:
        """Return the cells that the branch does not have as its parent had them."""
        before = self.base.by_id
        return [
            each
            for each in self.now.cells
            if each.id not in before or before[each.id].source != each.source
        ]


async def read_tree(shelf: Shelf, notebook: str) -> NotebookTree:
    """Return the branches that a notebook was changed or opened on, with the cells of their own.

    Raises NotFound.
    """
    place = await place_of(shelf, notebook)
    found, texts = await shelf.database.query(
        lambda conn: _read(conn, shelf.scope, place.notebook_id)
    )
    first = found[0].now if found else EMPTY
    paths = [each.lane.state.path for each in found if each.lane.state.path is not None]
    return NotebookTree(
        notebook=next(iter(paths), place.path or notebook),
        language=language_of(first, texts.__getitem__),
        lanes=[_model(each, texts) for each in found],
    )


async def _read(conn: Conn, scope: Scope, notebook_id: NotebookId) -> tuple[list[_Loaded], Pieces]:
    listed = await branches.list_branches_of(conn, scope, notebook_id, deleted=True)
    known = [branch for branch, _ in listed]
    shown = known[:1] + known[1:][-(MOST_LANES - 1) :]
    lanes = [await _lane(conn, scope, each, notebook_id) for each in shown]
    found = await _load(conn, scope, lanes)
    wanted = {cell.source for each in found for cell in each.own}
    if found and found[0].now.details is not None:
        wanted.add(found[0].now.details)
    return found, await read_pieces(conn, scope, wanted)


async def _lane(conn: Conn, scope: Scope, branch: Branch, notebook_id: NotebookId) -> _Lane:
    state = await states.get_state(conn, scope, branch, notebook_id)
    state = state or State(notebook_id, None, None)
    if branch.parent is None:
        return _Lane(branch, state)
    parent = await branches.get_branch(conn, scope, branch.parent)
    upto = branch.forked_at
    base = await states.get_state(conn, scope, parent, notebook_id, upto=upto)
    return _Lane(branch, state, base, await states.get_state(conn, scope, parent, notebook_id))


async def _load(conn: Conn, scope: Scope, lanes: list[_Lane]) -> list[_Loaded]:
    sides = [side for lane in lanes for side in (lane.state, lane.base, lane.parent) if side]
    ids = {side.version_id for side in sides if side.version_id is not None}
    manifests = await read_manifests(conn, scope, ids) if ids else {}

    def of(state: State | None) -> Manifest:
        known = None if state is None else state.version_id
        return EMPTY if known is None else manifests[known]

    return [_Loaded(lane, of(lane.state), of(lane.base), of(lane.parent)) for lane in lanes]


def _model(loaded: _Loaded, texts: Pieces) -> TreeLane:
    lane = loaded.lane
    shared = 0 if lane.branch.parent is None else _shared(loaded)
    there = loaded.parent.by_id
    # A cell that the parent has deleted since cannot be drawn: the one above it stands for it.
    after = [cell.id for cell in loaded.base.cells[:shared] if cell.id in there]
    return TreeLane(
        branch=lane.branch.id,
        notebook=lane.state.path,
        after=after[-1] if after else None,
        shared=shared,
        cells=[_cell(each, texts) for each in loaded.own],
    )


def _shared(loaded: _Loaded) -> int:
    """Return how many cells of the parent a branch went on from."""
    base, now = loaded.base.cells, loaded.now.cells
    fork = loaded.lane.branch.fork
    for place, cell in enumerate(base, 1):
        if fork is not None and cell.id == fork.cell_id:
            return place
    # It was not made at a cell: up to the first that differs.
    for place, (old, new) in enumerate(zip(base, now, strict=False)):
        if (old.id, old.source) != (new.id, new.source):
            return place
    return min(len(base), len(now))


def _cell(entry: CellEntry, texts: Pieces) -> TreeCell:
    lines = texts[entry.source].decode("utf-8", "replace").splitlines()
    line = next((each.strip() for each in lines if each.strip()), "")
    return TreeCell(
        cell_id=entry.id, cell_type=entry.cell_type, count=entry.execution_count, line=line[:LINE]
    )
