"""What a run changed, taken back and done again over REST; versions restored and undone."""

from __future__ import annotations

import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from tornado.httpclient import HTTPClientError

from jupyter_sessions.ids import UserId, new_id
from jupyter_sessions.storage import projects

GONE = "01J00000000000000000000000"
"""An id that was never given out; the same in every process that runs tests."""


@pytest.fixture
def file(project, jp_root_dir):
    """A notebook with one cell."""
    path = jp_root_dir / project["path"] / "a.ipynb"
    path.write_text(json.dumps(new_notebook(cells=[new_code_cell("1", id="one")])))
    return path


@pytest.fixture
def changed(conversation, script, file, jp_asyncio_loop):
    """A run that has added a cell and written a file."""
    script(
        [("insert_cell", {"notebook": "a.ipynb", "source": "2", "after": "end"})],
        [("write_file", {"path": "notes.md", "content": "new"})],
        "Done.",
    )
    run = jp_asyncio_loop.run_until_complete(conversation.say("Go."))
    return f"{conversation.project}/runs/{run['id']}"


def sources(file):
    return ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]]


async def refused(call):
    with pytest.raises(HTTPClientError) as caught:
        await call
    return caught.value.code, json.loads(caught.value.response.body)


async def test_what_a_run_changed_is_told_and_shown(api, changed):
    changes = await api("GET", f"{changed}/changes")
    [notebook] = changes["notebooks"]
    assert (notebook["notebook"], notebook["branch"], notebook["cells"]) == ("a.ipynb", "main", 1)
    assert [(each["path"], each["change"]) for each in changes["files"]] == [
        ("notes.md", "created")
    ]
    assert changes["undone"] == "no"
    [diff] = (await api("GET", f"{changed}/diff"))["items"]
    assert [(each["change"], each["after"]) for each in diff["cells"]] == [("added", "2")]
    assert diff["cells"][0]["author"]["by"] == "agent"
    assert diff["cells"][0]["author"]["session_name"] == "Model"


async def test_a_run_is_undone_and_done_again(api, changed, file):
    undone = await api("POST", f"{changed}/undo", {})
    assert undone["undone"] == "yes"
    assert sources(file) == ["1"]
    assert not (file.parent / "notes.md").exists()
    redone = await api("POST", f"{changed}/redo")
    assert redone["undone"] == "no"
    assert sources(file) == ["1", "2"]
    assert (file.parent / "notes.md").read_text() == "new"


async def test_one_cell_of_a_run_is_taken_back(api, changed, file):
    [diff] = (await api("GET", f"{changed}/diff"))["items"]
    cell = {"notebook": "a.ipynb", "cell_id": diff["cells"][0]["cell_id"]}
    undone = await api("POST", f"{changed}/undo", {"cells": [cell], "files": []})
    assert undone["undone"] == "partly"
    assert sources(file) == ["1"]
    assert (file.parent / "notes.md").exists()


async def test_a_version_is_restored_as_a_new_one_and_that_is_undone(
    api, changed, file, conversation
):
    path = f"{conversation.project}/versions"
    history = (await api("GET", path, notebook="a.ipynb"))["items"]
    restored = await api("POST", f"{path}/{history[-1]['id']}/restore", {"notebook": "a.ipynb"})
    assert (restored["kind"], restored["branch"]) == ("restore", "main")
    assert sources(file) == ["1"]
    newest = (await api("GET", path, notebook="a.ipynb"))["items"][0]
    assert newest == restored
    undone = await api("POST", f"{path}/{restored['id']}/undo")
    assert undone["left"] == []
    assert sources(file) == ["1", "2"]
    assert (await refused(api("POST", f"{path}/{restored['id']}/undo")))[0] == 409


@pytest.mark.parametrize(
    ("verb", "rest", "body", "code"),
    [
        ("GET", f"runs/{GONE}/changes", None, 404),
        ("GET", f"runs/{GONE}/diff", None, 404),
        ("GET", "runs/x/diff", None, 404),
        ("POST", f"runs/{GONE}/undo", {}, 404),
        ("POST", f"runs/{GONE}/redo", None, 404),
        ("POST", "versions/999/undo", None, 404),
        ("POST", "versions/x/undo", None, 404),
        ("POST", "versions/999/restore", {"notebook": "a.ipynb"}, 404),
        ("POST", "versions/1/restore", {}, 400),
        ("POST", "versions/1/restore", {"notebook": "../a.ipynb"}, 403),
    ],
)
async def test_what_is_not_there_cannot_be_undone(api, project, file, verb, rest, body, code):
    path = f"projects/{project['id']}"
    await api("GET", f"{path}/versions", notebook="a.ipynb")
    status, error = await refused(api(verb, f"{path}/{rest}", body))
    assert status == code, error
    assert error["message"]


async def test_a_run_that_changed_nothing_has_nothing_to_take_back(api, conversation, script):
    script("Nothing.")
    run = await conversation.say("Go.")
    path = f"{conversation.project}/runs/{run['id']}"
    assert (await api("GET", f"{path}/changes"))["notebooks"] == []
    undone = await api("POST", f"{path}/undo", {})
    assert undone["undone"] == "no"


async def test_runs_of_another_user_do_not_exist(api, backend):
    other = await backend.timeline.write(
        lambda entry: projects.add_project(entry.conn, UserId("mallory"), "P", "/p", "cpu")
    )
    path = f"projects/{other.id}"
    for call in (
        api("GET", f"{path}/runs/{new_id()}/changes"),
        api("POST", f"{path}/runs/{new_id()}/undo", {}),
        api("POST", f"{path}/runs/{new_id()}/redo"),
        api("POST", f"{path}/versions/1/undo"),
        api("POST", f"{path}/versions/1/restore", {"notebook": "a.ipynb"}),
    ):
        status, error = await refused(call)
        assert (status, error["message"]) == (404, "No such project. It may have been deleted.")
