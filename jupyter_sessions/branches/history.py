"""The history of a notebook: its versions, named by people, and the branches that it is on."""

from __future__ import annotations

from collections.abc import Collection

from ..errors import NotFound
from ..ids import OperationId
from ..models.branch import NotebookBranch
from ..models.live import VersionAdded
from ..models.version import Author, Version
from ..storage import branches, merges, operations, sessions
from ..storage.connections import Conn
from ..storage.operations import Change, Operation
from ..storage.writer import Transaction
from .references import Place, find_branch, place_of
from .shelf import Shelf


async def list_versions(
    shelf: Shelf,
    notebook: str,
    branch: str | None,
    *,
    before: OperationId | None = None,
    limit: int = 100,
) -> list[Version]:
    """Return the versions of a notebook on a branch, and those that it shares; newest first."""
    place = await place_of(shelf, notebook, await find_branch(shelf, branch) if branch else None)
    async with shelf.database.read() as conn:
        rows = await _line(conn, shelf, place, before, limit)
        return await version_models(conn, shelf, rows)


async def _line(
    conn: Conn, shelf: Shelf, place: Place, before: OperationId | None, limit: int
) -> list[tuple[Operation, Change]]:
    """Return changes of a branch, and behind them those of what it was made from."""
    rows: list[tuple[Operation, Change]] = []
    branch, upto = place.branch, None
    while len(rows) < limit:
        rows += await operations.list_history(
            conn, branch.id, place.notebook_id, before=before, upto=upto, limit=limit - len(rows)
        )
        if branch.parent is None:
            break
        upto = branch.forked_at if upto is None else OperationId(min(upto, branch.forked_at))
        branch = await branches.get_branch(conn, shelf.scope, branch.parent)
    if not rows and before is None:  # found only after the branch was made: it was there before
        first = await operations.first_change(conn, branch.id, place.notebook_id)
        rows = [first] if first is not None and first[0].kind == "found" else []
    return rows


async def version_models(
    conn: Conn, shelf: Shelf, rows: Collection[tuple[Operation, Change]]
) -> list[Version]:
    """Return changes of notebooks as the API shows them."""
    ids = {operation.session_id for operation, _ in rows if operation.session_id is not None}
    names = await sessions.get_names_of(conn, shelf.scope, ids)
    merged = {operation.id for operation, _ in rows if operation.kind == "merge"}
    sources = await merges.get_sources(conn, shelf.scope, merged)
    return [
        Version(
            id=operation.id,
            branch=operation.branch_id,
            notebook=change.new_path or change.old_path or "",
            kind=operation.kind,
            author=Author(
                by=operation.writer,
                run_id=operation.run_id,
                session_id=operation.session_id,
                session_name=names.get(operation.session_id) if operation.session_id else None,
                at=operation.created_at,
            ),
            name=operation.name,
            created_at=operation.created_at,
            cells=change.cells,
            lines_added=change.lines_added,
            lines_removed=change.lines_removed,
            deleted=change.new_version is None,
            undone=operation.undone,
            merged_from=sources.get(operation.id),
        )
        for operation, change in rows
    ]


async def list_notebook_branches(shelf: Shelf, notebook: str) -> list[NotebookBranch]:
    """Return the branches that a notebook was changed or opened on, main first."""
    place = await place_of(shelf, notebook)
    rows = await shelf.database.query(
        lambda conn: branches.list_branches_of(conn, shelf.scope, place.notebook_id)
    )
    return [
        NotebookBranch(
            branch=branch, notebook=own.path, touched=own.touched, updated_at=own.updated_at
        )
        for branch, own in rows
    ]


async def read_version(shelf: Shelf, id_: OperationId) -> Version:
    """Return a version: of its first notebook, when it changed several. Raises NotFound."""
    async with shelf.database.read() as conn:
        return await _version(conn, shelf, id_)


async def _version(conn: Conn, shelf: Shelf, id_: OperationId) -> Version:
    operation = await operations.get_operation(conn, shelf.scope, id_)
    changes = await operations.list_changes(conn, id_)
    if not changes:
        raise NotFound("version")
    [version] = await version_models(conn, shelf, [(operation, changes[0])])
    return version


async def name_version(shelf: Shelf, id_: OperationId, name: str | None) -> Version:
    """Give a version a name, or take it away; a named one is kept for good."""

    async def work(transaction: Transaction) -> Version:
        conn, scope = transaction.conn, shelf.scope
        await operations.update_operation(conn, scope, id_, name=name)
        return await _version(conn, shelf, id_)

    version = await shelf.database.write(work)
    told = VersionAdded(branch=version.branch, notebook=version.notebook, version=version.id)
    shelf.documents.tell(shelf.scope.project_id, told)
    return version
