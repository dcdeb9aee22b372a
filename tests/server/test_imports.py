"""Imports, through the API: what comes in is data, whoever wrote it."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from tornado.httpclient import HTTPClientError

from tests.exports.hostile import TEXTS


@pytest.fixture
def export(jp_fetch, project):
    async def get(session_id, format_="jsonl"):
        path = f"jupyter-sessions/projects/{project['id']}/sessions/{session_id}/export"
        response = await jp_fetch(*path.split("/"), params={"format": format_}, request_timeout=60)
        return response.body

    return get


@pytest.fixture
def load(jp_fetch, project):
    async def post(body, name="a.jsonl"):
        path = f"jupyter-sessions/projects/{project['id']}/sessions/import"
        response = await jp_fetch(
            *path.split("/"), method="POST", params={"name": name}, body=body, request_timeout=60
        )
        return json.loads(response.body)

    return post


@pytest.fixture
def refused(load, api, project):
    """Import what is wrong: gives the sentence, after making sure that nothing was made."""

    async def post(body, name="a.jsonl"):
        before = await api("GET", f"projects/{project['id']}/sessions")
        with pytest.raises(HTTPClientError) as error:
            await load(body, name)
        assert error.value.code == 400
        assert await api("GET", f"projects/{project['id']}/sessions") == before
        return json.loads(error.value.response.body)["message"]

    return post


async def log_of(api, session):
    path = f"projects/{session['project_id']}/sessions/{session['id']}/events"
    return (await api("GET", path, limit="1000"))["items"]


def told(events):
    """What a log says, without ids and numbers, and without what is about its own session."""
    own = ("session.created", "session.changed", "session.imported")
    return [
        (each["type"], each["ts"], each["actor"], each["data"])
        for each in events
        if each["type"] not in own
    ]


async def test_a_log_comes_back_as_it_was(api, conversation, script, session, export, load):
    long = "x" * 40_000
    script(
        [("run_terminal", {"command": f"echo {long}"}), ("run_terminal", {"command": "false"})],
        "Done.",
    )
    await conversation.say("Say hello")
    script("Again.")
    await conversation.say("And again")
    made = await load(await export(session["id"]))
    log = await log_of(api, made)
    assert [each["seq"] for each in log] == list(range(1, len(log) + 1))
    assert log[0]["type"] == "session.imported"
    assert told(log) == told(await conversation.events())
    again = await load(await export(made["id"]))
    assert told(await log_of(api, again)) == told(log)
    assert made["name"] == session["name"]
    assert made["id"] != session["id"]


async def test_runs_come_back_ended_under_new_ids(api, conversation, script, session, export, load):
    script("Done.")
    run = await conversation.say("Say hello")
    made = await load(await export(session["id"]))
    page = await api("GET", f"{conversation.project}/runs", session=made["id"])
    [copy] = page["items"]
    assert copy["id"] != run["id"]
    assert {key: copy[key] for key in ("status", "prompt", "usage")} == {
        key: run[key] for key in ("status", "prompt", "usage")
    }
    stored = await api("GET", f"{conversation.project}/sessions/{made['id']}")
    assert stored["usage"] == run["usage"]


async def test_an_imported_session_can_be_talked_to(
    api, conversation, script, session, export, load, project
):
    script([("run_terminal", {"command": "echo 1"})], "Done.")
    await conversation.say("Say hello")
    made = await load(await export(session["id"]))
    other = type(conversation)(api, project, made)
    seen = script("I remember.")
    assert (await other.say("Do you remember?"))["status"] == "completed"
    assert "Say hello" in str(seen.requests[-1])


def lines(*events, end=None, head=None):
    head = head or {"format": "jupyter_sessions", "version": 1, "session": {"name": "S"}}
    made = [{"event": each} for each in events]
    end = {"end": {"events": len(events) if end is None else end}}
    return "\n".join(json.dumps(each) for each in [head, *made, end])


def event(seq=1, type_="message.user", **data):
    data = data or {"text": "hi"}
    return {
        "stream": "x", "seq": seq, "project_id": "p", "session_id": "s", "run_id": None,
        "parent": None, "ts": "2026-01-02T03:04:05.678Z", "actor": "user", "type": type_,
        "data": data,
    }  # fmt: skip


async def test_what_was_left_open_is_closed(api, load):
    called = {"call_id": "1", "tool": "t", "arguments": {}, "batch": 1}
    queued = {**event(1, "run.queued", prompt="hi", model="m"), "run_id": "r"}
    log = await log_of(
        api, await load(lines(queued, {**event(2, "tool.called", **called), "run_id": "r"}))
    )
    assert [each["type"] for each in log[-2:]] == ["tool.returned", "run.cancelled"]
    assert log[-2]["data"]["outcome"] == "unknown"
    assert log[-1]["run_id"] == log[1]["run_id"]


@pytest.mark.parametrize("text", TEXTS)
async def test_hostile_text_stays_text(api, load, text):
    log = await log_of(api, await load(lines(event(text=text))))
    assert log[1]["data"]["text"] == text.replace("\0", "\ufffd")
    assert log[1]["ts"] == "2026-01-02T03:04:05.678Z"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "empty"),
        ("no json", "Line 1: this is no JSON"),
        ("[]", "Line 1: every line must be"),
        ('{"format": "x"}', "Line 1: this is no export"),
        (lines(head={"format": "jupyter_sessions", "version": 99}), "Line 1: a newer version"),
        (lines(head={"format": "jupyter_sessions", "version": "1"}), "Line 1: the version '1'"),
        (lines(event(type_="unheard.of")), "Line 2: events of this type are not known"),
        (lines(event(nonsense=1)), "Line 2: "),
        (lines(event(2), event(1)), "Line 3: the number 1 does not follow 2"),
        (lines(event(), end=2), "Line 3: events are missing"),
        (lines(event()).rsplit("\n", 1)[0], "cut off"),
        (lines(event()) + "\n{}", "Line 4: there is something behind the end"),
        (lines(event()).replace('"hi"', '"' + "x" * 1_000_001 + '"'), "Line 2: text has more"),
        (lines(event()).replace('"hi"', "[" * 100_000), "Line 2 is nested too deeply"),
        (lines(event()).replace('"hi"', "NaN"), "Line 2: NaN"),
        (lines(event()).replace('"hi"', "9" * 5000), "Line 2: "),
        (lines({**event(), "ts": "9999-12-31T23:59:59-23:00"}), "Line 2: "),
        (lines({**event(), "run_id": 7}), "Line 2: 7 is no id"),
        ('{"format":"jupyter_sessions","version":1}\n{"blob":"ab","base64":"eA=="}', "the hash"),
        ('{"format":"jupyter_sessions","version":1}\n{"blob":"ab","base64":"*"}', "no base64"),
        (b'{"format":"jupyter_sessions","version":1}\n\xff\xfe', "Line 2: this is no JSON"),
    ],
)
async def test_a_bad_file_is_refused_with_the_line_and_leaves_nothing(refused, body, sentence):
    assert sentence in await refused(body)


def payload(data, media_type):
    """A line with a payload, and what events say of it."""
    digest = hashlib.sha256(data).hexdigest()
    line = json.dumps({"blob": digest, "base64": base64.b64encode(data).decode()})
    return line, {"blob": digest, "size": len(data), "media_type": media_type}


def with_payload(line, *events):
    head, rest = lines(*events).split("\n", 1)
    return f"{head}\n{line}\n{rest}"


CALLED = {"call_id": "c", "tool": "run_terminal", "arguments": {}, "batch": 1}
EXECUTED = {
    "notebook": "a.ipynb", "cell_id": "c", "kernel_id": "k", "execution_count": 1, "source": "1",
    "outputs": [], "status": "ok", "duration_ms": 1,
}  # fmt: skip
JSON, PLAIN = "application/json", "text/plain"


@pytest.mark.parametrize(
    ("data", "media_type", "type_", "fields", "name", "sentence"),
    [
        (b"no json", JSON, "tool.called", CALLED, "arguments_blob", "not a JSON object"),
        (b"[1]", PLAIN, "tool.called", CALLED, "arguments_blob", "not a JSON object"),
        (b"[1]", JSON, "cell.executed", EXECUTED, "outputs", "not a list of outputs"),
        (b"\xff", JSON, "cell.executed", EXECUTED, "source", "source is not JSON"),
        (b'{"columns":[]}', JSON, "cell.executed", EXECUTED, "table", "not a table"),
        (b"[" * 100_000, JSON, "cell.executed", EXECUTED, "outputs", "nested too deeply"),
    ],
)
async def test_a_payload_of_the_wrong_shape_is_refused(
    refused, data, media_type, type_, fields, name, sentence
):
    line, named = payload(data, media_type)
    body = with_payload(line, event(type_=type_) | {"data": fields | {name: named}})
    assert sentence in await refused(body)


async def test_a_payload_that_is_missing_or_has_another_size_is_refused(refused):
    line, named = payload(b"{}", JSON)
    missing = lines(event(type_="tool.called", **CALLED, arguments_blob=named))
    assert "Line 2: the payload" in await refused(missing)
    larger = event(type_="tool.called", **CALLED, arguments_blob=named | {"size": 3})
    assert "Line 3: arguments_blob has 2 bytes, not 3." in await refused(with_payload(line, larger))


async def test_a_table_that_is_none_is_refused(refused):
    body = lines(event(type_="cell.executed", **EXECUTED, table='{"rows": 1}'))
    assert "Line 2: table is not a table as JSON." in await refused(body)


async def test_what_runs_claim_to_have_used_can_always_be_summed_up(api, load, project):
    used = {"input_tokens": 2**53, "output_tokens": -1, "requests": 2**40, "cost": 1e308}
    ended = {"usage": used, "processing_ms": 1}
    log = [event(n, "run.completed", **ended) | {"run_id": f"r{n}"} for n in range(1, 1100)]
    made = await load(lines(*log))
    [listed] = (await api("GET", f"projects/{project['id']}/sessions"))["items"]
    assert listed["usage"] == made["usage"]
    assert 0 < listed["usage"]["cost"] < 1e16
    assert listed["usage"]["output_tokens"] == 0


async def test_an_unknown_kind_of_file_is_refused(refused):
    assert ".chat" in await refused("{}", "a.exe")


async def test_a_file_over_the_limit_is_refused(load, jp_serverapp):
    jp_serverapp.web_app.settings["jupyter_sessions"].max_import = 5_000
    with pytest.raises(HTTPClientError) as error:
        await load("x" * 6_000)
    assert error.value.code == 413
    assert "5,000" in json.loads(error.value.response.body)["message"]


async def test_a_file_may_be_larger_than_another_body(load, jp_serverapp):
    jp_serverapp.web_app.settings["jupyter_sessions"].max_body = 2_000
    made = await load(lines(event(text="x" * 6_000)))
    assert made["started"]


CHAT = {
    "messages": [
        {"body": "Hello @Jupyternaut", "sender": "u1", "time": 1726000000.5, "id": "1"},
        {"body": "**Hi**", "sender": "jupyter-ai-personas::jupyternaut", "time": 1726000001},
        {"body": "", "sender": "u1", "time": 1726000002, "deleted": True},
        {"body": "Thanks", "sender": {"username": "u1"}, "time": "never"},
        {"body": "From a bot", "sender": "b", "time": 10**400},
    ],
    "users": {"u1": {"username": "u1", "name": "Maya"}, "b": {"bot": True}},
    "attachments": {},
    "metadata": {"id": "x"},
}


async def test_a_chat_of_jupyter_chat_is_imported(api, load):
    made = await load(json.dumps(CHAT), "Team chat.chat")
    log = await log_of(api, made)
    assert made["name"] == "Team chat"
    assert [(each["type"], each["data"].get("text")) for each in log[1:]] == [
        ("message.user", "Hello @Jupyternaut"),
        ("message.agent", "**Hi**"),
        ("message.user", "Thanks"),
        ("message.agent", "From a bot"),
    ]
    assert log[1]["ts"] == "2024-09-10T20:26:40.500Z"


async def test_a_chat_that_was_exported_comes_back(
    api, conversation, script, session, export, load
):
    script([("run_terminal", {"command": "echo 1"})], "It is **1**: `<b>`.")
    await conversation.say("What is it? 日本 \u202e")
    await conversation.say("/ask Which column?", model="offline")
    [first, second] = await conversation.events("message.user")
    script("Never mind.")
    await conversation.say("Edited", replaces=second["seq"])
    body = await export(session["id"], "chat")
    chat = json.loads(body)
    assert [chat["users"][each["sender"]]["bot"] for each in chat["messages"]] == [0, 1, 0, 1]
    assert len({each["id"] for each in chat["messages"]}) == 4
    log = await log_of(api, await load(body, "Model.chat"))
    assert [(each["type"], each["data"]["text"]) for each in log[1:]] == [
        ("message.user", "What is it? 日本 \u202e"),
        ("message.agent", "It is **1**: `<b>`."),
        ("message.user", "Edited"),
        ("message.agent", "Never mind."),
    ]
    assert log[1]["ts"] == first["ts"]


async def test_a_question_of_the_agent_is_a_message_of_the_chat(conversation, session, export):
    await conversation.say("/ask Which column?", model="offline")
    chat = json.loads(await export(session["id"], "chat"))
    assert "Which column?" in chat["messages"][-1]["body"]
    assert chat["users"][chat["messages"][-1]["sender"]]["bot"]


async def test_a_chat_keeps_its_times_to_the_millisecond(api, load, export):
    times = [1763662000 + number / 1000 for number in range(300)]
    messages = [{"body": "a", "sender": "u", "time": time} for time in times]
    made = await load(json.dumps({"messages": messages}), "a.chat")
    again = await load(await export(made["id"], "chat"), "b.chat")
    told = [each["ts"] for each in (await log_of(api, again))[1:]]
    assert told == [each["ts"] for each in (await log_of(api, made))[1:]]
    assert [int(each[-4:-1]) for each in told] == list(range(300))


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"messages": 3}', '{"messages": [3]}', '{"messages": []}', "[" * 100_000,
     '{"messages": [{"body": 3}], "users": []}', b"\xff"],
)  # fmt: skip
async def test_a_bad_chat_is_refused(refused, body):
    assert await refused(body, "a.chat")
