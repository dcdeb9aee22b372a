"""Long conversations: what the model gets in place of older parts, and what the log keeps."""

from __future__ import annotations

import json

import pytest
from pydantic_ai.messages import ToolCallPart, ToolReturnPart, UserPromptPart

from jupyter_sessions.errors import ModelError
from tests.agent.scripted import calls, error, text
from tests.server.test_lines import fork, message_of
from tests.server.test_providers import provider  # noqa: F401 - a fixture

LONG = "word " * 2_000
"""About 2,900 tokens."""
SUMMARY = "The user wants to know about words."
MODEL = "openai-chat:gpt-test"


@pytest.fixture
def jp_server_config(jp_server_config):
    settings = jp_server_config["SessionsApp"] | {"context_window": 20_000}
    return jp_server_config | {"SessionsApp": settings}


def is_summary(messages):
    return "The conversation to summarize" in str(messages[-1].parts[-1].content)


def answering(script, *answers):
    """A model that answers requests for a summary with ``SUMMARY``, others with ``answers``."""
    left = list(answers) or ["Answer."]

    async def answer():
        if is_summary(given.requests[-1]):
            return SUMMARY
        return left.pop(0) if len(left) > 1 else left[0]

    given = script(answer)
    return given


def said(messages):
    parts = (part for message in messages for part in message.parts)
    return [part.content for part in parts if isinstance(part, UserPromptPart)]


async def talk(conversation, count, **more):
    for number in range(count):
        run = await conversation.say(f"{number}: {LONG}", **more)
        assert run["status"] == "completed"


async def fill(conversation, **more):
    """Talk until a summary was made; return the run that made it, and the event."""
    for number in range(12):
        run = await conversation.say(f"{number}: {LONG}", **more)
        if compacted := await conversation.events("context.compacted"):
            return run, compacted[-1]
    pytest.fail("no summary was made")


async def test_the_older_part_is_summarized_before_the_window_is_full(conversation, script):
    given = answering(script)
    _, compacted = await fill(conversation)
    *earlier, asked, last = given.requests
    assert len(earlier) > 1
    assert is_summary(asked)
    assert not any(map(is_summary, earlier))
    assert given.offered[-2] == []
    assert "0: word" in said(asked)[0]
    opening, *recent = said(last)
    data = compacted["data"]
    assert SUMMARY in opening
    assert data["summary"] == SUMMARY
    assert data["tokens_after"] < data["tokens_before"] < 20_000
    users = await conversation.events("message.user")
    assert recent == [each["data"]["text"] for each in users if each["seq"] > data["after"]]
    assert recent


async def test_the_log_stays_whole_and_the_summary_is_paid_for(conversation, script):
    answering(script)
    run, compacted = await fill(conversation)
    log = await conversation.events()
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    assert compacted["run_id"] == run["id"]
    assert run["usage"]["requests"] == 2
    session = await conversation.api("GET", conversation.path)
    runs = (await conversation.api("GET", f"{conversation.project}/runs"))["items"]
    assert session["usage"]["requests"] == len(runs) + 1
    spent = sum(each["usage"]["input_tokens"] for each in runs)
    assert session["usage"]["input_tokens"] == spent > 0


async def test_nobody_sees_a_summary_being_written(conversation, script, session, jp_ws_fetch):
    answering(script)
    stream = {"streams": f"{session['id']}:0"}
    socket = await jp_ws_fetch("jupyter-sessions", "events", params=stream)
    run, _ = await fill(conversation)
    texts, ended = [], None
    while ended != ("run.completed", run["id"]):
        frame = json.loads(await socket.read_message())
        ended = tuple(frame.get("event", {}).get(name) for name in ("type", "run_id"))
        if frame["kind"] == "live" and frame["live"]["type"] == "message.delta":
            texts.append(frame["live"]["text"])
    assert set(texts) == {"Answer."}
    socket.close()


async def test_what_is_pinned_stays_word_for_word(conversation, script):
    given = answering(script, "The answer to keep.", "Answer.")
    await conversation.say("Never drop rows with missing values.")
    [seq, answer_seq] = [
        e["seq"] for e in await conversation.events("message.user", "message.agent")
    ]
    for pinned in (seq, answer_seq):
        await conversation.api("POST", f"{conversation.path}/pins", {"seq": pinned})
    _, compacted = await fill(conversation)
    assert compacted["data"]["pinned"] == [seq, answer_seq]
    opening = said(given.requests[-1])[0]
    assert "[user] Never drop rows with missing values." in opening
    assert "[you] The answer to keep." in opening
    await conversation.api("POST", f"{conversation.path}/pins", {"seq": seq, "pinned": False})
    await conversation.say("Go on.")
    assert "Never drop rows" not in said(given.requests[-1])[0]


async def test_a_later_summary_builds_on_the_last_one(conversation, script):
    given = answering(script)
    await fill(conversation)
    await talk(conversation, 6)
    asked = [messages for messages in given.requests if is_summary(messages)]
    assert len(asked) > 1
    assert all(SUMMARY in said(messages)[0] for messages in asked[1:])
    cuts = [event["data"]["after"] for event in await conversation.events("context.compacted")]
    assert cuts == sorted(set(cuts))
    assert len([words for words in said(given.requests[-1]) if SUMMARY in words]) == 1


