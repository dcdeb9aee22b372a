"""Merges over REST: asked for, looked at, decided cell by cell, approved by a person."""

from __future__ import annotations

import asyncio
import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from tornado.httpclient import HTTPClientError

from jupyter_sessions.ids import UserId, new_id
from jupyter_sessions.storage import projects

GONE = "01J00000000000000000000000"
"""An id that was never given out; the same in every process that runs tests."""


@pytest.fixture
def path(project):
    return f"projects/{project['id']}"


@pytest.fixture
def folder(project, jp_root_dir):
    return jp_root_dir / project["path"]


def write(file, **cells):
    """Write a notebook of cells, by their ids."""
    made = [new_code_cell(source, id=cell_id) for cell_id, source in cells.items()]
    file.write_text(json.dumps(new_notebook(cells=made)))


def sources(file):
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]}


@pytest.fixture
def branch(api, path, folder, jp_asyncio_loop):
    """The file of ``a.ipynb`` on ``Try``, which differs in the cell ``two`` from main."""

    async def make():
        write(folder / "a.ipynb", one="1", two="2")
        await api("POST", f"{path}/branches", {"name": "Try"})
        opened = await api("POST", f"{path}/branches/Try/open", {"notebook": "a.ipynb"})
        write(folder / opened["file"], one="1", two="2 on the branch")
        return folder / opened["file"]

    return jp_asyncio_loop.run_until_complete(make())


async def refused(call):
    with pytest.raises(HTTPClientError) as caught:
        await call
    return caught.value.code, json.loads(caught.value.response.body)


async def ask(api, path, **more):
    """Ask for the merge of ``Try`` into main; return its address and what it would do."""
    made = await api("POST", f"{path}/merges", {"source": "Try", **more})
    one = f"{path}/merges/{made['id']}"
    return one, await api("GET", one)


async def test_a_merge_is_shown_then_approved_then_made(api, path, folder, branch):
    one, preview = await ask(api, path)
    assert (preview["source_name"], preview["target_name"]) == ("Try", "main")
    [notebook] = preview["notebooks"]
    assert [(each["cell_id"], each["change"]) for each in notebook["items"]] == [("two", "edited")]
    assert sources(folder / "a.ipynb") == {"one": "1", "two": "2"}
    merged = await api("POST", f"{one}/approve", {"token": preview["token"]})
    assert merged["status"] == "merged"
    assert sources(folder / "a.ipynb") == {"one": "1", "two": "2 on the branch"}
    newest = (await api("GET", f"{path}/versions", notebook="a.ipynb"))["items"][0]
    assert (newest["kind"], newest["id"]) == ("merge", merged["operation"])
    assert (await refused(api("POST", f"{one}/approve", {"token": preview["token"]})))[0] == 409


async def test_asking_twice_gives_the_open_merge(api, path, branch):
    first, _ = await ask(api, path)
    again, _ = await ask(api, path, target="main")
    assert again == first
    page = await api("GET", f"{path}/merges", status="open")
    assert len(page["items"]) == 1


async def test_a_conflict_is_decided_before_it_can_be_approved(api, path, folder, branch):
    write(folder / "a.ipynb", one="1", two="2 on main")
    one, preview = await ask(api, path)
    assert preview["undecided"] == 1
    status, error = await refused(api("POST", f"{one}/approve", {"token": preview["token"]}))
    assert status == 409
    assert "not decided" in error["message"]
    decision = {"notebook": "a.ipynb", "cell_id": "two", "choice": "edit", "text": "2 both"}
    decided = await api("PUT", f"{one}/decisions", {"decisions": [decision]})
    assert decided["undecided"] == 0
    assert decided["token"] != preview["token"]
    await api("POST", f"{one}/approve", {"token": decided["token"]})
    assert sources(folder / "a.ipynb") == {"one": "1", "two": "2 both"}


async def test_a_token_of_what_was_seen_before_is_void(api, path, folder, branch):
    one, preview = await ask(api, path)
    write(branch, one="1", two="2 changed again")
    status, error = await refused(api("POST", f"{one}/approve", {"token": preview["token"]}))
    assert status == 409
    assert "Look at the merge" in error["message"]
    assert sources(folder / "a.ipynb") == {"one": "1", "two": "2"}


