"""Key results over REST: promoted by the agent and by people, from real kernels."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest
from pydantic_ai.messages import ToolReturnPart
from tornado.httpclient import HTTPClientError

from jupyter_sessions.notebooks.cells import new_cell, new_notebook

TABLE = (
    "import pandas as pd\n"
    "pd.DataFrame({'model': ['ridge', 'lasso'], 'rmse': [54.1, 55.8], 'n': [442, 442]})"
)
BAR = {"type": "bar", "x": "model", "y": "rmse"}


@pytest.fixture
def notebook(jp_root_dir, project):
    """Write a notebook of cells ``a``, ``b``, … into the project."""

    def write(*sources: str) -> Path:
        content = new_notebook({"name": "python3", "display_name": "Python 3"})
        content["cells"] = [
            new_cell(chr(97 + index), "code", source) for index, source in enumerate(sources)
        ]
        path = Path(jp_root_dir) / project["path"] / "n.ipynb"
        path.write_text(json.dumps(content))
        return path

    return write


@pytest.fixture
def results(api, conversation):
    """Call the API of the session's key results: ``await results("GET", "/id/data")``."""

    async def call(verb="GET", path="", body=None):
        answer = await api(verb, f"{conversation.path}/key-results{path}", body)
        return answer["items"] if verb == "GET" and not path else answer

    return call


@pytest.fixture
def refused(results):
    """Call what is refused; return status and sentence."""

    async def call(verb, path="", body=None):
        with pytest.raises(HTTPClientError) as error:
            await results(verb, path, body)
        return error.value.code, json.loads(error.value.response.body)["message"]

    return call


@pytest.fixture
def promoted(conversation, script, notebook):
    """Have the agent run a cell and promote it; return the notebook's file."""

    async def promote(source=TABLE, **more):
        path = notebook(source)
        script([run()], [given(**more)], "Done.")
        await conversation.say("Go.")
        return path

    return promote


