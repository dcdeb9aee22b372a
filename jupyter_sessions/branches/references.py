"""What callers name: a notebook by a path, and a state of it by a reference."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from ..errors import BadRequest, NotFound
from ..ids import MAIN, BranchId, NotebookId, OperationId, VersionId
from ..models.branch import Branch
from ..storage import branches, operations, states
from ..storage.connections import Conn
from ..storage.operations import Change
from ..storage.states import State
from .checkout import shared_state
from .layout import split
from .paths import clean_parts
from .shelf import Shelf
from .syncing import sync


@dataclass(frozen=True, slots=True)
class Place:
    """A notebook, seen from a branch."""

    branch: Branch
    notebook_id: NotebookId
    path: str | None
    """Its path on the branch; ``None`` when it is not there (any more)."""
    version_id: VersionId | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A notebook as it was, or is, on a branch; ``None``: it was not there."""

    branch: Branch
    notebook_id: NotebookId
    path: str | None
    version_id: VersionId | None


async def place_of(shelf: Shelf, text: str, branch: Branch | None = None) -> Place:
    """Return the notebook that a path below the project names, seen from a branch.

    The path is that on the branch, that of the branch's file, or that on another branch. Without
    ``branch`` it is seen from where its file lies. A file that has changed is recorded before.
    Raises NotFound when no branch ever had such a notebook.
    """
    folder, path = await asyncio.to_thread(split, shelf.folder.root, "/".join(clean_parts(text)))
    if not path:
        raise BadRequest("Name a notebook: its path below the project.")
    async with shelf.database.read() as conn:
        home = await branches.find_by_folder(conn, shelf.scope, folder)
    seen_from = branch or home
    if seen_from is None:
        raise NotFound(f"notebook {text!r}")
    state = await _present(shelf, seen_from, path)
    if state is None and home is not None and home.id != seen_from.id:
        other = await _present(shelf, home, path)
        if other is not None:
            state = await _elsewhere(shelf, seen_from, other.notebook_id)
    if state is None:
        state = await _once(shelf, seen_from, path)
    if state is None:
        raise NotFound(f"notebook {text!r}")
    return Place(seen_from, state.notebook_id, state.path, state.version_id)


async def _present(shelf: Shelf, branch: Branch, path: str) -> State | None:
    with suppress(BadRequest):  # it is no notebook just now: the versions are what they were
        await sync(shelf, branch, path)
    with suppress(BadRequest):
        return await shared_state(shelf, branch, path)
    return None


async def _elsewhere(shelf: Shelf, branch: Branch, notebook_id: NotebookId) -> State:
    async with shelf.database.read() as conn:
        state = await states.get_state(conn, shelf.scope, branch, notebook_id)
    return state or State(notebook_id, None, None)


async def _once(shelf: Shelf, branch: Branch, path: str) -> State | None:
    """Return the notebook that had this path on any branch, the newest first."""
    async with shelf.database.read() as conn:
        known = await states.list_notebooks(conn, shelf.scope, path)
        for notebook_id in known:
            state = await states.get_state(conn, shelf.scope, branch, notebook_id)
            if state is not None:
                return state
    return State(known[0], None, None) if known else None


async def moment_of(
    shelf: Shelf, reference: str, text: str, known: NotebookId | None = None
) -> Moment:
    """Return the state of a notebook that a ``RefText`` names.

    ``text`` is a path that the notebook has in that state, or on any branch; ``known`` is the
    notebook that is meant, if the state has it.
    """
    kind, _, what = reference.partition(":")
    if kind == "branch":
        async with shelf.database.read() as conn:
            branch = await branches.get_branch(conn, shelf.scope, BranchId(what))
        place = await place_of(shelf, text, branch)
        if known is not None and place.notebook_id != known:
            async with shelf.database.read() as conn:
                state = await states.get_state(conn, shelf.scope, branch, known)
            if state is not None:
                return Moment(branch, known, state.path, state.version_id)
        return Moment(branch, place.notebook_id, place.path, place.version_id)
    return await _after(shelf, OperationId(int(what)), text, known, before=kind == "before")


async def _after(
    shelf: Shelf, id_: OperationId, text: str, known: NotebookId | None, *, before: bool
) -> Moment:
    branch, changes = await shelf.database.query(partial(_operation, shelf, id_))
    change = await _change(shelf, changes, text, known)
    if change is not None and before:
        return Moment(branch, change.notebook_id, change.old_path, change.old_version)
    if change is not None:
        return Moment(branch, change.notebook_id, change.new_path, change.new_version)
    notebook_id = known or (await place_of(shelf, text, branch)).notebook_id
    async with shelf.database.read() as conn:
        upto = OperationId(id_ - 1) if before else id_
        state = await states.get_state(conn, shelf.scope, branch, notebook_id, upto=upto)
    if state is None:
        return Moment(branch, notebook_id, None, None)
    return Moment(branch, notebook_id, state.path, state.version_id)


async def _operation(shelf: Shelf, id_: OperationId, conn: Conn) -> tuple[Branch, list[Change]]:
    operation = await operations.get_operation(conn, shelf.scope, id_)
    branch = await branches.get_branch(conn, shelf.scope, operation.branch_id)
    return branch, await operations.list_changes(conn, id_)


async def _change(
    shelf: Shelf, changes: list[Change], text: str, known: NotebookId | None
) -> Change | None:
    """Return what an operation did to the notebook that is meant."""
    meant = next((each for each in changes if each.notebook_id == known), None)
    if meant is not None:
        return meant
    _, path = await asyncio.to_thread(split, shelf.folder.root, "/".join(clean_parts(text)))
    return next((each for each in changes if path in (each.new_path, each.old_path)), None)


async def find_branch(shelf: Shelf, text: str | None) -> Branch:
    """Return a branch by id or name; main when nothing is given. Raises NotFound."""
    async with shelf.database.read() as conn:
        return await branches.find_branch(conn, shelf.scope, text or MAIN)
