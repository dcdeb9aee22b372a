"""Statements that are made once give and take what SQLAlchemy gives and takes for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from jupyter_sessions.ids import UserId
from jupyter_sessions.storage.connections import HeldConnection
from jupyter_sessions.storage.database import Database
from jupyter_sessions.storage.prepared import MAX_LISTED, execute_text, made_once, prepared
from jupyter_sessions.storage.projects import add_project
from jupyter_sessions.storage.schema import piece

AT = datetime(2026, 11, 28, 21, 47, 35, 120_000, UTC)
P, Q = "p" * 26, "q" * 26
DIGESTS = [bytes([n]) * 20 for n in range(MAX_LISTED + 2)]
BY_DIGEST = made_once(
    select(piece.c.digest, piece.c.packed, piece.c.added_at, piece.c.data)
    .where(piece.c.project_id == bindparam("project"))
    .where(piece.c.digest.in_(bindparam("digests", expanding=True)))
    .order_by(piece.c.digest)
    .limit(20),
    "digests",
)
ADD = made_once(piece.insert())
UPDATE = made_once(piece.update().where(piece.c.digest == bindparam("this")))
TWICE = made_once(
    select(func.count()).where(
        (piece.c.project_id == bindparam("project")) & (piece.c.project_id >= bindparam("project"))
    )
)


def row(n: int, **fields: Any) -> dict[str, Any]:
    values = {"project_id": P, "digest": DIGESTS[n], "packed": n % 2 == 1, "added_at": AT}
    return {**values, "data": bytes([n]), **fields}


@pytest.fixture
def held(sqlite: Database, jp_asyncio_loop: Any) -> Any:
    """Run something with a connection of SQLite's."""

    def run(work: Any) -> Any:
        async def job(transaction: Any) -> Any:
            return await work(transaction.conn)

        return jp_asyncio_loop.run_until_complete(sqlite.write(job))

    run(lambda conn: add_project(conn, UserId("u"), "P", "/p", "cpu"))
    return run


def by_sqlalchemy(conn: HeldConnection, statement: Any, values: Any = None) -> Any:
    return conn.sync_connection.execute(statement, values)


@pytest.mark.parametrize("count", [0, 1, 3, MAX_LISTED, MAX_LISTED + 1])
def test_the_rows_are_the_same(held: Any, count: int) -> None:
    async def work(conn: HeldConnection) -> None:
        by_sqlalchemy(conn, piece.insert(), [row(n) for n in range(len(DIGESTS))])
        values = {"project": P, "digests": DIGESTS[:count]}
        is_ours = prepared(BY_DIGEST, values, conn.dialect) is not None
        assert is_ours == (count <= MAX_LISTED)
        ours = (await conn.execute(BY_DIGEST, values)).all()
        theirs = by_sqlalchemy(conn, BY_DIGEST, values).all()
        assert len(ours) == count
        assert ours == theirs
        for one, other in zip(ours, theirs, strict=True):
            assert one._asdict() == other._asdict()
            assert (one.added_at, type(one.packed)) == (AT, bool)

    held(work)


def test_what_is_inserted_is_the_same(held: Any) -> None:
    async def work(conn: HeldConnection) -> None:
        await conn.execute(ADD, row(0))
        await conn.execute(ADD, [row(1), row(2, added_at=AT.replace(year=2027))])
        by_sqlalchemy(conn, piece.insert(), row(3))
        found = by_sqlalchemy(conn, select(piece).order_by(piece.c.digest)).all()
        assert [tuple(each) for each in found] == [
            tuple(row(n, **({"added_at": AT.replace(year=2027)} if n == 2 else {})).values())
            for n in range(4)
        ]

    held(work)


def test_the_same_statement_takes_other_columns_another_time(held: Any) -> None:
    async def work(conn: HeldConnection) -> None:
        await conn.execute(ADD, row(1))
        for change in ({"packed": False}, {"data": b"new", "packed": True}, {"data": b"newer"}):
            done = await conn.execute(UPDATE, {"this": DIGESTS[1], **change})
            assert done.rowcount == 1
            [found] = by_sqlalchemy(conn, select(piece)).all()
            assert found._asdict() == {**found._asdict(), **change}
        assert (await conn.execute(UPDATE, {"this": b"none", "packed": True})).rowcount == 0

    held(work)


def test_a_value_that_is_bound_twice_goes_to_both_places(held: Any) -> None:
    async def work(conn: HeldConnection) -> None:
        await conn.execute(ADD, row(1))
        assert (await conn.execute(TWICE, {"project": P})).scalar_one() == 1
        assert (await conn.execute(TWICE, {"project": Q})).scalar_one() == 0

    held(work)


def test_an_error_is_sqlalchemys(held: Any) -> None:
    async def twice(conn: HeldConnection) -> None:
        await conn.execute(ADD, [row(1), row(1)])

    async def no_table(conn: HeldConnection) -> None:
        execute_text(conn.sync_connection, "DROP TABLE piece")
        await conn.execute(ADD, row(1))

    async def no_such_text(conn: HeldConnection) -> None:
        execute_text(conn.sync_connection, "BEGN")

    with pytest.raises(IntegrityError, match="UNIQUE constraint failed: piece"):
        held(twice)
    with pytest.raises(OperationalError, match="no such table: piece"):
        held(no_table)
    with pytest.raises(OperationalError, match="syntax error"):
        held(no_such_text)


async def test_a_reader_that_begins_with_one_sees_one_state(sqlite: Database) -> None:
    async def add(transaction: Any) -> None:
        await transaction.conn.execute(ADD, row(1))

    async def work(conn: Any) -> list[int]:
        values = {"project": P, "digests": DIGESTS[:3]}
        seen = [len((await conn.execute(BY_DIGEST, values)).all())]
        assert conn.sync_connection.in_transaction()
        return seen

    assert await sqlite.query(work) == [0]
    await sqlite.write(add)
    assert await sqlite.query(work) == [1]


def test_a_statement_that_goes_on_from_a_kept_one_is_not_kept(held: Any) -> None:
    async def work(conn: HeldConnection) -> None:
        await conn.execute(ADD, [row(1), row(2)])
        more = BY_DIGEST.where(piece.c.packed.is_(True))
        values = {"project": P, "digests": DIGESTS[:3]}
        assert prepared(more, values, conn.dialect) is None
        assert [each.digest for each in await conn.execute(more, values)] == [DIGESTS[1]]

    held(work)
