"""Bringing notebooks of a branch to given versions: all of them, or none.

First an operation is written down as intended. Then all files are written beside the old ones,
swapped, and only then the branch has the new versions. A server that is killed on the way leaves
the intent: ``recovering`` finishes it, or takes it back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from ..errors import Conflict, HalfDone, SessionsError
from ..ids import MAIN, NotebookId, OperationId, VersionId
from ..models.branch import Branch
from ..models.live import VersionAdded
from ..models.version import OperationKind
from ..notebooks.cells import Cell, Notebook
from ..notebooks.diff import counts, diff
from ..notebooks.manifest import CellEntry, Manifest, snapshot
from ..storage import branches, heads, operations, thinning, versions
from ..storage.connections import Conn
from ..storage.heads import FileStat, Head
from ..storage.operations import Change, Operation
from ..storage.states import State, find_state, get_state
from ..storage.writer import Transaction
from .contents import Moved
from .layout import file_of
from .loading import EMPTY, load_differing, read_some
from .merge_authors import Merged, add_merged, merged
from .recording import By
from .replacing import Replacement, Replacing
from .shelf import Shelf, restored
from .syncing import api_name

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """What a notebook of the branch is to be."""

    notebook_id: NotebookId
    before: State | None
    """What it was when this was decided: the branch must have it so still."""
    path: str | None
    """``None``: the branch is to have it no more."""
    version: VersionId | None
    origin: VersionId | None = None
    """The version that cells come in from: their outputs are trusted as they are there."""


Guard = Callable[[Conn, OperationId], Awaitable[None]]
"""Raises in the transaction that begins, when it must not be done after all."""
Finish = Callable[[Conn], Awaitable[None]]
Commit = Callable[[OperationId, Finish], Awaitable[None]]
"""Runs what ends the operation in a transaction, together with what else belongs to it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A target, with all that is needed to get there."""

    target: Target
    change: Change
    name: str | None
    """Its file now, as the contents API calls it; ``None`` without one."""
    new_name: str | None
    """Its file then. Other branches than main get files only when someone opens them."""
    authors: list[Merged]
    new: Manifest = EMPTY
    origin: Manifest = EMPTY
    """The versions of the target, and that where its cells come in from."""
    known: Mapping[CellEntry, Cell] = field(default_factory=dict)
    """Cells of the file now: those that stay need not be loaded again."""


async def apply(
    shelf: Shelf,
    branch: Branch,
    kind: OperationKind,
    by: By,
    targets: Sequence[Target],
    *,
    undoes: OperationId | None = None,
    guard: Guard | None = None,
    commit: Commit | None = None,
) -> OperationId:
    """Bring notebooks to versions, in their files and in open documents; return the operation.

    Raises ``Moved`` when a notebook is not as it was ``before``, Conflict when a path is taken, and
    what the disk says; then everything is as it was. Raises HalfDone when the disk fails in taking
    back, too: then ``recovering`` finishes it.
    """
    names = [
        api_name(shelf, branch, path)
        for target in targets
        for path in {target.before.path if target.before else None, target.path}
        if path is not None
    ]
    async with shelf.documents.replacing(shelf.scope.project_id, names) as replacing:
        plans = [await _plan(shelf, branch, replacing, target) for target in targets]
        made = await _begin(shelf, branch, kind, by, plans, undoes, guard)
        try:
            # Side by side: signatures need little of the interpreter.
            replacements, _ = await asyncio.gather(
                _replacements(shelf, plans), replacing.look_at_trust()
            )
            await replacing.stage(tag_of(made.id), replacements)
            await replacing.swap()
        except HalfDone:  # its intent stays
            raise
        except BaseException:
            await _abandon(shelf, replacing, made)
            raise
        try:
            end = partial(
                finish, shelf=shelf, branch=branch, by=by, id_=made.id, plans=plans,
                replacing=replacing,
            )  # fmt: skip
            await (commit or alone(shelf))(made.id, end)
        except BaseException:
            await replacing.take_back()
            await replacing.announce_back()
            await _abandon(shelf, replacing, made)
            raise
        await clear_up(shelf, replacing, made.id)
        await replacing.done()
    tell(shelf, branch, made.id, [plan.change for plan in plans])
    return made.id


def tag_of(id_: OperationId) -> str:
    """Return what names the drafts of an operation."""
    return f"jupyter-sessions-{id_}"


def tell(shelf: Shelf, branch: Branch, id_: OperationId, changes: Sequence[Change]) -> None:
    """Tell those who look at the project that notebooks have a new version."""
    for change in changes:
        path = change.new_path or change.old_path
        assert path is not None
        told = VersionAdded(branch=branch.id, notebook=path, version=id_)
        shelf.documents.tell(shelf.scope.project_id, told)


async def _plan(shelf: Shelf, branch: Branch, replacing: Replacing, target: Target) -> Plan:
    path = None if target.before is None else target.before.path
    head, (old, new, origin) = await shelf.database.query(partial(_known, shelf, branch, target))
    name = None if path is None else api_name(shelf, branch, path)
    there = None if name is None else await replacing.read(name)
    known: dict[CellEntry, Cell] = {}
    if name is None or there is None:
        name = None
    else:
        recorded = _is_recorded(target, head, replacing.read_from(name))
        if not recorded and not await asyncio.to_thread(holds, there, old):
            raise Moved
        known = dict(zip(old.cells, there["cells"], strict=True))
    new_name = None
    if target.path is not None and target.path != path:
        await _require_free(shelf, branch, replacing, target.path)
    if target.path is not None and (name is not None or branch.id == MAIN):
        new_name = api_name(shelf, branch, target.path)
        await shelf.folder.make_parent(file_of(branch.folder, target.path))
    change, authors = await _compared(shelf, target, old, new, origin)
    return Plan(target, change, name, new_name, authors, new, origin, known)


async def _known(
    shelf: Shelf, branch: Branch, target: Target, conn: Conn
) -> tuple[Head | None, list[Manifest]]:
    head = await heads.get_head(conn, shelf.scope, branch.id, target.notebook_id)
    old = None if target.before is None else target.before.version_id
    return head, await read_some(conn, shelf.scope, old, target.version, target.origin)


def _is_recorded(target: Target, head: Head | None, file: FileStat | None) -> bool:
    """Tell whether a file is still the one that was recorded as the target's old version."""
    if head is None or target.before is None or file is None:
        return False
    return (head.version_id, head.stat) == (target.before.version_id, file)


