"""The project's prompt and tools: what is shown is what the model gets."""

from __future__ import annotations

import pytest

from jupyter_sessions.agent.conversation import TOOLBOX
from jupyter_sessions.agent.tools.catalog import catalog
from tests.server.test_api import failing
from tests.server.test_loop import tool_results

SCHEMA = {"risk": "LOW|MEDIUM|HIGH", "notes": "String?"}


@pytest.fixture
def path(project):
    return f"projects/{project['id']}"


def texts(preview):
    return "\n\n".join(part["text"] for part in preview["parts"] if part["kind"] != "request")


def test_the_catalogue_names_the_tools_of_the_loop_with_their_first_sentences():
    definitions = TOOLBOX.definitions(TOOLBOX.names)
    assert [tool.name for tool in catalog()] == [each.name for each in definitions]
    for tool, definition in zip(catalog(), definitions, strict=True):
        described = " ".join((definition.description or "").split())
        assert described.startswith(tool.title.rstrip(".")), tool.name


async def test_the_tools_are_listed_with_those_that_always_stay(api):
    items = {each["name"]: each for each in (await api("GET", "tools"))["items"]}
    assert items["read_file"]["group"] == "files"
    assert items["promote_result"]["group"] == "results"
    always = {name for name, each in items.items() if each["always"]}
    assert always == {"prompt_user", "read_result", "set_disposition"}


async def test_what_is_shown_is_what_the_model_gets(api, path, conversation, script):
    system = "Use euros.\n\nNever touch `raw/`."
    await api("PATCH", path, {"system_prompt": system, "tools": ["list_files", "run_cell"]})
    await api("PUT", f"{conversation.path}/disposition", {"json_schema": SCHEMA})
    session = conversation.path.rpartition("/")[2]
    shown = await api("GET", f"{path}/prompt", session=session)
    given = script("Done.")
    await conversation.say("Go.")
    assert given.instructions == [texts(shown)]
    assert [part["kind"] for part in shown["parts"]] == [
        "project", "tools", "disposition", "knowledge",
    ]  # fmt: skip
    assert shown["parts"][0]["text"] == system
    assert given.offered[0] == shown["tools"]
    assert shown["characters"] == sum(len(part["text"]) for part in shown["parts"])


async def test_the_notebook_that_the_user_looks_at_is_shown_too(api, path, conversation, script):
    shown = await api("GET", f"{path}/prompt", notebook="a.ipynb")
    given = script("Done.")
    await conversation.say("Go.", notebook="a.ipynb")
    assert given.instructions == [texts(shown)]


async def test_a_starting_request_that_was_not_sent_is_shown_last(api, path):
    made = await api("POST", f"{path}/sessions", {"request": "Find the outliers."})
    shown = await api("GET", f"{path}/prompt", session=made["id"])
    assert shown["parts"][-1]["kind"] == "request"
    assert shown["parts"][-1]["text"] == "Find the outliers."


async def test_the_disposition_so_far_is_known(api, path, conversation):
    body = {"json_schema": SCHEMA, "value": {"risk": "LOW", "notes": "Fine."}}
    await api("PUT", f"{conversation.path}/disposition", body)
    session = conversation.path.rpartition("/")[2]
    shown = await api("GET", f"{path}/prompt", session=session)
    assert '"notes": "Fine."' in shown["parts"][-1]["text"]


async def test_a_tool_that_is_switched_off_is_neither_offered_nor_runnable(
    api, path, conversation, script
):
    await api("PATCH", path, {"tools": ["list_files"]})
    given = script([("write_file", {"path": "a.txt", "content": "x"})], "I see.")
    await conversation.say("Write.")
    assert given.offered[0] == ["list_files", "read_result", "prompt_user"]
    assert "'write_file' is switched off" in tool_results(given.requests[1])[0]
    assert await conversation.events("file.changed") == []
    await api("PATCH", path, {"tools": None})
    await conversation.say("Write.")
    assert "write_file" in given.offered[-1]


async def test_with_every_tool_switched_off_the_agent_can_still_ask(
    api, path, conversation, script
):
    await api("PATCH", path, {"tools": []})
    given = script("Hm.")
    await conversation.say("Go.")
    assert given.offered[0] == ["read_result", "prompt_user"]


async def test_unknown_tools_are_refused_with_those_that_there_are(api, path):
    status, body = await failing(api("PATCH", path, {"tools": ["list_files", "rm_rf"]}))
    assert status == 400
    assert "'rm_rf'" in body["message"]
    assert "run_terminal" in body["message"]
    assert (await api("GET", path))["tools"] is None


@pytest.mark.parametrize("tools", ["list_files", [1], {"list_files": True}, ["x"] * 201])
async def test_tools_of_the_wrong_form_are_refused(api, path, tools):
    assert (await failing(api("PATCH", path, {"tools": tools})))[0] == 400


async def test_a_prompt_of_five_megabytes_is_refused(api, path):
    status, body = await failing(api("PATCH", path, {"system_prompt": "x" * 5_000_000}))
    assert status == 400
    assert body["message"].startswith("system_prompt: ")
    assert (await api("GET", path))["system_prompt"] == ""


async def test_an_empty_system_prompt_takes_the_old_one_away(api, path):
    await api("PATCH", path, {"system_prompt": "Old."})
    assert (await api("PATCH", path, {"system_prompt": " \n"}))["system_prompt"] == ""
    shown = await api("GET", f"{path}/prompt")
    assert "project" not in [part["kind"] for part in shown["parts"]]


async def test_the_prompt_of_a_foreign_session_is_not_found(api, path):
    second = await api("POST", "projects", {"name": "Second"})
    foreign = await api("POST", f"projects/{second['id']}/sessions", {})
    for session in (foreign["id"], "01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense"):
        assert (await failing(api("GET", f"{path}/prompt", session=session)))[0] == 404
