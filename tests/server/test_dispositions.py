"""What a session must decide: only what fits its schema is stored."""

from __future__ import annotations

import asyncio

import pytest

from tests.server.test_api import failing
from tests.server.test_loop import tool_results

SHORT = {"risk": "LOW|MEDIUM|HIGH", "savings": "Number?", "notes": "String?"}
NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def path(project, session):
    return f"projects/{project['id']}/sessions/{session['id']}/disposition"


async def test_a_schema_is_given_in_short_form_and_kept_as_json_schema(api, path):
    found = await api("PUT", path, {"json_schema": SHORT})
    assert found["short"] == SHORT
    assert found["json_schema"]["properties"]["risk"] == {
        "type": "string",
        "enum": ["LOW", "MEDIUM", "HIGH"],
    }
    assert found["json_schema"]["required"] == ["risk"]
    assert (await api("GET", path)) == found
    session = await api("GET", path.removesuffix("/disposition"))
    assert (session["has_schema"], session["decided"]) == (True, False)


async def test_a_json_schema_that_the_short_form_cannot_say_has_none(api, path):
    schema = {
        "type": "object",
        "properties": {"cost": {"type": "object", "properties": {"eur": {"type": "number"}}}},
    }
    found = await api("PUT", path, {"json_schema": schema})
    assert (found["json_schema"], found["short"]) == (schema, None)


async def test_a_value_that_fits_is_stored_with_who_decided_it(api, path, conversation):
    await api("PUT", path, {"json_schema": SHORT})
    found = await api("PUT", path, {"value": {"risk": "HIGH", "savings": 3.5}})
    assert found["value"] == {"risk": "HIGH", "savings": 3.5}
    assert (found["decided_by"], found["stale"]) == ("user", False)
    [event] = await conversation.events("disposition.set")
    assert event["data"]["value"] == found["value"]
    assert event["data"]["json_schema"] == found["json_schema"]
    assert (await api("GET", path.removesuffix("/disposition")))["decided"]


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        ({"risk": 3}, ["risk"], "not of type 'string'"),
        ({"risk": "AWFUL"}, ["risk"], "is not one of"),
        ({"savings": 1}, [], "'risk' is a required property"),
        ({"risk": "LOW", "more": 1}, [], "'more' was unexpected"),
        ({"risk": "LOW", "savings": True}, ["savings"], "not of type 'number'"),
        ({"risk": "LOW", "notes": "a\0b"}, [], "cannot be stored"),
        ({"risk": "LOW", "notes": "x" * 70_000}, [], "64,000 are allowed"),
        ({"risk": "LOW", "savings": 2**60}, [], "53 bits"),
    ],
)
async def test_a_value_that_does_not_fit_is_refused_with_its_faults(api, path, value, place, words):
    await api("PUT", path, {"json_schema": SHORT})
    status, body = await failing(api("PUT", path, {"value": value}))
    assert status == 400
    assert any(
        each["path"] == place and words in each["message"] for each in body["details"]["errors"]
    )
    assert (await api("GET", path))["value"] is None


@pytest.mark.parametrize("value", ["HIGH", 3, ["risk"], True])
async def test_a_value_of_another_type_than_an_object_is_refused(api, path, value):
    await api("PUT", path, {"json_schema": SHORT})
    status, body = await failing(api("PUT", path, {"value": value}))
    assert status == 400
    assert body["message"].startswith("value: ")


async def test_the_faults_of_a_value_are_named_up_to_a_bound(api, path):
    await api("PUT", path, {"json_schema": {f"f{n}": "Number" for n in range(100)}})
    status, body = await failing(api("PUT", path, {"value": {f"f{n}": "x" for n in range(100)}}))
    assert status == 400
    assert len(body["details"]["errors"]) == 10


async def test_a_value_needs_a_schema(api, path):
    status, body = await failing(api("PUT", path, {"value": {"risk": "LOW"}}))
    assert status == 400
    assert "has no schema" in body["message"]


