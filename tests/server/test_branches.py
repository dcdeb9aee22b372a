"""Branches over REST: made, renamed, put aside, switched to, deleted and restored."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from tornado.httpclient import HTTPClientError

from jupyter_sessions.actions.branches import create_branch
from jupyter_sessions.ids import ProjectId, UserId, new_id
from jupyter_sessions.models.branch import NewBranch
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.storage import projects


@pytest.fixture
def path(project):
    return f"projects/{project['id']}/branches"


async def refused(call):
    with pytest.raises(HTTPClientError) as caught:
        await call
    return caught.value.code, json.loads(caught.value.response.body)


async def test_a_project_has_main_from_the_start(api, project, path):
    [main] = (await api("GET", path))["items"]
    assert (main["id"], main["name"], main["folder"], main["parent"]) == ("main", "main", "", None)


async def test_a_branch_is_made_of_main_and_no_file_is(api, path, project, jp_root_dir):
    made = await api("POST", path, {"name": "Try boosting"})
    assert (made["name"], made["parent"], made["status"]) == ("Try boosting", "main", "active")
    assert made["folder"] == "branches/try-boosting"
    assert await api("GET", f"{path}/{made['id']}") == made
    assert [each["name"] for each in (await api("GET", path))["items"]] == ["main", "Try boosting"]
    assert list((jp_root_dir / project["path"]).iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["a/b/c", "..", ".", "🎉", "ניסוי", "a" * 200, "ﷺ" * 200, "a b?c#d%2F", "con", "-", "__"],
)
async def test_a_branch_may_have_any_name_and_is_found_by_it(api, path, name, get_escaped):
    made = await api("POST", path, {"name": name})
    assert made["name"] == name
    holder, _, slug = made["folder"].partition("/")
    assert holder == "branches"
    assert slug
    assert "/" not in slug
    assert len(slug.encode()) <= 255
    assert not slug.startswith(".")
    escaped = quote(name, safe="").replace(".", "%2E")
    assert await get_escaped(f"{path}/{escaped}") == made


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\u202eb", "a" * 201, None, 7, "\ud800"])
async def test_a_name_that_is_none_is_refused(api, path, name):
    status, error = await refused(api("POST", path, {"name": name}))
    assert (status, error["code"]) == (400, "bad_request")


@pytest.mark.parametrize("name", ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav"])
async def test_a_name_that_looks_like_an_id_is_refused(api, path, name):
    status, error = await refused(api("POST", path, {"name": name}))
    assert status == 400
    assert "looks like the id" in error["message"]


@pytest.mark.parametrize(("name", "free"), [("main", "main 2"), ("MAIN", "MAIN 2")])
async def test_main_is_taken_in_any_case(api, path, name, free):
    status, error = await refused(api("POST", path, {"name": name}))
    assert status == 409
    assert error["details"] == {"name": free}
    assert free in error["message"]


async def test_a_taken_name_comes_with_one_that_is_free(api, path):
    for name in ("Straße", "STRASSE 2"):
        await api("POST", path, {"name": name})
    status, error = await refused(api("POST", path, {"name": "strasse"}))
    assert (status, error["details"]) == (409, {"name": "strasse 3"})
    long = "x" * 200
    await api("POST", path, {"name": long})
    _, error = await refused(api("POST", path, {"name": long}))
    assert len(error["details"]["name"]) == 200
    assert (await api("POST", path, error["details"]))["name"] == error["details"]["name"]


async def test_a_branch_is_renamed_and_keeps_its_id_and_folder(api, path):
    made = await api("POST", path, {"name": "a"})
    renamed = await api("PATCH", f"{path}/{made['id']}", {"name": "Better / b"})
    assert {**renamed, "updated_at": ""} == {**made, "name": "Better / b", "updated_at": ""}
    assert (await api("PATCH", f"{path}/{made['id']}", {"name": "BETTER / B"}))["name"] == (
        "BETTER / B"
    )
    await api("POST", path, {"name": "a"})
    status, error = await refused(api("PATCH", f"{path}/{made['id']}", {"name": "A"}))
    assert (status, error["details"]) == (409, {"name": "A 2"})


@pytest.mark.parametrize("body", [{"name": "other"}, {"status": "dormant"}])
async def test_main_can_neither_be_renamed_nor_put_aside(api, path, body):
    status, error = await refused(api("PATCH", f"{path}/main", body))
    assert status == 400
    assert "'main'" in error["message"]
    assert (await api("GET", f"{path}/main"))["status"] == "active"


async def test_a_branch_is_put_aside_and_completed(api, path):
    made = await api("POST", path, {"name": "a"})
    for status in ("dormant", "completed", "active"):
        changed = await api("PATCH", f"{path}/{made['id']}", {"status": status})
        assert changed["status"] == status
    assert (await refused(api("PATCH", f"{path}/a", {"status": "gone"})))[0] == 400


async def test_a_branch_is_deleted_by_the_verb_alone(api, path):
    await api("POST", path, {"name": "Try"})
    status, error = await refused(api("PATCH", f"{path}/Try", {"status": "deleted"}))
    assert status == 400
    assert "send DELETE" in error["message"]
    assert (await api("GET", f"{path}/Try"))["status"] == "active"


async def test_a_branch_of_a_branch_shares_what_that_had(api, path):
    first = await api("POST", path, {"name": "a"})
    second = await api("POST", path, {"name": "b", "parent": "A"})
    assert (second["parent"], second["forked_at"]) == (first["id"], first["forked_at"])


@pytest.mark.parametrize("parent", ["nothing", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "", "x" * 201])
async def test_a_parent_that_is_not_there_is_refused(api, path, parent):
    assert (await refused(api("POST", path, {"name": "a", "parent": parent})))[0] in {400, 404}


@pytest.mark.parametrize("version", [1, 2**53, -1, "x", 1.5, 10**30])
async def test_a_version_that_is_not_there_is_refused(api, path, version):
    assert (await refused(api("POST", path, {"name": "a", "version": version})))[0] in {400, 404}


async def test_two_windows_that_give_one_name_make_one_branch(api, path):
    made = await asyncio.gather(
        *(api("POST", path, {"name": "same"}) for _ in range(5)), return_exceptions=True
    )
    failed = [each.code for each in made if isinstance(each, HTTPClientError)]
    assert failed == [409] * 4
    assert len((await api("GET", path))["items"]) == 2


async def test_a_thousand_branches_are_listed_and_have_folders_of_their_own(api, path, backend):
    user = UserId((await api("GET", "status"))["user"])
    shelf = await backend.shelf(Scope(user, ProjectId(path.split("/")[1])))
    for number in range(1000):
        name = f"try{'!' * number}" if number < 190 else f"try {number}"
        await create_branch(backend.timeline, shelf, NewBranch(name=name))
    listed = (await api("GET", path))["items"]
    assert len(listed) == 1001
    assert len({each["folder"] for each in listed}) == 1001


async def test_a_chain_of_fifty_branches_is_made(api, path):
    parent = "main"
    for number in range(50):
        made = await api("POST", path, {"name": f"deep {number}", "parent": parent})
        assert made["parent"] == parent
        parent = made["id"]


async def test_a_session_switches_its_branch_and_everyone_sees_it(
    api, path, project, session, jp_ws_fetch
):
    made = await api("POST", path, {"name": "Try"})
    one = f"projects/{project['id']}/sessions/{session['id']}"
    stream = f"{project['id']}:0"
    socket = await jp_ws_fetch("jupyter-sessions", "events", params={"streams": stream})
    changed = await api("PATCH", one, {"active_branch": "try"})
    assert changed["active_branch"] == made["id"]
    frame, created = {}, None
    while frame.get("live", {}).get("type") != "session.state":
        frame = json.loads(await socket.read_message())
        if frame.get("event", {}).get("type") == "branch.created":
            created = frame["event"]["data"]
    assert frame["live"]["session"]["active_branch"] == made["id"]
    assert created == {
        "branch": made["id"], "name": "Try", "parent": "main", "forked_at": 0, "fork": None
    }  # fmt: skip
    socket.close()
    events = (await api("GET", f"{one}/events"))["items"]
    switched = [each for each in events if each["type"] == "branch.switched"]
    assert [each["data"] for each in switched] == [{"branch": made["id"], "name": "Try"}]
    await api("PATCH", one, {"active_branch": made["id"]})
    again = (await api("GET", f"{one}/events"))["items"]
    assert len(again) == len(events)


async def test_a_new_branch_may_become_that_of_a_session_at_once(api, path, project, session):
    made = await api("POST", path, {"name": "Try", "session": session["id"]})
    assert made["session_id"] == session["id"]
    one = f"projects/{project['id']}/sessions/{session['id']}"
    assert (await api("GET", one))["active_branch"] == made["id"]
    status, _ = await refused(api("POST", path, {"name": "b", "session": new_id()}))
    assert status == 404
    assert len((await api("GET", path))["items"]) == 2


async def test_a_session_works_on_a_branch_from_its_first_message(api, path, project):
    made = await api("POST", path, {"name": "Try"})
    sessions = f"projects/{project['id']}/sessions"
    body = {"active_branch": "try", "request": "```python\n1\n```", "model": "offline"}
    started = await api("POST", sessions, body | {"start": True})
    assert started["active_branch"] == made["id"]
    events = (await api("GET", f"{sessions}/{started['id']}/events"))["items"]
    assert [each["type"] for each in events][:2] == ["session.created", "branch.switched"]
    [run] = (await api("GET", f"projects/{project['id']}/runs", session=started["id"]))["items"]
    assert run["branch"] == made["id"]
    assert (await api("POST", sessions, {"active_branch": "main"}))["active_branch"] == "main"
    gone = await api("POST", path, {"name": "Gone"})
    await api("DELETE", f"{path}/{gone['id']}")
    for asked, status in (("nothing", 404), (gone["id"], 409)):
        assert (await refused(api("POST", sessions, {"active_branch": asked})))[0] == status
    assert len((await api("GET", sessions))["items"]) == 2


async def test_a_session_cannot_switch_to_what_is_not_there(api, project, session):
    one = f"projects/{project['id']}/sessions/{session['id']}"
    assert (await refused(api("PATCH", one, {"active_branch": "nothing"})))[0] == 404
    assert (await api("GET", one))["active_branch"] == "main"


async def test_a_running_run_keeps_its_branch(api, path, conversation, script):
    gate = asyncio.Event()

    async def slow():
        await gate.wait()
        return "Done."

    script(slow)
    run = await conversation.send("Go.")
    await conversation.until(lambda now: now["status"] == "running")
    await api("POST", path, {"name": "Try"})
    await api("PATCH", conversation.path, {"active_branch": "Try"})
    gate.set()
    assert (await conversation.ended(run))["branch"] == "main"
    after = await conversation.say("Again.")
    assert after["branch"] == (await api("GET", conversation.path))["active_branch"] != "main"


async def test_a_fork_of_a_session_stays_on_its_branch(api, path, conversation, script):
    script("One.")
    await api("POST", path, {"name": "Try"})
    changed = await api("PATCH", conversation.path, {"active_branch": "Try"})
    await conversation.say("a")
    fork = await api("POST", f"{conversation.path}/fork", {"seq": 3})
    assert fork["active_branch"] == changed["active_branch"]


@pytest.fixture
def opened(api, path, project, jp_root_dir, jp_asyncio_loop):
    """The file of ``a.ipynb`` on the branch ``Try``."""

    async def make():
        cells = [new_code_cell("1", id="one")]
        file = jp_root_dir / project["path"] / "a.ipynb"
        file.write_text(json.dumps(new_notebook(cells=cells)))
        await api("POST", path, {"name": "Try"})
        found = await api("POST", f"{path}/Try/open", {"notebook": "a.ipynb"})
        return jp_root_dir / found["path"]

    return jp_asyncio_loop.run_until_complete(make())


async def test_a_deleted_branch_comes_back_with_what_was_written_last(api, path, opened):
    opened.write_text(json.dumps(new_notebook(cells=[new_code_cell("2", id="one")])))
    made = await api("GET", f"{path}/Try")
    await api("DELETE", f"{path}/{made['id']}")
    assert not opened.parent.exists()
    gone = await api("GET", f"{path}/{made['id']}")
    assert (gone["status"], gone["notebook_count"]) == ("deleted", 1)
    assert (await refused(api("GET", f"{path}/Try")))[0] == 404
    status, error = await refused(api("POST", f"{path}/{made['id']}/open", {"notebook": "a.ipynb"}))
    assert status == 409
    assert "Restore it first" in error["message"]
    await api("PATCH", f"{path}/{made['id']}", {"status": "active"})
    await api("POST", f"{path}/Try/open", {"notebook": "a.ipynb"})
    assert json.loads(opened.read_text())["cells"][0]["source"] in ("2", ["2"])


async def test_a_deleted_branch_leaves_its_name_to_others(api, path):
    made = await api("POST", path, {"name": "Try"})
    await api("DELETE", f"{path}/{made['id']}")
    await api("DELETE", f"{path}/{made['id']}")
    other = await api("POST", path, {"name": "try"})
    assert other["folder"] != made["folder"]
    status, error = await refused(api("PATCH", f"{path}/{made['id']}", {"status": "active"}))
    assert (status, error["details"]) == (409, {"name": "Try 2"})
    back = await api("PATCH", f"{path}/{made['id']}", {"status": "active", **error["details"]})
    assert (back["status"], back["name"]) == ("active", "Try 2")


async def test_main_cannot_be_deleted(api, path):
    assert (await refused(api("DELETE", f"{path}/main")))[0] == 400
    assert (await refused(api("DELETE", f"{path}/{new_id()}")))[0] == 404


async def test_sessions_on_a_deleted_branch_go_back_to_main(api, path, project, session, opened):
    one = f"projects/{project['id']}/sessions/{session['id']}"
    await api("PATCH", one, {"active_branch": "Try"})
    await api("DELETE", f"{path}/Try")
    assert (await api("GET", one))["active_branch"] == "main"
    events = (await api("GET", f"{one}/events"))["items"]
    assert events[-1]["data"] == {"branch": "main", "name": "main"}


async def test_a_branch_is_not_deleted_while_the_agent_works_on_it(
    api, path, conversation, script, opened
):
    gate = asyncio.Event()

    async def slow():
        await gate.wait()
        return "Done."

    script(slow)
    await api("PATCH", conversation.path, {"active_branch": "Try"})
    run = await conversation.send("Go.")
    status, error = await refused(api("DELETE", f"{path}/Try"))
    assert status == 409
    assert "at work on the branch 'Try', in 'Model'" in error["message"]
    assert opened.exists()
    gate.set()
    await conversation.ended(run)
    await api("DELETE", f"{path}/Try")
    assert not opened.exists()


async def test_a_branch_is_not_deleted_while_a_kernel_runs_there(
    api, path, opened, jp_fetch, jp_root_dir, jp_serverapp
):
    name = opened.relative_to(jp_root_dir).as_posix()
    body = {"path": name, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
    status, error = await refused(api("DELETE", f"{path}/Try"))
    assert status == 409
    assert "'a.ipynb'" in error["message"]
    assert opened.exists()
    await jp_serverapp.kernel_manager.shutdown_all()


async def test_what_is_no_notebook_keeps_a_branch_from_being_deleted(api, path, opened):
    opened.write_text('{"cells": [')
    status, error = await refused(api("DELETE", f"{path}/Try"))
    assert status == 400
    assert "branches/try/a.ipynb" in error["message"]
    assert opened.read_text() == '{"cells": ['
    assert (await api("GET", f"{path}/Try"))["status"] == "active"


async def test_other_files_in_a_branchs_folder_are_left_there(api, path, opened):
    (opened.parent / "notes.txt").write_text("mine")
    await api("DELETE", f"{path}/Try")
    assert [each.name for each in opened.parent.iterdir()] == ["notes.txt"]


async def test_branches_of_another_user_do_not_exist(api, backend):
    other = await backend.timeline.write(
        lambda entry: projects.add_project(entry.conn, UserId("mallory"), "P", "/p", "cpu")
    )
    for project_id in (other.id, new_id()):
        path = f"projects/{project_id}/branches"
        for call in (
            api("GET", path),
            api("POST", path, {"name": "a"}),
            api("GET", f"{path}/main"),
            api("PATCH", f"{path}/main", {"name": "a"}),
            api("DELETE", f"{path}/main"),
        ):
            status, error = await refused(call)
            assert (status, error["message"]) == (
                404, "No such project. It may have been deleted.",
            )  # fmt: skip
