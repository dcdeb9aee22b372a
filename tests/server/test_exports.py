"""Exports, through the API."""

from __future__ import annotations

import json

import pytest
from tornado.httpclient import HTTPClientError
from tornado.simple_httpclient import HTTPStreamClosedError

from jupyter_sessions.actions.exports import export_session
from jupyter_sessions.errors import NotFound
from jupyter_sessions.models.base import utcnow
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.server.identity import account
from jupyter_sessions.storage import projects, schema


@pytest.fixture
def export(jp_fetch, conversation):
    async def get(format_):
        path = f"jupyter-sessions/{conversation.path}/export".split("/")
        return await jp_fetch(*path, params={"format": format_}, request_timeout=60)

    return get


async def test_json_lines_hold_the_whole_log(export, conversation, script):
    script(("run_terminal", {"command": "echo hello"}), "Done.")
    await conversation.say("Say hello")
    lines = [json.loads(line) for line in (await export("jsonl")).body.splitlines()]
    assert lines[0]["format"] == "jupyter_sessions"
    assert [line["event"] for line in lines if "event" in line] == await conversation.events()
    assert lines[-1] == {"end": {"events": len(await conversation.events())}}


async def test_markdown_reads_as_a_conversation_with_folded_calls(export, conversation, script):
    script([("run_terminal", {"command": "echo '```hello'"})], "It is **done**.")
    await conversation.say("Say hello")
    text = (await export("markdown")).body.decode()
    assert text.index("Say hello") < text.index("<details>") < text.index("It is **done**.")
    assert "````text\n```hello" in text


async def test_a_branch_is_shown_by_its_name(export, api, conversation, script):
    script("Done.")
    made = await api("POST", f"{conversation.project}/branches", {"name": "Try <b>boosting</b>"})
    await api("PATCH", conversation.path, {"active_branch": made["id"]})
    await conversation.say("Go.")
    for format_ in ("markdown", "html", "notebook"):
        text = (await export(format_)).body.decode()
        assert "the work is on the branch Try" in text
        assert made["id"] not in text
    assert "<b>boosting" not in (await export("html")).body.decode()


async def test_the_name_of_the_file_is_safe(export, api, conversation):
    await api("PATCH", conversation.path, {"name": 'Über "a/b" ..\\c; 日本'})
    header = (await export("markdown")).headers["Content-Disposition"]
    assert header == (
        'attachment; filename="Uber a b .. c.md"; '
        "filename*=UTF-8''%C3%9Cber%20a%20b%20..%20c%3B%20%E6%97%A5%E6%9C%AC.md"
    )


async def test_an_unknown_format_is_refused_with_the_known_ones(export):
    with pytest.raises(HTTPClientError) as refused:
        await export("pdf")
    assert refused.value.code == 400
    assert "markdown" in json.loads(refused.value.response.body)["message"]


async def test_an_export_that_fails_midway_does_not_look_whole(export, backend, session, project):
    row = {
        "stream": session["id"], "seq": session["last_seq"] + 1, "project_id": project["id"],
        "ts": utcnow(), "actor": "user", "type": "of.another.version", "data": "{}",
    }  # fmt: skip
    await backend.timeline.write(
        lambda entry: entry.conn.execute(schema.event.insert().values(row))
    )
    with pytest.raises(HTTPStreamClosedError):
        await export("html")


async def test_an_export_whose_project_is_deleted_does_not_end(backend, session, project):
    scope = Scope(account(), project["id"])
    made = await export_session(backend.timeline, scope, session["id"], "jsonl")
    await anext(made.chunks)
    await backend.timeline.write(lambda entry: projects.remove_project(entry.conn, scope))
    with pytest.raises(NotFound):
        await anext(made.chunks)
