"""Sessions that need others: refused when they make no sense, blocked until they are met."""

from __future__ import annotations

import asyncio

import pytest

from tests.server.test_api import failing
from tests.server.test_events import connect

__all__ = ["connect"]

NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
SCHEMA = {"risk": "LOW|MEDIUM|HIGH", "urgent": "Boolean", "notes": "String?"}


@pytest.fixture
def base(project):
    return f"projects/{project['id']}/sessions"


@pytest.fixture
def made(api, base, jp_asyncio_loop):
    """Make a session, and return its id: ``await made("Triage", json_schema=…)``."""

    async def make(name, **more):
        return (await api("POST", base, {"name": name, **more}))["id"]

    return make


def on(id_, field=None, value=None):
    kind = "complete" if field is None else "decided"
    return {"session_id": id_, "kind": kind, "field": field, "value": value}


async def needs(api, base, id_, *items):
    page = await api("PUT", f"{base}/{id_}/dependencies", {"items": list(items)})
    return page["items"]


async def test_a_session_names_what_it_needs_and_how_that_stands(api, base, made, conversation):
    triage = await made("Triage", json_schema=SCHEMA)
    dive = await made("Deep dive", dependencies=[on(triage, "risk", "HIGH")])
    [found] = (await api("GET", f"{base}/{dive}/dependencies"))["items"]
    assert (found["name"], found["state"], found["value"]) == ("Triage", "waiting", "HIGH")
    assert (await api("GET", f"{base}/{dive}"))["dependencies"] == [found]


@pytest.mark.parametrize(
    ("value", "state"), [("HIGH", "met"), ("LOW", "contradicted")]
)  # fmt: skip
async def test_a_decision_meets_or_contradicts_a_condition(api, base, made, value, state):
    triage = await made("Triage", json_schema=SCHEMA)
    dive = await made("Dive", dependencies=[on(triage, "risk", "HIGH")])
    decided = {"value": {"risk": value, "urgent": True}}
    await api("PUT", f"{base}/{triage}/disposition", decided)
    [found] = (await api("GET", f"{base}/{dive}/dependencies"))["items"]
    assert (found["state"], found["actual"]) == (state, value)


async def test_any_disposition_completes_a_session(api, base, made):
    triage = await made("Triage", json_schema=SCHEMA)
    report = await made("Report", dependencies=[on(triage)])
    await api("PUT", f"{base}/{triage}/disposition", {"value": {"risk": "LOW", "urgent": False}})
    assert (await api("GET", f"{base}/{report}"))["dependencies"][0]["state"] == "met"


async def test_a_session_cannot_need_itself(api, base, made):
    only = await made("Only")
    status, body = await failing(needs(api, base, only, on(only)))
    assert status == 400
    assert "itself" in body["message"]


async def test_a_circle_is_refused_and_the_way_round_is_named(api, base, made):
    a, b, c = [await made(name) for name in "ABC"]
    await needs(api, base, a, on(b))
    await needs(api, base, b, on(c))
    status, body = await failing(needs(api, base, c, on(a)))
    assert status == 400
    assert "C needs A, A needs B, B needs C" in body["message"]
    assert [each["name"] for each in body["details"]["path"]] == ["C", "A", "B", "C"]
    assert (await api("GET", f"{base}/{c}"))["dependencies"] == []


async def test_two_windows_cannot_make_a_circle_together(api, base, made):
    a, b = await made("A"), await made("B")
    done = await asyncio.gather(
        needs(api, base, a, on(b)), needs(api, base, b, on(a)), return_exceptions=True
    )
    assert [isinstance(each, Exception) for each in done].count(True) == 1


async def test_a_deleted_session_cannot_be_needed_anew_but_may_stay_named(api, base, made):
    gone, other, dive = await made("Gone"), await made("Other"), await made("Dive")
    await needs(api, base, dive, on(gone))
    await api("DELETE", f"{base}/{gone}", force="true")
    assert (await failing(needs(api, base, other, on(gone))))[0] == 404
    kept = await needs(api, base, dive, on(gone), on(other))
    assert [each["state"] for each in kept] == ["gone", "waiting"]


async def test_a_session_of_another_project_cannot_be_needed(api, base, made, jp_root_dir):
    second = await api("POST", "projects", {"name": "Second"})
    foreign = await api("POST", f"projects/{second['id']}/sessions", {"name": "Foreign"})
    dive = await made("Dive")
    status, body = await failing(needs(api, base, dive, on(foreign["id"])))
    unknown_status, unknown = await failing(needs(api, base, dive, on(NOBODY)))
    assert (status, unknown_status) == (404, 404)
    assert body["message"] == unknown["message"]
    assert foreign["name"] not in body["message"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"field": "risk", "value": "AWFUL"}, "It can be: LOW, MEDIUM, HIGH."),
        ({"field": "risk", "value": None}, "It can be: LOW, MEDIUM, HIGH."),
        ({"field": "urgent", "value": 1}, "It can be: true, false."),
        ({"field": "notes", "value": "x"}, "Fields that have: risk, urgent."),
        ({"field": "nothing", "value": "x"}, "Fields that have: risk, urgent."),
        ({"field": None}, "Name the 'field'"),
        ({"kind": "complete", "field": "risk"}, "are for the kind 'decided'"),
    ],
)
async def test_a_condition_that_can_never_be_met_is_refused(api, base, made, item, words):
    triage, dive = await made("Triage", json_schema=SCHEMA), await made("Dive")
    status, body = await failing(needs(api, base, dive, on(triage) | {"kind": "decided"} | item))
    assert status == 400
    assert words in body["message"]