async def _compared(
    shelf: Shelf, target: Target, old: Manifest, new: Manifest, origin: Manifest
) -> tuple[Change, list[Merged]]:
    pieces = await load_differing(shelf, old, new, origin)
    load = pieces.__getitem__

    def compared() -> tuple[Change, list[Merged]]:
        found = counts(diff(old, new, load), load)
        change = Change(
            target.notebook_id,
            None if target.before is None else target.before.path,
            target.path,
            None if target.before is None else target.before.version_id,
            target.version,
            found.cells,
            found.lines_added,
            found.lines_removed,
        )
        return change, merged(old, origin, new, load)

    return await asyncio.to_thread(compared)


def holds(notebook: Notebook, version: Manifest) -> bool:
    """Tell whether a notebook is at a version."""
    return snapshot(notebook).manifest == version


async def _require_free(shelf: Shelf, branch: Branch, replacing: Replacing, path: str) -> None:
    file = file_of(branch.folder, path)
    await shelf.folder.check(file)
    if await replacing.read(api_name(shelf, branch, path)) is not None:
        raise Conflict(
            f"There is already a notebook {path!r} on the branch {branch.name!r}. "
            "Rename or delete it, then try again."
        )


async def _begin(
    shelf: Shelf,
    branch: Branch,
    kind: OperationKind,
    by: By,
    plans: Sequence[Plan],
    undoes: OperationId | None,
    guard: Guard | None,
) -> Operation:
    async def work(transaction: Transaction) -> Operation:
        conn, scope = transaction.conn, shelf.scope
        for plan in plans:
            await _require_unmoved(conn, shelf, branch, plan.target)
        wanted = [plan.target.version for plan in plans if plan.target.version is not None]
        await thinning.hold(conn, scope)  # none of them is swept away from here on
        await versions.get_roots(conn, scope, wanted)
        made = await operations.add_operation(
            conn,
            scope,
            branch.id,
            kind,
            by.writer,
            [plan.change for plan in plans],
            session_id=by.session_id,
            run_id=by.run_id,
            undoes=undoes,
            intent=True,
            server_id=shelf.database.server_id,
        )
        if guard is not None:
            await guard(conn, made.id)
        return made

    return await shelf.database.write(work)


