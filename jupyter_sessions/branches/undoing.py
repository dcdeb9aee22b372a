"""What has to be done to take changes of notebooks back, whatever was done to them since.

The inverse of a change is a merge: its base is what the change made, and the other side is what was
there before. Cells that someone has changed since conflict, and are left alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..ids import NotebookId, VersionId
from ..models.branch import Branch
from ..models.merge_choice import Decision
from ..models.version import LeftAlone
from ..notebooks.diff import diff
from ..notebooks.manifest import Manifest, Snapshot
from ..notebooks.merge import Merged, MergeItem, merge
from ..notebooks.pieces import Load
from ..storage import authored
from ..storage.connections import Conn
from ..storage.operations import Change
from ..storage.states import State, find_state, get_state
from .applying import Target
from .authorship import last_of, read_authors
from .loading import Pieces, load_differing, load_some, store
from .shelf import Shelf

Cell = tuple[str, str]
"""A notebook's path and a cell's id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the changes is to be taken back."""

    cells: frozenset[Cell] | None = None
    """``None``: all of it."""
    force: bool = False
    """Also what was changed since."""


ALL = Wanted()


@dataclass(slots=True)
class Undoing:
    """What there is to do on one branch."""

    targets: list[Target] = field(default_factory=list)
    left: list[LeftAlone] = field(default_factory=list)
    cells: int = 0


@dataclass(frozen=True, slots=True)
class _Inverse:
    """A notebook with the changes taken back."""

    manifest: Manifest
    pieces: Pieces
    left: list[MergeItem]
    cells: int


async def compute_undo(
    shelf: Shelf, branch: Branch, changes: Iterable[Change], wanted: Wanted = ALL
) -> Undoing:
    """Return what takes changes of one branch back; they come in the order they were made in."""
    done = Undoing()
    for chain in _chains(changes):
        await _add(shelf, branch, chain, wanted, done)
    return done


async def takes_all_back(
    shelf: Shelf, branch: Branch, changes: Iterable[Change], undo: Iterable[Change]
) -> bool:
    """Tell whether nothing of changes is left on a branch once it has what an undo brings."""
    brought = {each.notebook_id: (each.new_path, each.new_version) for each in undo}
    for chain in _chains(changes):
        id_ = chain[0].notebook_id
        if id_ not in brought:
            async with shelf.database.read() as conn:
                now = await get_state(conn, shelf.scope, branch, id_)
            brought[id_] = (None, None) if now is None else (now.path, now.version_id)
        if not await _is_taken_back(shelf, chain, *brought[id_]):
            return False
    return True


async def _is_taken_back(
    shelf: Shelf, chain: list[Change], path: str | None, version: VersionId | None
) -> bool:
    first, last = chain[0], chain[-1]
    if path is None:
        return first.old_path is None
    if last.new_path is None:
        return True  # it was deleted, and is there again
    [there] = await load_some(shelf, version)
    found = await _inverse(shelf, chain, there, None, False)
    if found.left or found.manifest != there:
        return False
    if first.old_path is None:
        return bool(there.cells)  # of someone else, who went on with it
    return path != last.new_path or path == first.old_path


def _chains(changes: Iterable[Change]) -> list[list[Change]]:
    """Return changes by notebook, with those in one that nobody has come between."""
    chains: dict[NotebookId, list[Change]] = {}
    for change in changes:
        chains.setdefault(change.notebook_id, []).append(change)
    return [_joined(chain) for chain in chains.values()]


def _joined(chain: Sequence[Change]) -> list[Change]:
    joined = [chain[0]]
    for change in chain[1:]:
        last = joined[-1]
        if (last.new_version, last.new_path) == (change.old_version, change.old_path):
            joined[-1] = Change(
                change.notebook_id,
                last.old_path,
                change.new_path,
                last.old_version,
                change.new_version,
            )
        else:
            joined.append(change)
    return joined


async def _add(
    shelf: Shelf, branch: Branch, chain: list[Change], wanted: Wanted, done: Undoing
) -> None:
    first, last = chain[0], chain[-1]
    async with shelf.database.read() as conn:
        now = await get_state(conn, shelf.scope, branch, first.notebook_id)
    here = None if now is None else now.path
    if here is None:
        if last.new_path is None and first.old_path is not None and _whole(first, None, wanted):
            await _bring_back(shelf, branch, first, now, done)
        elif first.old_path is not None:
            done.left.append(LeftAlone(notebook=last.new_path))
        return
    assert now is not None
    if last.new_path is None:
        return  # it was deleted, and is back already
    await _invert(shelf, branch, chain, now, wanted, done)


async def _bring_back(
    shelf: Shelf, branch: Branch, change: Change, now: State | None, done: Undoing
) -> None:
    """Have a notebook again that was deleted; under another name where its own is taken."""
    assert change.old_path is not None
    path = await _free_path(shelf, branch, change.notebook_id, change.old_path)
    done.targets.append(
        Target(change.notebook_id, now, path, change.old_version, origin=change.old_version)
    )
    [was] = await load_some(shelf, change.old_version)
    done.cells += len(was.cells)


async def _invert(
    shelf: Shelf, branch: Branch, chain: list[Change], now: State, wanted: Wanted, done: Undoing
) -> None:
    first, last = chain[0], chain[-1]
    assert now.path is not None
    paths = {path for each in chain for path in (each.new_path, each.old_path)} | {now.path}
    [ours] = await load_some(shelf, now.version_id)
    found = await _inverse(shelf, chain, ours, _cells_of(wanted, paths), wanted.force)
    async with shelf.database.read() as conn:
        done.left += await _left(conn, shelf, now, found.left)
    if first.old_path is None and not found.manifest.cells and _whole(first, now, wanted):
        done.targets.append(Target(now.notebook_id, now, None, None))
        done.cells += len(ours.cells)
        return
    path = now.path
    renamed = first.old_path not in (None, last.new_path) and path == last.new_path
    if renamed and _whole(first, now, wanted):
        path = await _free_path(shelf, branch, now.notebook_id, first.old_path or path)
    if found.manifest == ours and path == now.path:
        return
    version = now.version_id
    if found.manifest != ours:
        version = await store(shelf, Snapshot(found.manifest, found.pieces))
    target = Target(now.notebook_id, now, path, version, origin=first.old_version)
    done.targets.append(target)
    done.cells += found.cells


def _whole(change: Change, now: State | None, wanted: Wanted) -> bool:
    """Tell whether a notebook is meant as a whole, not some of its cells."""
    if wanted.cells is None:
        return True
    path = now.path if now is not None and now.path is not None else change.old_path
    return now is None and any(notebook == path for notebook, _ in wanted.cells)


def _cells_of(wanted: Wanted, paths: set[str | None]) -> frozenset[str] | None:
    if wanted.cells is None:
        return None
    return frozenset(cell for notebook, cell in wanted.cells if notebook in paths)


async def _inverse(
    shelf: Shelf,
    chain: list[Change],
    ours: Manifest,
    cells: frozenset[str] | None,
    force: bool,
) -> _Inverse:
    """Take changes back, the newest first."""
    ids = [id_ for change in chain for id_ in (change.old_version, change.new_version)]
    known = await load_some(shelf, *ids)
    befores, afters = known[::2], known[1::2]
    pieces = await load_differing(shelf, ours, *known)

    def work() -> _Inverse:
        result, made = ours, dict(pieces)
        left: dict[str, MergeItem] = {}
        for before, after in reversed(list(zip(befores, afters, strict=True))):
            was = before if before.cells else Manifest((), before.details or ours.details)
            merged = _take_back(was, after, result, made.__getitem__, cells, force)
            made |= merged.pieces
            result = merged.manifest
            left |= {item.cell_id: item for item in merged.conflicts}
        changed = len(diff(ours, result, made.__getitem__))
        new = {digest: made[digest] for digest in made.keys() - pieces.keys()}
        return _Inverse(result, new, list(left.values()), changed)

    return await asyncio.to_thread(work)


def _take_back(
    before: Manifest,
    after: Manifest,
    ours: Manifest,
    load: Load,
    cells: frozenset[str] | None,
    force: bool,
) -> Merged:
    merged = merge(after, ours, before, load)
    decisions: dict[str, Decision] = {}
    for item in merged.items:
        if cells is not None and item.cell_id not in cells:
            decisions[item.cell_id] = Decision(choice="ours" if item.kind else "reject")
        elif force and item.kind:
            decisions[item.cell_id] = Decision(choice="theirs")
    return merge(after, ours, before, load, decisions) if decisions else merged


async def _left(conn: Conn, shelf: Shelf, now: State, items: list[MergeItem]) -> list[LeftAlone]:
    """Return the cells that were left alone, each with who changed it since."""
    sources = {item.ours.source for item in items if item.ours is not None}
    lines = await authored.get_lines(conn, now.notebook_id, sources)
    last = {cell: key for cell, runs in lines.items() if (key := last_of(runs)) is not None}
    authors = await read_authors(conn, shelf, set(last.values()))
    found = []
    for item in items:
        ours = item.ours
        key = None if ours is None else last.get((item.cell_id, ours.source))
        found.append(
            LeftAlone(
                notebook=now.path,
                cell_id=item.cell_id,
                count=None if ours is None else ours.execution_count,
                author=None if key is None else authors[key],
            )
        )
    return found


async def _free_path(shelf: Shelf, branch: Branch, notebook_id: NotebookId, path: str) -> str:
    """Return the path, or one beside it when another notebook has it now."""
    number, name = 1, path
    async with shelf.database.read() as conn:
        while True:
            other = await find_state(conn, shelf.scope, branch, name)
            if other is None or other.notebook_id == notebook_id:
                return name
            number += 1
            name = f"{path.removesuffix('.ipynb')}-{number}.ipynb"