async def test_a_session_without_a_schema_can_only_be_complete(api, base, made):
    plain, dive = await made("Plain"), await made("Dive")
    status, body = await failing(needs(api, base, dive, on(plain, "risk", "LOW")))
    assert status == 400
    assert "no schema" in body["message"]


async def test_a_session_is_named_once(api, base, made):
    triage, dive = await made("Triage"), await made("Dive")
    status, body = await failing(needs(api, base, dive, on(triage), on(triage)))
    assert status == 400
    assert "twice" in body["message"]


async def test_a_blocked_session_takes_no_message_and_says_why(api, base, made, script):
    script("Never asked.")
    features = await made("Features")
    dive = await made("Dive", dependencies=[on(features)])
    message = {"text": "Go.", "model": "test:script"}
    status, body = await failing(api("POST", f"{base}/{dive}/messages", message))
    assert (status, body["code"]) == (409, "blocked")
    assert body["message"] == ("Cannot start yet: Features has no key result and no disposition.")
    assert body["details"]["dependencies"][0]["state"] == "waiting"
    assert not (await api("GET", f"{base}/{dive}"))["started"]


async def test_every_reason_is_named_and_what_can_never_be_comes_first(api, base, made):
    gone, waits, old, no = [await made(name, json_schema=SCHEMA) for name in "GWON"]
    items = [on(waits), on(old, "risk", "LOW"), on(gone), on(no, "risk", "LOW")]
    dive = await made("Dive", dependencies=items)
    for id_ in (old, no):
        decided = {"value": {"risk": "HIGH" if id_ == no else "LOW", "urgent": True}}
        await api("PUT", f"{base}/{id_}/disposition", decided)
    other = {"risk": "NONE|SOME", "urgent": "Boolean"}
    await api("PUT", f"{base}/{old}/disposition", {"json_schema": other})
    await api("DELETE", f"{base}/{gone}", force="true")
    status, body = await failing(api("POST", f"{base}/{dive}/messages", {"text": "Go."}))
    assert status == 409
    assert body["message"] == (
        "Cannot start: G was deleted. N decided risk = HIGH, this session needs LOW. "
        "W has no key result and no disposition. "
        "O decided something that does not fit its schema any more."
    )


async def test_a_session_that_has_started_goes_on_whatever_it_needs_now(
    api, base, made, conversation, script
):
    script("One.", "Two.")
    await conversation.say("Begin.")
    features = await made("Features")
    await api("PUT", f"{conversation.path}/dependencies", {"items": [on(features)]})
    assert (await conversation.say("Go on."))["status"] == "completed"


async def test_a_decision_shows_at_once_in_every_window_what_it_unblocks(
    api, base, made, connect, project
):
    triage = await made("Triage", json_schema=SCHEMA)
    dive = await made("Dive", dependencies=[on(triage, "risk", "HIGH")])
    socket = await connect(f"{project['id']}:0")
    await socket.frame("ready")
    decided = {"value": {"risk": "HIGH", "urgent": True}}
    await api("PUT", f"{base}/{triage}/disposition", decided)
    first, second = [(await socket.frame("live"))["live"]["session"] for _ in range(2)]
    assert (first["id"], first["decided"]) == (triage, True)
    assert (second["id"], second["dependencies"][0]["state"]) == (dive, "met")
    socket.close()


async def test_the_dependencies_are_written_down_once(api, base, made, conversation):
    triage = await made("Triage")
    for _ in range(2):
        await api("PUT", f"{conversation.path}/dependencies", {"items": [on(triage)]})
    [event] = await conversation.events("dependencies.changed")
    assert event["data"]["items"] == [on(triage)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": None},
        {"items": [{}]},
        {"items": ["x"]},
        {"items": [{"session_id": "x" * 30}]},
        {"items": [{"session_id": NOBODY, "kind": "maybe"}]},
        {"items": [{"session_id": NOBODY}] * 51},
    ],
)
async def test_dependencies_of_the_wrong_form_are_refused(api, conversation, body):
    assert (await failing(api("PUT", f"{conversation.path}/dependencies", body)))[0] == 400


@pytest.mark.parametrize("verb", ["GET", "PUT", "POST"])
async def test_the_dependencies_of_no_session_are_not_found(api, base, verb):
    path = f"{base}/{NOBODY}/dependencies{'/import' if verb == 'POST' else ''}"
    body = {"items": []} if verb == "PUT" else None
    assert (await failing(api(verb, path, body)))[0] == 404