async def test_another_schema_marks_an_old_value_stale_and_the_old_one_makes_it_good(
    api, path, conversation
):
    await api("PUT", path, {"json_schema": SHORT, "value": {"risk": "HIGH"}})
    changed = await api("PUT", path, {"json_schema": {"risk": "NONE|SOME"}})
    assert (changed["value"], changed["stale"]) == ({"risk": "HIGH"}, True)
    assert "'HIGH' is not one of ['NONE', 'SOME']" in changed["stale_reason"]
    again = await api("PUT", path, {"json_schema": SHORT})
    assert (again["stale"], again["stale_reason"]) == (False, None)
    assert len(await conversation.events("disposition.schema_changed")) == 3


async def test_a_schema_can_be_removed_and_what_was_decided_is_stale_then(api, path):
    await api("PUT", path, {"json_schema": SHORT, "value": {"risk": "HIGH"}})
    removed = await api("PUT", path, {"json_schema": None})
    assert (removed["json_schema"], removed["value"]) == (None, {"risk": "HIGH"})
    assert removed["stale"]


async def test_the_same_schema_again_changes_nothing(api, path, conversation):
    first = await api("PUT", path, {"json_schema": SHORT})
    assert await api("PUT", path, {"json_schema": first["json_schema"]}) == first
    assert len(await conversation.events("disposition.schema_changed")) == 1


async def test_a_bad_schema_and_a_good_value_store_neither(api, path, conversation):
    body = {"json_schema": {"risk": "A|"}, "value": {"risk": "A"}}
    status, error = await failing(api("PUT", path, body))
    assert (status, error["details"]) == (400, {"path": ["risk"]})
    assert await conversation.events("disposition.schema_changed", "disposition.set") == []


async def test_a_schema_is_checked_without_keeping_it(api):
    checked = await api("POST", "schemas/check", {"json_schema": SHORT})
    assert checked["short"] == SHORT
    back = await api("POST", "schemas/check", {"json_schema": checked["json_schema"]})
    assert back == checked


