"""Rows of operations, each with the notebooks that it changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select

from ..errors import NotFound
from ..ids import BranchId, NotebookId, OperationId, RunId, SessionId, VersionId
from ..models.base import utcnow
from ..models.scope import Scope
from ..models.version import OperationKind, Writer
from .connections import Conn
from .prepared import made_once
from .schema import change, operation


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that changed notebooks of one branch."""

    id: OperationId
    branch_id: BranchId
    kind: OperationKind
    writer: Writer
    created_at: datetime
    session_id: SessionId | None = None
    run_id: RunId | None = None
    name: str | None = None
    undoes: OperationId | None = None
    undone: bool = False
    intent: bool = False
    """Written down, but its files perhaps not yet."""
    server_id: str | None = None
    """The server that is at it, or was when it stopped; it may still have to clear up."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an operation did to one notebook; ``None``: there was none, or is none after."""

    notebook_id: NotebookId
    old_path: str | None
    new_path: str | None
    old_version: VersionId | None
    new_version: VersionId | None
    cells: int = 0
    lines_added: int = 0
    lines_removed: int = 0


_OPERATION = [operation.c[name] for name in Operation.__dataclass_fields__]
_CHANGE = [change.c[name] for name in Change.__dataclass_fields__]
_GET = made_once(
    select(*_OPERATION).where(
        operation.c.id == bindparam("this"), operation.c.project_id == bindparam("project")
    )
)
_CHANGED = made_once(
    select(*_CHANGE)
    .where(change.c.operation_id == bindparam("this"))
    .order_by(change.c.notebook_id)
)
_INSERT = made_once(operation.insert().returning(operation.c.id))
_INSERT_CHANGE = made_once(change.insert())
_CHANGES = (
    select(*_OPERATION, *_CHANGE)
    .join(operation, operation.c.id == change.c.operation_id)
    .where(
        change.c.notebook_id == bindparam("notebook"),
        change.c.branch_id == bindparam("branch"),
        operation.c.intent.is_(False),
    )
)
_NEWEST = _CHANGES.order_by(change.c.operation_id.desc())
_LAST = made_once(_NEWEST.limit(1))
_LAST_UPTO = made_once(_NEWEST.where(change.c.operation_id <= bindparam("upto")).limit(1))
_FIRST = made_once(_CHANGES.order_by(change.c.operation_id).limit(1))


async def add_operation(
    conn: Conn,
    scope: Scope,
    branch_id: BranchId,
    kind: OperationKind,
    writer: Writer,
    changes: Sequence[Change],
    *,
    session_id: SessionId | None = None,
    run_id: RunId | None = None,
    undoes: OperationId | None = None,
    intent: bool = False,
    server_id: str | None = None,
    created_at: datetime | None = None,
) -> Operation:
    """Insert an operation with its changes."""
    now = created_at or utcnow()
    values: dict[str, Any] = {
        "branch_id": branch_id, "kind": kind, "writer": writer, "created_at": now,
        "session_id": session_id, "run_id": run_id, "undoes": undoes, "intent": intent,
        "server_id": server_id,
    }  # fmt: skip
    row = await conn.execute(_INSERT, {"project_id": scope.project_id, **values})
    id_ = OperationId(row.scalar_one())
    made = Operation(id_, **values)
    await add_changes(conn, made, changes)
    return made


async def add_changes(conn: Conn, made: Operation, changes: Iterable[Change]) -> None:
    """Insert changes of an operation that is there."""
    rows = [
        {"operation_id": made.id, "branch_id": made.branch_id}
        | {name: getattr(each, name) for name in Change.__dataclass_fields__}
        for each in changes
    ]
    if rows:
        await conn.execute(_INSERT_CHANGE, rows)


async def get_operation(conn: Conn, scope: Scope, id_: OperationId) -> Operation:
    """Return the operation, or raise NotFound."""
    row = (await conn.execute(_GET, {"project": scope.project_id, "this": id_})).first()
    if row is None:
        raise NotFound("version")
    return _operation(row)


async def update_operation(conn: Conn, scope: Scope, id_: OperationId, **values: Any) -> None:
    """Set columns of an operation."""
    await conn.execute(operation.update().where(operation.c.id == id_, *_in(scope)).values(values))


async def remove_operations(conn: Conn, scope: Scope, ids: Collection[OperationId]) -> None:
    """Remove operations with their changes."""
    await conn.execute(change.delete().where(change.c.operation_id.in_(ids)))
    await conn.execute(operation.delete().where(operation.c.id.in_(ids), *_in(scope)))


