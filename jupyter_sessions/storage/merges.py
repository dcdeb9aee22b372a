"""Rows of merges, each with what was decided about its cells."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from ..errors import NotFound
from ..ids import BranchId, MergeId, NotebookId, OperationId, RunId, SessionId, new_id
from ..models.base import utcnow
from ..models.envelope import Actor
from ..models.merge import Merge
from ..models.merge_choice import Decision
from ..models.scope import Scope
from .connections import Conn
from .prepared import made_once
from .schema import branch, decision, merge, operation

Seen = Mapping[str, str]
"""What the person had before the eyes at the last decision: digests by names."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a cell, and about which state of its sides."""

    notebook_id: NotebookId
    cell_id: str
    decision: Decision
    about: str


_source, _target = branch.alias("source_branch"), branch.alias("target_branch")
_FIELDS = [
    merge.c[name] for name in Merge.model_fields if name in merge.c
]  # ``operation`` is ``operation_id`` here
_MERGE = (
    select(
        *_FIELDS,
        merge.c.operation_id.label("operation"),
        _source.c.name.label("source_name"),
        _target.c.name.label("target_name"),
        operation.c.undone,
    )
    .join(_source, (_source.c.project_id == merge.c.project_id) & (_source.c.id == merge.c.source))
    .join(_target, (_target.c.project_id == merge.c.project_id) & (_target.c.id == merge.c.target))
    .outerjoin(operation, operation.c.id == merge.c.operation_id)
)
_MERGED_SINCE = made_once(
    select(merge.c.id)
    .where(
        merge.c.project_id == bindparam("project"),
        merge.c.source == bindparam("branch"),
        merge.c.operation_id > bindparam("since"),
    )
    .limit(1)
)


async def add_merge(
    conn: Conn,
    scope: Scope,
    source: BranchId,
    target: BranchId,
    *,
    created_by: Actor = "user",
    session_id: SessionId | None = None,
    run_id: RunId | None = None,
) -> Merge:
    """Insert a merge that waits for a person."""
    now, id_ = utcnow(), MergeId(new_id())
    await conn.execute(
        merge.insert().values(
            id=id_,
            project_id=scope.project_id,
            source=source,
            target=target,
            status="open",
            created_by=created_by,
            session_id=session_id,
            run_id=run_id,
            created_at=now,
            updated_at=now,
        )
    )
    return await get_merge(conn, scope, id_)


async def get_merge(conn: Conn, scope: Scope, id_: MergeId, *, lock: bool = False) -> Merge:
    """Return the merge, or raise NotFound; with ``lock`` others wait until the commit."""
    if lock:
        await conn.execute(select(merge.c.id).where(*_this(scope, id_)).with_for_update())
    row = (await conn.execute(_MERGE.where(*_this(scope, id_)))).first()
    if row is None:
        raise NotFound("merge")
    return _model(row)


async def find_open(conn: Conn, scope: Scope, source: BranchId, target: BranchId) -> Merge | None:
    """Return the open merge of two branches."""
    where = (*_in(scope), merge.c.source == source, merge.c.target == target)
    row = (await conn.execute(_MERGE.where(*where, merge.c.status == "open"))).first()
    return None if row is None else _model(row)


async def list_merges(
    conn: Conn,
    scope: Scope,
    *,
    status: str | None = None,
    branch_id: BranchId | None = None,
    after: MergeId | None = None,
    limit: int = 100,
) -> list[Merge]:
    """Return merges, newest first; of one status, or those that one branch is part of."""
    query = _MERGE.where(*_in(scope)).order_by(merge.c.id.desc()).limit(limit)
    if status is not None:
        query = query.where(merge.c.status == status)
    if branch_id is not None:
        query = query.where((merge.c.source == branch_id) | (merge.c.target == branch_id))
    if after is not None:
        query = query.where(merge.c.id < after)
    return [_model(row) for row in await conn.execute(query)]


async def find_by_operation(conn: Conn, scope: Scope, id_: OperationId) -> Merge | None:
    """Return the merge that made this version of its target."""
    row = (await conn.execute(_MERGE.where(*_in(scope), merge.c.operation_id == id_))).first()
    return None if row is None else _model(row)


