"""Order, names, archive and deletion of sessions: two windows at once lose nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_sessions.actions.sessions import name_of


@pytest.fixture
def sessions(api, project, jp_asyncio_loop):
    """Five sessions, ``A`` to ``E``: their ids by name."""

    async def make():
        path = f"projects/{project['id']}/sessions"
        return {name: (await api("POST", path, {"name": name}))["id"] for name in "ABCDE"}

    return jp_asyncio_loop.run_until_complete(make())


@pytest.fixture
def path(project):
    return f"projects/{project['id']}/sessions"


async def names(api, path):
    return "".join(each["name"] for each in (await api("GET", path))["items"])


async def refused(call):
    with pytest.raises(HTTPClientError) as caught:
        await call
    return caught.value.code, json.loads(caught.value.response.body)


@pytest.mark.parametrize(
    ("move", "before", "order"),
    [
        ("D", "B", "ADBCE"),
        ("A", None, "BCDEA"),
        ("E", "A", "EABCD"),
        ("C", "C", "ABCDE"),
        ("B", "C", "ABCDE"),
    ],
)
async def test_a_move_puts_one_session_before_another(api, path, sessions, move, before, order):
    body = {"move": sessions[move], "before": before and sessions[before]}
    page = await api("PUT", f"{path}/order", body)
    assert "".join(each["name"] for each in page["items"]) == order
    assert await names(api, path) == order


async def test_two_moves_at_once_both_count(api, path, sessions):
    await asyncio.gather(
        api("PUT", f"{path}/order", {"move": sessions["E"], "before": sessions["A"]}),
        api("PUT", f"{path}/order", {"move": sessions["B"], "before": None}),
    )
    assert await names(api, path) == "EACDB"


async def test_a_whole_order_keeps_the_sessions_that_it_does_not_name(api, path, sessions):
    ids = [sessions["D"], sessions["A"], sessions["D"], "01ARZ3NDEKTSV4RRFFQ69G5FAV"]
    await api("PUT", f"{path}/order", {"ids": ids})
    assert await names(api, path) == "DABCE"


@pytest.mark.parametrize("gone", ["move", "before"])
async def test_a_place_that_is_gone_is_a_conflict_and_changes_nothing(api, path, sessions, gone):
    await api("DELETE", f"{path}/{sessions['C']}")
    body = {"move": sessions["A"], "before": sessions["B"]} | {gone: sessions["C"]}
    status, error = await refused(api("PUT", f"{path}/order", body))
    assert status == 409
    assert "gone" in error["message"]
    assert await names(api, path) == "ABDE"


@pytest.mark.parametrize("body", [{}, {"ids": [], "move": "x"}, {"ids": "abc"}, {"move": 7}])
async def test_an_order_that_says_nothing_is_refused(api, path, sessions, body):
    status, error = await refused(api("PUT", f"{path}/order", body))
    assert (status, error["code"]) == (400, "bad_request")


async def test_other_windows_are_told_the_new_order(api, path, sessions, project, jp_ws_fetch):
    stream = f"{project['id']}:{project['last_seq']}"
    socket = await jp_ws_fetch("jupyter-sessions", "events", params={"streams": stream})
    await api("PUT", f"{path}/order", {"move": sessions["E"], "before": sessions["A"]})
    frame = {}
    while frame.get("live", {}).get("type") != "sessions.ordered":
        frame = json.loads(await socket.read_message())
    assert frame["live"]["ids"] == [sessions[name] for name in "EABCD"]
    socket.close()


async def test_the_second_of_two_renames_is_told_the_newer_name(api, path, sessions):
    one = f"{path}/{sessions['A']}"
    await api("PATCH", one, {"name": "Alpha", "expected_name": "A"})
    status, error = await refused(api("PATCH", one, {"name": "Aleph", "expected_name": "A"}))
    assert status == 409
    assert error["details"] == {"name": "Alpha"}
    assert (await api("GET", one))["name"] == "Alpha"
    again = await api("PATCH", one, {"name": "Aleph", "expected_name": "Alpha"})
    assert again["name"] == "Aleph"


async def test_renaming_to_what_it_is_called_already_is_no_conflict(api, path, sessions):
    one = f"{path}/{sessions['A']}"
    await api("PATCH", one, {"name": "Alpha", "expected_name": "A"})
    same = await api("PATCH", one, {"name": "Alpha", "expected_name": "A"})
    assert same["name"] == "Alpha"


async def test_a_session_is_archived_and_restored_in_its_place(api, path, sessions):
    one = f"{path}/{sessions['B']}"
    archived = await api("PATCH", one, {"archived": True})
    assert archived["archived_at"] is not None
    again = await api("PATCH", one, {"archived": True})
    assert again["archived_at"] == archived["archived_at"]
    restored = await api("PATCH", one, {"archived": False})
    assert restored["archived_at"] is None
    assert await names(api, path) == "ABCDE"


async def test_the_preferred_session_is_marked_until_another_is(api, path, sessions):
    await api("PATCH", f"{path}/{sessions['B']}", {"preferred": True})
    listed = (await api("GET", path))["items"]
    assert [each["name"] for each in listed if each["preferred"]] == ["B"]
    unmarked = await api("PATCH", f"{path}/{sessions['B']}", {"preferred": False})
    assert not unmarked["preferred"]


async def test_deleting_what_others_need_names_them_first(api, path, sessions):
    for name in "BC":
        await api(
            "PUT", f"{path}/{sessions[name]}/dependencies",
            {"items": [{"session_id": sessions["A"]}]},
        )  # fmt: skip
    status, error = await refused(api("DELETE", f"{path}/{sessions['A']}"))
    assert status == 409
    assert "B and C depend on this session" in error["message"]
    assert [each["name"] for each in error["details"]["dependents"]] == ["B", "C"]
    await api("DELETE", f"{path}/{sessions['A']}", force="true")
    [needs] = (await api("GET", f"{path}/{sessions['B']}"))["dependencies"]
    assert needs["state"] == "gone"


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ("Compare three models\non the same folds", "Compare three models"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("# **Plan**", "Plan"),
        ("x" * 300, "x" * 47 + "…"),
        ("word " * 40, "word word word word word word word word word…"),
        ("\u202eevil\u202c", "evil"),
        ("***", None),
    ],
)
def test_a_request_gives_a_name(request_, name):
    assert name_of(request_) == name
