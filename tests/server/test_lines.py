"""Edit an earlier message, fork a session, pin a message: for the model, and in the log."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic_ai.messages import ToolCallPart, ToolReturnPart
from tornado.httpclient import HTTPClientError

from tests.server.conftest import Conversation

LIST = ("list_files", {"path": "."})


def words(messages):
    """Return what was said, in order; calls and their returns by their kinds."""
    parts = [part for message in messages for part in message.parts]
    return [
        part.part_kind if isinstance(part, ToolCallPart | ToolReturnPart) else part.content
        for part in parts
    ]


async def refused(call, code):
    with pytest.raises(HTTPClientError) as caught:
        await call
    assert caught.value.code == code
    return json.loads(caught.value.response.body)["message"]


async def message_of(conversation, text):
    """Return the number of the message of the user with this text."""
    said = await conversation.events("message.user")
    return next(event["seq"] for event in said if event["data"]["text"] == text)


async def fork(conversation, seq, **more):
    """Fork the session of a conversation; return the conversation with the fork."""
    made = await conversation.api("POST", f"{conversation.path}/fork", {"seq": seq, **more})
    project = {"id": made["project_id"]}
    return Conversation(conversation.api, project, made)


async def test_an_edited_message_takes_the_place_of_the_old_one(conversation, script):
    given = script("One.", [LIST], "Two.", "Three.")
    await conversation.say("a")
    await conversation.say("b")
    before = await conversation.events()
    run = await conversation.say("b, but better", replaces=await message_of(conversation, "b"))
    assert run["status"] == "completed"
    assert words(given.requests[-1]) == ["a", "One.", "b, but better"]
    after = await conversation.events()
    assert after[: len(before)] == before
    [forked] = [event for event in after if event["type"] == "line.forked"]
    replaced = await message_of(conversation, "b")
    assert forked["data"] == {"after": replaced - 1, "replaces": replaced}
    kinds = [event["type"] for event in after[len(before) :]]
    assert kinds[:4] == ["run.queued", "run.started", "line.forked", "message.user"]


async def test_edits_nest_and_go_back_behind_each_other(conversation, script):
    given = script("Answer.")
    for text in ("a", "b", "c"):
        await conversation.say(text)
    await conversation.say("c2", replaces=await message_of(conversation, "c"))
    await conversation.say("d")
    await conversation.say("b2", replaces=await message_of(conversation, "b"))
    await conversation.say("e")
    assert words(given.requests[-1])[::2] == ["a", "b2", "e"]
    await conversation.say("b3", replaces=await message_of(conversation, "b2"))
    assert words(given.requests[-1]) == ["a", "Answer.", "b3"]
    await conversation.say("a2", replaces=await message_of(conversation, "a"))
    assert words(given.requests[-1]) == ["a2"]


@pytest.mark.parametrize("seq", [1, 3, 5, 10_000])
async def test_only_a_message_of_the_user_can_be_edited(conversation, script, seq):
    script("One.")
    await conversation.say("a")
    sentence = await refused(conversation.send("b", replaces=seq), 400)
    assert "no message of the user" in sentence
    assert len(await conversation.events("run.queued")) == 1


async def test_a_message_of_an_earlier_version_cannot_be_edited(conversation, script):
    script("Answer.")
    await conversation.say("a")
    await conversation.say("b")
    old = await message_of(conversation, "b")
    await conversation.say("a2", replaces=await message_of(conversation, "a"))
    assert "earlier version" in await refused(conversation.send("b2", replaces=old), 409)


async def test_nothing_is_edited_while_the_agent_works(conversation, script):
    gate = asyncio.Event()

    async def slow():
        await gate.wait()
        return "Two."

    script("One.", slow)
    await conversation.say("a")
    run = await conversation.send("b")
    seq = await message_of(conversation, "a")
    assert "at work" in await refused(conversation.send("a2", replaces=seq), 409)
    gate.set()
    await conversation.ended(run)
    assert (await conversation.say("a2", replaces=seq))["status"] == "completed"


async def test_a_failed_message_is_tried_again_in_its_place(conversation, script):
    given = script(AssertionError("a bug"), "Now it works.")
    assert (await conversation.say("Go."))["status"] == "failed"
    again = await conversation.say("Go.", replaces=await message_of(conversation, "Go."))
    assert again["status"] == "completed"
    assert words(given.requests[-1]) == ["Go."]


async def test_a_fork_begins_with_the_log_of_its_source_and_goes_on_alone(conversation, script):
    given = script("One.", "Two.", "Three.")
    await conversation.say("a")
    shared = await conversation.events()
    await conversation.say("b")
    other = await fork(conversation, shared[-1]["seq"])
    session = await conversation.api("GET", other.path)
    assert session["name"] == "Model (fork)"
    assert session["started"] is True
    assert (session["forked_from"], session["forked_seq"]) == (shared[0]["stream"], len(shared))
    assert session["last_seq"] == len(shared) + 1
    await other.say("c")
    assert words(given.requests[-1]) == ["a", "One.", "c"]
    log = await other.events()
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    assert {event["stream"] for event in log} == {session["id"]}
    as_they_were = [event | {"stream": shared[0]["stream"]} for event in log[: len(shared)]]
    assert as_they_were == shared
    assert log[len(shared)]["type"] == "session.forked"
    assert log[len(shared)]["data"]["name"] == "Model"
    texts = [event["data"]["text"] for event in await conversation.events("message.user")]
    assert texts == ["a", "b"]


async def test_a_fork_outlives_its_source_and_can_be_forked_again(conversation, script):
    given = script("Answer.")
    await conversation.say("a")
    await conversation.say("b")
    last = (await conversation.events())[-1]["seq"]
    second = await fork(conversation, last)
    await second.say("c")
    third = await fork(second, (await second.events())[-1]["seq"], name="Third")
    below = await fork(second, await message_of(conversation, "b") - 1)
    await conversation.api("DELETE", conversation.path)
    await conversation.api("DELETE", second.path)
    await third.say("d")
    assert words(given.requests[-1])[::2] == ["a", "b", "c", "d"]
    await below.say("e")
    assert words(given.requests[-1])[::2] == ["a", "e"]
    for each in (third, below):
        log = await each.events()
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    assert (await conversation.api("GET", third.path))["name"] == "Third"


async def test_a_fork_in_the_middle_of_calls_gives_each_call_a_return(conversation, script):
    given = script([LIST, LIST], "One.", "Two.")
    await conversation.say("a")
    returned = await conversation.events("tool.returned")
    other = await fork(conversation, returned[0]["seq"])
    await other.say("b")
    assert words(given.requests[-1]) == [
        "a", "tool-call", "tool-call", "tool-return", "tool-return", "b",
    ]  # fmt: skip
    calls, results = given.requests[-1][1].parts, given.requests[-1][2].parts
    assert [part.tool_call_id for part in results[:2]] == [part.tool_call_id for part in calls]
    assert [("cut off" in part.content) for part in results[:2]].count(True) == 1


async def test_a_message_of_the_shared_part_can_be_edited_in_a_fork(conversation, script):
    given = script("Answer.")
    await conversation.say("a")
    await conversation.say("b")
    other = await fork(conversation, (await conversation.events())[-1]["seq"])
    await other.say("b2", replaces=await message_of(other, "b"))
    assert words(given.requests[-1]) == ["a", "Answer.", "b2"]
    await conversation.say("c")
    assert words(given.requests[-1])[::2] == ["a", "b", "c"]


async def test_a_fork_of_an_edited_line_follows_the_line_that_it_was_made_on(conversation, script):
    given = script("Answer.")
    await conversation.say("a")
    await conversation.say("b")
    before_edit = (await conversation.events())[-1]["seq"]
    await conversation.say("a2", replaces=await message_of(conversation, "a"))
    old = await fork(conversation, before_edit)
    await old.say("c")
    assert words(given.requests[-1])[::2] == ["a", "b", "c"]
    new = await fork(conversation, (await conversation.events())[-1]["seq"])
    await new.say("c")
    assert words(given.requests[-1])[::2] == ["a2", "c"]
    assert "earlier version" in await refused(
        new.send("x", replaces=await message_of(new, "b")), 409
    )


async def test_results_of_the_shared_part_can_be_read_on_in_a_fork(conversation, script):
    content = "".join(f"{n:07}\n" for n in range(5_000))
    call_ids = []

    async def read_on():
        return [("read_result", {"call_id": call_ids[0], "offset": 16_000, "limit": 80})]

    given = script(
        [("write_file", {"path": "big.txt", "content": content})],
        [("run_terminal", {"command": "cat big.txt"})],
        "Done.",
        read_on,
        "Read.",
    )
    await conversation.say("Go.")
    other = await fork(conversation, (await conversation.events())[-1]["seq"])
    call_ids += [(await other.events("tool.returned"))[1]["data"]["call_id"]]
    await other.say("Read on.")
    assert given.requests[-1][-1].parts[0].content.startswith("0002000\n")


async def test_a_fork_takes_over_how_its_source_is_set_up(conversation, script, api):
    script([("set_disposition", {"value": {"risk": "LOW"}})], "Decided.")
    upstream = await api("POST", f"{conversation.project}/sessions", {"name": "Features"})
    await api("PATCH", conversation.path, {"model": "test:script"})
    schema = {"json_schema": {"risk": "LOW|HIGH"}}
    await api("PUT", f"{conversation.path}/disposition", schema)
    await conversation.say("a")
    needs = {"items": [{"session_id": upstream["id"]}]}
    await api("PUT", f"{conversation.path}/dependencies", needs)
    session = await api("GET", conversation.path)
    assert (session["decided"], session["has_schema"]) == (True, True)
    other = await fork(conversation, session["last_seq"])
    made = await api("GET", other.path)
    assert (made["model"], made["active_branch"]) == ("test:script", session["active_branch"])
    assert (made["decided"], made["has_schema"], made["started"]) == (False, True, True)
    assert [each["name"] for each in made["dependencies"]] == ["Features"]


async def test_a_fork_of_what_was_before_the_first_message_has_not_started(conversation, script):
    script("Answer.")
    await conversation.say("a")
    await fork(conversation, 6)
    unstarted = await fork(conversation, 2)
    session = await conversation.api("GET", unstarted.path)
    assert (session["started"], session["name"]) == (False, "Model (fork 2)")
    await unstarted.say("b")
    assert (await conversation.api("GET", unstarted.path))["started"] is True


async def test_a_fork_behind_the_end_of_the_log_is_refused(conversation):
    assert "ends with event 1" in await refused(fork(conversation, 2), 400)
    await refused(fork(conversation, 0), 400)
    names = [
        each["name"]
        for each in (await conversation.api("GET", f"{conversation.project}/sessions"))["items"]
    ]
    assert names == ["Model"]


async def test_a_fork_is_replayed_to_followers_and_goes_on_live(conversation, script, jp_ws_fetch):
    script("One.", "Two.")
    await conversation.say("a")
    other = await fork(conversation, (await conversation.events())[-1]["seq"])
    stream = other.path.rpartition("/")[2]
    socket = await jp_ws_fetch("jupyter-sessions", "events", params={"streams": f"{stream}:2"})
    await other.say("b")
    seqs, frame = [], {}
    while frame.get("event", {}).get("type") != "run.completed" or len(seqs) < 8:
        frame = json.loads(await socket.read_message())
        if frame["kind"] == "event":
            assert frame["event"]["stream"] == stream
            seqs.append(frame["event"]["seq"])
    assert seqs == list(range(3, len(seqs) + 3))
    socket.close()


async def test_pages_of_a_fork_go_over_the_seam(conversation, script):
    script("One.")
    await conversation.say("a")
    other = await fork(conversation, 6)
    await other.say("b")
    log = await other.events()
    page = await conversation.api("GET", f"{other.path}/events", before="9", limit="4")
    assert page["items"] == log[4:8]
    page = await conversation.api("GET", f"{other.path}/events", after="4", limit="4")
    assert (page["items"], page["next"]) == (log[4:8], "8")


async def test_a_message_is_pinned_once_and_unpinned(conversation, script):
    script("One.")
    await conversation.say("a")
    seq = await message_of(conversation, "a")
    for pinned in (True, True, False, False):
        await conversation.api("POST", f"{conversation.path}/pins", {"seq": seq, "pinned": pinned})
    pins = [event["data"] for event in await conversation.events("message.pinned")]
    assert pins == [{"seq": seq, "pinned": True}, {"seq": seq, "pinned": False}]


@pytest.mark.parametrize("seq", [1, 2, 6, 10_000])
async def test_only_messages_can_be_pinned(conversation, script, seq):
    script("One.")
    await conversation.say("a")
    call = conversation.api("POST", f"{conversation.path}/pins", {"seq": seq})
    assert "cannot be pinned" in await refused(call, 400)
