"""A server that is killed at any moment comes back with everything that it acknowledged."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
import urllib.error
from http.client import HTTPException

import nbformat

CELL = "```python\nimport time\nprint('begun', flush=True)\ntime.sleep(120)\n```"
WRITER = """
import asyncio, sys
from jupyter_sessions.ids import UserId
from jupyter_sessions.models.event import MessageData, UserMessage
from jupyter_sessions.storage import projects
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Origin, Timeline

async def main(url):
    timeline = Timeline(await open_database(url))
    row = await timeline.write(
        lambda entry: projects.add_project(entry.conn, UserId("u"), "p", "/p", "cpu"))
    async def produce():
        while True:
            event = await timeline.append(
                Origin(row.scope), UserMessage, MessageData(text="x" * 300), actor="user")
            print(event.stream, event.seq, flush=True)
    await asyncio.gather(*(produce() for _ in range(8)))

asyncio.run(main(sys.argv[1]))
"""
READER = """
import asyncio, json, sys
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Timeline

async def main(url, stream):
    timeline, after, seqs = Timeline(await open_database(url)), 0, []
    while page := await timeline.read(stream, after=after, limit=1000):
        after = page[-1].seq
        seqs += [event.seq for event in page]
    print(json.dumps(seqs))
    await timeline.database.close()

