"""What was acknowledged is there, whatever else happened in the same commit."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from jupyter_sessions.errors import StorageFull
from jupyter_sessions.models.event import MessageData, UserMessage
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Timeline


# Only SQLite takes the whole transaction back when its disk is full.
@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_a_disk_that_fills_in_the_middle_of_a_batch_acknowledges_nobody(timeline, origin):
    async def limit(entry):
        pages = (await entry.conn.execute(text("PRAGMA page_count"))).scalar()
        await entry.conn.execute(text(f"PRAGMA max_page_count = {pages + 3}"))

    await timeline.write(limit)

    def write(words):
        async def work(entry):
            entry.append(origin, UserMessage, MessageData(text=words), actor="user")

        return timeline.write(work)

    results = await asyncio.gather(
        write("small"), write("x" * 200_000), write("small too"), return_exceptions=True
    )
    stored = [event.data.text for event in await timeline.read(origin.stream)]
    acknowledged = [
        words
        for words, result in zip(("small", "", "small too"), results, strict=True)
        if result is None
    ]
    assert isinstance(results[1], StorageFull)
    assert [words for words in stored if len(words) < 100] == acknowledged

    async def lift(entry):
        await entry.conn.execute(text("PRAGMA max_page_count = 1073741823"))

    await timeline.write(lift)
    await write("after")
    seqs = [event.seq for event in await timeline.read(origin.stream)]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_a_follower_misses_nothing_of_what_another_server_writes(timeline, origin, db_url):
    other = Timeline(await open_database(db_url))

    async def say(where, words):
        await where.append(origin, UserMessage, MessageData(text=words), actor="user")

    subscription = timeline.subscribe(origin.stream, 0)
    frames = subscription.frames()
    seen: list[str] = []

    async def follow():
        async for frame in frames:
            seen.append(frame)

    task = asyncio.create_task(follow())
    await say(timeline, "ours")
    await say(other, "theirs")
    await say(other, "theirs too")
    await say(timeline, "ours again")
    async with asyncio.timeout(20):
        while len([frame for frame in seen if '"event"' in frame[:20]]) < 4:
            await asyncio.sleep(0.01)
    task.cancel()
    subscription.close()
    await other.database.close()
    words = [frame.split('"text":"')[1].split('"')[0] for frame in seen if "text" in frame]
    assert words == ["ours", "theirs", "theirs too", "ours again"]
