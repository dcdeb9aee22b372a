"""Promoting what a cell returned, over REST: by the agent and by people, from real kernels."""

from __future__ import annotations

import asyncio
import json

from .conftest import BAR, TABLE, given, run, told


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
