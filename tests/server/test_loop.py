"""The rules of the loop, on a real server with models that follow a script."""

from __future__ import annotations

import asyncio

import pytest
from pydantic_ai.messages import ToolReturnPart, UserPromptPart

from tests.agent.scripted import Thought

LIST = ("list_files", {"path": "."})


def tool_results(messages):
    parts = (part for message in messages for part in message.parts)
    return [part.content for part in parts if isinstance(part, ToolReturnPart)]


async def test_the_agent_goes_on_until_it_answers(conversation, script):
    given = script([("write_file", {"path": "a.txt", "content": "hello"})],
                   [("read_file", {"path": "a.txt"})], "The file says hello.")  # fmt: skip
    run = await conversation.say("Write and read a file.")
    assert run["status"] == "completed"
    assert len(given.requests) == 3
    assert "hello" in tool_results(given.requests[2])[1]
    assert [event["type"] for event in await conversation.events()] == [
        "session.created", "run.queued", "run.started", "message.user",
        "iteration.started", "tool.called", "file.changed", "tool.returned",
        "iteration.started", "tool.called", "file.read", "tool.returned",
        "message.agent", "notebooks.changed", "run.completed",
    ]  # fmt: skip


async def test_a_call_and_its_return_are_paired_and_the_call_comes_first(conversation, script):
    script([LIST], "Done.")
    await conversation.say("List.")
    [called] = await conversation.events("tool.called")
    [returned] = await conversation.events("tool.returned")
    assert returned["data"]["call_id"] == called["data"]["call_id"]
    assert returned["parent"] == called["seq"]


async def test_five_calls_run_in_parallel(conversation, script):
    script([("run_terminal", {"command": f"sleep 0.5; echo {n}"}) for n in range(5)], "Done.")
    run = await conversation.say("Go.")
    events = await conversation.events("tool.called", "tool.returned")
    assert [event["type"] for event in events[:5]] == ["tool.called"] * 5
    assert {event["data"]["outcome"] for event in events[5:]} == {"ok"}
    assert run["status"] == "completed"


async def test_parallel_calls_finish_in_their_own_order(conversation, script):
    script([("run_terminal", {"command": "sleep 1; echo slow"}), LIST], "Done.")
    await conversation.say("Go.")
    called = await conversation.events("tool.called")
    assert [event["data"]["tool"] for event in called] == ["run_terminal", "list_files"]
    returned = await conversation.events("tool.returned")
    assert [event["data"]["tool"] for event in returned] == ["list_files", "run_terminal"]
    assert [event["parent"] for event in returned] == [called[1]["seq"], called[0]["seq"]]


async def test_more_than_five_calls_run_nothing(conversation, script):
    given = script([("write_file", {"path": f"{n}.txt", "content": ""}) for n in range(6)], "Ok.")
    await conversation.say("Go.")
    returned = await conversation.events("tool.returned")
    assert {event["data"]["outcome"] for event in returned} == {"refused"}
    assert len(returned) == 6
    assert await conversation.events("file.changed") == []
    assert "at most 5" in tool_results(given.requests[1])[0]


async def test_prompt_user_among_others_runs_nothing(conversation, script):
    given = script([("prompt_user", {"question": "Which?"}), LIST], "Ok.")
    run = await conversation.say("Go.")
    returned = await conversation.events("tool.returned")
    assert [event["data"]["outcome"] for event in returned] == ["refused", "refused"]
    assert "must be the only call" in tool_results(given.requests[1])[0]
    assert run["status"] == "completed"


async def test_prompt_user_gives_control_back_and_the_answer_comes_as_a_message(
    conversation, script
):
    question = {"question": "Drop them?", "choices": ["Yes", "No"]}
    given = script([("prompt_user", question)], "Dropped.")
    await conversation.say("Clean the data.")
    session = await conversation.until(lambda now: now["status"] == "waiting")
    assert session["status_reason"] == "Drop them?"
    [asked] = await conversation.events("user.prompted")
    assert asked["data"]["choices"] == ["Yes", "No"]
    assert (await conversation.events("run.completed"))[0]["data"]["waits_for_answer"]
    await conversation.say("Yes")
    last = given.requests[-1][-1].parts
    assert [part.content for part in last if isinstance(part, UserPromptPart)] == ["Yes"]
    assert (await conversation.until(lambda now: now["status"] == "idle"))["status_reason"] is None


async def test_the_notice_comes_at_32_and_only_prompt_user_is_left_at_35(conversation, script):
    given = script(*[[LIST]] * 35, [("prompt_user", {"question": "Go on?"})])
    run = await conversation.say("Never stop.")
    assert run["status"] == "completed"
    assert not any("Wrap up now" in told for told in given.instructions[:32])
    assert "Wrap up now" in given.instructions[32]
    assert len(given.offered[34]) > 5
    assert given.offered[35] == ["prompt_user"]
    assert len(await conversation.events("limit.near")) == 1
    assert (await conversation.events("iteration.started"))[-1]["data"]["iteration"] == 36


async def test_a_message_after_the_wrap_up_renews_the_iterations(conversation, script):
    given = script(*[[LIST]] * 33, "Enough.", [LIST], "Again.")
    await conversation.say("Never stop.")
    await conversation.say("Go on.")
    assert "Wrap up" not in given.instructions[-2]
    assert (await conversation.events("iteration.started"))[-1]["data"]["iteration"] == 1