@pytest.mark.parametrize(
    ("schema", "path", "words"),
    [
        ({"a": "A||B"}, ["a"], "empty value"),
        ({"a": "Nummer"}, ["a"], "is no type"),
        ({f"f{n}": "String" for n in range(10_000)}, [], "more than 200 fields"),
        ({"type": "object", "properties": {"a": {"enum": []}}}, ["properties", "a", "enum"],
         "empty"),
        ({"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}},
         ["properties", "a", "$ref"], "leads back to itself"),
        ({"type": "object", "properties": {"a": {"$ref": "https://example.org/s.json"}}},
         ["properties", "a", "$ref"], "leads elsewhere"),
    ],
)  # fmt: skip
async def test_a_bad_schema_is_refused_with_the_place_of_its_fault(api, schema, path, words):
    status, body = await failing(api("POST", "schemas/check", {"json_schema": schema}))
    assert status == 400
    assert body["details"]["path"] == path
    assert words in body["message"]


@pytest.mark.parametrize("verb", ["GET", "PUT"])
async def test_the_disposition_of_no_session_is_not_found(api, project, verb):
    path = f"projects/{project['id']}/sessions/{NOBODY}/disposition"
    body = {"json_schema": SHORT} if verb == "PUT" else None
    assert (await failing(api(verb, path, body)))[0] == 404


async def test_schemas_and_values_written_at_once_never_leave_a_value_that_does_not_fit(api, path):
    await api("PUT", path, {"json_schema": {"a": "X|Y"}})
    writes = [{"json_schema": {"a": "Y|Z"}}, {"value": {"a": "X"}}, {"value": {"a": "Y"}}]
    await asyncio.gather(*(api("PUT", path, each) for each in writes), return_exceptions=True)
    found = await api("GET", path)
    assert found["json_schema"]["properties"]["a"]["enum"] == ["Y", "Z"]
    assert found["value"] == {"a": "Y"} or found["stale"]


SET = "set_disposition"


async def test_the_tool_exists_only_with_a_schema_and_takes_what_the_schema_says(
    api, path, conversation, script
):
    given = script("No schema.", "With a schema.")
    await conversation.say("Go.")
    schema = (await api("PUT", path, {"json_schema": SHORT}))["json_schema"]
    await conversation.say("Go.")
    assert SET not in given.offered[0]
    assert SET in given.offered[1]
    assert given.parameters[1][SET]["properties"]["value"] == schema


async def test_what_does_not_fit_goes_back_to_the_model_and_is_not_stored(
    api, path, conversation, script
):
    await api("PUT", path, {"json_schema": SHORT})
    given = script(
        [(SET, {"value": {"risk": "AWFUL", "savings": "many"}})],
        [(SET, {"value": {"risk": "HIGH"}})],
        "Decided.",
    )
    run = await conversation.say("Decide.")
    wrong, right = tool_results(given.requests[2])
    assert "'AWFUL' is not one of" in wrong
    assert "savings: 'many' is not of type 'number'" in wrong
    assert right == "The disposition is set."
    [event] = await conversation.events("disposition.set")
    assert (event["actor"], event["run_id"]) == ("agent", run["id"])
    called = (await conversation.events("tool.called"))[1]
    assert event["data"]["call_id"] == called["data"]["call_id"]
    found = await api("GET", path)
    assert (found["value"], found["decided_by"]) == ({"risk": "HIGH"}, "agent")


@pytest.mark.parametrize(
    "arguments", [{}, {"value": "HIGH"}, {"value": [1]}, {"value": {"risk": "LOW"}, "evidence": 3}]
)
async def test_odd_arguments_of_the_tool_are_an_error_for_the_model(
    api, path, conversation, script, arguments
):
    await api("PUT", path, {"json_schema": SHORT})
    given = script([(SET, arguments)], "I see.")
    assert (await conversation.say("Decide."))["status"] == "completed"
    assert "Error: " in tool_results(given.requests[1])[0]
    assert (await api("GET", path))["value"] is None


async def test_a_schema_that_changes_during_a_run_is_the_one_that_counts(
    api, path, conversation, script
):
    async def late():
        await api("PUT", path, {"json_schema": {"risk": "NONE|SOME"}})
        return [(SET, {"value": {"risk": "HIGH"}})]

    await api("PUT", path, {"json_schema": SHORT})
    given = script(late, "I see.")
    await conversation.say("Decide.")
    assert "is not one of ['NONE', 'SOME']" in tool_results(given.requests[1])[0]


async def test_a_schema_with_references_reaches_the_model_without_them(
    api, path, conversation, script
):
    level = {"type": "string", "enum": ["LOW", "HIGH"]}
    schema = {
        "type": "object",
        "$defs": {"level": level},
        "properties": {"risk": {"$ref": "#/$defs/level", "description": "How bad."}},
    }
    await api("PUT", path, {"json_schema": schema})
    given = script("Hm.")
    await conversation.say("Go.")
    value = given.parameters[0][SET]["properties"]["value"]
    assert value["properties"]["risk"] == level | {"description": "How bad."}
    assert "$defs" not in value


async def test_the_offline_agent_disposes(api, path, conversation):
    await api("PUT", path, {"json_schema": SHORT})
    await conversation.say('/dispose {"risk": "AWFUL"}', model="offline")
    await conversation.say('/dispose {"risk": "LOW"}', model="offline")
    said = [event["data"]["text"] for event in await conversation.events("message.agent")]
    assert said[0].startswith("Nothing was decided. The value does not fit the schema")
    assert said[1] == "The disposition is set."
    assert (await api("GET", path))["value"] == {"risk": "LOW"}


async def test_the_offline_agent_says_that_there_is_nothing_to_decide(conversation):
    await conversation.say('/dispose {"risk": "LOW"}', model="offline")
    [asked] = await conversation.events("user.prompted")
    assert "no schema" in asked["data"]["question"]


@pytest.mark.parametrize("size", ["large", 1.5, 1, 10**12])
async def test_a_value_that_looks_like_a_payload_is_none(api, path, jp_fetch, size):
    kind = "String" if isinstance(size, str) else "Number"
    fields = {"blob": "String", "size": kind, "media_type": "String"}
    value = {"blob": "0" * 64, "size": size, "media_type": "application/json"}
    await api("PUT", path, {"json_schema": fields})
    assert (await api("PUT", path, {"value": value}))["value"] == value
    export = path.replace("/disposition", "/export")
    page = await jp_fetch("jupyter-sessions", *export.split("/"))
    assert "0" * 64 in page.body.decode()
