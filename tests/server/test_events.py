"""The WebSocket and the stream of JSON lines."""

from __future__ import annotations

import asyncio
import json

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_sessions.ids import UserId, new_id
from jupyter_sessions.storage import projects as rows


@pytest.fixture
def connect(jp_ws_fetch):
    """Open the WebSocket; returns it with a ``frame()`` that waits for the next frame."""

    async def open_socket(streams="", **more):
        socket = await jp_ws_fetch(
            "jupyter-sessions", "events", params={"streams": streams}, **more
        )

        async def frame(kind=None):
            async with asyncio.timeout(20):
                while True:
                    got = json.loads(await socket.read_message())
                    if kind is None or got["kind"] == kind:
                        return got

        socket.frame = frame
        return socket

    return open_socket


async def test_a_socket_replays_after_the_cursor_then_follows(
    conversation, script, connect, session
):
    script("Done.")
    await conversation.say("a")
    whole = await conversation.events()
    socket = await connect(f"{session['id']}:2")
    replayed = [(await socket.frame("event"))["event"] for _ in whole[2:]]
    assert replayed == whole[2:]
    assert (await socket.frame("ready"))["seq"] == len(whole)
    await conversation.send("b")
    assert (await socket.frame("event"))["event"]["type"] == "run.queued"
    socket.close()


async def test_one_socket_follows_many_timelines(conversation, connect, session, project, api):
    socket = await connect()
    for stream in (session["id"], project["id"]):
        await socket.write_message(json.dumps({"subscribe": stream, "after": 0}))
    ready = {(await socket.frame("ready"))["stream"] for _ in range(2)}
    assert ready == {session["id"], project["id"]}
    await api("PATCH", conversation.path, {"name": "Renamed"})
    frames = [await socket.frame() for _ in range(2)]
    assert {frame["kind"] for frame in frames} == {"event", "live"}
    live = next(frame for frame in frames if frame["kind"] == "live")
    assert live["live"]["session"]["name"] == "Renamed"
    await socket.write_message(json.dumps({"unsubscribe": session["id"]}))
    socket.close()


async def test_foreign_and_unknown_timelines_are_refused_alike(connect, backend):
    foreign = await backend.timeline.write(
        lambda entry: rows.add_project(entry.conn, UserId("noah"), "N", "/n", "cpu")
    )
    socket = await connect(f"{foreign.id}:0,{new_id()}:0,x:0")
    messages = set()
    for _ in range(3):
        error = await socket.frame("error")
        messages.add((error["code"], error["message"]))
    assert messages == {("not_found", "No such timeline. It may have been deleted.")}
    socket.close()


async def test_cursors_without_measure_are_refused_and_the_rest_is_followed(connect, session):
    socket = await connect(f"{session['id']}:{'9' * 5000},{session['id']}:0")
    assert (await socket.frame("ready"))["stream"] == session["id"]
    await socket.write_message(json.dumps({"subscribe": session["id"], "after": 10**30}))
    assert (await socket.frame("error"))["code"] == "bad_request"
    socket.close()


@pytest.mark.parametrize("message", ["", "{}", "[]", '{"subscribe": 7}', "x" * 10_000])
async def test_a_message_that_makes_no_sense_is_answered_and_the_socket_lives(
    connect, session, message
):
    socket = await connect()
    await socket.write_message(message)
    assert (await socket.frame("error"))["code"] == "bad_request"
    await socket.write_message(json.dumps({"subscribe": session["id"]}))
    assert (await socket.frame("ready"))["stream"] == session["id"]
    socket.close()


async def test_a_deleted_session_ends_its_followers(conversation, connect, session, api):
    socket = await connect(f"{session['id']}:0")
    await socket.frame("ready")
    await api("DELETE", conversation.path)
    assert (await socket.frame("gone"))["stream"] == session["id"]
    socket.close()


async def test_nobody_connects_without_credentials(connect):
    with pytest.raises(HTTPClientError) as caught:
        await connect(headers={"Authorization": ""})
    assert caught.value.code == 403


async def test_lines_are_replayed_then_followed(conversation, script, jp_fetch, session):
    script("Done.")
    await conversation.say("a")
    frames = []

    def on_chunk(chunk):
        frames.extend(json.loads(line) for line in chunk.splitlines())

    stream = asyncio.ensure_future(
        jp_fetch(
            "jupyter-sessions",
            *conversation.path.split("/"),
            "events",
            params={"follow": "true", "after": "3"},
            streaming_callback=on_chunk,
        )
    )
    async with asyncio.timeout(20):
        while not any(frame.get("kind") == "ready" for frame in frames):
            await asyncio.sleep(0.02)
        await conversation.api("DELETE", conversation.path)
        await stream
    assert frames[0]["event"]["seq"] == 4
    assert frames[-1]["kind"] == "gone"


async def test_open_notebooks_are_asked_to_save_before_the_agent_touches_them(
    conversation, script, connect, project
):
    path = f"{project['path']}/a.ipynb"
    script([("create_notebook", {"path": "a.ipynb"})], "Made.",
           [("insert_cell", {"notebook": "a.ipynb", "source": "1"})], "Inserted.")  # fmt: skip
    await conversation.say("Make.")
    socket = await connect(f"{project['id']}:0")
    await socket.frame("ready")
    await socket.write_message(json.dumps({"attend": [path], "project": project["id"]}))
    run = await conversation.send("Insert.")
    while (frame := await socket.frame("live"))["live"]["type"] != "save.requested":
        pass
    assert frame["live"]["path"] == path
    assert await conversation.events("cell.changed") == []
    await socket.write_message(json.dumps({"saved": frame["live"]["request"]}))
    assert (await conversation.ended(run))["status"] == "completed"
    while (frame := await socket.frame("live"))["live"]["type"] != "notebook.changed":
        pass
    [op] = frame["live"]["ops"]
    assert (op["op"], op["cell"]["source"]) == ("insert", "1")
    assert frame["live"]["hash"]
    socket.close()


async def test_a_tab_that_does_not_answer_is_not_waited_for_long(
    conversation, script, connect, project
):
    script([("create_notebook", {"path": "a.ipynb"})],
           [("insert_cell", {"notebook": "a.ipynb", "source": "1"})], "Done.")  # fmt: skip
    socket = await connect()
    asked = {"attend": [f"{project['path']}/a.ipynb"], "project": project["id"]}
    await socket.write_message(json.dumps(asked))
    assert (await conversation.say("Go."))["status"] == "completed"
    socket.close()


async def test_a_page_holds_only_the_types_that_are_asked_for(conversation, script, api):
    script("Hello.")
    for _ in range(3):
        await conversation.say("Hi")
    path = f"{conversation.path}/events"
    page = await api("GET", path, types="message.user,message.agent", limit="4")
    assert [each["type"] for each in page["items"]] == ["message.user", "message.agent"] * 2
    rest = await api("GET", path, types="message.user,message.agent", after=page["next"])
    assert [each["type"] for each in rest["items"]] == ["message.user", "message.agent"]


async def test_a_type_that_there_is_not_is_refused(conversation, api):
    with pytest.raises(HTTPClientError) as caught:
        await api("GET", f"{conversation.path}/events", types="message.user,nonsense")
    assert caught.value.code == 400
    assert "nonsense" in json.loads(caught.value.response.body)["message"]