async def test_a_model_that_ignores_the_limit_is_stopped_with_a_question(conversation, script):
    script([LIST])
    run = await conversation.say("Never stop.")
    assert run["status"] == "completed"
    session = await conversation.until(lambda now: now["status"] == "waiting")
    assert "limit of steps" in session["status_reason"]
    assert len(await conversation.events("iteration.started")) == 38


async def test_follow_ups_carry_the_whole_conversation(conversation, script):
    given = script([LIST], "First.", "Second.")
    await conversation.say("One")
    await conversation.say("Two")
    kinds = [part.part_kind for message in given.requests[-1] for part in message.parts]
    assert kinds == ["user-prompt", "tool-call", "tool-return", "text", "user-prompt"]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (("no_such_tool", {}), "There is no tool 'no_such_tool'"),
        (("read_file", {}), "path: Field required"),
        (("read_file", {"path": "../secret"}), "contains '..'"),
        (("read_file", {"path": "missing.txt"}), "missing.txt"),
    ],
)
async def test_a_tool_error_is_a_result_for_the_model(conversation, script, call, sentence):
    given = script([call], "I see.")
    run = await conversation.say("Go.")
    assert run["status"] == "completed"
    assert sentence in tool_results(given.requests[1])[0]
    [returned] = await conversation.events("tool.returned")
    assert returned["data"]["outcome"] == "error"


async def test_a_large_result_is_cut_for_the_model_with_a_way_to_read_on(conversation, script):
    content = "".join(f"{n:07}\n" for n in range(5_000))
    given = script(
        [("write_file", {"path": "big.txt", "content": content})],
        [("run_terminal", {"command": "cat big.txt"})],
        lambda: read_on(),
        "Done.",
    )

    async def read_on():
        [_, returned] = await conversation.events("tool.returned")
        call_id = returned["data"]["call_id"]
        return [("read_result", {"call_id": call_id, "offset": 16_000, "limit": 80})]

    await conversation.say("Go.")
    cut = tool_results(given.requests[2])[1]
    assert "read on with read_result(" in cut
    assert len(cut) < 16_200
    page = tool_results(given.requests[3])[2]
    assert page.startswith("0002000\n")
    [_, cut_event, _] = await conversation.events("tool.returned")
    assert cut_event["data"]["whole"]["size"] >= 40_000


async def test_reasoning_is_kept_in_the_log(conversation, script):
    script(Thought("First I look.", "Looked."))
    await conversation.say("Look.")
    [thought] = await conversation.events("reasoning")
    assert thought["data"]["text"] == "First I look."


async def test_messages_sent_during_a_run_wait_in_order(conversation, script):
    gate = asyncio.Event()

    async def slow():
        await gate.wait()
        return "One."

    given = script(slow, "Two.", "Three.")
    runs = [await conversation.send(text) for text in ("a", "b", "c")]
    assert [run["status"] for run in runs] == ["queued"] * 3
    gate.set()
    for run in runs:
        assert (await conversation.ended(run))["status"] == "completed"
    said = [event["data"]["text"] for event in await conversation.events("message.user")]
    assert said == ["a", "b", "c"]
    assert len(given.requests) == 3


async def test_a_waiting_message_can_be_withdrawn_and_never_runs(conversation, script, api):
    gate = asyncio.Event()

    async def slow():
        await gate.wait()
        return "One."

    script(slow, "Two.")
    first = await conversation.send("a")
    second = await conversation.send("b")
    withdrawn = await api("DELETE", f"{conversation.project}/runs/{second['id']}")
    assert withdrawn["status"] == "cancelled"
    gate.set()
    await conversation.ended(first)
    assert [event["data"]["text"] for event in await conversation.events("message.user")] == ["a"]


async def test_two_sessions_run_at_the_same_time(conversation, script, api):
    other = await api("POST", f"{conversation.project}/sessions", {})
    both = asyncio.Barrier(2)

    async def meet():
        await both.wait()
        return "Met."

    script(meet)
    first = await conversation.send("a")
    path = f"{conversation.project}/sessions/{other['id']}/messages"
    second = await api("POST", path, {"text": "b", "model": "test:script"})
    for run in (first, second):
        assert (await conversation.ended(run))["status"] == "completed"


async def test_processing_time_is_added_when_a_run_ends(conversation, script):
    async def slow():
        await asyncio.sleep(0.05)
        return "Done."

    script(slow)
    await conversation.say("a")
    [ended] = await conversation.events("run.completed")
    session = await conversation.api("GET", conversation.path)
    assert session["processing_ms"] == ended["data"]["processing_ms"] >= 50


async def test_a_run_that_is_cut_short_leaves_no_call_without_a_return(
    conversation, script, backend
):
    script([("run_terminal", {"command": "sleep 60"})], "Unused.")
    run = await conversation.send("Go.")
    await conversation.seen("tool.called")
    await backend.runner.close()
    assert (await conversation.ended(run))["error"]["code"] == "server_stopped"
    [called] = await conversation.events("tool.called")
    [returned] = await conversation.events("tool.returned")
    assert returned["data"]["call_id"] == called["data"]["call_id"]


async def test_odd_numbers_for_read_result_are_an_error_for_the_model(conversation, script):
    given = script([("read_result", {"call_id": "x", "offset": "1.0"})],
                   [("read_result", {"call_id": "x", "offset": 1e400})], "Ok.")  # fmt: skip
    assert (await conversation.say("Go."))["status"] == "completed"
    assert all("Error: " in text for text in tool_results(given.requests[-1]))