@pytest.fixture
def by_hand(jp_fetch, jp_serverapp, notebook, project):
    """Run cells as a person does in JupyterLab, and save what came into the notebook's file."""

    async def execute(*sources):
        path = notebook(*sources)
        name = f"{project['path']}/n.ipynb"
        body = {"path": name, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        answer = await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
        kernel_id = json.loads(answer.body)["kernel"]["id"]
        client = jp_serverapp.kernel_manager.get_kernel(kernel_id).client()
        client.start_channels(hb=False)
        await client.wait_for_ready(timeout=60)
        content = json.loads(path.read_text())
        for cell in content["cells"]:
            cell["outputs"] = []

            def keep(message, cell=cell):
                kind, said = message["header"]["msg_type"], message["content"]
                if kind in {"execute_result", "display_data"}:
                    said.pop("transient", None)
                    cell["outputs"].append({"output_type": kind, **said})

            reply = await client.execute_interactive(cell["source"], output_hook=keep)
            cell["execution_count"] = reply["content"]["execution_count"]
        path.write_text(json.dumps(content))
        client.stop_channels()
        return path

    return execute


def run(cell="a"):
    return ("run_cell", {"notebook": "n.ipynb", "cell_id": cell})


def given(cell="a", **more):
    named = {"notebook": "n.ipynb", "cell_id": cell, "title": "Errors by model"}
    return ("promote_result", named | more)


def change_source(path, source):
    content = json.loads(path.read_text())
    content["cells"][0]["source"] = source
    path.write_text(json.dumps(content))


def told(script):
    """Return what the model was told of its calls."""
    parts = (part for message in script.requests[-1] for part in message.parts)
    return [part.content for part in parts if isinstance(part, ToolReturnPart)]


async def test_the_agent_promotes_what_the_cell_returned(conversation, promoted, results):
    await promoted(chart=BAR, description="Ridge wins.")
    [result] = await results()
    data = await results("GET", f"/{result['id']}/data")
    assert data["table"]["rows"] == [["ridge", 54.1, 442], ["lasso", 55.8, 442]]
    assert "text/html" in data["outputs"][0]["data"]
    assert (result["number"], result["view"], result["chart"]["x"]) == (1, "chart", "model")
    assert [column["type"] for column in result["columns"]] == ["string", "number", "integer"]
    assert not result["stale"]
    [executed] = await conversation.events("cell.executed")
    [added] = await conversation.events("key_result.added")
    origin = result["origin"]
    assert (origin["event"], origin["run_id"]) == (executed["seq"], executed["run_id"])
    assert origin["source_hash"] == executed["data"]["source_hash"]
    assert (added["actor"], added["data"]["title"]) == ("agent", "Errors by model")
    returned = (await conversation.events("tool.returned"))[-1]["data"]
    assert returned["summary"] == "key result 1"
    session = await conversation.api("GET", conversation.path)
    assert session["key_result_count"] == 1


async def test_the_agent_promotes_while_a_cell_runs(conversation, script, notebook, results):
    notebook(TABLE, "import time\nprint(1)\nwhile True: time.sleep(0.05)")
    script([run()], [run("b"), given()], "Done.")
    sent = await conversation.send("Go.")
    added = await conversation.seen("key_result.added")
    assert len(await conversation.events("cell.executed")) == 1
    assert added[0]["data"]["row_count"] == 2
    await conversation.api("POST", f"{conversation.path}/interrupt", {"kernel": True})
    await conversation.ended(sent)


async def test_a_run_of_the_same_response_is_waited_for(conversation, script, notebook, results):
    notebook("n = globals().get('n', 0) + 1\n[{'run': n}]")
    script([run()], [run(), given()], "Done.")
    await conversation.say("Go.")
    [result] = await results()
    data = await results("GET", f"/{result['id']}/data")
    assert data["table"]["rows"] == [[2]]


async def test_what_an_imported_log_claims_is_not_promoted(
    api, conversation, script, notebook, project, jp_fetch
):
    notebook("1 + 1")
    script([run()], "Done.")
    await conversation.say("Run it")
    path = f"jupyter-sessions/{conversation.path}/export".split("/")
    body = (await jp_fetch(*path, params={"format": "jsonl"})).body
    forged = body.replace(b'"text/plain":"2"', b'"text/plain":"3"')
    assert forged != body
    path = f"jupyter-sessions/{conversation.project}/sessions/import".split("/")
    made = await jp_fetch(*path, method="POST", params={"name": "a.jsonl"}, body=forged)
    imported = type(conversation)(api, project, json.loads(made.body))
    script([given()], "Done.")
    await imported.say("Promote it")
    [result] = (await api("GET", f"{imported.path}/key-results"))["items"]
    data = await api("GET", f"{imported.path}/key-results/{result['id']}/data")
    assert data["outputs"][0]["data"]["text/plain"] == "2"
    assert result["origin"]["event"] is None


async def test_wrong_names_go_back_to_the_model_with_the_right_ones(
    conversation, script, notebook, results
):
    notebook(TABLE, "1/0", "x = 1")
    given_chart = {"type": "bar", "x": "model", "y": "RMSE"}
    asked = script(
        [run(), run("b"), run("c")],
        [given(chart=given_chart), given(fields=["nope"]), given("b"), given("c"), given("z")],
        [given(title=""), given(chart={"type": "pie", "x": "model"}),
         given(chart={"type": "histogram", "x": "model"}), given(notebook="../n.ipynb")],
        "Done.",
    )  # fmt: skip
    await conversation.say("Go.")
    said = told(asked)[3:]
    assert said[0] == "Error: There is no column 'RMSE'. The table has: 'model', 'rmse', 'n'."
    assert "no column 'nope'" in said[1]
    assert "did not come to its end" in said[2]
    assert "put out nothing" in said[3]
    assert "No such cell 'z'" in said[4]
    assert "a name cannot be empty" in said[5]
    assert "'bar', 'line', 'area', 'scatter' or 'histogram'" in said[6]
    assert "needs numbers, and 'model' is string" in said[7]
    assert "'..'" in said[8]
    assert await results() == []


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


async def test_a_person_promotes_what_the_notebook_shows(by_hand, results, conversation):
    await by_hand(TABLE)
    made = await results("POST", "", {"notebook": "n.ipynb", "cell_id": "a", "chart": BAR})
    data = await results("GET", f"/{made['id']}/data")
    assert data["table"]["rows"][0] == ["ridge", 54.1, 442]
    assert (made["title"], made["created_by"]) == ("import pandas as pd", "user")
    assert (made["origin"]["run_id"], made["origin"]["execution_count"]) == (None, 1)
    assert made["origin"]["kernel_id"] is not None
    [added] = await conversation.events("key_result.added")
    assert (added["actor"], added["run_id"]) == ("user", None)


async def test_a_cell_that_was_edited_after_its_run_is_stale_at_once(by_hand, results):
    path = await by_hand(TABLE)
    change_source(path, "something_else()")
    made = await results("POST", "", {"notebook": "n.ipynb", "cell_id": "a"})
    assert made["columns"] != []
    assert (await results())[0]["stale"]


async def test_what_the_kernel_does_not_show_any_more_is_kept_as_it_was_shown(by_hand, results):
    path = await by_hand(TABLE)
    content = json.loads(path.read_text())
    content["cells"][0]["outputs"][0]["data"]["text/plain"] = "another table"
    path.write_text(json.dumps(content))
    made = await results("POST", "", {"notebook": "n.ipynb", "cell_id": "a"})
    assert (made["view"], made["columns"], made["origin"]["kernel_id"]) == ("output", [], None)
    data = await results("GET", f"/{made['id']}/data")
    assert data["table"] is None
    assert data["outputs"][0]["data"]["text/plain"] == "another table"


async def test_what_is_no_json_in_a_notebook_is_read_by_browsers(notebook, results):
    path = notebook("figure")
    content = json.loads(path.read_text())
    data = {"application/json": {"y": [1, float("nan"), float("inf")]}, "text/plain": "NaN"}
    shown = {"output_type": "display_data", "metadata": {}, "data": data}
    content["cells"][0]["outputs"] = [shown]
    path.write_text(json.dumps(content))
    made = await results("POST", "", {"notebook": "n.ipynb", "cell_id": "a", "title": "F"})
    [output] = (await results("GET", f"/{made['id']}/data"))["outputs"]
    assert output["data"] == {"application/json": {"y": [1, None, None]}, "text/plain": "NaN"}


async def test_what_the_agent_ran_keeps_its_origin_when_a_person_promotes_it(
    conversation, script, notebook, results
):
    notebook(TABLE)
    script([run()], "Done.")
    await conversation.say("Go.")
    made = await results("POST", "", {"notebook": "n.ipynb", "cell_id": "a", "title": "Mine"})
    [executed] = await conversation.events("cell.executed")
    assert (made["origin"]["event"], made["created_by"]) == (executed["seq"], "user")
    assert made["row_count"] == 2


async def test_a_figure_is_kept_as_it_was_shown(promoted, results, refused):
    await promoted("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    [result] = await results()
    assert (result["view"], result["columns"]) == ("output", [])
    data = await results("GET", f"/{result['id']}/data")
    assert "image/png" in data["outputs"][0]["data"]
    assert await refused("GET", f"/{result['id']}/csv") == (
        400, "Key result 1 is no table, so there is no CSV of it.",
    )  # fmt: skip
    status, sentence = await refused("PATCH", f"/{result['id']}", {"chart": BAR})
    assert (status, "is no table" in sentence) == (400, True)


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


async def test_the_offline_agent_promotes(conversation, notebook, results):
    notebook(TABLE, "'text'")
    await conversation.say("/run a\n/promote last By model", model="offline")
    await conversation.say("/run b\n/run a\n/promote b", model="offline")
    await conversation.say("/promote last", model="offline")
    first, second, third = await results()
    assert (first["title"], first["origin"]["cell_id"]) == ("By model", "a")
    assert (second["title"], second["view"]) == ("Result of cell b", "output")
    assert third["origin"]["cell_id"] == "b"
    notebook("[{'n': 1}]")
    await conversation.say("/run a\n/promote a", model="offline")
    said = (await conversation.events("message.agent"))[-1]["data"]["text"]
    assert "1 row with the column n (integer)." in said
    await conversation.say("/promote\n", model="offline")
    said = (await conversation.events("message.agent"))[-1]["data"]["text"]
    assert said.startswith("Say which cell")


async def test_two_promotions_at_once_get_two_numbers(by_hand, results):
    await by_hand("[{'a': 1}]")
    body = {"notebook": "n.ipynb", "cell_id": "a"}
    made = await asyncio.gather(*(results("POST", "", body) for _ in range(4)))
    assert sorted(each["number"] for each in made) == [1, 2, 3, 4]
