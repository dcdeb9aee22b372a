"""Projects, sessions and runs over REST."""

from __future__ import annotations

import asyncio
import json
import os

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_sessions.ids import new_id


async def failing(call):
    """Await a call that must fail; return status and body."""
    with pytest.raises(HTTPClientError) as caught:
        await call
    body = json.loads(caught.value.response.body)
    assert set(body) - {"details"} == {"code", "message", "reason"}
    assert caught.value.code < 500, body
    return caught.value.code, body


async def test_a_project_is_made_with_its_folder(api, jp_root_dir):
    made = await api("POST", "projects", {"name": "Churn analysis"})
    assert (made["path"], made["default_runtime"]) == ("churn-analysis", "cpu")
    assert (jp_root_dir / "churn-analysis").is_dir()
    assert await api("GET", f"projects/{made['id']}") == made


async def test_a_path_may_be_given_and_may_exist(api, jp_root_dir):
    (jp_root_dir / "work" / "deep").mkdir(parents=True)
    (jp_root_dir / "work" / "deep" / "a.txt").write_text("kept")
    made = await api("POST", "projects", {"name": "x", "path": "work/deep"})
    assert made["path"] == "work/deep"
    assert (jp_root_dir / "work" / "deep" / "a.txt").read_text() == "kept"


async def test_projects_are_listed_most_recent_first(api):
    first, second = [await api("POST", "projects", {"name": name}) for name in ("a", "b")]
    await api("PATCH", f"projects/{first['id']}", {"name": "a again"})
    page = await api("GET", "projects")
    assert [each["name"] for each in page["items"]] == ["a again", "b"]
    page = await api("GET", "projects", limit="1")
    rest = await api("GET", "projects", after=page["next"])
    assert [each["id"] for each in rest["items"]] == [second["id"]]


async def test_the_runtime_can_be_changed_to_a_known_one(api, project):
    path = f"projects/{project['id']}"
    assert (await api("PATCH", path, {"default_runtime": "gpu"}))["default_runtime"] == "gpu"
    status, body = await failing(api("PATCH", path, {"default_runtime": "tpu"}))
    assert status == 400
    assert "cpu, gpu" in body["message"]


async def test_deleting_needs_the_name_and_takes_everything(api, project, session, jp_root_dir):
    path = f"projects/{project['id']}"
    (jp_root_dir / project["path"] / "data.csv").write_text("1")
    for params in ({}, {"confirm": "churn"}):
        status, body = await failing(api("DELETE", path, **params))
        assert status == 400
        assert "cannot be undone" in body["message"]
    await api("DELETE", path, confirm="Churn analysis")
    assert not (jp_root_dir / project["path"]).exists()
    for gone in (path, f"{path}/sessions", f"{path}/sessions/{session['id']}/events"):
        assert (await failing(api("GET", gone)))[0] == 404


async def test_files_can_be_kept(api, project, jp_root_dir):
    await api("DELETE", f"projects/{project['id']}", confirm=project["name"], files="keep")
    assert (jp_root_dir / project["path"]).is_dir()


async def test_a_file_belongs_to_one_project(api):
    await api("POST", "projects", {"name": "outer", "path": "outer"})
    for path in ("outer", "outer/inner", "."):
        status, body = await failing(api("POST", "projects", {"name": "x", "path": path}))
        assert status == 409
        assert "'outer'" in body["message"]


async def test_sessions_are_listed_in_order_renamed_and_deleted(api, project):
    path = f"projects/{project['id']}/sessions"
    made = [await api("POST", path, {"name": name}) for name in ("a", "b", "c")]
    await api("PATCH", f"{path}/{made[1]['id']}", {"name": "B"})
    await api("DELETE", f"{path}/{made[0]['id']}")
    page = await api("GET", path)
    assert [each["name"] for each in page["items"]] == ["B", "c"]
    assert (await failing(api("GET", f"{path}/{made[0]['id']}")))[0] == 404
    assert (await api("GET", f"projects/{project['id']}"))["session_count"] == 2


async def test_sessions_are_put_in_order(api, project):
    path = f"projects/{project['id']}/sessions"
    a, b, c = [(await api("POST", path, {"name": name}))["id"] for name in "abc"]
    page = await api("PUT", f"{path}/order", {"ids": [c, a]})
    assert [each["id"] for each in page["items"]] == [c, a, b]
    assert [each["position"] for each in page["items"]] == [0, 1, 2]


async def test_a_session_without_a_name_gets_one(api, project):
    path = f"projects/{project['id']}/sessions"
    names = [(await api("POST", path, {}))["name"] for _ in range(2)]
    assert names == ["Session 1", "Session 2"]


