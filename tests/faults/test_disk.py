"""A disk that is full, or cannot be written: a clear error, nothing lost, usable again after it."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error

import pytest


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 12 MB, where the machine lets us mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def failing(call, *arguments):
    with pytest.raises(urllib.error.HTTPError) as caught:
        call(*arguments)
    return caught.value.code, json.loads(caught.value.read())


def test_a_full_disk_is_said_and_the_session_goes_on_after_it(make_server, small_disk):
    server = make_server(f"--SessionsApp.db_url=sqlite:///{small_disk}/sessions.db")
    server.start()
    project = server.api("POST", "projects", {"name": "P"})
    base = f"projects/{project['id']}/sessions"
    path = f"{base}/{server.api('POST', base, {'name': 'S'})['id']}"
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * 4096)
        except OSError:
            pass
    status, body = failing(
        server.api, "POST", f"{path}/messages", {"text": "/list " + "x" * 200_000}
    )
    assert (status, body["code"]) == (507, "storage_full")
    assert "free some space" in body["message"]
    assert server.events(path)[0]["type"] == "session.created"
    os.unlink(small_disk / "filler")
    run = server.api("POST", f"{path}/messages", {"text": "/list"})
    server.until(
        lambda: server.api("GET", f"projects/{project['id']}/runs/{run['id']}")["completed_at"]
    )
    log = server.events(path)
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))


def test_a_database_that_cannot_be_opened_is_said_and_tried_again(make_server, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    server = make_server(f"--SessionsApp.db_url=sqlite:///{blocked}/sessions.db")
    with pytest.raises(urllib.error.HTTPError) as caught:
        server.start()
    body = json.loads(caught.value.read())
    assert (caught.value.code, body["code"]) == (503, "storage_read_only")
    assert str(blocked) in body["message"]
    blocked.unlink()
    assert server.api("GET", "status")["database"] == "sqlite"
