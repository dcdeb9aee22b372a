"""Key results over REST: looked at, changed, exported, removed, and stale."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tornado.httpclient import HTTPClientError

from .conftest import BAR, TABLE, change_source, given, run, told


async def test_a_result_is_stale_when_its_cell_has_changed_or_gone(promoted, results):
    path = await promoted()
    change_source(path, TABLE + "  # edited")
    [result] = await results()
    assert (result["stale"], result["stale_reason"]) == (True, "The cell has been changed since.")
    change_source(path, TABLE)
    assert not (await results("GET", f"/{result['id']}"))["stale"]
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"cells": []}))
    assert (await results())[0]["stale_reason"] == "The cell was deleted."
    path.write_text("{")
    assert "not valid JSON" in (await results())[0]["stale_reason"]
    path.unlink()
    assert "deleted, renamed or moved" in (await results())[0]["stale_reason"]
    path.parent.rename(path.parent.with_name("elsewhere"))
    assert "was moved or deleted" in (await results())[0]["stale_reason"]


async def test_a_cell_that_was_edited_after_its_run_is_stale_at_once(by_hand, results):
    path = await by_hand(TABLE)
    change_source(path, "something_else()")
    made = await results("POST", "", {"notebook": "n.ipynb", "cell_id": "a"})
    assert made["columns"] != []
    assert (await results())[0]["stale"]


async def test_title_chart_and_view_are_changed_and_an_explicit_null_removes(
    conversation, promoted, results, refused
):
    await promoted(chart=BAR)
    place = f"/{(await results())[0]['id']}"
    changed = await results("PATCH", place, {"title": "RMSE", "fields": ["rmse", "model"]})
    assert (changed["title"], changed["chart"]["y"], changed["view"]) == ("RMSE", "rmse", "chart")
    changed = await results("PATCH", place, {"chart": None, "fields": None, "title": None})
    assert (changed["chart"], changed["fields"], changed["view"]) == (None, None, "table")
    assert changed["title"] == "RMSE"
    await results("PATCH", place, {"title": "RMSE"})
    assert len(await conversation.events("key_result.changed")) == 2
    for body in (
        {"view": "chart"},
        {"chart": {"type": "bar", "x": "no", "y": "rmse"}},
        {"chart": {"type": "bar", "x": "model"}},
        {"chart": {"type": "histogram", "x": "rmse", "y": "n"}},
        {"fields": ["rmse", "rmse"]},
        {"fields": []},
        {"title": " "},
        {"description": "a\0b"},
        {"colour": "red"},
    ):
        assert (await refused("PATCH", place, body))[0] == 400, body


async def test_a_removed_result_is_gone_but_its_data_stays_in_the_log(
    conversation, promoted, results, refused
):
    await promoted()
    [result] = await results()
    await results("DELETE", f"/{result['id']}")
    assert await results() == []
    for verb, path in (("GET", ""), ("GET", "/data"), ("GET", "/csv"), ("DELETE", "")):
        assert (await refused(verb, f"/{result['id']}{path}"))[0] == 404
    [added] = await conversation.events("key_result.added")
    table = await conversation.api(
        "GET", f"{conversation.project}/blobs/{added['data']['table']['blob']}"
    )
    assert table["total_rows"] == 2
    again = await results("POST", "", {"notebook": "n.ipynb", "cell_id": "a"})
    assert again["number"] == 2


async def test_the_table_is_exported_as_csv(promoted, results, conversation, jp_fetch):
    odd = [{"a,b": 'say "hi"\nnow', "n": 2**60, "ok": True, "none": None}, {"a,b": "=1+1"}]
    await promoted(repr(odd), title='../../"evil"\u2215name;\u00fc.html')
    [result] = await results()
    place = ["jupyter-sessions", *conversation.path.split("/"), "key-results", result["id"], "csv"]
    answer = await jp_fetch(*place)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''evil-name-%C3%BC-html.csv"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/csv")
    text = answer.body.decode()
    assert text.startswith('"a,b",n,ok,none\r\n"say ""hi""\nnow",1152921504606846976,true,\r\n')
    assert list(csv.reader(io.StringIO(text, newline="")))[2] == ["=1+1", "", "", ""]


async def test_a_large_table_is_cut_and_says_so(conversation, script, notebook, results):
    notebook("import pandas as pd\npd.DataFrame({'n': range(25_000), 's': 'x' * 20})")
    asked = script([run()], [given()], "Done.")
    await conversation.say("Go.")
    [result] = await results()
    assert (result["row_count"], result["total_rows"]) == (10_000, 25_000)
    assert "The first 10,000 of 25,000 rows" in told(asked)[1]
    [executed] = await conversation.events("cell.executed")
    assert executed["data"]["table"]["blob"]
    data = await results("GET", f"/{result['id']}/data")
    assert len(data["table"]["rows"]) == 10_000


async def test_bad_input_is_refused_with_a_sentence(by_hand, refused):
    await by_hand("1", "x = 1")
    for body, status, words in (
        ({"notebook": "n.ipynb", "cell_id": "zz"}, 404, "No such cell 'zz'"),
        ({"notebook": "n.ipynb", "cell_id": "b"}, 400, "shows no output"),
        ({"notebook": "gone.ipynb", "cell_id": "a"}, 404, "No such notebook 'gone.ipynb'"),
        ({"notebook": "../n.ipynb", "cell_id": "a"}, 403, "'..'"),
        ({"notebook": "/etc/passwd", "cell_id": "a"}, 403, "absolute"),
        ({"notebook": "n.txt", "cell_id": "a"}, 400, "no notebook"),
        ({"notebook": "n.ipynb", "cell_id": "a", "chart": BAR}, 400, "no table"),
        ({"notebook": "n.ipynb", "cell_id": "a", "view": "table"}, 400, "no table"),
        ({"notebook": "n.ipynb", "cell_id": "a" * 65}, 400, "at most 64"),
        ({"cell_id": "a"}, 400, "notebook"),
    ):
        assert (found := await refused("POST", "", body))[0] == status, found
        assert words in found[1], found


async def test_what_is_not_ours_is_not_there(api, promoted, results, project, session):
    await promoted()
    [result] = await results()
    other = await api("POST", "projects", {"name": "Other"})
    theirs = await api("POST", f"projects/{other['id']}/sessions", {"name": "S"})
    ours, id_ = f"projects/{project['id']}", result["id"]
    for path in (
        f"projects/{other['id']}/sessions/{session['id']}/key-results",
        f"projects/{other['id']}/sessions/{theirs['id']}/key-results/{id_}",
        f"projects/{other['id']}/sessions/{theirs['id']}/key-results/{id_}/data",
        f"projects/{other['id']}/sessions/{theirs['id']}/key-results/{id_}/csv",
        f"{ours}/sessions/{theirs['id']}/key-results",
        f"{ours}/sessions/{session['id']}/key-results/{session['id']}",
        f"{ours}/sessions/{session['id']}/key-results/x",
    ):
        with pytest.raises(HTTPClientError) as error:
            await api("GET", path)
        assert error.value.code == 404, path
