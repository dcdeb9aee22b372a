"""Rows of heads: which version a branch has of each notebook that it knows, and its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from ..ids import BranchId, NotebookId, VersionId
from ..models.base import utcnow
from ..models.scope import Scope
from .connections import Conn
from .prepared import made_once
from .schema import head, meeting, notebook


@dataclass(frozen=True, slots=True)
class FileStat:
    """What tells whether a file is still the one that was read."""

    size: int
    mtime_ns: int
    inode: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """The last state of a notebook that two branches both have had."""

    version_id: VersionId
    path: str


@dataclass(frozen=True, slots=True)
class Head:
    """The present version of a notebook on a branch."""

    branch_id: BranchId
    notebook_id: NotebookId
    path: str | None
    """``None``: it was deleted there."""
    version_id: VersionId | None
    touched: bool
    """Changed on this branch; otherwise only its file was made."""
    stat: FileStat | None = None
    """The file when it held this version."""
    updated_at: datetime | None = None


_OF_BRANCH = (
    head.c.project_id == bindparam("project"),
    head.c.branch_id == bindparam("branch"),
)
_OF_NOTEBOOK = (*_OF_BRANCH, head.c.notebook_id == bindparam("notebook"))
_GET = made_once(select(head).where(*_OF_NOTEBOOK))
_FIND = select(head).where(*_OF_BRANCH, head.c.path == bindparam("at"))
_FIND = made_once(_FIND.order_by(head.c.notebook_id.desc()).limit(1))
_LIST = made_once(select(head).where(*_OF_BRANCH).order_by(head.c.path))
_MEETING = made_once(
    select(meeting.c.version_id, meeting.c.path).where(
        meeting.c.notebook_id == bindparam("notebook"),
        meeting.c.one == bindparam("low"),
        meeting.c.other == bindparam("high"),
    )
)
_UPDATE = made_once(head.update().where(*_OF_NOTEBOOK))


async def add_notebook(conn: Conn, scope: Scope) -> NotebookId:
    """Insert a notebook that no branch has yet."""
    insert = notebook.insert().values(project_id=scope.project_id).returning(notebook.c.id)
    return NotebookId((await conn.execute(insert)).scalar_one())


async def get_head(
    conn: Conn, scope: Scope, branch_id: BranchId, notebook_id: NotebookId
) -> Head | None:
    """Return the branch's own head of a notebook, if it has one."""
    row = (await conn.execute(_GET, _keys(scope, branch_id, notebook_id))).first()
    return None if row is None else _head(row)


async def find_head(conn: Conn, scope: Scope, branch_id: BranchId, path: str) -> Head | None:
    """Return the branch's own head of the notebook that has this path there."""
    keys = {"project": scope.project_id, "branch": branch_id, "at": path}
    row = (await conn.execute(_FIND, keys)).first()
    return None if row is None else _head(row)


async def list_heads(conn: Conn, scope: Scope, branch_id: BranchId) -> list[Head]:
    """Return all heads that the branch has of its own."""
    keys = {"project": scope.project_id, "branch": branch_id}
    return [_head(row) for row in await conn.execute(_LIST, keys)]


async def list_deleted(conn: Conn, scope: Scope, branch_id: BranchId) -> list[NotebookId]:
    """Return the notebooks that were deleted on a branch."""
    query = select(head.c.notebook_id).where(*_of(scope, branch_id), head.c.path.is_(None))
    return [NotebookId(row.notebook_id) for row in await conn.execute(query)]


async def put_stat(
    conn: Conn,
    scope: Scope,
    branch_id: BranchId,
    notebook_id: NotebookId,
    stat: FileStat | None,
) -> None:
    """Note which file holds the version that the head has."""
    await conn.execute(_UPDATE, _keys(scope, branch_id, notebook_id) | _stat_values(stat))


async def put_head(conn: Conn, scope: Scope, new: Head, *, renamed: bool = True) -> None:
    """Insert or replace a head; when it is not ``renamed``, its path is left as it is."""
    values: dict[str, Any] = {
        "version_id": new.version_id,
        "touched": new.touched,
        "updated_at": new.updated_at or utcnow(),
        **_stat_values(new.stat),
    }
    this = _keys(scope, new.branch_id, new.notebook_id)
    path = {"path": new.path}
    done = await conn.execute(_UPDATE, this | values | (path if renamed else {}))
    if done.rowcount == 0:
        keys = {"branch_id": new.branch_id, "notebook_id": new.notebook_id, **path}
        await conn.execute(head.insert().values(project_id=scope.project_id, **keys, **values))


async def get_meeting(
    conn: Conn, notebook_id: NotebookId, one: BranchId, other: BranchId
) -> Meeting | None:
    """Return the last state that both branches have had, if a merge made them meet."""
    low, high = sorted((one, other))
    keys = {"notebook": notebook_id, "low": low, "high": high}
    row = (await conn.execute(_MEETING, keys)).first()
    return None if row is None else Meeting(VersionId(row.version_id), row.path)


async def put_meeting(
    conn: Conn,
    notebook_id: NotebookId,
    one: BranchId,
    other: BranchId,
    met: Meeting | None,
) -> None:
    """Note the last state that both branches have had; ``None``: forget that they met."""
    low, high = sorted((one, other))
    this = (meeting.c.notebook_id == notebook_id, meeting.c.one == low, meeting.c.other == high)
    await conn.execute(meeting.delete().where(*this))
    if met is not None:
        values = {"notebook_id": notebook_id, "one": low, "other": high}
        values |= {"version_id": met.version_id, "path": met.path}
        await conn.execute(meeting.insert().values(**values))


async def list_meeting(conn: Conn, scope: Scope, one: BranchId, other: BranchId) -> set[NotebookId]:
    """Return the notebooks on which merges made two branches meet."""
    low, high = sorted((one, other))
    query = select(meeting.c.notebook_id).join(notebook, notebook.c.id == meeting.c.notebook_id)
    query = query.where(
        notebook.c.project_id == scope.project_id, meeting.c.one == low, meeting.c.other == high
    )
    return {NotebookId(row.notebook_id) for row in await conn.execute(query)}


async def list_met(conn: Conn, notebooks: Iterable[NotebookId]) -> set[VersionId]:
    """Return the versions at which branches met."""
    query = select(meeting.c.version_id).where(meeting.c.notebook_id.in_(list(notebooks)))
    return {VersionId(row.version_id) for row in await conn.execute(query)}


def _of(scope: Scope, branch_id: BranchId) -> tuple[Any, ...]:
    return head.c.project_id == scope.project_id, head.c.branch_id == branch_id


def _keys(scope: Scope, branch_id: BranchId, notebook_id: NotebookId) -> dict[str, Any]:
    return {"project": scope.project_id, "branch": branch_id, "notebook": notebook_id}


def _stat_values(stat: FileStat | None) -> dict[str, Any]:
    if stat is None:
        return {"size": None, "mtime_ns": None, "inode": None}
    return {"size": stat.size, "mtime_ns": stat.mtime_ns, "inode": stat.inode}


def _head(row: Row[*tuple[Any, ...]]) -> Head:
    stat = None if row.size is None else FileStat(row.size, row.mtime_ns, row.inode)
    return Head(
        branch_id=BranchId(row.branch_id),
        notebook_id=NotebookId(row.notebook_id),
        path=row.path,
        version_id=None if row.version_id is None else VersionId(row.version_id),
        touched=row.touched,
        stat=stat,
        updated_at=row.updated_at,
    )
