"""Messages that wait: in order, edited, and taken into the run that is at work."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic_ai.messages import UserPromptPart
from tornado.httpclient import HTTPClientError

LIST = ("list_files", {"path": "."})


@pytest.fixture
def gate():
    """A model's answer that waits: ``asked`` is set when it was asked, ``open`` lets it go on."""
    return Gate()


class Gate:
    def __init__(self):
        self.asked = asyncio.Event()
        self.open = asyncio.Event()

    def answer(self, answer):
        async def slow():
            self.asked.set()
            await self.open.wait()
            return answer

        return slow


def said(messages):
    parts = (part for message in messages for part in message.parts)
    return [part.content for part in parts if isinstance(part, UserPromptPart)]


async def refused(call, code):
    with pytest.raises(HTTPClientError) as caught:
        await call
    assert caught.value.code == code
    return json.loads(caught.value.response.body)


async def patch(conversation, run, **change):
    return await conversation.api("PATCH", f"{conversation.project}/runs/{run['id']}", change)


async def order(conversation, *runs):
    ids = [run["id"] if isinstance(run, dict) else run for run in runs]
    return (await conversation.api("PUT", f"{conversation.path}/queue", {"ids": ids}))["items"]


async def prompts(conversation):
    return [event["data"]["text"] for event in await conversation.events("message.user")]


async def test_a_message_that_steers_is_taken_in_at_the_next_step(conversation, script, gate):
    given = script(gate.answer([LIST]), "Done.")
    run = await conversation.send("Look around.")
    await gate.asked.wait()
    steering = await conversation.send("Only CSV files.", steer=True)
    assert (steering["status"], steering["steer"]) == ("queued", True)
    gate.open.set()
    assert (await conversation.ended(run))["status"] == "completed"
    assert said(given.requests[1]) == ["Look around.", "Only CSV files."]
    taken = (await conversation.events("message.user"))[1]
    assert (taken["run_id"], taken["data"]["steers"]) == (run["id"], True)
    [closed] = await conversation.events("run.cancelled")
    assert (closed["run_id"], closed["data"]["steered"]) == (steering["id"], run["id"])
    ended = await conversation.ended(steering)
    assert (ended["status"], ended["usage"]["requests"]) == ("cancelled", 0)


async def test_a_message_that_steers_makes_a_run_go_on_that_was_about_to_end(
    conversation, script, gate
):
    given = script(gate.answer("I think I am done."), "Now I am.")
    run = await conversation.send("Go.")
    await gate.asked.wait()
    await conversation.send("Not yet.", steer=True)
    gate.open.set()
    await conversation.ended(run)
    assert [event["data"]["text"] for event in await conversation.events("message.agent")] == [
        "I think I am done.", "Now I am.",
    ]  # fmt: skip
    assert [part.part_kind for message in given.requests[1] for part in message.parts] == [
        "user-prompt", "text", "user-prompt",
    ]  # fmt: skip
    assert len(await conversation.events("run.started")) == 1


async def test_a_message_that_steers_while_nothing_runs_is_a_run_of_its_own(conversation, script):
    script("Done.")
    run = await conversation.say("Go.", steer=True)
    assert run["status"] == "completed"
    [said_] = await conversation.events("message.user")
    assert (said_["run_id"], said_["data"]["steers"]) == (run["id"], False)


async def test_messages_that_steer_together_are_taken_in_their_order(conversation, script, gate):
    given = script(gate.answer([LIST]), "Done.")
    run = await conversation.send("a")
    await gate.asked.wait()
    for text in ("b", "c", "d"):
        await conversation.send(text, steer=True)
    gate.open.set()
    await conversation.ended(run)
    assert await prompts(conversation) == ["a", "b", "c", "d"]
    assert said(given.requests[1]) == ["a", "b\n\nc\n\nd"]


async def test_a_waiting_message_can_be_made_to_steer_and_back(conversation, script, gate):
    script(gate.answer("One."), "Two.", "Three.")
    run = await conversation.send("a")
    await gate.asked.wait()
    second, third = await conversation.send("b"), await conversation.send("c", steer=True)
    assert (await patch(conversation, second, steer=True))["steer"] is True
    assert (await patch(conversation, third, steer=False))["steer"] is False
    gate.open.set()
    assert (await conversation.ended(third))["status"] == "completed"
    assert (await conversation.ended(second))["status"] == "cancelled"
    assert [event["run_id"] for event in await conversation.events("message.user")] == [
        run["id"], run["id"], third["id"],
    ]  # fmt: skip


async def test_a_message_that_steers_after_an_interrupt_is_the_next_run(conversation, script, gate):
    script(gate.answer([LIST]), "Stopped.", "Here.", "Last.")
    run = await conversation.send("a")
    await gate.asked.wait()
    waiting = await conversation.send("b")
    steering = await conversation.send("c", steer=True)
    await conversation.api("POST", f"{conversation.path}/interrupt", {})
    gate.open.set()
    assert (await conversation.ended(run))["status"] == "cancelled"
    for each in (steering, waiting):
        assert (await conversation.ended(each))["status"] == "completed"
    assert await prompts(conversation) == ["a", "c", "b"]


