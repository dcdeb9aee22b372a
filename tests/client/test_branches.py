"""Branches through the client, which blocks, so it runs in a thread."""

from __future__ import annotations

import asyncio
import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_sessions.client import Client, Conflict, NotAllowed, NotFound, Session


@pytest.fixture
def client(jp_serverapp, project):
    token = jp_serverapp.identity_provider.token
    return Client(jp_serverapp.connection_url, token, project=project["id"])


@pytest.fixture
def held(client, session, jp_asyncio_loop):
    """The session, as a program holds it."""
    found = asyncio.to_thread(Session.get, "Model", client=client)
    return jp_asyncio_loop.run_until_complete(found)


async def test_a_session_makes_a_branch_and_works_on_it(held):
    def work():
        assert held.branch == "main"
        held.switch("Try / boosting", create=True)
        assert held.branch == "Try / boosting"
        held.switch("inner", create=True)
        held.switch("MAIN")
        return held.branches()

    main, one, inner = await asyncio.to_thread(work)
    assert [main["name"], one["name"], inner["name"]] == ["main", "Try / boosting", "inner"]
    assert inner["parent"] == one["id"]


async def test_a_session_begins_on_a_branch(client, monkeypatch):
    monkeypatch.setenv("JUPYTER_SESSIONS_SESSION", "")  # new() chooses it, and is undone with this

    def work():
        client.new_branch("Try")
        return Session.new(branch="try", client=client).branch

    assert await asyncio.to_thread(work) == "Try"


async def test_what_cannot_be_switched_to_is_told(held):
    with pytest.raises(NotFound):
        await asyncio.to_thread(held.switch, "nothing")
    with pytest.raises(Conflict, match="main 2"):
        await asyncio.to_thread(lambda: held.switch("main", create=True))


async def test_a_branch_is_renamed_deleted_and_restored_by_its_name(client):
    def work():
        made = client.new_branch("a/../b?")
        client.change_branch("a/../b?", name="..")
        client.delete_branch("..")
        states = [each["status"] for each in client.branches()]
        back = client.change_branch(made["id"], status="dormant")
        return states, back

    states, back = await asyncio.to_thread(work)
    assert states == ["active", "deleted"]
    assert (back["name"], back["status"]) == ("..", "dormant")


async def test_a_merge_is_asked_for_and_approved_with_the_users_token(
    client, held, project, jp_root_dir
):
    file = jp_root_dir / project["path"] / "a.ipynb"
    file.write_text(json.dumps(new_notebook(cells=[new_code_cell("1", id="one")])))

    def work():
        held.switch("Try", create=True)
        held.send("```python\n2\n```", notebook="a.ipynb")
        shown = held.merge()
        return shown, client.approve(shown["merge"]["id"], shown["token"])

    shown, merged = await asyncio.to_thread(work)
    assert [each["notebook"] for each in shown["notebooks"]] == ["a.ipynb"]
    assert merged["status"] == "merged"
    cells = json.loads(file.read_text())["cells"]
    assert ["".join(cell["source"]) for cell in cells] == ["1", "2"]


async def test_a_kernel_may_ask_for_a_merge_but_not_approve_it(client, held, project, jp_serverapp):
    tokens = jp_serverapp.web_app.settings["jupyter_sessions"].kernel_tokens
    grant = tokens.issue("k", None, f"{project['path']}/a.ipynb")
    kernel = Client(jp_serverapp.connection_url, grant.token)

    def work():
        held.switch("Try", create=True)
        shown = kernel.merge(kernel.ask_merge("Try")["id"])
        kernel.approve(shown["merge"]["id"], shown["token"])

    with pytest.raises(NotAllowed):
        await asyncio.to_thread(work)