async def _require_unmoved(conn: Conn, shelf: Shelf, branch: Branch, target: Target) -> None:
    now = await get_state(conn, shelf.scope, branch, target.notebook_id)
    was = target.before
    here = (None, None) if now is None else (now.path, now.version_id)
    if here != ((None, None) if was is None else (was.path, was.version_id)):
        raise Moved
    if target.path is not None and target.path != here[0]:
        other = await find_state(conn, shelf.scope, branch, target.path)
        if other is not None and other.notebook_id != target.notebook_id:
            raise Moved


async def _replacements(shelf: Shelf, plans: Sequence[Plan]) -> list[Replacement]:
    found = []
    for plan in plans:
        if plan.name is None and plan.new_name is None:
            continue
        after, trusted, target = None, False, plan.target
        if target.version is not None and plan.new_name is not None:
            after = await restored(shelf, plan.new, plan.known)
            trusted = target.origin is not None and await _is_trusted(shelf, plan, after)
        found.append(Replacement(plan.name, plan.new_name, after, trusted))
    return found


async def _is_trusted(shelf: Shelf, plan: Plan, after: Notebook) -> bool:
    """Tell whether the outputs that come in were trusted where they come from."""
    known = {**plan.known, **dict(zip(plan.new.cells, after["cells"], strict=True))}
    return await shelf.documents.is_trusted(await restored(shelf, plan.origin, known))


async def finish(
    conn: Conn,
    shelf: Shelf,
    branch: Branch,
    by: By,
    id_: OperationId,
    plans: Sequence[Plan],
    replacing: Replacing,
) -> None:
    """Let the branch have the versions: the files are there."""
    scope = shelf.scope
    for plan in plans:
        target = plan.target
        stat = None if plan.new_name is None else replacing.stat(plan.new_name)
        await heads.put_head(
            conn,
            scope,
            Head(branch.id, target.notebook_id, target.path, target.version, True, stat),
        )
        await add_merged(conn, target.notebook_id, plan.authors, by)
    await operations.update_operation(conn, scope, id_, intent=False)
    await branches.touch_branch(conn, scope, branch.id)


async def clear_up(shelf: Shelf, replacing: Replacing, id_: OperationId) -> None:
    """Remove what was needed on the way; from here on nothing is left of it but the versions."""
    await replacing.clean()

    async def work(transaction: Transaction) -> None:
        await operations.update_operation(transaction.conn, shelf.scope, id_, server_id=None)

    try:
        await shelf.database.write(work)
    except SessionsError:  # a full disk, as a rule: the next start of the server looks again
        _log.exception("Operation %s is done, but not noted as cleared up", id_)


async def _abandon(shelf: Shelf, replacing: Replacing, made: Operation) -> None:
    """Forget an operation whose files are as they were."""
    await replacing.clean()

    async def work(transaction: Transaction) -> None:
        await operations.remove_operations(transaction.conn, shelf.scope, [made.id])

    try:
        await shelf.database.write(work)
    except SessionsError:  # a full disk, as a rule: the next start of the server forgets it
        _log.exception("Operation %s was taken back, but is still written down", made.id)


def alone(shelf: Shelf) -> Commit:
    """Return the way to end an operation that nothing else belongs to."""

    async def commit(id_: OperationId, end: Finish) -> None:
        async def work(transaction: Transaction) -> None:
            await end(transaction.conn)

        await shelf.database.write(work)

    return commit