asyncio.run(main(*sys.argv[1:]))
"""


def test_no_acknowledged_event_is_lost_when_the_writer_is_killed(tmp_path):
    url = f"sqlite:///{tmp_path / 'sessions.db'}"
    chance = random.Random(7)
    for _ in range(8):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE)
        lines = [writer.stdout.readline() for _ in range(chance.randrange(20, 400))]
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().splitlines(keepends=True)
        writer.stdout.close()
        writer.wait()
        whole = [line.split() for line in lines + rest if line.endswith(b"\n")]
        stream = whole[0][0].decode()
        acknowledged = {int(seq) for _, seq in whole}
        reader = subprocess.run(
            [sys.executable, "-c", READER, url, stream], capture_output=True, check=True
        )
        stored = json.loads(reader.stdout)
        assert stored == list(range(1, len(stored) + 1))
        assert acknowledged <= set(stored)


def test_a_killed_server_comes_back_with_the_log_whole_and_the_run_closed(server):
    project = server.api("POST", "projects", {"name": "P"})
    path = f"projects/{project['id']}/sessions"
    path += "/" + server.api("POST", path, {"name": "S"})["id"]
    run = server.api("POST", f"{path}/messages", {"text": CELL})
    waiting = server.api("POST", f"{path}/messages", {"text": "/list"})
    server.until(lambda: [e for e in server.events(path) if e["type"] == "tool.called"][3:])
    before = server.events(path)
    server.kill()
    server.start()

    after = server.events(path)
    assert after[: len(before)] == before
    assert [event["seq"] for event in after] == list(range(1, len(after) + 1))
    returned = [event for event in after if event["type"] == "tool.returned"]
    assert returned[-1]["data"]["outcome"] == "unknown"
    for each in (run, waiting):
        ended = server.api("GET", f"projects/{project['id']}/runs/{each['id']}")
        assert (ended["status"], ended["error"]["code"]) == ("failed", "server_stopped")
    notebook = nbformat.read(server.root / project["path"] / "agent.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert "time.sleep(120)" in notebook.cells[0].source

    again = server.api("POST", f"{path}/messages", {"text": "/list"})
    server.until(
        lambda: server.api("GET", f"projects/{project['id']}/runs/{again['id']}")["completed_at"]
    )
    assert server.api("GET", path)["status"] == "idle"
    assert len([e for e in server.events(path) if e["type"] == "tool.called"]) == 5


def test_nothing_is_lost_over_kills_at_random_points(server):
    chance = random.Random(11)
    project = server.api("POST", "projects", {"name": "P"})
    base = f"projects/{project['id']}/sessions"
    path = f"{base}/{server.api('POST', base, {'name': 'S'})['id']}"
    acknowledged: list[str] = []
    for _ in range(3):
        until = time.monotonic() + chance.uniform(0.3, 1.5)
        try:
            while time.monotonic() < until:
                text = f"/list .\n```python\n{len(acknowledged)}\n```"
                acknowledged.append(server.api("POST", f"{path}/messages", {"text": text})["id"])
        except (urllib.error.URLError, HTTPException, ConnectionError):
            pass
        server.kill()
        server.start()
        log = server.events(path)
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        queued = {event["run_id"] for event in log if event["type"] == "run.queued"}
        assert set(acknowledged) <= queued
        for run_id in queued:
            assert server.api("GET", f"projects/{project['id']}/runs/{run_id}")["completed_at"]
        for file in server.root.rglob("*.ipynb"):
            nbformat.validate(nbformat.read(file, as_version=4))


def test_a_server_that_is_stopped_closes_its_runs_at_once(server):
    project = server.api("POST", "projects", {"name": "P"})
    base = f"projects/{project['id']}/sessions"
    path = f"{base}/{server.api('POST', base, {'name': 'S'})['id']}"
    server.api("POST", f"{path}/messages", {"text": CELL})
    server.until(lambda: [e for e in server.events(path) if e["type"] == "tool.called"][3:])
    server.stop()
    server.start()
    assert server.events(path)[-1]["type"] == "run.failed"


def ended(server, project, run):
    path = f"projects/{project['id']}/runs/{run['id']}"
    return server.until(lambda: (now := server.api("GET", path))["completed_at"] and now)


def test_a_message_that_steers_is_not_lost_when_the_server_is_killed(server):
    project = server.api("POST", "projects", {"name": "P"})
    path = f"projects/{project['id']}/sessions"
    path += "/" + server.api("POST", path, {"name": "S"})["id"]
    run = server.api("POST", f"{path}/messages", {"text": CELL})
    server.until(lambda: [e for e in server.events(path) if e["type"] == "tool.called"][3:])
    steering = server.api("POST", f"{path}/messages", {"text": "/list", "steer": True})
    server.kill()
    server.start()
    for each in (run, steering):
        now = ended(server, project, each)
        assert (now["status"], now["error"]["code"]) == ("failed", "server_stopped")
        assert now["prompt"] == each["prompt"]
    log = server.events(path)
    assert [e["run_id"] for e in log if e["type"] == "message.user"] == [run["id"]]
    assert steering["id"] in [e["run_id"] for e in log if e["type"] == "run.queued"]
    again = server.api("POST", f"{path}/messages", {"text": steering["prompt"], "steer": True})
    assert ended(server, project, again)["status"] == "completed"


def test_messages_that_steer_are_said_once_or_never_over_kills_at_random_points(server):
    chance = random.Random(5)
    project = server.api("POST", "projects", {"name": "P"})
    base = f"projects/{project['id']}/sessions"
    path = f"{base}/{server.api('POST', base, {'name': 'S'})['id']}"
    for kill in range(3):
        until = time.monotonic() + chance.uniform(0.3, 1.5)
        number = 0
        try:
            while time.monotonic() < until:
                text = f"/list\n/list ./\n{kill} {number}"
                server.api("POST", f"{path}/messages", {"text": text, "steer": number % 4 > 0})
                number += 1
        except (urllib.error.URLError, HTTPException, ConnectionError):
            pass
        server.kill()
        server.start()
        log = server.events(path)
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        said = [event["data"]["text"] for event in log if event["type"] == "message.user"]
        assert len(said) == len(set(said))
        queued = {e["run_id"]: e["data"]["prompt"] for e in log if e["type"] == "run.queued"}
        taken = [e for e in log if e["type"] == "run.cancelled" and e["data"]["steered"]]
        assert {queued[e["run_id"]] for e in taken} <= set(said)
        for run_id in queued:
            run = server.api("GET", f"projects/{project['id']}/runs/{run_id}")
            assert run["completed_at"]
            assert run["status"] == "failed" or run["prompt"] in said


def test_a_message_waits_for_the_run_of_another_server_and_outlives_it(make_server, tmp_path):
    option = f"--SessionsApp.db_url=sqlite:///{tmp_path}/shared.db"
    one, two = make_server(option), make_server(option)
    two.root = one.root
    one.start()
    two.start()
    project = one.api("POST", "projects", {"name": "P"})
    path = f"projects/{project['id']}/sessions"
    path += "/" + one.api("POST", path, {"name": "S"})["id"]
    run = one.api("POST", f"{path}/messages", {"text": CELL})
    one.until(lambda: [e for e in one.events(path) if e["type"] == "tool.called"][3:])
    waiting = two.api("POST", f"{path}/messages", {"text": "/list"})
    other = f"projects/{project['id']}/sessions"
    other += "/" + two.api("POST", other, {"name": "T"})["id"]
    assert ended(two, project, two.api("POST", f"{other}/messages", {"text": "/list"}))
    now = two.api("GET", f"projects/{project['id']}/runs/{waiting['id']}")
    assert now["status"] == "queued"
    one.kill()
    assert ended(two, project, waiting)["status"] == "completed"
    assert ended(two, project, run)["error"]["code"] == "server_stopped"
    started = [e["run_id"] for e in two.events(path) if e["type"] == "run.started"]
    assert started == [run["id"], waiting["id"]]
