"""Which models are found, why others are not, and that keys stay where they belong."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from jupyter_sessions.agent.models import Models
from jupyter_sessions.agent.providers import HOSTED, Keys, key_variables
from tests.agent.scripted import OpenAIServer, text

KEY = "sk-configured-key"


@pytest.fixture
def provider(jp_asyncio_loop):
    async def start():
        return OpenAIServer()

    server = jp_asyncio_loop.run_until_complete(start())
    yield server
    server.stop()


@pytest.fixture
def jp_server_config(jp_server_config, provider, monkeypatch):
    for variable in key_variables():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)
    monkeypatch.setenv("GROQ_API_KEY", "gsk-from-the-environment")
    jp_server_config["SessionsApp"] |= {
        "api_keys": {"openai": KEY},
        "local_servers": {"here": provider.url, "gone": "http://127.0.0.1:9/v1"},
    }
    return jp_server_config


@pytest.fixture
def probed(api, monkeypatch):
    """Probe without asking anyone outside of this machine."""
    only = {name: about for name, about in HOSTED.items() if name in ("openai", "anthropic")}
    monkeypatch.setattr("jupyter_sessions.agent.probe.HOSTED", only)

    async def probe():
        report = await api("POST", "models/probe")
        return {each["id"]: each for each in report["items"]}

    return probe


async def test_a_probe_says_what_was_found_and_what_to_do_about_the_rest(probed):
    found = await probed()
    assert found["here"]["state"] == "ready"
    assert found["here"]["models"] == ["here:gpt-test"]
    assert found["openai"]["state"] == "ready"
    assert found["openai"]["source"] == "SessionsApp.api_keys"
    assert found["gone"]["state"] == "not_reachable"
    assert "SessionsApp.local_servers['gone']" in found["gone"]["advice"]
    assert found["anthropic"]["state"] == "no_key"
    assert "ANTHROPIC_API_KEY" in found["anthropic"]["advice"]
    assert found["jupyter_sessions"]["models"] == ["offline"]


async def test_a_wrong_key_is_said_and_not_shown(probed, provider):
    provider.key = "sk-another"
    found = await probed()
    assert found["openai"]["state"] == "refused"
    assert "401" in found["openai"]["reason"]
    assert KEY not in json.dumps(found)


async def test_names_that_are_no_names_are_passed_over(probed, provider):
    provider.models = ["ok-1", "<img src=x onerror=alert(1)>", "a b", "x" * 500, ""]
    found = await probed()
    assert found["here"]["models"] == ["here:ok-1"]


async def test_what_a_probe_found_is_offered(api, probed):
    await probed()
    offered = {each["id"]: each for each in (await api("GET", "models"))["items"]}
    assert offered["here:gpt-test"]["available"]
    assert offered["here:gpt-test"]["kind"] == "local"
    assert offered["openai:gpt-test"]["available"]
    assert not offered["mistral:"]["available"]
    assert "MISTRAL_API_KEY" in offered["mistral:"]["reason"]


async def test_local_models_are_offered_without_asking_for_them(api):
    offered = {each["id"] for each in (await api("GET", "models"))["items"]}
    assert "here:gpt-test" in offered


async def test_a_kernel_may_not_probe(jp_fetch, jp_serverapp):
    app = jp_serverapp.web_app.settings["jupyter_sessions"]
    grant = app.kernel_tokens.issue("k", "someone", None)
    response = await jp_fetch(
        "jupyter-sessions", "models", "probe", method="POST", body="",
        headers={"Authorization": f"token {grant.token}"}, raise_error=False,
    )  # fmt: skip
    assert response.code == 403


async def test_a_local_server_answers_a_message(conversation, provider):
    provider.replies = [text("Hello from here.")]
    run = await conversation.say("Hi", model="here:gpt-test")
    assert run["status"] == "completed"
    [said] = await conversation.events("message.agent")
    assert said["data"]["text"] == "Hello from here."


async def test_a_key_of_the_configuration_is_used(conversation, provider):
    provider.replies = [text("Hello.")]
    await conversation.say("Hi", model="openai-chat:gpt-test")
    assert provider.keys == [f"Bearer {KEY}"]


async def test_no_key_reaches_a_kernel_or_a_command(conversation, script, api, jp_serverapp):
    await _run_cell(conversation, script, "import os; print(sorted(os.environ.values()))")
    script([("run_terminal", {"command": "env"})], "Done.")
    await conversation.say("Look.")
    seen = json.dumps(await conversation.events())
    assert "PATH=" in seen
    for secret in (KEY, "gsk-from-the-environment"):
        assert secret not in seen
    await jp_serverapp.kernel_manager.shutdown_all()


async def _run_cell(conversation, script, source):
    script(
        [("create_notebook", {"path": "n.ipynb"})],
        [("insert_cell", {"notebook": "n.ipynb", "source": source})],
        "Ready.",
    )
    await conversation.say("Make it.")
    [changed] = await conversation.events("cell.changed")
    cell = {"notebook": "n.ipynb", "cell_id": changed["data"]["cell_id"]}
    script([("run_cell", cell)], "Ran.")
    await conversation.say("Run it.")
    [ran] = await conversation.events("cell.executed")
    assert ran["data"]["status"] == "ok"


async def test_keys_are_not_in_the_log_of_the_server(probed, caplog):
    with caplog.at_level(logging.DEBUG):
        await probed()
        await asyncio.sleep(0)
    assert KEY not in caplog.text
    assert "gsk-from-the-environment" not in caplog.text


def test_keys_are_not_in_a_repr():
    models = Models(keys=Keys({"openai": KEY}))
    assert KEY not in repr(models)


def test_variables_to_keep_stay():
    assert "OPENAI_API_KEY" not in key_variables(["OPENAI_API_KEY"])
    assert "ANTHROPIC_API_KEY" in key_variables(["OPENAI_API_KEY"])
