"""Two servers on one database: one run of a session at a time, and collisions are done anew."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_sessions.actions.queue import order_queue, take_steering
from jupyter_sessions.actions.runs import Outcome, end_run, next_run, queue_run, start_run
from jupyter_sessions.errors import Conflict
from jupyter_sessions.models.run import NewMessage
from jupyter_sessions.storage import sessions
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Origin, Timeline


@pytest.fixture
def other(db_url, timeline, jp_asyncio_loop):
    """The timeline of another server on the same database."""
    opened = jp_asyncio_loop.run_until_complete(open_database(db_url))
    yield Timeline(opened)
    jp_asyncio_loop.run_until_complete(opened.close())


async def queue(timeline, origin, text, *, server="one", **more):
    message = NewMessage(text=text, **more)
    return await queue_run(
        timeline, origin.scope, origin.session_id, message, server_id=server, model="m"
    )


async def test_two_servers_do_not_run_messages_of_one_session_at_once(timeline, other, origin):
    one = await queue(timeline, origin, "a")
    two = await queue(other, origin, "b", server="two")
    began = await asyncio.gather(
        start_run(timeline, origin.scope, one), start_run(other, origin.scope, two)
    )
    assert sorted(began) == [False, True]
    first, second = (one, two) if began[0] else (two, one)
    assert await start_run(other, origin.scope, second) is False
    await end_run(timeline, origin.scope, first.id, Outcome("completed"))
    assert await start_run(other, origin.scope, second) is True
    said = [e.data.text for e in await timeline.read(origin.stream) if e.type == "message.user"]
    assert sorted(said) == ["a", "b"]


async def test_a_message_that_steers_is_taken_from_another_server(timeline, other, origin):
    run = await queue(timeline, origin, "a")
    await start_run(timeline, origin.scope, run)
    steering = await queue(other, origin, "b", server="two", steer=True)
    working = Origin(origin.scope, origin.session_id, run.id)
    taken = await asyncio.gather(*(take_steering(timeline, working) for _ in range(3)))
    assert taken.count(None) == 2
    await end_run(timeline, origin.scope, run.id, Outcome("completed"))
    with pytest.raises(Conflict):
        await start_run(other, origin.scope, steering)
    log = [event.type for event in await timeline.read(origin.stream)]
    assert log.count("message.user") == 2


async def test_the_next_run_follows_the_order_and_steering_comes_first(timeline, origin):
    a, b, c = [await queue(timeline, origin, text) for text in "abc"]
    steering = await queue(timeline, origin, "d", steer=True)
    await order_queue(timeline, origin.scope, origin.session_id, [c.id, a.id])
    e = await queue(timeline, origin, "e")
    order = []
    while run := await next_run(timeline, origin.scope, origin.session_id, "one"):
        order.append(run.prompt)
        await end_run(timeline, origin.scope, run.id, Outcome("cancelled"))
    assert order == ["d", "c", "a", "b", "e"]
    assert e.queue_position > b.queue_position
    assert steering.steer


@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
async def test_work_that_runs_into_a_deadlock_is_done_anew(timeline, other, origin):
    scope, first = origin.scope, origin.session_id
    second = (await timeline.write(lambda entry: sessions.add_session(entry.conn, scope, "T"))).id
    met = asyncio.Barrier(2)
    tries = []

    def crossing(name, ids):
        async def work(entry):
            tries.append(name)
            await sessions.update_session(entry.conn, scope, ids[0], name=name)
            if tries.count(name) == 1:
                await met.wait()
            await sessions.update_session(entry.conn, scope, ids[1], name=name)

        return work

    await asyncio.gather(
        timeline.write(crossing("one", [first, second])),
        other.write(crossing("two", [second, first])),
    )
    assert len(tries) > 2
    async with timeline.database.read() as conn:
        names = {each.name for each in await sessions.list_sessions(conn, scope)}
    assert names in ({"one"}, {"two"})