async def test_a_turn_that_is_too_long_is_cut_between_its_steps(conversation, script):
    command = [("run_terminal", {"command": f"python3 -c \"print('{LONG[:5]}' * 2000)\""})] * 2
    given = answering(script, *[command] * 4, "Done.")
    run = await conversation.say("Print a lot, twice at once.")
    assert run["status"] == "completed"
    *_, compacted = await conversation.events("context.compacted")
    assert compacted["data"]["pinned"] == [
        await message_of(conversation, "Print a lot, twice at once.")
    ]
    assert "[user] Print a lot, twice at once." in said(given.requests[-1])[0]
    parts = [part for message in given.requests[-1] for part in message.parts]
    called = [part.tool_call_id for part in parts if isinstance(part, ToolCallPart)]
    returned = [part.tool_call_id for part in parts if isinstance(part, ToolReturnPart)]
    assert called == returned
    assert called


async def test_a_message_that_is_long_itself_stays_whole(conversation, script):
    given = answering(script)
    await talk(conversation, 3)
    await conversation.say("Long: " + 4 * LONG)
    assert len(await conversation.events("context.compacted")) == 1
    opening, long = said(given.requests[-1])
    assert SUMMARY in opening
    assert long == "Long: " + 4 * LONG


async def test_a_summary_that_fails_does_not_end_the_run(conversation, script):
    left = [[("list_files", {"path": "."})]] * 3 + ["Done."]

    async def answer():
        if is_summary(given.requests[-1]):
            return ModelError("The model refused.", kind="rejected")
        return left.pop(0) if len(said(given.requests[-1])) == 6 else "Answer."

    given = script(answer)
    await talk(conversation, 5)
    requests = len(given.requests)
    assert (await conversation.say(LONG))["status"] == "completed"
    assert await conversation.events("context.compacted") == []
    assert list(map(is_summary, given.requests[requests:])) == [True, False, False, False, False]
    assert len(said(given.requests[-1])) == 6


async def test_a_summary_is_dropped_with_the_line_that_it_belongs_to(conversation, script):
    given = answering(script)
    await fill(conversation)
    seq = (await conversation.events("message.user"))[1]["seq"]
    await conversation.say("Another way.", replaces=seq)
    assert [words[:2] for words in said(given.requests[-1])] == ["0:", "An"]
    last = (await conversation.events("message.user"))[-1]["seq"]
    await conversation.say("And another.", replaces=last)
    assert [words[:2] for words in said(given.requests[-1])] == ["0:", "An"]


async def test_an_edit_behind_a_summary_keeps_it(conversation, script):
    given = answering(script)
    await fill(conversation)
    await conversation.say("b")
    await conversation.say("c", replaces=await message_of(conversation, "b"))
    opening, *recent = said(given.requests[-1])
    assert SUMMARY in opening
    assert recent[-1] == "c"
    assert "b" not in recent


async def test_a_fork_has_the_summary_when_it_is_behind_it(conversation, script):
    given = answering(script)
    _, compacted = await fill(conversation)
    before = await fork(conversation, compacted["seq"] - 1)
    behind = await fork(conversation, (await conversation.events())[-1]["seq"])
    await behind.say("b")
    assert SUMMARY in said(given.requests[-1])[0]
    requests = len(given.requests)
    await before.say("b")
    assert is_summary(given.requests[requests])


async def test_the_offline_agent_goes_on_with_an_outline(conversation):
    for _ in range(6):
        await conversation.say(f"/list .\n{LONG}", model="offline")
    [compacted] = await conversation.events("context.compacted")
    assert "made without a language model" in compacted["data"]["summary"]
    assert "list_files" in compacted["data"]["summary"]
    run = await conversation.say("/list", model="offline")
    assert (run["status"], run["usage"]["input_tokens"]) == ("completed", 0)


async def test_a_provider_that_finds_it_too_long_gets_a_summary_and_is_asked_again(
    conversation,
    provider,  # noqa: F811
):
    too_long = error(400, "This model's maximum context length is 9000 tokens.")
    provider.replies = [text("Answer.")]
    await talk(conversation, 4, model=MODEL)
    provider.replies = [too_long, text(SUMMARY), text("Shorter.")]
    run = await conversation.say("Go on.", model=MODEL)
    assert run["status"] == "completed"
    assert run["usage"]["requests"] == 2
    said_ = provider.requests[-1]["messages"]
    assert SUMMARY in said_[1]["content"]
    assert said_[-1]["content"] == "Go on."
    assert "tools" not in provider.requests[-2]
    assert len(await conversation.events("context.compacted")) == 1


async def test_a_conversation_that_cannot_be_made_shorter_says_so(conversation, provider):  # noqa: F811
    provider.replies = [error(400, "This model's maximum context length is 900 tokens.")]
    run = await conversation.say("Hi.", model=MODEL)
    assert run["error"]["code"] == "context_window"
    assert len(provider.requests) == 1


async def test_calls_over_the_wire_stay_paired_after_a_summary(conversation, provider):  # noqa: F811
    provider.replies = [calls(("list_files", {"path": "."})), text("Listed.")]
    await talk(conversation, 4, model=MODEL)
    provider.replies = [
        error(400, "maximum context length"),
        text(SUMMARY),
        calls(("list_files", {"path": "."})),
        text("Done."),
    ]
    assert (await conversation.say("List.", model=MODEL))["status"] == "completed"
    roles = [message["role"] for message in provider.requests[-1]["messages"]]
    assert roles[-3:] == ["user", "assistant", "tool"]
