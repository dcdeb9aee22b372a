"""How a session starts: with a form, or with a message alone; all of it or nothing."""

from __future__ import annotations

import asyncio

import pytest

from tests.server.test_api import failing

SCHEMA = {"risk": "LOW|MEDIUM|HIGH"}
NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def path(project):
    return f"projects/{project['id']}"


async def ended(api, path, session_id):
    """Wait for the first run of a session, and return it."""
    async with asyncio.timeout(60):
        while True:
            runs = (await api("GET", f"{path}/runs", session=session_id))["items"]
            if runs and runs[-1]["completed_at"]:
                return runs[-1]
            await asyncio.sleep(0.02)


async def test_a_form_starts_a_session_with_all_that_it_says(api, path, script):
    given = script("Done.")
    triage = await api("POST", f"{path}/sessions", {"name": "Triage", "json_schema": SCHEMA})
    await api("PUT", f"{path}/sessions/{triage['id']}/disposition", {"value": {"risk": "LOW"}})
    body = {
        "request": "Look at the churn table.\nIn detail.",
        "model": "test:script",
        "start": True,
        "json_schema": {"ok": "Boolean"},
        "dependencies": [{"session_id": triage["id"]}],
    }
    made = await api("POST", f"{path}/sessions", body)
    assert (made["started"], made["request"], made["has_schema"]) == (True, None, True)
    assert made["name"] == "Look at the churn table."
    run = await ended(api, path, made["id"])
    assert (run["status"], run["prompt"]) == ("completed", body["request"])
    assert given.instructions[0].startswith("# From other sessions")
    assert "set_disposition" in given.offered[0]


async def test_a_form_says_which_notebook_the_user_looks_at(api, path, script):
    given = script("Done.")
    body = {"request": "Go.", "model": "test:script", "start": True, "notebook": "eda/a.ipynb"}
    made = await api("POST", f"{path}/sessions", body)
    await ended(api, path, made["id"])
    log = (await api("GET", f"{path}/sessions/{made['id']}/events"))["items"]
    [queued] = [each for each in log if each["type"] == "run.queued"]
    assert queued["data"]["notebook"] == "eda/a.ipynb"
    assert "eda/a.ipynb" in given.instructions[0]


async def test_a_request_is_kept_until_the_first_message_is_sent(api, path, script):
    script("Done.")
    made = await api("POST", f"{path}/sessions", {"request": "Later.", "model": "test:script"})
    assert (made["request"], made["started"], made["status"]) == ("Later.", False, "idle")
    changed = await api("PATCH", f"{path}/sessions/{made['id']}", {"request": "Sooner."})
    assert changed["request"] == "Sooner."
    await api("POST", f"{path}/sessions/{made['id']}/messages", {"text": "Sooner."})
    await ended(api, path, made["id"])
    assert (await api("GET", f"{path}/sessions/{made['id']}"))["request"] is None


async def test_a_message_alone_starts_a_session(api, path, script):
    script("Hello.")
    message = {"text": "# What is in `data.csv`?", "model": "test:script", "notebook": "a.ipynb"}
    run = await api("POST", f"{path}/messages", message)
    assert (run["prompt"], run["status"]) == (message["text"], "queued")
    [made] = (await api("GET", f"{path}/sessions"))["items"]
    assert (made["id"], made["name"]) == (run["session_id"], "What is in data.csv?")
    assert (await ended(api, path, made["id"]))["status"] == "completed"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"start": True}, 400),
        ({"start": True, "request": "Go.", "model": "nonsense"}, 400),
        ({"start": True, "request": "Go.", "json_schema": {"a": "A|"}}, 400),
        ({"start": True, "request": "Go.", "notebook": "a\nb.ipynb"}, 400),
        ({"start": True, "request": "Go.", "dependencies": [{"session_id": NOBODY}]}, 404),
        ({"json_schema": {"type": "object", "properties": {"a": {"enum": []}}}}, 400),
        ({"dependencies": [{"session_id": NOBODY}]}, 404),
        ({"dependencies": [{"session_id": "x"}] * 51}, 400),
        ({"request": "x" * 5_000_000}, 400),
        ({"json_schema": "LOW|HIGH"}, 400),
        ({"json_schema": {"a": "String"}, "dependencies": "all"}, 400),
    ],
)
async def test_a_form_that_makes_no_sense_creates_nothing(api, path, body, status):
    assert (await failing(api("POST", f"{path}/sessions", body)))[0] == status
    assert (await api("GET", f"{path}/sessions"))["items"] == []
    assert (await api("GET", f"{path}/runs"))["items"] == []


async def test_a_start_that_is_blocked_creates_nothing(api, path, script):
    script("Never asked.")
    triage = await api("POST", f"{path}/sessions", {"name": "Triage"})
    body = {"request": "Go.", "start": True, "dependencies": [{"session_id": triage["id"]}]}
    status, error = await failing(api("POST", f"{path}/sessions", body))
    assert (status, error["code"]) == (409, "blocked")
    assert error["message"].startswith("Cannot start yet: Triage has no key result")
    assert len((await api("GET", f"{path}/sessions"))["items"]) == 1


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "x", "model": "?"}, {"text": "x", "replaces": 3}]
)
async def test_a_message_that_makes_no_sense_starts_nothing(api, path, body):
    assert (await failing(api("POST", f"{path}/messages", body)))[0] == 400
    assert (await api("GET", f"{path}/sessions"))["items"] == []


async def test_a_message_to_no_project_is_not_found(api):
    call = api("POST", f"projects/{NOBODY}/messages", {"text": "Hi."})
    assert (await failing(call))[0] == 404
