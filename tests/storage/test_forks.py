"""A fork shares the rows of its source, on both databases."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from jupyter_sessions.actions.forks import fork_session
from jupyter_sessions.actions.lines import pin_message
from jupyter_sessions.actions.sessions import delete_session
from jupyter_sessions.models.event import MessageData, UserMessage
from jupyter_sessions.models.session import NewFork, Pin
from jupyter_sessions.storage import events, lineage, projects, schema
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Origin, Timeline


async def say(timeline, origin, *words):
    for each in words:
        await timeline.append(origin, UserMessage, MessageData(text=each), actor="user")


async def fork(timeline, origin, seq):
    made = await fork_session(timeline, origin.scope, origin.session_id, NewFork(seq=seq))
    return Origin(origin.scope, made.id)


async def texts(timeline, origin, **page):
    log = await timeline.read(origin.stream, limit=1000, **page)
    return [event.data.text if event.type == "message.user" else event.type for event in log]


async def count_rows(timeline):
    async with timeline.database.read() as conn:
        counts = [
            (await conn.execute(select(func.count()).select_from(table))).scalar_one()
            for table in schema.metadata.sorted_tables
        ]
    return sum(counts)


async def test_a_fork_of_ten_thousand_events_adds_a_handful_of_rows(timeline, origin):
    data = MessageData(text="x")
    for _ in range(10):
        await asyncio.gather(
            *(timeline.append(origin, UserMessage, data, actor="user") for _ in range(1000))
        )
    before = await count_rows(timeline)
    made = await fork(timeline, origin, 10_000)
    assert await count_rows(timeline) - before <= 4
    [first] = await timeline.read(made.stream, limit=1)
    last = await timeline.read(made.stream, before=10**9, limit=2)
    assert [first.seq, *(event.seq for event in last)] == [1, 10_000, 10_001]


async def test_forks_of_forks_read_as_one_log_each(timeline, origin):
    await say(timeline, origin, "a", "b", "c")
    second = await fork(timeline, origin, 2)
    await say(timeline, second, "d", "e")
    third = await fork(timeline, second, 4)
    below = await fork(timeline, second, 1)
    await say(timeline, third, "f")
    await say(timeline, below, "g")
    await say(timeline, origin, "h")
    assert await texts(timeline, origin) == ["a", "b", "c", "h"]
    assert await texts(timeline, second) == ["a", "b", "session.forked", "d", "e"]
    assert await texts(timeline, third) == ["a", "b", "session.forked", "d", "session.forked", "f"]
    assert await texts(timeline, below) == ["a", "session.forked", "g"]
    for each in (second, third, below):
        log = await timeline.read(each.stream)
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        assert {event.stream for event in log} == {each.stream}


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_in_both_directions_cross_the_seams(timeline, origin, limit):
    await say(timeline, origin, "a", "b", "c")
    second = await fork(timeline, origin, 3)
    await say(timeline, second, "d")
    third = await fork(timeline, second, 5)
    await say(timeline, third, "e")
    whole = [event.seq for event in await timeline.read(third.stream)]
    assert whole == [1, 2, 3, 4, 5, 6, 7]
    forward, after = [], 0
    while page := await timeline.read(third.stream, after=after, limit=limit):
        forward += [event.seq for event in page]
        after = forward[-1]
    backward, before = [], 8
    while page := await timeline.read(third.stream, before=before, limit=limit):
        backward = [*(event.seq for event in page), *backward]
        before = backward[0]
    assert forward == backward == whole
    between = await timeline.read(third.stream, after=2, before=6, limit=limit)
    assert [event.seq for event in between] == [3, 4, 5][-limit:]


async def test_a_fork_reads_on_after_its_source_is_deleted_and_in_another_process(
    timeline, origin, db_url
):
    await say(timeline, origin, "a", "b")
    made = await fork(timeline, origin, 2)
    await delete_session(timeline, origin.scope, origin.session_id)
    await say(timeline, made, "c")
    other = Timeline(await open_database(db_url))
    await say(other, made, "d")
    log = await texts(other, made)
    await other.database.close()
    assert log == await texts(timeline, made) == ["a", "b", "session.forked", "c", "d"]


async def test_followers_of_a_fork_get_the_shared_part_and_then_its_own(timeline, origin):
    await say(timeline, origin, "a", "b")
    made = await fork(timeline, origin, 2)
    subscription = timeline.subscribe(made.stream, 0)
    frames = subscription.frames()
    replayed = [await anext(frames) for _ in range(4)]
    assert '"kind":"ready"' in replayed[3]
    await say(timeline, made, "c")
    await say(timeline, origin, "not for the fork")
    live = await anext(frames)
    assert '"text":"c"' in live
    assert all(f'"stream":"{made.stream}"' in frame for frame in [*replayed, live])
    subscription.close()


async def test_the_lineage_is_looked_up_once_for_a_connection(timeline, origin):
    await say(timeline, origin, "a")
    made = await fork(timeline, origin, 1)
    async with timeline.database.read() as conn:
        first = await lineage.get_lineage(conn, made.stream)
        assert await lineage.get_lineage(conn, made.stream) is first
    assert [(each.after, each.last) for each in first] == [(0, 1), (1, None)]


async def test_pins_of_the_shared_part_are_seen_in_the_fork(timeline, origin):
    await say(timeline, origin, "a")
    pin = Pin(seq=1)
    await pin_message(timeline, origin.scope, origin.session_id, pin)
    made = await fork(timeline, origin, 2)
    await pin_message(timeline, origin.scope, made.session_id, pin)
    assert await texts(timeline, made) == ["a", "message.pinned", "session.forked"]


async def test_only_some_types_can_be_read(timeline, origin):
    await say(timeline, origin, "a", "b")
    made = await fork(timeline, origin, 2)
    await say(timeline, made, "c")
    async with timeline.database.read() as conn:
        found = await events.list_events(conn, made.stream, types=["message.user"], limit=2)
        last = await events.list_events(
            conn, made.stream, before=10, types=["message.user"], limit=1
        )
    assert [event.seq for event in found] == [1, 2]
    assert [event.seq for event in last] == [4]


async def test_deleting_the_project_removes_forks_too(timeline, origin):
    await say(timeline, origin, "a")
    made = await fork(timeline, origin, 1)
    await timeline.write(lambda entry: projects.remove_project(entry.conn, origin.scope))
    assert await timeline.read(made.stream) == []
