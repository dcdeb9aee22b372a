"""Interrupt: at the boundary, acknowledged, the session stays open."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from tornado.httpclient import HTTPClientError

LIST = ("list_files", {"path": "."})
CELL = "import time\nprint('begun', flush=True)\ntime.sleep(300)"


async def interrupt(conversation, **body):
    await conversation.api("POST", f"{conversation.path}/interrupt", body)


async def test_an_interrupt_during_a_tool_call_ends_the_run_as_cancelled(conversation, script):
    given = script([("run_terminal", {"command": "sleep 1; echo finished"})], "I stopped here.")
    run = await conversation.send("Go.")
    await conversation.seen("tool.called")
    await interrupt(conversation)
    ended = await conversation.ended(run)
    assert ended["status"] == "cancelled"
    [returned] = await conversation.events("tool.returned")
    assert "finished" in returned["data"]["content"]
    [acknowledged] = await conversation.events("message.agent")
    assert acknowledged["data"]["text"] == "I stopped here."
    assert given.offered[-1] == ["prompt_user"]
    assert (await conversation.api("GET", conversation.path))["status"] == "idle"


async def test_an_interrupt_during_a_request_runs_none_of_its_calls(conversation, script):
    asked, gate = asyncio.Event(), asyncio.Event()

    async def slow():
        asked.set()
        await gate.wait()
        return [LIST]

    script(slow, "Stopped.")
    run = await conversation.send("Go.")
    await asked.wait()
    await interrupt(conversation)
    gate.set()
    assert (await conversation.ended(run))["status"] == "cancelled"
    assert await conversation.events("tool.called") == []


async def test_the_session_goes_on_after_an_interrupt(conversation, script):
    script([("run_terminal", {"command": "sleep 0.3"})], "Stopped.", "Here again.")
    run = await conversation.send("Go.")
    await conversation.seen("tool.called")
    await interrupt(conversation)
    await conversation.ended(run)
    assert (await conversation.say("Go on."))["status"] == "completed"


async def test_a_second_press_interrupts_the_running_cell(conversation, script):
    async def run_it():
        [inserted] = [
            event
            for event in await conversation.events("cell.changed")
            if event["data"]["change"] == "inserted"
        ]
        return [("run_cell", {"notebook": "a.ipynb", "cell_id": inserted["data"]["cell_id"]})]

    script(
        [("create_notebook", {"path": "a.ipynb"})],
        [("insert_cell", {"notebook": "a.ipynb", "source": CELL})],
        run_it,
        "Unused.",
    )
    run = await conversation.send("Go.")
    await conversation.seen("tool.called", 3)
    await interrupt(conversation)
    # The kernel may still be starting: the press is repeated until the cell is interrupted.
    ended = asyncio.create_task(conversation.ended(run))
    while not ended.done():
        with suppress(HTTPClientError):  # 409, once it has ended
            await interrupt(conversation, kernel=True)
        await asyncio.wait([ended], timeout=0.5)
    assert ended.result()["status"] == "cancelled"
    returned = (await conversation.events("tool.returned"))[-1]
    assert returned["data"]["outcome"] == "error"


async def test_a_second_press_ends_a_request_that_hangs(conversation, script):
    asked = asyncio.Event()

    async def hang():
        asked.set()
        await asyncio.sleep(600)

    script(hang)
    run = await conversation.send("Go.")
    await asked.wait()
    await interrupt(conversation)
    await interrupt(conversation, kernel=True)
    assert (await conversation.ended(run))["status"] == "cancelled"
    [said] = await conversation.events("message.agent")
    assert "How should I go on?" in said["data"]["text"]


async def test_nothing_to_interrupt_is_a_conflict(conversation):
    with pytest.raises(HTTPClientError) as caught:
        await interrupt(conversation)
    assert caught.value.code == 409