async def test_runs_are_listed_newest_first(conversation, script, api):
    script("Done.")
    runs = [await conversation.say(text) for text in ("a", "b")]
    page = await api("GET", f"{conversation.project}/runs", status="completed")
    assert [each["prompt"] for each in page["items"]] == ["b", "a"]
    assert page["items"][1] == runs[0]


async def test_events_are_paged_in_both_directions(conversation, script, api):
    script("Done.")
    await conversation.say("a")
    whole = await conversation.events()
    path = f"{conversation.path}/events"
    first = await api("GET", path, limit="2")
    rest = await api("GET", path, after=first["next"], limit="100")
    assert first["items"] + rest["items"] == whole
    assert rest["next"] is None
    last = await api("GET", path, before=str(len(whole) + 1), limit="2")
    assert last["items"] == whole[-2:]
    before = await api("GET", path, before=last["next"], limit="100")
    assert before["items"] == whole[:-2]
    assert before["next"] is None


async def test_the_example_is_a_project_with_data(api, jp_root_dir):
    made = await api("POST", "projects/example")
    folder = jp_root_dir / made["path"]
    assert len((folder / "data" / "diabetes.csv").read_text().splitlines()) == 443
    assert json.loads((folder / "explore.ipynb").read_text())["nbformat_minor"] == 5


@pytest.mark.parametrize("name", [
    "", "  ", "a/b", "..", "a\\b", "a\0b", "a\nb", "\u202egnp.exe", "x" * 201, 7, None, ["a"],
])  # fmt: skip
async def test_bad_names_of_projects_are_refused(api, name, jp_root_dir):
    status, body = await failing(api("POST", "projects", {"name": name}))
    assert status == 400
    assert body["message"].startswith("name: ")
    assert list(jp_root_dir.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc", "a\0b", ".hidden", "file.txt", "out"]
)
async def test_bad_folders_are_refused(api, path, jp_root_dir, tmp_path):
    (jp_root_dir / "file.txt").write_text("")
    (tmp_path / "outside").mkdir()
    os.symlink(tmp_path / "outside", jp_root_dir / "out")
    before = sorted(jp_root_dir.iterdir())
    if path == "/etc":  # taken as a folder below the root, as the contents API does
        made = await api("POST", "projects", {"name": "x", "path": path})
        assert made["path"] == "etc"
        return
    status, body = await failing(api("POST", "projects", {"name": "x", "path": path}))
    assert status == 400
    assert repr(path) in body["message"]
    assert sorted(jp_root_dir.iterdir()) == before


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"name": "x", "more": 1}', "[" * 100_000])
async def test_bad_bodies_are_refused(jp_fetch, body):
    status, _ = await failing(jp_fetch("jupyter-sessions", "projects", method="POST", body=body))
    assert status == 400


async def test_a_body_that_is_no_text_is_refused(jp_fetch):
    raw = b'{"name": "\xff\xfe"}'
    assert (await failing(jp_fetch("jupyter-sessions", "projects", method="POST", body=raw)))[
        0
    ] == 400


@pytest.mark.parametrize("size", [9_000_000, 40_000_000])
async def test_a_huge_body_is_refused(jp_fetch, size):
    body = json.dumps({"name": "x" * size})
    status, answer = await failing(
        jp_fetch("jupyter-sessions", "projects", method="POST", body=body)
    )
    assert (status, answer["code"]) == (413, "too_large")


@pytest.mark.parametrize("text", ["", " \n", "a\0b", "x" * 1_000_001, 3, None])
async def test_bad_messages_are_refused(conversation, text):
    assert (await failing(conversation.send(text)))[0] == 400
    assert len(await conversation.events()) == 1


@pytest.mark.parametrize("model", ["gpt", ":x", "openai:", "a:b\n"])
async def test_bad_models_are_refused(conversation, model):
    status, body = await failing(conversation.send("Hi.", model=model))
    assert status == 400
    assert "provider:model" in body["message"]


BAD_CURSORS = ["limit=0", "limit=x", "limit=1001", "after=-1", "before=0", "after=" + "9" * 30]


@pytest.mark.parametrize("given", BAD_CURSORS)
async def test_bad_cursors_are_refused(conversation, given, api):
    params = dict([given.split("=")])
    status, _ = await failing(api("GET", f"{conversation.path}/events", **params))
    assert status == 400


