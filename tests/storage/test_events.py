"""The log: gapless, immutable, in order, on both databases."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from jupyter_sessions.errors import NotFound
from jupyter_sessions.models.event import MessageData, UserMessage
from jupyter_sessions.models.run import Usage
from jupyter_sessions.storage import events, projects, runs
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Timeline


async def say(timeline, origin, words):
    data = MessageData(text=words)
    return await timeline.append(origin, UserMessage, data, actor="user")


async def test_concurrent_events_are_numbered_without_a_gap(timeline, origin):
    said = await asyncio.gather(*(say(timeline, origin, str(n)) for n in range(300)))
    assert sorted(event.seq for event in said) == list(range(1, 301))
    stored = await timeline.read(origin.stream, limit=1000)
    assert [event.data.text for event in stored] == [str(n) for n in range(300)]


async def test_two_processes_on_one_timeline_leave_no_gap(timeline, origin, db_url):
    other = Timeline(await open_database(db_url))
    await asyncio.gather(
        *(say(timeline, origin, f"a{n}") for n in range(40)),
        *(say(other, origin, f"b{n}") for n in range(40)),
    )
    await other.database.close()
    stored = await timeline.read(origin.stream, limit=1000)
    assert [event.seq for event in stored] == list(range(1, 81))
    assert len({event.data.text for event in stored}) == 80


async def test_a_page_before_a_cursor_is_ascending(timeline, origin):
    for number in range(10):
        await say(timeline, origin, str(number))
    page = await timeline.read(origin.stream, before=8, limit=3)
    assert [event.seq for event in page] == [5, 6, 7]
    page = await timeline.read(origin.stream, after=8, limit=30)
    assert [event.seq for event in page] == [9, 10]


@pytest.mark.parametrize("statement", ["UPDATE event SET data = '{}'", "DELETE FROM event"])
async def test_events_can_be_neither_changed_nor_deleted(timeline, origin, statement):
    await say(timeline, origin, "kept")

    async def tamper(entry):
        await entry.conn.execute(text(statement))

    with pytest.raises(DBAPIError, match="events are immutable"):
        await timeline.write(tamper)
    assert [event.data.text for event in await timeline.read(origin.stream)] == ["kept"]


async def test_a_run_is_immutable_once_it_ended(timeline, scope, origin):
    async def work(entry):
        run = await runs.add_run(
            entry.conn, scope, origin.session_id, server_id="s", prompt="p", model="m",
            branch="main", notebook=None,
        )  # fmt: skip
        await runs.end_run(entry.conn, scope, run.id, "completed", usage=Usage())
        return run

    run = await timeline.write(work)
    with pytest.raises(DBAPIError, match="immutable once they end"):
        await timeline.write(
            lambda entry: runs.end_run(entry.conn, scope, run.id, "failed", usage=Usage())
        )


async def test_only_deleting_the_project_removes_its_events(timeline, scope, origin):
    await say(timeline, origin, "gone")
    await timeline.write(lambda entry: projects.remove_project(entry.conn, scope))
    assert await timeline.read(origin.stream) == []
    with pytest.raises(NotFound):
        await timeline.write(lambda entry: projects.get_project(entry.conn, scope))


async def test_work_that_fails_leaves_nothing_and_takes_nobody_along(timeline, origin):
    async def fails(entry):
        entry.append(origin, UserMessage, MessageData(text="lost"), actor="user")
        await entry.flush()
        raise ValueError("no")

    results = await asyncio.gather(
        say(timeline, origin, "one"),
        timeline.write(fails),
        say(timeline, origin, "two"),
        return_exceptions=True,
    )
    assert isinstance(results[1], ValueError)
    stored = await timeline.read(origin.stream)
    assert [(event.seq, event.data.text) for event in stored] == [(1, "one"), (2, "two")]


async def test_a_caller_that_is_cancelled_does_not_stop_the_writer(timeline, origin):
    task = asyncio.create_task(say(timeline, origin, "maybe"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    event = await say(timeline, origin, "after")
    assert event.seq == (await timeline.read(origin.stream, limit=9))[-1].seq


async def test_what_one_user_has_does_not_exist_for_another(timeline, scope):
    foreign = type(scope)("noah", scope.project_id)
    async with timeline.database.read() as conn:
        with pytest.raises(NotFound, match="No such project"):
            await projects.get_project(conn, foreign)
        assert await projects.list_projects(conn, "noah") == []
        assert await events.list_events(conn, "01AAAAAAAAAAAAAAAAAAAAAAAA") == []
