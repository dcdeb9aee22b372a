"""SQLite in threads: the event loop goes on, readers share, and who is cancelled gives back."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest
from sqlalchemy import text

from jupyter_sessions.ids import UserId
from jupyter_sessions.storage import projects
from jupyter_sessions.storage.sqlite import READERS

COUNT = text("SELECT count(*) FROM project")


async def count(conn):
    return (await conn.execute(COUNT)).scalar_one()


def add(transaction, name="P"):
    return projects.add_project(transaction.conn, UserId("u"), name, f"/{name}", "cpu")


async def test_a_query_runs_as_a_whole_in_another_thread(sqlite):
    async def work(conn):
        return threading.get_ident(), await count(conn), await count(conn)

    thread, *counts = await sqlite.query(work)
    assert thread != threading.get_ident()
    assert counts == [0, 0]


async def test_a_query_sees_one_state_whatever_is_written_meanwhile(sqlite):
    looked, written = threading.Event(), threading.Event()

    async def work(conn):
        before = await count(conn)
        looked.set()
        assert written.wait(10)
        return before, await count(conn)

    reading = asyncio.create_task(sqlite.query(work))
    await asyncio.to_thread(looked.wait, 10)
    await sqlite.write(add)
    written.set()
    assert await reading == (0, 0)
    assert await sqlite.query(count) == 1


async def test_what_a_reader_fetched_can_be_read_after_it_has_gone_on(sqlite):
    await sqlite.write(add)
    async with sqlite.read() as conn:
        first = await conn.execute(text("SELECT folder FROM project"))
        second = await conn.execute(COUNT)
        assert (second.scalar_one(), first.scalars().all()) == (1, ["/P"])
    async with sqlite.read() as conn:
        assert conn.info is not None
        assert conn.dialect.name == "sqlite"


async def test_more_readers_than_threads_take_turns(sqlite):
    async def look(number):
        async with sqlite.read() as conn:
            await conn.execute(COUNT)
            await asyncio.sleep(0)
            return number + await count(conn)

    assert await asyncio.gather(*map(look, range(5 * READERS))) == list(range(5 * READERS))


async def test_a_reader_that_is_cancelled_gives_its_thread_back(sqlite):
    started, go_on = threading.Semaphore(0), threading.Event()

    async def work(conn):
        started.release()
        assert go_on.wait(10)
        return await count(conn)

    tasks = [asyncio.create_task(sqlite.query(work)) for _ in range(READERS)]
    for _ in tasks:
        await asyncio.to_thread(started.acquire)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    go_on.set()
    assert await asyncio.gather(*(sqlite.query(count) for _ in range(2 * READERS))) == [0] * 8


async def test_a_reader_whose_query_fails_can_be_used_again(sqlite):
    async def work(conn):
        await count(conn)
        raise ValueError("mine")

    for _ in range(2 * READERS):
        with pytest.raises(ValueError, match="mine"):
            await sqlite.query(work)
    await sqlite.write(add)
    assert await sqlite.query(count) == 1


async def test_the_event_loop_goes_on_while_another_process_holds_the_database(sqlite):
    other = sqlite3.connect(sqlite.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(sqlite.write(add))
    for _ in range(50):  # would wait for the lock, and in vain, if it were on this thread
        await asyncio.sleep(0.001)
        assert await sqlite.query(count) == 0
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await writing
    assert await sqlite.query(count) == 1


async def test_work_alone_in_its_transaction_that_fails_leaves_nothing(sqlite):
    async def work(transaction):
        await add(transaction)
        raise ValueError("after all")

    with pytest.raises(ValueError, match="after all"):
        await sqlite.write(work)
    assert await sqlite.query(count) == 0
    await sqlite.write(add)
    assert await sqlite.query(count) == 1


async def test_work_that_waits_for_something_else_is_refused_and_does_no_harm(sqlite):
    async def waits(conn):
        await count(conn)
        await forever

    async def gives_way(conn):
        await asyncio.sleep(0)
        return await count(conn)

    async def adds_and_waits(transaction):
        await add(transaction)
        await forever

    forever = asyncio.get_running_loop().create_future()
    with pytest.raises(RuntimeError):
        await sqlite.query(waits)
    with pytest.raises(RuntimeError):
        await sqlite.write(adds_and_waits)
    assert await sqlite.query(gives_way) == 0
    await sqlite.write(add)
    assert await sqlite.query(count) == 1