async def test_two_approvals_at_once_make_one_merge(api, path, folder, branch):
    one, preview = await ask(api, path)
    answers = await asyncio.gather(
        *(api("POST", f"{one}/approve", {"token": preview["token"]}) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(each.code for each in answers if isinstance(each, HTTPClientError)) == [409] * 3
    history = (await api("GET", f"{path}/versions", notebook="a.ipynb"))["items"]
    assert [each["kind"] for each in history].count("merge") == 1


async def test_a_closed_merge_cannot_be_approved(api, path, branch):
    one, preview = await ask(api, path)
    await api("DELETE", one)
    await api("DELETE", one)
    assert (await refused(api("POST", f"{one}/approve", {"token": preview["token"]})))[0] == 409
    assert (await api("GET", one))["merge"]["status"] == "closed"
    again, _ = await ask(api, path)
    assert again != one


@pytest.mark.parametrize(
    ("verb", "rest", "body", "code"),
    [
        ("POST", "merges", {"source": "nothing"}, 404),
        ("POST", "merges", {"source": "main"}, 400),
        ("POST", "merges", {}, 400),
        ("GET", f"merges/{GONE}", None, 404),
        ("GET", "merges/x", None, 404),
        ("GET", "merges?status=gone", None, 400),
        ("DELETE", f"merges/{GONE}", None, 404),
        ("PUT", f"merges/{GONE}/decisions", {"decisions": []}, 404),
        ("POST", f"merges/{GONE}/approve", {"token": "x"}, 404),
    ],
)
async def test_what_cannot_be_merged_is_refused(api, path, verb, rest, body, code):
    rest, _, query = rest.partition("?")
    params = dict([query.split("=")]) if query else {}
    status, error = await refused(api(verb, f"{path}/{rest}", body, **params))
    assert status == code
    assert error["message"]


@pytest.mark.parametrize(
    "decision",
    [
        {"notebook": "a.ipynb", "cell_id": "nothing", "choice": "accept"},
        {"notebook": "b.ipynb", "cell_id": "two", "choice": "accept"},
        {"notebook": "a.ipynb", "cell_id": "two", "choice": "edit"},
        {"notebook": "a.ipynb", "cell_id": "two", "choice": "both"},
        {"notebook": "a.ipynb", "cell_id": "two", "choice": "maybe"},
    ],
)
async def test_a_decision_that_does_not_fit_is_refused(api, path, branch, decision):
    one, preview = await ask(api, path)
    status, _ = await refused(api("PUT", f"{one}/decisions", {"decisions": [decision]}))
    assert status == 400
    assert (await api("GET", one))["token"] == preview["token"]


async def test_the_token_of_a_kernel_does_not_approve(
    api, path, branch, jp_serverapp, http_server_client
):
    one, preview = await ask(api, path)
    tokens = jp_serverapp.web_app.settings["jupyter_sessions"].kernel_tokens
    grant = tokens.issue("k", None, f"{branch.parent.parent.parent.name}/a.ipynb")
    with pytest.raises(HTTPClientError) as caught:
        await http_server_client.fetch(
            f"{jp_serverapp.base_url}jupyter-sessions/{one}/approve",
            method="POST",
            body=json.dumps({"token": preview["token"]}),
            headers={"Authorization": f"token {grant.token}"},
        )
    assert caught.value.code == 403
    assert (await api("GET", one))["merge"]["status"] == "open"


async def test_merges_of_another_user_do_not_exist(api, backend):
    other = await backend.timeline.write(
        lambda entry: projects.add_project(entry.conn, UserId("mallory"), "P", "/p", "cpu")
    )
    for project_id in (other.id, new_id()):
        one = f"projects/{project_id}/merges"
        for call in (
            api("GET", one),
            api("POST", one, {"source": "a"}),
            api("GET", f"{one}/{new_id()}"),
            api("DELETE", f"{one}/{new_id()}"),
            api("PUT", f"{one}/{new_id()}/decisions", {"decisions": []}),
            api("POST", f"{one}/{new_id()}/approve", {"token": "x"}),
        ):
            status, error = await refused(call)
            assert (status, error["message"]) == (
                404, "No such project. It may have been deleted.",
            )  # fmt: skip