async def test_unknown_and_foreign_ids_are_404_with_the_same_bytes(api, project, backend):
    from jupyter_sessions.ids import UserId
    from jupyter_sessions.storage import projects as rows

    foreign = await backend.timeline.write(
        lambda entry: rows.add_project(entry.conn, UserId("noah"), "N", "/n", "cpu")
    )
    answers = [
        await failing(api("GET", f"projects/{each}"))
        for each in (foreign.id, new_id(), "x", "01", "é", "a" * 300)
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 404
    for place in ("sessions", "runs", "events", "blobs/" + "a" * 64):
        assert (await failing(api("GET", f"projects/{foreign.id}/{place}")))[0] == 404


async def test_a_session_is_not_found_through_another_project(api, project, session):
    other = await api("POST", "projects", {"name": "Other"})
    path = f"projects/{other['id']}/sessions/{session['id']}"
    assert (await failing(api("GET", path)))[0] == 404
    assert (await failing(api("POST", path + "/messages", {"text": "Hi."})))[0] == 404
    assert (await failing(api("DELETE", path)))[0] == 404


@pytest.mark.parametrize(("verb", "path"), [("GET", "nothing"), ("GET", ""), ("POST", "status")])
async def test_what_does_not_exist_has_the_same_shape(api, verb, path):
    assert (await failing(api(verb, path)))[0] in (404, 405)


async def test_nothing_is_open_without_credentials(jp_fetch, project):
    for path in ("status", "models", "projects", f"projects/{project['id']}", "openapi.json"):
        with pytest.raises(HTTPClientError) as caught:
            await jp_fetch("jupyter-sessions", *path.split("/"), headers={"Authorization": ""})
        assert caught.value.code == 403


async def test_the_authorizer_is_asked_for_every_verb(jp_serverapp, api, jp_ws_fetch):
    asked = []

    class Deny(type(jp_serverapp.authorizer)):
        async def is_authorized(self, handler, user, action, resource):
            asked.append((action, resource))
            return False

    jp_serverapp.authorizer.__class__ = Deny
    for verb in ("GET", "POST"):
        assert (await failing(api(verb, "projects", {"name": "x"} if verb == "POST" else None)))[
            0
        ] == 403
    with pytest.raises(HTTPClientError):
        await jp_ws_fetch("jupyter-sessions", "events")
    assert asked == [
        ("read", "jupyter_sessions"), ("write", "jupyter_sessions"), ("read", "jupyter_sessions"),
    ]  # fmt: skip


async def test_blobs_are_never_run_by_a_browser(conversation, backend, jp_fetch, project):
    from jupyter_sessions.models.scope import Scope
    from jupyter_sessions.timeline import Entry

    scope = Scope("root", project["id"])

    async def work(entry: Entry):
        return entry.put_blob(scope, b"<script>alert(1)</script>", "text/html")

    blob = await backend.timeline.write(work)
    response = await jp_fetch("jupyter-sessions", "projects", project["id"], "blobs", blob.blob)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_moved_folder_is_said_and_can_be_told(conversation, script, api, jp_root_dir):
    script("Unused.")
    (jp_root_dir / "churn-analysis").rename(jp_root_dir / "elsewhere")
    assert (await api("GET", conversation.project))["folder_state"] == "missing"
    run = await conversation.say("Hi.")
    assert run["error"]["code"] == "folder_missing"
    assert "moved or deleted" in run["error"]["message"]
    changed = await api("PATCH", conversation.project, {"path": "elsewhere"})
    assert (changed["path"], changed["folder_state"]) == ("elsewhere", "ok")
    assert (await conversation.say("Hi."))["status"] == "completed"


@pytest.mark.parametrize("body", [{"name": "x", "path": "a" * 300}, {"name": "\U00020000" * 100}])
async def test_folder_names_that_are_too_long_for_the_disk(api, body):
    if "path" in body:
        assert (await failing(api("POST", "projects", body)))[0] == 400
    else:
        assert (await api("POST", "projects", body))["folder_state"] == "ok"


async def test_a_notebook_with_control_characters_is_refused(conversation):
    status, body = await failing(conversation.send("Hi.", model="offline", notebook="a\0.ipynb"))
    assert status == 400
    assert body["message"].startswith("notebook: ")


async def test_a_project_is_not_deleted_under_a_run(conversation, script, api, project):
    gate = asyncio.Event()

    async def slow():
        await gate.wait()
        return "Done."

    script(slow)
    run = await conversation.send("Hi.")
    path = f"projects/{project['id']}"
    assert (await failing(api("DELETE", path, confirm=project["name"])))[0] == 409
    gate.set()
    assert (await conversation.ended(run))["status"] == "completed"