async def last_operation(
    conn: Conn, scope: Scope, branch_id: BranchId | None = None
) -> OperationId:
    """Return the newest operation of the project, or of one branch; 0 when there is none."""
    query = select(func.max(operation.c.id)).where(*_in(scope))
    if branch_id is not None:
        query = query.where(operation.c.branch_id == branch_id)
    return OperationId((await conn.execute(query)).scalar() or 0)


async def list_changes(conn: Conn, id_: OperationId) -> list[Change]:
    """Return what an operation changed."""
    return [Change(*row) for row in await conn.execute(_CHANGED, {"this": id_})]


async def update_change(conn: Conn, id_: OperationId, new: Change) -> None:
    """Replace what an operation did to one notebook."""
    values = {name: getattr(new, name) for name in Change.__dataclass_fields__}
    this = and_(change.c.operation_id == id_, change.c.notebook_id == new.notebook_id)
    await conn.execute(change.update().where(this).values(values))


async def last_change(
    conn: Conn,
    branch_id: BranchId,
    notebook_id: NotebookId,
    *,
    upto: OperationId | None = None,
) -> tuple[Operation, Change] | None:
    """Return the newest change of a notebook on a branch, at or before an operation."""
    keys: dict[str, Any] = {"notebook": notebook_id, "branch": branch_id}
    if upto is None:
        row = (await conn.execute(_LAST, keys)).first()
    else:
        row = (await conn.execute(_LAST_UPTO, keys | {"upto": upto})).first()
    return None if row is None else _both(row)


async def first_change(
    conn: Conn, branch_id: BranchId, notebook_id: NotebookId
) -> tuple[Operation, Change] | None:
    """Return the oldest change of a notebook on a branch."""
    row = (await conn.execute(_FIRST, {"notebook": notebook_id, "branch": branch_id})).first()
    return None if row is None else _both(row)


async def list_history(
    conn: Conn,
    branch_id: BranchId,
    notebook_id: NotebookId,
    *,
    before: OperationId | None = None,
    upto: OperationId | None = None,
    limit: int = 100,
) -> list[tuple[Operation, Change]]:
    """Return the changes of a notebook on a branch, newest first."""
    query = _NEWEST.limit(limit)
    if before is not None:
        query = query.where(change.c.operation_id < before)
    if upto is not None:
        query = query.where(change.c.operation_id <= upto)
    keys = {"notebook": notebook_id, "branch": branch_id}
    return [_both(row) for row in await conn.execute(query, keys)]


async def list_run(conn: Conn, scope: Scope, run_id: RunId) -> list[tuple[Operation, list[Change]]]:
    """Return what a run changed, in order; undos of it are not among them."""
    query = select(*_OPERATION).where(
        operation.c.run_id == run_id, operation.c.kind == "run", *_in(scope)
    )
    rows = list(await conn.execute(query.order_by(operation.c.id)))
    return [(_operation(row), await list_changes(conn, row.id)) for row in rows]


async def list_undos(conn: Conn, scope: Scope, ids: Collection[OperationId]) -> list[Operation]:
    """Return the operations that take any of these back, newest first."""
    query = select(*_OPERATION).where(operation.c.undoes.in_(ids), *_in(scope))
    rows = await conn.execute(query.order_by(operation.c.id.desc()))
    return [_operation(row) for row in rows]


async def list_intents(conn: Conn) -> list[tuple[str, Operation]]:
    """Return what a server is at, or was when it stopped: not done, or not cleared up after."""
    query = select(operation.c.project_id, *_OPERATION)
    query = query.where(operation.c.intent.is_(True) | operation.c.server_id.is_not(None))
    found = []
    for row in await conn.execute(query.order_by(operation.c.id)):
        fields = row._asdict()
        found.append((fields.pop("project_id"), Operation(**fields)))
    return found


def _in(scope: Scope) -> tuple[Any, ...]:
    return (operation.c.project_id == scope.project_id,)


def _operation(row: Row[*tuple[Any, ...]]) -> Operation:
    return Operation(**row._asdict())


def _both(row: Row[*tuple[Any, ...]]) -> tuple[Operation, Change]:
    fields = row._asdict()
    one = {name: fields[name] for name in Operation.__dataclass_fields__ if name in fields}
    other = {name: fields[name] for name in Change.__dataclass_fields__}
    return Operation(**one), Change(**other)
