"""The client against a real server; it blocks, so it runs in a thread."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from jupyter_sessions.client import (
    Client,
    Conflict,
    NoProject,
    NoSession,
    NotAllowed,
    NotConnected,
    NotFound,
    Refused,
    Session,
)


@pytest.fixture
def url(jp_serverapp):
    return jp_serverapp.connection_url


@pytest.fixture
def client(url, jp_serverapp, project):
    return Client(url, jp_serverapp.identity_provider.token, project=project["id"])


@pytest.fixture
def grants(jp_serverapp):
    """The tokens of kernels."""
    return jp_serverapp.web_app.settings["jupyter_sessions"].kernel_tokens.grants


async def test_sessions_are_made_listed_and_found(client):
    made = await asyncio.to_thread(Session.new, "Plan", client=client)
    listed = await asyncio.to_thread(Session.list, client=client)
    found = await asyncio.to_thread(Session.get, made.id, client=client)
    assert [each.id for each in listed] == [made.id] == [found.id]
    assert repr(found) == "<Session 'Plan' in 'Churn analysis': idle>"


async def test_send_waits_and_returns_the_run(client, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    seen = []
    run = await asyncio.to_thread(
        held.send, "/list", on_change=lambda answer: seen.append(answer.status)
    )
    assert (run.status, run.model, run.prompt) == ("completed", "offline", "/list")
    assert "Here is what I found" in run.text
    assert [call.state for call in run.calls] == ["ok"]
    assert run.events[0]["type"] == "run.queued"
    assert run.events[-1]["type"] == "run.completed"
    assert run.duration_ms > 0
    assert seen[-1] == "completed"
    assert held.status == "idle"
    assert (await asyncio.to_thread(held.run, run.id)).text == run.text
    assert [each.id for each in await asyncio.to_thread(held.runs)] == [run.id]


async def test_a_message_that_steers_returns_the_run_that_took_it_in(
    client, project, session, script, jp_root_dir
):
    script([("run_terminal", {"command": "until [ -e go ]; do sleep 0.05; done"})], "Only CSV.")
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    other = await asyncio.to_thread(Session.get, "Model", client=client)
    seen = []

    def steer():
        return other.send(
            "Only CSV files.", steer=True, on_change=lambda answer: seen.append(answer.status)
        )

    first = asyncio.create_task(asyncio.to_thread(held.send, "Look.", model="test:script"))
    await logged(client, session, "tool.called")
    steering = asyncio.create_task(asyncio.to_thread(steer))
    await logged(client, session, "run.queued", 2)
    (jp_root_dir / project["path"] / "go").touch()
    run, taken = await first, await steering
    assert (taken.id, taken.status, taken.text) == (run.id, "completed", "Only CSV.")
    assert taken.events == run.events
    assert seen[-1] == "completed"
    assert {each.status for each in await asyncio.to_thread(held.runs)} == {
        "cancelled",
        "completed",
    }


async def logged(client, session, kind, count=1):
    """Wait until the log has ``count`` events of a type."""
    async with asyncio.timeout(60):
        while True:
            log = await asyncio.to_thread(client.events, session["id"], limit=1000)
            if sum(event["type"] == kind for event in log) >= count:
                return
            await asyncio.sleep(0.01)


async def test_a_message_that_steers_while_nothing_runs_is_one_like_others(client, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    run = await asyncio.to_thread(lambda: held.send("/list", steer=True))
    assert (run.status, run.prompt) == ("completed", "/list")


async def test_a_session_is_forked_at_its_end_or_at_an_event(client, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    await asyncio.to_thread(held.send, "/list")
    log = await asyncio.to_thread(held.log, 1000)
    whole = await asyncio.to_thread(held.fork)
    part = await asyncio.to_thread(lambda: held.fork(seq=2, name="Another way"))
    shared = (await asyncio.to_thread(whole.log, 1000))[:-1]
    assert [each["seq"] for each in shared] == [each["seq"] for each in log]
    assert (part.name, len(await asyncio.to_thread(part.log))) == ("Another way", 3)
    await asyncio.to_thread(part.send, "/help")
    assert await asyncio.to_thread(held.log, 1000) == log
    with pytest.raises(Refused):
        await asyncio.to_thread(held.fork, 10_000)


async def test_the_disposition_is_what_was_decided(client, api, project, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    assert await asyncio.to_thread(lambda: held.disposition) is None
    path = f"projects/{project['id']}/sessions/{session['id']}/disposition"
    await api("PUT", path, {"json_schema": {"risk": "LOW|HIGH"}, "value": {"risk": "LOW"}})
    assert await asyncio.to_thread(lambda: held.disposition) == {"risk": "LOW"}


async def test_text_comes_while_it_is_written(client, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    texts = []
    run = await asyncio.to_thread(
        held.send, "/help", on_change=lambda answer: texts.append(answer.text)
    )
    assert texts[-1] == run.text
    assert all(run.text.startswith(text.split("\n")[0][:20]) for text in texts if text)


async def test_a_question_comes_back_as_one(client, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    run = await asyncio.to_thread(held.send, "/ask Which column?")
    assert run.question == "Which column?"
    assert held.status == "waiting"


async def test_the_log_is_read_from_its_end(client, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    await asyncio.to_thread(held.send, "/list")
    log = await asyncio.to_thread(held.log, 4)
    whole = await asyncio.to_thread(held.log, 5000)
    assert [event["seq"] for event in whole] == list(range(1, len(whole) + 1))
    assert log == whole[-4:]


async def test_a_stream_goes_on_where_its_connection_broke(client, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    await asyncio.to_thread(held.send, "/list")
    whole = await asyncio.to_thread(held.log, 1000)
    frames = await asyncio.to_thread(client.follow, session["id"])

    class Cut:
        """A connection that is cut after three lines."""

        def __init__(self, lines):
            self._lines = lines
            self.close = lines.close

        def __iter__(self):
            yield from (line for line, _ in zip(self._lines, range(3), strict=False))
            raise ConnectionResetError("cut")

    frames._lines = Cut(frames._lines)

    def read():
        seen = []
        for frame in frames:
            if frame["kind"] == "ready":
                break
            seen.append(frame["event"]["seq"])
        frames.close()
        return seen

    assert await asyncio.to_thread(read) == [event["seq"] for event in whole]


async def test_a_message_that_is_refused_leaves_nothing_waiting(
    url, project, session, open_notebook, grants, backend, monkeypatch
):
    notebook = await open_notebook(f"{project['path']}/work.ipynb")
    token = grants[notebook.kernel_id].token
    monkeypatch.setenv("JUPYTER_SESSIONS_TOKEN", token)
    held = await asyncio.to_thread(Session.get, "Model", client=Client(url, token))
    with pytest.raises(Refused, match="control characters"):
        await asyncio.to_thread(held.send, "a\0b")
    async with asyncio.timeout(10):
        while backend.kernels._waiting:
            await asyncio.sleep(0.01)


async def test_nothing_to_interrupt_is_no_error_for_a_session(client, session):
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    assert await asyncio.to_thread(held.interrupt) is False
    with pytest.raises(Conflict, match="Nothing runs"):
        await asyncio.to_thread(client.interrupt, held.id)


async def test_errors_are_the_servers_sentences(client, url, project):
    with pytest.raises(NotFound, match="No such session") as caught:
        await asyncio.to_thread(client.session, "0" * 26)
    assert (caught.value.status, caught.value.code) == (404, "not_found")
    with pytest.raises(NotAllowed):
        await asyncio.to_thread(Client(url, "wrong").projects)
    with pytest.raises(NoSession, match="There are: none"):
        await asyncio.to_thread(Session.get, "x", client=client)
    stranger = Client(url, client._transport.token, project="Other")
    with pytest.raises(NoProject, match="'Other'"):
        await asyncio.to_thread(stranger.sessions)


async def test_nobody_there_is_said_in_a_sentence():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotConnected, match="does not answer"):
        await asyncio.to_thread(Client(f"http://127.0.0.1:{port}/", "t").status)
    with pytest.raises(NotConnected, match="no address"):
        Client("localhost:8888", "t")


async def test_outside_of_a_kernel_the_sentence_says_what_to_give(monkeypatch):
    monkeypatch.delenv("JUPYTER_SESSIONS_URL", raising=False)
    with pytest.raises(NotConnected, match="Give an address"):
        Session.current()


async def test_a_kernels_token_opens_its_own_project_only(
    url, api, project, session, open_notebook, grants
):
    other = await api("POST", "projects", {"name": "Other"})
    theirs = await api("POST", f"projects/{other['id']}/sessions", {"name": "Theirs"})
    notebook = await open_notebook(f"{project['path']}/work.ipynb")
    token = grants[notebook.kernel_id].token
    mine = Client(url, token)
    assert [each["id"] for each in await asyncio.to_thread(mine.projects)] == [project["id"]]
    assert len(await asyncio.to_thread(mine.sessions)) == 1
    foreign = Client(url, token)
    foreign.project = other
    for call in (
        foreign.sessions,
        foreign.new_session,
        foreign.runs,
        lambda: foreign.session(theirs["id"]),
        lambda: foreign.events(theirs["id"]),
        lambda: foreign.follow(theirs["id"]),
        lambda: foreign.send(theirs["id"], "hi"),
        lambda: foreign.interrupt(theirs["id"]),
        lambda: foreign.fork(theirs["id"], 1),
        lambda: foreign.disposition(theirs["id"]),
        lambda: foreign.blob("0" * 64),
    ):
        with pytest.raises(NotFound):
            await asyncio.to_thread(call)
    with pytest.raises(NotAllowed):
        await asyncio.to_thread(mine.create_example)
    # a session of another project is not opened by the path of its own either
    for call in (lambda: mine.session(theirs["id"]), lambda: mine.send(theirs["id"], "hi")):
        with pytest.raises(NotFound):
            await asyncio.to_thread(call)


async def test_a_kernels_token_opens_nothing_else_of_the_server(
    url, project, open_notebook, grants, http_get
):
    notebook = await open_notebook(f"{project['path']}/work.ipynb")
    token = grants[notebook.kernel_id].token
    for path in ("api/contents", "api/kernels", "api/sessions", "api/terminals"):
        assert await http_get(url + path, token) == 403


async def test_the_token_of_a_kernel_that_is_gone_opens_nothing(
    url, jp_fetch, project, open_notebook, grants
):
    one = await open_notebook(f"{project['path']}/one.ipynb")
    two = await open_notebook(f"{project['path']}/two.ipynb")
    tokens = [grants[each.kernel_id].token for each in (one, two)]
    assert tokens[0] != tokens[1]
    await jp_fetch("api", "kernels", one.kernel_id, method="DELETE")
    with pytest.raises(NotAllowed):
        await asyncio.to_thread(Client(url, tokens[0]).kernel)
    told = await asyncio.to_thread(Client(url, tokens[1]).kernel)
    assert told["path"].endswith("two.ipynb")


async def test_a_kernel_outside_of_projects_sees_none(url, open_notebook, project, grants):
    notebook = await open_notebook("elsewhere/a.ipynb")
    client = Client(url, grants[notebook.kernel_id].token)
    assert await asyncio.to_thread(client.projects) == []
    with pytest.raises(NoProject, match="belongs to no project"):
        await asyncio.to_thread(client.sessions)


async def test_a_notebook_that_is_edited_together_lies_in_its_project_too(
    url, jp_fetch, project, open_notebook, grants
):
    notebook = await open_notebook(f"{project['path']}/work.ipynb")
    [held] = json.loads((await jp_fetch("api", "sessions")).body)
    body = json.dumps({"path": f"RTC:{notebook.path}"})
    await jp_fetch("api", "sessions", held["id"], method="PATCH", body=body)
    client = Client(url, grants[notebook.kernel_id].token)
    assert (await asyncio.to_thread(lambda: client.project))["id"] == project["id"]
    assert await asyncio.to_thread(lambda: client.notebook) == "work.ipynb"


@pytest.fixture
def http_get():
    """Return the status of a GET with a token."""
    import urllib.error
    import urllib.request

    def get(url, token):
        request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    async def in_a_thread(url, token):
        return await asyncio.to_thread(get, url, token)

    return in_a_thread
