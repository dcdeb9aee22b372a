"""A real HTTP server that speaks the OpenAI protocol, and everything that it can do wrong."""

from __future__ import annotations

import pytest

from jupyter_sessions.agent.models import Models
from jupyter_sessions.errors import ModelError
from tests.agent.scripted import OpenAIServer, calls, drop, error, hang, rubbish, text

MODEL = "openai-chat:gpt-test"


@pytest.fixture
def provider(monkeypatch, jp_asyncio_loop):
    async def start():
        return OpenAIServer()

    server = jp_asyncio_loop.run_until_complete(start())
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-key")
    yield server
    server.stop()


async def test_streamed_text_and_tool_calls_over_the_wire(conversation, provider):
    provider.replies = [
        calls(("write_file", {"path": "a.txt", "content": "héllo"}), ("list_files", {"path": "."})),
        text("Wrote ", "a ", "file."),
    ]
    run = await conversation.say("Write.", model=MODEL)
    assert run["status"] == "completed"
    assert run["usage"]["input_tokens"] == 240
    assert run["usage"]["output_tokens"] == 60
    assert run["usage"]["requests"] == 2
    [said] = await conversation.events("message.agent")
    assert said["data"]["text"] == "Wrote a file."
    called = await conversation.events("tool.called")
    assert called[0]["data"]["arguments"] == {"path": "a.txt", "content": "héllo"}
    second = provider.requests[1]["messages"]
    assert [message["role"] for message in second][-3:] == ["assistant", "tool", "tool"]
    names = {tool["function"]["name"] for tool in provider.requests[0]["tools"]}
    assert {"run_cell", "prompt_user", "read_result"} <= names


async def test_tokens_and_money_are_added_up_for_run_and_session(conversation, provider):
    # gpt-4o: 2.50 dollars for a million tokens in, 10 for a million out; a reply is 120 in, 30 out
    one = 120 * 2.5e-6 + 30 * 10e-6
    provider.replies = [calls(("list_files", {"path": "."})), text("Listed."), text("Again.")]
    run = await conversation.say("List.", model="openai-chat:gpt-4o")
    assert run["usage"]["cost"] == pytest.approx(2 * one)
    await conversation.say("Again.", model="openai-chat:gpt-4o")
    await conversation.say("/help", model="offline")
    session = await conversation.api("GET", conversation.path)
    assert session["usage"] == {
        "input_tokens": 360, "output_tokens": 90, "requests": 4, "cost": pytest.approx(3 * one),
    }  # fmt: skip
    listed = (await conversation.api("GET", f"{conversation.project}/sessions"))["items"]
    assert listed[0]["usage"] == session["usage"]


async def test_a_model_without_a_known_price_leaves_the_sum_open(conversation, provider):
    provider.replies = [text("Hi.")]
    run = await conversation.say("Hi.", model=MODEL)
    assert run["usage"]["cost"] is None
    await conversation.say("Hi.", model="openai-chat:gpt-4o")
    session = await conversation.api("GET", conversation.path)
    assert (session["usage"]["cost"], session["usage"]["input_tokens"]) == (None, 240)


async def test_the_text_streams_to_followers_before_it_is_stored(
    conversation, provider, session, jp_ws_fetch
):
    import json

    provider.replies = [text(*(f"word{n} " for n in range(50)))]
    stream = f"{session['id']}:0"
    socket = await jp_ws_fetch("jupyter-sessions", "events", params={"streams": stream})
    await conversation.send("Talk.", model=MODEL)
    streamed, frame = "", {}
    while frame.get("event", {}).get("type") != "message.agent":
        frame = json.loads(await socket.read_message())
        if frame["kind"] == "live" and frame["live"]["type"] == "message.delta":
            assert frame["live"]["offset"] == len(streamed)
            streamed += frame["live"]["text"]
    assert streamed == frame["event"]["data"]["text"]
    socket.close()


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(401, "Incorrect key sk-secret-key"), "auth", "refused the API key"),
        (error(404, "The model does not exist"), "not_found", "does not know this model"),
        (error(400, "Bad tools"), "rejected", "Bad tools"),
        (error(429, "Slow down", retry_after="0"), "rate_limit", "limits the rate"),
        (error(500, "Oops"), "server", "Oops"),
        (error(529, "Overloaded"), "overloaded", "overloaded"),
        (hang(), "timeout", "did not answer in time"),
        (drop(), "connection", "dropped the connection"),
        (rubbish("<html>hello</html>"), "rubbish", "cannot be understood"),
        (rubbish('data: {"choices": 7}\n\n'), "rubbish", "cannot be understood"),
        (rubbish("data: {not json\n\n"), "rubbish", "cannot be understood"),
        (rubbish(""), "rubbish", "cannot be understood"),
        (text(""), "rubbish", "cannot be understood"),
    ],
)
async def test_what_a_provider_does_wrong_is_a_sentence(conversation, provider, reply, kind, words):
    provider.replies = [reply]
    run = await conversation.say("Hi.", model=MODEL)
    assert run["status"] == "failed"
    assert run["error"]["code"] == kind
    assert words in run["error"]["message"]
    assert "sk-secret-key" not in run["error"]["message"]
    session = await conversation.until(lambda now: now["status"] == "failed")
    assert session["status_reason"] == run["error"]["message"]


@pytest.mark.parametrize("reply", [error(500, "Oops"), drop(), hang(), rubbish("")])
async def test_a_passing_fault_is_tried_again(conversation, provider, reply):
    provider.replies = [reply, text("Here I am.")]
    run = await conversation.say("Hi.", model=MODEL)
    assert run["status"] == "completed"
    [said] = await conversation.events("message.agent")
    assert said["data"]["text"] == "Here I am."


async def test_a_fault_that_stays_is_not_tried_again(conversation, provider):
    provider.replies = [error(401, "Incorrect API key provided")]
    await conversation.say("Hi.", model=MODEL)
    assert len(provider.requests) == 1


async def test_the_session_goes_on_after_a_failure(conversation, provider):
    provider.replies = [error(401, "no"), text("Now it works.")]
    assert (await conversation.say("Hi.", model=MODEL))["status"] == "failed"
    assert (await conversation.say("Again.", model=MODEL))["status"] == "completed"
    session = await conversation.until(lambda now: now["status"] == "idle")
    assert session["status_reason"] is None


async def test_arguments_that_are_no_json_go_back_to_the_model(conversation, provider):
    async def broken(handler):
        handler.set_header("Content-Type", "text/event-stream")
        function = '{"name":"list_files","arguments":"{oops"}'
        call = f'{{"index":0,"id":"c","type":"function","function":{function}}}'
        handler.write(
            'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":'
            f'[{{"index":0,"delta":{{"tool_calls":[{call}]}},"finish_reason":"tool_calls"}}]}}\n\n'
            "data: [DONE]\n\n"
        )

    provider.replies = [broken, text("Sorry.")]
    run = await conversation.say("Hi.", model=MODEL)
    assert run["status"] == "completed"
    [returned] = await conversation.events("tool.returned")
    assert returned["data"]["outcome"] == "error"


@pytest.mark.parametrize(
    ("name", "words"),
    [("anthropic:claude-x", "is not set up"), ("nonsense:model", "is not set up")],
)
async def test_a_model_that_is_not_set_up_says_what_to_do(name, words, monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(ModelError, match=words):
        await Models().resolve(name)