async def get_sources(
    conn: Conn, scope: Scope, ids: Collection[OperationId]
) -> dict[OperationId, str]:
    """Return the names of the branches that were merged by operations."""
    if not ids:
        return {}
    rows = await conn.execute(
        select(merge.c.operation_id, _source.c.name)
        .join(
            _source,
            (_source.c.project_id == merge.c.project_id) & (_source.c.id == merge.c.source),
        )
        .where(*_in(scope), merge.c.operation_id.in_(ids))
    )
    return {OperationId(id_): name for id_, name in rows}


async def list_applied(conn: Conn, scope: Scope, one: BranchId, other: BranchId) -> list[Merge]:
    """Return the merges of two branches, in both directions, that stand; newest first."""
    pair = merge.c.source.in_((one, other)) & merge.c.target.in_((one, other))
    query = _MERGE.where(*_in(scope), pair, merge.c.status == "merged")
    query = query.where(operation.c.undone.is_(False)).order_by(merge.c.operation_id.desc())
    return [_model(row) for row in await conn.execute(query)]


async def is_merged_since(conn: Conn, scope: Scope, source: BranchId, since: OperationId) -> bool:
    """Tell whether a branch was merged into another after an operation, or is being merged.

    A merge that was taken back counts: it can be made again.
    """
    keys = {"project": scope.project_id, "branch": source, "since": since}
    return (await conn.execute(_MERGED_SINCE, keys)).first() is not None


async def list_operations(conn: Conn, scope: Scope, source: BranchId) -> list[OperationId]:
    """Return what merges of a branch into others made; those that were taken back too."""
    query = select(merge.c.operation_id).where(
        *_in(scope), merge.c.source == source, merge.c.operation_id.is_not(None)
    )
    return [OperationId(row.operation_id) for row in await conn.execute(query)]


async def update_merge(conn: Conn, scope: Scope, id_: MergeId, **values: Any) -> Merge:
    """Set columns of a merge, and when it changed."""
    update = merge.update().where(*_this(scope, id_)).values(**values, updated_at=utcnow())
    await conn.execute(update)
    return await get_merge(conn, scope, id_)


async def get_seen(conn: Conn, scope: Scope, id_: MergeId) -> Seen | None:
    """Return what was seen at the last decision; ``None`` before the first."""
    text = (await conn.execute(select(merge.c.seen).where(*_this(scope, id_)))).scalar()
    return None if text is None else json.loads(text)


async def put_seen(conn: Conn, scope: Scope, id_: MergeId, seen: Seen) -> None:
    """Note what a person had before the eyes when deciding."""
    text = json.dumps(dict(seen), separators=(",", ":"))
    await conn.execute(merge.update().where(*_this(scope, id_)).values(seen=text))


async def list_decisions(conn: Conn, id_: MergeId) -> list[Decided]:
    """Return what was decided in a merge."""
    query = select(decision).where(decision.c.merge_id == id_)
    query = query.order_by(decision.c.notebook_id, decision.c.cell_id)
    return [
        Decided(
            NotebookId(row.notebook_id),
            row.cell_id,
            Decision(choice=row.choice, text=row.text),
            row.about,
        )
        for row in await conn.execute(query)
    ]


async def put_decision(conn: Conn, id_: MergeId, new: Decided) -> None:
    """Insert or replace what was decided about a cell."""
    await remove_decision(conn, id_, new.notebook_id, new.cell_id)
    values = {"merge_id": id_, "notebook_id": new.notebook_id, "cell_id": new.cell_id}
    values |= {"choice": new.decision.choice, "text": new.decision.text, "about": new.about}
    await conn.execute(decision.insert().values(**values, decided_at=utcnow()))


async def remove_decision(conn: Conn, id_: MergeId, notebook_id: NotebookId, cell_id: str) -> None:
    """Take back what was decided about a cell."""
    this = (decision.c.merge_id == id_, decision.c.notebook_id == notebook_id)
    await conn.execute(decision.delete().where(*this, decision.c.cell_id == cell_id))


def _in(scope: Scope) -> tuple[Any, ...]:
    return (merge.c.project_id == scope.project_id,)


def _this(scope: Scope, id_: MergeId) -> tuple[Any, ...]:
    return *_in(scope), merge.c.id == id_


def _model(row: Row[*tuple[Any, ...]]) -> Merge:
    fields = row._asdict()
    source, target = fields.pop("source_name"), fields.pop("target_name")
    fields |= {"title": f"{source} into {target}", "undone": bool(fields["undone"])}
    return Merge.model_validate(fields)
