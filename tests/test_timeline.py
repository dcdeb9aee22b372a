"""Following a timeline: first what is stored, then what comes; nothing twice, no gap."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from jupyter_sessions import timeline as timeline_module
from jupyter_sessions.ids import RunId, new_id
from jupyter_sessions.models.event import (
    AgentMessage,
    AgentMessageData,
    CellExecuted,
    CellExecutedData,
    MessageData,
    UserMessage,
)
from jupyter_sessions.models.live import MessageDelta
from jupyter_sessions.timeline import Origin, utf16_length


async def say(timeline, origin, words):
    return await timeline.append(origin, UserMessage, MessageData(text=words), actor="user")


@asynccontextmanager
async def following(timeline, stream, after=0):
    subscription = timeline.subscribe(stream, after)
    frames = subscription.frames()

    async def following_frame():
        async with asyncio.timeout(10):
            return json.loads(await anext(frames))

    yield following_frame
    subscription.close()
    await frames.aclose()


async def test_a_replay_ends_with_ready_and_goes_on_live(timeline, origin):
    await say(timeline, origin, "stored")
    async with following(timeline, origin.stream) as frame:
        assert (await frame())["event"]["data"]["text"] == "stored"
        assert await frame() == {"kind": "ready", "stream": origin.stream, "seq": 1}
        await say(timeline, origin, "live")
        assert (await frame())["event"]["seq"] == 2


async def test_a_replay_begins_behind_the_cursor(timeline, origin):
    for number in range(5):
        await say(timeline, origin, str(number))
    async with following(timeline, origin.stream, after=3) as frame:
        assert [(await frame())["event"]["seq"] for _ in range(2)] == [4, 5]


async def test_followers_see_every_event_once_while_it_is_written(timeline, origin):
    async def collect(start):
        await asyncio.sleep(start)
        seen = []
        async with following(timeline, origin.stream) as frame:
            while len(seen) < 200:
                got = await frame()
                if got["kind"] == "event":
                    seen.append(got["event"]["seq"])
        return seen

    followers = [asyncio.create_task(collect(n / 100)) for n in range(5)]
    await asyncio.gather(*(say(timeline, origin, str(n)) for n in range(200)))
    for seen in await asyncio.gather(*followers):
        assert seen == list(range(1, 201))


async def test_a_slow_reader_is_sent_back_to_the_database_and_misses_nothing(
    timeline, origin, monkeypatch
):
    monkeypatch.setattr(timeline_module, "MAX_WAITING", 5)
    async with following(timeline, origin.stream) as frame:
        assert (await frame())["kind"] == "ready"
        for number in range(20):
            await say(timeline, origin, str(number))
        assert [(await frame())["event"]["seq"] for _ in range(20)] == list(range(1, 21))


async def test_a_late_subscriber_gets_the_text_so_far(timeline, origin):
    run_id = RunId(new_id())
    for offset, text in ((0, "Hel"), (3, "lo")):
        timeline.publish(origin.stream, MessageDelta(run_id=run_id, offset=offset, text=text))
    async with following(timeline, origin.stream) as frame:
        live = (await frame())["live"]
        assert (live["offset"], live["text"]) == (0, "Hello")
        assert (await frame())["kind"] == "ready"


async def test_the_text_so_far_ends_with_its_event(timeline, origin):
    run_id = RunId(new_id())
    timeline.publish(origin.stream, MessageDelta(run_id=run_id, offset=0, text="Hello"))
    of_run = Origin(origin.scope, origin.session_id, run_id)
    await timeline.append(of_run, AgentMessage, AgentMessageData(text="Hello"), actor="agent")
    assert timeline.so_far(origin.stream) == []


async def test_large_payloads_go_to_the_blob_table(timeline, origin):
    outputs = [{"output_type": "stream", "name": "stdout", "text": "x" * 20_000}]
    data = CellExecutedData(
        notebook="a.ipynb", cell_id="c", kernel_id="k", execution_count=1, source="1",
        outputs=outputs, status="ok", duration_ms=1,
    )  # fmt: skip
    event = await timeline.append(origin, CellExecuted, data, actor="agent")
    assert event.data.outputs.media_type == "application/json"
    assert event.data.source == "1"
    stored, media_type = await timeline.get_blob(origin.scope, event.data.outputs.blob)
    assert json.loads(stored) == outputs
    assert media_type == "application/json"


async def test_a_deleted_stream_ends_its_followers(timeline, origin):
    async with following(timeline, origin.stream) as frame:
        assert (await frame())["kind"] == "ready"
        timeline.close_stream(origin.stream)
        assert (await frame())["kind"] == "gone"
        with pytest.raises(StopAsyncIteration):
            await frame()


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("é", 1), ("😀", 2), ("\ud800", 1)])
def test_offsets_are_counted_as_browsers_count(text, length):
    assert utf16_length(text) == length
