"""The command line, as a user runs it: in processes of its own, in an empty home directory."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from .server.conftest import api, jp_server_config, project, session

__all__ = ["api", "jp_server_config", "project", "session"]
COMMAND = [str(Path(sys.executable).with_name("jupyter")), "sessions"]


@pytest.fixture
def place(tmp_path):
    """An empty home directory, and an empty folder to work in."""
    for name in ("home", "work"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def environment(place):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER_")}
    kept = {key: value for key, value in kept.items() if key not in {"DISPLAY", "BROWSER"}}
    return kept | {"HOME": str(place / "home"), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def cli(environment, place):
    """Run a command: ``cli("list")``."""

    def run(*arguments, **more):
        command = [*COMMAND, *arguments]
        return subprocess.run(
            command,
            cwd=place / "work",
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            **more,
        )

    return run


@pytest.fixture
def against(cli, jp_serverapp):
    """Run a command against the server of the test."""

    async def run(*arguments, **more):
        server = ["--url", jp_serverapp.connection_url]
        server += ["--token", jp_serverapp.identity_provider.token]
        return await asyncio.to_thread(cli, *arguments, *server, **more)

    return run


def test_the_demo_runs_a_conversation_without_a_browser(cli, place):
    done = cli("demo", "--headless")
    assert done.returncode == 0, done.stdout + done.stderr
    types = re.findall(r"^ +\d+  \d\d:\d\d:\d\d  (\S+)", done.stdout, re.MULTILINE)
    assert types[0] == "run.queued"
    assert types.count("cell.executed") == 2
    assert types[-1] == "run.completed"
    assert "bmi" in done.stdout
    notebook = json.loads((place / "work/diabetes-example/explore.ipynb").read_text())
    outputs = [each for cell in notebook["cells"] for each in cell.get("outputs", ())]
    assert any("image/png" in each.get("data", ()) for each in outputs)
    assert list((place / "work").iterdir()) == [place / "work/diabetes-example"]
    assert not (place / "home/.local/share/jupyter").exists()


def test_the_demo_fails_with_a_sentence(environment, place):
    done = subprocess.run(
        [*COMMAND, "demo", "--headless"],
        cwd=place / "work",
        # a model's provider cannot be at fault here; a server that cannot start can
        env=environment | {"JUPYTER_PREFER_ENV_PATH": "0", "JUPYTER_CONFIG_PATH": broken(place)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "jupyter sessions: The demo failed: The server has ended at its start" in done.stderr


def broken(place):
    folder = place / "broken"
    folder.mkdir()
    (folder / "jupyter_server_config.py").write_text("raise SystemExit(3)")
    return str(folder)


def test_the_demo_serves_the_example_and_a_second_time_finds_it_again(environment, place):
    addresses = [serve(environment, place) for _ in range(2)]
    first, second = (re.search("sessions-session=([0-9A-Z]{26})", each)[1] for each in addresses)
    assert first == second
    assert [path.name for path in (place / "work").iterdir()] == ["diabetes-example"]


def serve(environment, place):
    """Start the demo, look at its page, stop it as Ctrl-C does; return the address it printed."""
    process = subprocess.Popen(
        [*COMMAND, "demo", "--no-browser"],
        cwd=place / "work",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        [address] = re.findall("http://.*sessions-project=.*", "".join(lines))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
        )
        with opener.open(address) as page:
            assert "apputils-extension:announcements" in page.read().decode()
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        rest = process.stdout.read()
        assert process.wait(30) == 0
        assert "Stopped" in rest
        assert time.monotonic() - began < 30
    return address


async def test_list_shows_projects_and_sessions(against, project, session):
    done = await against("list")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Churn analysis  (churn-analysis)"
    assert done.stdout.splitlines()[1].split() == ["Model", "idle", session["id"]]


async def test_send_shows_the_answer_and_log_what_happened(against, session):
    done = await against("send", "Model", "/list")
    assert done.returncode == 0, done.stderr
    assert "✓ list_files .:" in done.stdout
    assert "Here is what I found" in done.stdout
    assert done.stdout.count("Here is what I found") == 1
    log = await against("log", session["id"], "-n", "2")
    assert [line.split()[2] for line in log.stdout.splitlines()] == [
        "message.agent",
        "run.completed",
    ]
    events = await against("log", "Model", "--json")
    assert json.loads(events.stdout.splitlines()[0])["type"] == "session.created"


async def test_a_message_is_read_from_standard_input(against, session):
    done = await against("send", "Model", "-", input="/help\n")
    assert "I am the offline agent" in done.stdout


async def test_what_is_missing_is_said_in_a_sentence(against, session):
    for arguments, sentence in (
        (("log", "Nope"), "There is no session 'Nope'. 'jupyter sessions list' shows all."),
        (("list", "--project", "Nope"), "There is no project 'Nope' on this server."),
        (("send", "Model", " "), "text: a message cannot be empty."),
        (("send", "Model", "x", "--model", "none:such"), "none:such"),
    ):
        done = await against(*arguments)
        assert done.returncode == 1
        assert done.stderr.startswith("jupyter sessions: ")
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr


def test_no_server_is_said_in_a_sentence(cli):
    done = cli("list")
    assert done.returncode == 1
    assert "No Jupyter server of yours with jupyter_sessions runs here." in done.stderr


async def test_sessions_are_searched_exported_and_imported(against, project, session, place):
    await against("send", "Model", "/list")
    found = await against("search", "/list")
    assert "Churn analysis / Model" in found.stdout
    exported = await against("export", "Model", "--format", "jsonl", "-o", "model.jsonl")
    assert exported.returncode == 0, exported.stderr
    imported = await against("import", "model.jsonl", "--project", project["id"])
    assert imported.stdout.startswith("Model  "), imported.stderr
    listed = await against("list")
    assert listed.stdout.count("Model ") == 2
    page = await against("export", session["id"])
    assert page.stdout.startswith("# Model\n")


async def test_what_cannot_be_imported_is_said(against, project, place):
    (place / "work" / "bad.jsonl").write_text("nonsense")
    done = await against("import", "bad.jsonl", "--project", project["id"])
    assert (done.returncode, "Line 1: this is no JSON" in done.stderr) == (1, True)
    missing = await against("import", "none.jsonl")
    assert "cannot be read" in missing.stderr


async def test_branches_are_made_listed_and_deleted(against, api, project):
    made = await against("branches", "--project", project["id"], "--new", "Try boosting")
    assert made.returncode == 0, made.stderr
    rows = [line.split() for line in made.stdout.splitlines()]
    assert rows[0] == ["Churn", "analysis"]
    assert [row[:2] for row in rows[1:]] == [["main", "active"], ["Try", "boosting"]]
    taken = await against("branches", "--new", "MAIN")
    assert taken.returncode == 1
    assert "MAIN 2" in taken.stderr
    gone = await against("branches", "--delete", "try boosting")
    assert "boosting" not in gone.stdout
    listed = (await api("GET", f"projects/{project['id']}/branches"))["items"]
    assert [each["status"] for each in listed] == ["active", "deleted"]
