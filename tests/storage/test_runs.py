"""Two servers on one database: one run of a session at a time, and collisions are done anew."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_sessions.actions.queue import change_waiting, order_queue, take_steering
from jupyter_sessions.actions.runs import (
    Outcome,
    end_run,
    next_run,
    queue_run,
    read_run,
    start_run,
    withdraw_run,
)
from jupyter_sessions.actions.sessions import change_session, delete_session
from jupyter_sessions.errors import Conflict, NotFound
from jupyter_sessions.models.run import NewMessage, RunPatch
from jupyter_sessions.models.session import SessionPatch
from jupyter_sessions.storage import runs, sessions
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


ROUNDS = 4
"""A race is run as often: once may go well by chance."""


async def new_session(timeline, scope):
    made = await timeline.write(lambda entry: sessions.add_session(entry.conn, scope, "S"))
    return Origin(scope, made.id)


async def meet(one, other):
    """Let two servers act at once; return their errors, which are conflicts or None."""
    results = await asyncio.gather(one, other, return_exceptions=True)
    errors = [each if isinstance(each, Exception) else None for each in results]
    assert all(each is None or isinstance(each, Conflict | NotFound) for each in errors), errors
    return errors


@pytest.mark.parametrize("ends", ["deleted", "archived"])
async def test_no_message_waits_in_a_session_that_another_server_puts_away(
    timeline, other, scope, ends
):
    for _ in range(ROUNDS):
        origin = await new_session(timeline, scope)
        if ends == "deleted":
            put_away = delete_session(other, scope, origin.session_id)
        else:
            patch = SessionPatch(archived=True)
            put_away = change_session(other, scope, origin.session_id, patch)
        errors = await meet(queue(timeline, origin, "a"), put_away)
        assert errors.count(None) == 1
        async with timeline.database.read() as conn:
            waits = await runs.has_open_runs(conn, origin.session_id)
        assert waits is (errors[0] is None)


async def test_a_message_is_withdrawn_or_begun_by_another_server_but_not_both(
    timeline, other, scope
):
    for _ in range(ROUNDS):
        origin = await new_session(timeline, scope)
        run = await queue(timeline, origin, "a")
        errors = await meet(start_run(timeline, scope, run), withdraw_run(other, scope, run.id))
        assert errors.count(None) == 1
        status = (await read_run(timeline, scope, run.id)).status
        assert status == ("running" if errors[0] is None else "cancelled")


async def test_two_servers_end_a_run_once(timeline, other, scope):
    for _ in range(ROUNDS):
        origin = await new_session(timeline, scope)
        run = await queue(timeline, origin, "a")
        ends = [end_run(each, scope, run.id, Outcome("failed")) for each in (timeline, other)]
        assert await meet(*ends) == [None, None]
        assert [e.type for e in await timeline.read(origin.stream)].count("run.failed") == 1


async def test_an_edit_of_an_earlier_message_cannot_steer(timeline, origin):
    first = await queue(timeline, origin, "a")
    await start_run(timeline, origin.scope, first)
    await end_run(timeline, origin.scope, first.id, Outcome("completed"))
    said = next(e for e in await timeline.read(origin.stream) if e.type == "message.user")
    edit = await queue(timeline, origin, "b", replaces=said.seq)
    with pytest.raises(Conflict, match="takes the place"):
        await change_waiting(timeline, origin.scope, edit.id, RunPatch(steer=True))
    changed = await change_waiting(timeline, origin.scope, edit.id, RunPatch(text="c"))
    assert changed.prompt == "c"
