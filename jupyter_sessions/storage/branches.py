"""Rows of branches."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from ..errors import NotFound
from ..ids import MAIN, BranchId, NotebookId, OperationId, RunId, SessionId, new_id
from ..models.base import utcnow
from ..models.branch import Branch, BranchStatus
from ..models.envelope import Actor
from ..models.fork_record import ForkRecord
from ..models.scope import Scope
from .connections import Conn
from .prepared import made_once
from .schema import branch, head, notebook

_own = head.alias()
_TOUCHED = (
    select(func.count())
    .where(
        _own.c.project_id == branch.c.project_id,
        _own.c.branch_id == branch.c.id,
        _own.c.touched.is_(True),
    )
    .correlate(branch)
    .scalar_subquery()
    .label("notebook_count")
)
_FIELDS = [branch.c[name] for name in Branch.model_fields if name in branch.c]
_BRANCH = select(*_FIELDS, _TOUCHED)
_NAMES = [column.name for column in _BRANCH.selected_columns]
_THIS = (branch.c.project_id == bindparam("project"), branch.c.id == bindparam("this"))
_GET = made_once(_BRANCH.where(*_THIS))
_TOUCH = made_once(branch.update().where(*_THIS))
_FORKED_SINCE = made_once(
    select(branch.c.id)
    .where(
        branch.c.project_id == bindparam("project"),
        branch.c.parent == bindparam("this"),
        branch.c.forked_at >= bindparam("since"),
    )
    .limit(1)
)
_HEAD = [
    head.c.path.label("head_path"),
    head.c.touched.label("head_touched"),
    head.c.updated_at.label("head_updated_at"),
]
_IN_ORDER = (branch.c.parent.is_not(None), branch.c.id)
_EVER_OF = made_once(
    _BRANCH.add_columns(*_HEAD)
    .join(head, head.c.branch_id == branch.c.id)
    .join(notebook, notebook.c.id == head.c.notebook_id)
    .where(
        head.c.notebook_id == bindparam("notebook"),
        # All heads of a notebook are in its project. To ask them for it, SQLite would go through
        # the heads of all notebooks.
        notebook.c.project_id == branch.c.project_id,
        branch.c.project_id == bindparam("project"),
    )
    .order_by(*_IN_ORDER)
)
_NOW_OF = made_once(_EVER_OF.where(branch.c.status != "deleted"))


class NotebookHead(NamedTuple):
    """What a branch has of a notebook."""

    path: str | None
    touched: bool
    updated_at: datetime


MAX_KEY = 400
"""Characters: some become many when they are folded."""


def name_key(name: str) -> str:
    """Return what two branches of a project may not have both: the name without its case."""
    return unicodedata.normalize("NFKC", name).casefold()[:MAX_KEY]


async def add_main(conn: Conn, scope: Scope) -> None:
    """Insert the branch that each project has from the start."""
    now = utcnow()
    main = Branch(id=MAIN, project_id=scope.project_id, name=MAIN, created_at=now, updated_at=now)
    await _insert(conn, main)


async def add_branch(
    conn: Conn,
    scope: Scope,
    name: str,
    folder: str,
    *,
    parent: BranchId,
    forked_at: OperationId,
    created_by: Actor = "user",
    session_id: SessionId | None = None,
    run_id: RunId | None = None,
    fork: ForkRecord | None = None,
) -> Branch:
    """Insert a branch; its notebooks are those of the parent at ``forked_at``."""
    now = utcnow()
    made = Branch(
        id=BranchId(new_id()),
        project_id=scope.project_id,
        name=name,
        folder=folder,
        parent=parent,
        forked_at=forked_at,
        created_by=created_by,
        session_id=session_id,
        run_id=run_id,
        fork=fork,
        created_at=now,
        updated_at=now,
    )
    await _insert(conn, made)
    return made


async def _insert(conn: Conn, made: Branch) -> None:
    values = made.model_dump(exclude={"notebook_count", "fork"})
    values["fork"] = None if made.fork is None else made.fork.model_dump_json()
    await conn.execute(branch.insert().values(**values, name_key=name_key(made.name)))


async def get_branch(conn: Conn, scope: Scope, id_: BranchId) -> Branch:
    """Return the branch, deleted or not; or raise NotFound."""
    row = (await conn.execute(_GET, _keys(scope, id_))).first()
    if row is None:
        raise NotFound("branch")
    return _model(row)


async def find_branch(conn: Conn, scope: Scope, text: str) -> Branch:
    """Return the branch of this id, or the one that is not deleted of this name; or NotFound."""
    row = (await conn.execute(_GET, _keys(scope, BranchId(text)))).first()
    if row is None:
        named = (
            branch.c.project_id == scope.project_id,
            branch.c.name_key == name_key(text.strip()),
            branch.c.status != "deleted",
        )
        row = (await conn.execute(_BRANCH.where(*named))).first()
    if row is None:
        raise NotFound("branch")
    return _model(row)


async def list_branches(conn: Conn, scope: Scope) -> list[Branch]:
    """Return all branches of the project: main first, then in the order in which they were made."""
    query = _BRANCH.where(branch.c.project_id == scope.project_id)
    query = query.order_by(*_IN_ORDER)
    return [_model(row) for row in await conn.execute(query)]


async def list_branches_of(
    conn: Conn, scope: Scope, notebook_id: NotebookId, *, deleted: bool = False
) -> list[tuple[Branch, NotebookHead]]:
    """Return the branches that have a head of their own of a notebook.

    Main comes first, then they are in the order in which they were made; those that are deleted
    come with ``deleted``.
    """
    keys = {"project": scope.project_id, "notebook": notebook_id}
    rows = await conn.execute(_EVER_OF if deleted else _NOW_OF, keys)
    count = len(_NAMES)
    return [(_model(row[:count]), NotebookHead(*row[count:])) for row in rows]


async def list_names(conn: Conn, scope: Scope) -> set[str]:
    """Return the keys of the names that are taken."""
    query = select(branch.c.name_key).where(
        branch.c.project_id == scope.project_id, branch.c.status != "deleted"
    )
    return set((await conn.execute(query)).scalars())


async def list_folders(conn: Conn, scope: Scope) -> set[str]:
    """Return the folders of all branches, of deleted ones too."""
    query = select(branch.c.folder).where(branch.c.project_id == scope.project_id)
    return set((await conn.execute(query)).scalars())


async def find_by_folder(conn: Conn, scope: Scope, folder: str) -> Branch | None:
    """Return the branch whose notebooks lie in this folder below the project."""
    where = (branch.c.project_id == scope.project_id, branch.c.folder == folder)
    row = (await conn.execute(_BRANCH.where(*where))).first()
    return None if row is None else _model(row)


async def is_forked_since(conn: Conn, scope: Scope, id_: BranchId, operation: OperationId) -> bool:
    """Tell whether a branch was made from this one at or after an operation: it shares that."""
    keys = _keys(scope, id_) | {"since": operation}
    return (await conn.execute(_FORKED_SINCE, keys)).first() is not None


async def touch_branch(conn: Conn, scope: Scope, id_: BranchId) -> None:
    """Note that something on a branch changed just now."""
    await conn.execute(_TOUCH, _keys(scope, id_) | {"updated_at": utcnow()})


async def update_branch(
    conn: Conn,
    scope: Scope,
    id_: BranchId,
    *,
    name: str | None = None,
    status: BranchStatus | None = None,
) -> Branch:
    """Rename a branch or set its status; without either, note that something on it changed."""
    values: dict[str, Any] = {"updated_at": utcnow()}
    if name is not None:
        values |= {"name": name, "name_key": name_key(name)}
    if status is not None:
        values["status"] = status
    await conn.execute(_TOUCH, _keys(scope, id_) | values)
    return await get_branch(conn, scope, id_)


def _keys(scope: Scope, id_: BranchId) -> dict[str, Any]:
    return {"project": scope.project_id, "this": id_}


def _model(row: Sequence[Any]) -> Branch:
    fields = dict(zip(_NAMES, row, strict=True))
    if fields["fork"] is not None:
        fields["fork"] = ForkRecord.model_validate_json(fields["fork"])
    return Branch.model_validate(fields)