async def test_a_message_that_steers_a_run_that_fails_is_the_next_run(conversation, script, gate):
    script(gate.answer(AssertionError("a bug")), "Here.")
    run = await conversation.send("a")
    await gate.asked.wait()
    steering = await conversation.send("b", steer=True)
    gate.open.set()
    assert (await conversation.ended(run))["status"] == "failed"
    assert (await conversation.ended(steering))["status"] == "completed"
    assert await prompts(conversation) == ["a", "b"]


async def test_messages_that_steer_while_runs_come_and_go_are_each_said_once(conversation, script):
    script("Done.")
    sent = []
    for number in range(12):
        sent.append(await conversation.send(str(number), steer=number % 3 > 0))
    for run in sent:
        assert (await conversation.ended(run))["status"] in ("completed", "cancelled")
    assert sorted(await prompts(conversation), key=int) == [str(number) for number in range(12)]
    closed = await conversation.events("run.cancelled")
    assert all(event["data"]["steered"] for event in closed)


async def test_a_message_that_steers_after_a_wrap_up_renews_the_iterations(
    conversation, script, gate
):
    given = script(*[[LIST]] * 32, gate.answer([LIST]), [LIST], "Done.")
    run = await conversation.send("Never stop.")
    await gate.asked.wait()
    await conversation.send("You have time.", steer=True)
    gate.open.set()
    assert (await conversation.ended(run))["status"] == "completed"
    assert "Wrap up" in given.instructions[32]
    assert "Wrap up" not in given.instructions[33]
    started = await conversation.events("iteration.started")
    assert [event["data"]["iteration"] for event in started[-2:]] == [33, 1]


async def test_a_waiting_message_can_be_edited(conversation, script, gate):
    script(gate.answer("One."), "Two.")
    await conversation.send("a")
    await gate.asked.wait()
    waiting = await conversation.send("b")
    changed = await patch(conversation, waiting, text="better")
    assert (changed["prompt"], changed["status"]) == ("better", "queued")
    await patch(conversation, waiting, text="better")
    gate.open.set()
    assert (await conversation.ended(waiting))["prompt"] == "better"
    assert await prompts(conversation) == ["a", "better"]
    [event] = await conversation.events("run.changed")
    assert event["run_id"] == waiting["id"]
    assert event["data"] == {"prompt": "better", "steer": False}


async def test_a_message_that_has_begun_or_ended_cannot_be_edited(conversation, script, gate):
    script(gate.answer("One."))
    run = await conversation.send("a")
    await gate.asked.wait()
    assert "is running" in (await refused(patch(conversation, run, text="b"), 409))["message"]
    gate.open.set()
    await conversation.ended(run)
    assert "is completed" in (await refused(patch(conversation, run, text="b"), 409))["message"]
    await refused(patch(conversation, {"id": "0" * 26}, text="b"), 404)
    await refused(patch(conversation, run, text=""), 400)


async def test_waiting_messages_run_in_the_order_that_they_are_put(conversation, script, gate):
    script(gate.answer("One."), "More.")
    first = await conversation.send("a")
    await gate.asked.wait()
    b, c, d = [await conversation.send(text) for text in "bcd"]
    assert [run["prompt"] for run in await order(conversation, d, b)] == ["d", "b", "c"]
    e = await conversation.send("e")
    [ordered] = await conversation.events("queue.ordered")
    assert ordered["data"]["ids"] == [d["id"], b["id"], c["id"]]
    gate.open.set()
    for run in (first, b, c, d, e):
        await conversation.ended(run)
    assert await prompts(conversation) == ["a", "d", "b", "c", "e"]


async def test_a_message_that_began_while_it_was_dragged_is_passed_over(conversation, script, gate):
    script(gate.answer("One."), "More.")
    first = await conversation.send("a")
    await gate.asked.wait()
    b, c = await conversation.send("b"), await conversation.send("c")
    items = await order(conversation, c, first, "0" * 26, b)
    assert [run["prompt"] for run in items] == ["c", "b"]
    await order(conversation, c, b)
    assert len(await conversation.events("queue.ordered")) == 1
    await refused(conversation.api("PUT", f"{conversation.path}/queue", {}), 400)


async def test_an_archived_session_takes_no_messages(conversation, script):
    script("Done.")
    await conversation.api("PATCH", conversation.path, {"archived": True})
    body = await refused(conversation.send("Hello?"), 409)
    assert "restore it first" in body["message"]
    assert await conversation.events("run.queued") == []
    await conversation.api("PATCH", conversation.path, {"archived": False})
    assert (await conversation.say("Hello?"))["status"] == "completed"


async def test_a_session_without_a_name_takes_that_of_its_first_message(
    api, project, script, backend
):
    script("Done.")
    path = f"projects/{project['id']}/sessions"
    session = await api("POST", path, {"model": "test:script"})
    assert session["name"] == "Session 1"
    for text in ("**Look** at it\nand more", "Then this"):
        await api("POST", f"{path}/{session['id']}/messages", {"text": text})
    assert (await api("GET", f"{path}/{session['id']}"))["name"] == "Look at it"
    log = (await api("GET", f"{path}/{session['id']}/events"))["items"]
    [changed] = [event for event in log if event["type"] == "session.changed"]
    assert changed["data"]["name"] == "Look at it"
