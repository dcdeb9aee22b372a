"""A notebook is forked at a cell, and its kernel goes on in both."""

from __future__ import annotations

import asyncio
import json

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_sessions.ids import new_id

CELLS = (
    "# Churn",
    "import random, numpy; random.seed(3); data = numpy.arange(6.0); data",
    "draws = [random.random()]; 'drawn'",
    "data[:] = 0",
)


@pytest.fixture
def notebook(notebook):
    notebook.write(*CELLS)
    return notebook


VALUES = """
import numpy, pandas, sys
def double(x): return 2 * x
class Proud:
    def __len__(self): raise SystemExit("looked at")
    __repr__ = __sizeof__ = __len__
_private, answer, text, huge = 0, 42, "x" * 100, 10 ** 9999
words, proud, array = ["a", "b"], Proud(), numpy.zeros((10, 3))
frame = pandas.DataFrame({"a": [1, 2]})
"""


async def refused(call):
    with pytest.raises(HTTPClientError) as caught:
        await call
    return caught.value.code, json.loads(caught.value.response.body)


async def names(notebook):
    return [each["name"] for each in (await notebook.api("GET", notebook.branches))["items"]]


async def test_a_fork_has_all_of_the_kernel_and_the_original_notices_nothing(notebook):
    source = await notebook.start()
    await notebook.run(source, "b", "c")
    before = notebook.file.read_bytes()
    probe = await notebook.probe("c")
    assert (probe["shared"], probe["below"], probe["kernel"]["engine"]) == (3, 1, "fork")
    assert probe["kernel"]["hazards"] == []
    made = await notebook.fork("c")
    fork = made["fork"]
    assert (fork["engine"], fork["reason"], fork["shared"], made["running"]) == ("fork", "", 3, 0)
    assert 0 < fork["milliseconds"] < 5000
    branch = await notebook.start(made["opened"]["path"])
    assert branch.id == made["kernel_id"] != source.id
    looked = "random.random(), random.getstate()[1][:3], data.tobytes(), draws, In[1:3], Out[2]"
    assert await branch.run(looked) == await source.run(looked)
    await branch.run("data[:] = 7")
    assert await source.run("data.sum()") == "np.float64(15.0)"
    assert notebook.file.read_bytes() == before


async def test_how_a_branch_was_forked_is_kept_with_it_and_told(notebook, project):
    await notebook.run(await notebook.start(), "b")
    made = await notebook.fork("b")
    branch = await notebook.api("GET", f"{notebook.branches}/{made['branch']['id']}")
    assert branch["fork"] == made["fork"] == made["branch"]["fork"]
    assert (branch["parent"], branch["folder"]) == ("main", "branches/try")
    assert (branch["fork"]["notebook"], branch["fork"]["cell_id"]) == ("work.ipynb", "b")
    events = await notebook.api("GET", f"projects/{project['id']}/events", types="branch.created")
    assert [each["data"]["fork"] for each in events["items"]] == [made["fork"]]
    assert (await notebook.api("GET", f"{notebook.branches}/main"))["fork"] is None


@pytest.mark.parametrize(("below", "left"), [("keep", "abcd"), ("drop", "abc")])
async def test_the_cells_below_are_kept_or_dropped_on_the_branch(
    notebook, jp_root_dir, below, left
):
    made = await notebook.fork("c", below=below, kernel="none")
    assert (made["fork"]["engine"], made["kernel_id"]) == ("none", None)
    assert made["opened"] == {
        "branch": made["branch"]["id"],
        "notebook": "work.ipynb",
        "file": "branches/try/work.ipynb",
        "path": notebook.path.replace("work.ipynb", "branches/try/work.ipynb"),
    }
    assert "".join(notebook.sources(jp_root_dir / made["opened"]["path"])) == left
    assert "".join(notebook.sources()) == "abcd"
    assert made["branch"]["notebook_count"] == (1 if below == "drop" else 0)
    assert await notebook.kernels() == []


async def test_an_earlier_cell_is_forked_from_a_checkpoint(notebook, backend):
    slow = "import time; time.sleep(1.1)"
    notebook.write(f"data = [1]; {slow}", "data.append(2)", "data.append(3)", "data.clear()")
    source = await notebook.start()
    async with asyncio.timeout(60):
        while not backend.engine.forks.is_watched(source.id):
            await asyncio.sleep(0.02)
    await notebook.run(source, "a", "b", "c", "d")
    async with asyncio.timeout(60):
        while not await backend.engine.checkpoints.present(source.id):
            await asyncio.sleep(0.02)
    probe = (await notebook.probe("b"))["kernel"]
    assert (probe["engine"], probe["missing"]) == ("fork", 1)
    made = await notebook.fork("b")
    assert (made["fork"]["engine"], made["running"]) == ("fork", 1)
    assert (await notebook.ended("Try"))["state"] == "completed"
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("data") == "[1, 2]"
    assert await source.run("data") == "[]"
    again = await notebook.fork("a", "Again", branch="Try")
    assert (again["fork"]["engine"], again["running"]) == ("fork", 0)
    assert await (await notebook.start(again["opened"]["path"])).run("data") == "[1]"


async def test_without_a_kernel_the_cells_run_again_and_everyone_sees_how_far(
    notebook, project, jp_ws_fetch
):
    probe = (await notebook.probe("c"))["kernel"]
    assert (probe["engine"], probe["missing"]) == ("rerun", 2)
    assert "no kernel" in probe["reason"]
    socket = await jp_ws_fetch(
        "jupyter-sessions", "events", params={"streams": f"{project['id']}:0"}
    )
    made = await notebook.fork("c")
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 2)
    assert made["fork"]["milliseconds"] is None
    assert "no kernel" in made["fork"]["reason"]
    heard = []
    while not heard or heard[-1]["state"] == "running":
        live = json.loads(await socket.read_message()).get("live", {})
        if live.get("type") == "fork.progress":
            heard.append(live)
    socket.close()
    assert [each["done"] for each in heard][-1] == heard[-1]["total"] == 2
    assert {each["branch"] for each in heard} == {made["branch"]["id"]}
    assert heard[-1]["state"] == "completed"
    branch = await notebook.start(made["opened"]["path"])
    assert branch.id == made["kernel_id"]
    assert await branch.run("len(draws), data.sum()") == "(1, np.float64(15.0))"


async def test_cells_that_run_again_are_stopped(notebook):
    notebook.write("first = 1", "import time; time.sleep(600)", "last = 1")
    made = await notebook.fork("c", kernel="rerun")
    assert "asked for" in made["fork"]["reason"]
    await notebook.until("Try", lambda told: told["done"] == 1)
    await notebook.api("POST", f"{notebook.branches}/Try/fork/stop")
    told = await notebook.ended("Try")
    assert (told["state"], told["done"], told["total"]) == ("stopped", 1, 3)
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("first, 'last' in dir()") == "(1, False)"
    await notebook.api("POST", f"{notebook.branches}/Try/fork/stop")
    assert (await refused(notebook.until("main", bool)))[0] == 404


async def test_a_cell_that_fails_again_is_named(notebook):
    notebook.write("first = 1", "1 / 0", "last = 1")
    await notebook.fork("c", kernel="rerun")
    told = await notebook.ended("Try")
    assert (told["state"], told["done"]) == ("failed", 1)
    assert "Cell 2" in told["error"]
    assert "ZeroDivisionError" in told["error"]


async def test_a_kernel_that_goes_meanwhile_ends_the_run_and_frees_the_branch(notebook, backend):
    notebook.write("first = 1", "import time; time.sleep(600)")
    made = await notebook.fork("b", kernel="rerun")
    await notebook.until("Try", lambda told: told["done"] == 1)
    status, error = await refused(notebook.api("DELETE", f"{notebook.branches}/Try"))
    assert status == 409
    assert "Shut it down first" in error["message"]
    await backend.kernels.end(made["opened"]["path"])
    told = await notebook.ended("Try")
    assert (told["state"], "lost" in told["error"]) == ("failed", True)
    await notebook.api("DELETE", f"{notebook.branches}/Try")
    assert await notebook.kernels() == []


async def test_a_dead_kernel_is_run_again(notebook, jp_serverapp):
    source = await notebook.start()
    await notebook.run(source, "b")
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)
    made = await notebook.fork("b")
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 1)
    assert (await notebook.ended("Try"))["state"] == "completed"


async def test_what_cannot_be_forked_is_said_and_run_again(notebook):
    notebook.write(
        "import sys, types; sys.modules['ray'] = types.SimpleNamespace(is_initialized=lambda: 1)"
    )
    await notebook.run(await notebook.start(), "a")
    probe = (await notebook.probe("a"))["kernel"]
    made = await notebook.fork("a")
    assert probe["engine"] == made["fork"]["engine"] == "rerun"
    assert "Ray is connected" in probe["reason"]
    assert probe["reason"] == made["fork"]["reason"]


async def test_the_cell_that_ran_last_is_the_present_whatever_ran_before(notebook):
    notebook.write("one = 1", "two = 2", "three = 3")
    source = await notebook.start()
    await notebook.run(source, "b", "a", "c")
    probe = (await notebook.probe("c"))["kernel"]
    assert probe["engine"] == "fork"
    assert "in another order" in probe["hazards"][0]["detail"]
    notebook.write("one = 'changed'", "two = 2", "three = 3")
    made = await notebook.fork("c")
    [hazard] = made["fork"]["hazards"]
    assert (hazard["code"], hazard["names"]) == ("history", ["code cell 1"])
    assert "1 cell of those shared changed since" in hazard["detail"]
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("one, two, three") == "(1, 2, 3)"


async def test_a_busy_kernel_is_waited_for(notebook):
    notebook.write("import time; time.sleep(3)", "below = 1")
    source = await notebook.start()
    request = source.send("import time; time.sleep(3)")
    probe = (await notebook.probe("a"))["kernel"]
    assert probe["busy"]
    made = await notebook.fork("a")
    await source.finish(request)
    assert made["fork"]["engine"] == "fork"


async def test_a_kernel_that_stays_busy_is_a_conflict_and_nothing_is_left(notebook, monkeypatch):
    monkeypatch.setattr("jupyter_sessions.workspace.forks.WAIT_SECONDS", 0.2)
    notebook.write("import time; time.sleep(600)")
    source = await notebook.start()
    request = source.send("import time; time.sleep(600)")
    status, error = await refused(notebook.fork("a"))
    assert (status, error["code"]) == (409, "kernel_busy")
    assert await names(notebook) == ["main"]
    assert await notebook.kernels() == [notebook.path]
    assert [each.name for each in (notebook.file.parent / "branches").iterdir()] == [".gitignore"]
    await source.manager.interrupt_kernel()
    await source.finish(request)


async def test_a_name_that_is_taken_leaves_nothing_behind(notebook):
    await notebook.run(await notebook.start(), "b")
    await notebook.fork("b", kernel="none")
    status, error = await refused(notebook.fork("b", "TRY"))
    assert (status, error["details"]) == (409, {"name": "TRY 2"})
    status, _ = await refused(notebook.fork("b", "other", session=new_id()))
    assert status == 404
    assert await names(notebook) == ["main", "Try"]
    assert await notebook.kernels() == [notebook.path]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"cell_id": "gone"}, 404),
        ({"notebook": "other.ipynb"}, 404),
        ({"notebook": ""}, 400),
        ({"cell_id": ""}, 400),
        ({"cell_id": "x" * 65}, 400),
        ({"name": " "}, 400),
        ({"below": "some"}, 400),
        ({"kernel": "best"}, 400),
    ],
)
async def test_what_is_not_there_or_makes_no_sense_is_refused(notebook, body, status):
    asked = {"notebook": "work.ipynb", "cell_id": "b", "name": "Try", **body}
    code, error = await refused(notebook.api("POST", f"{notebook.branches}/main/fork", asked))
    assert (code, error["message"].endswith(".")) == (status, True)
    assert await names(notebook) == ["main"]


async def test_a_cell_of_another_branch_only_is_not_there(notebook, jp_root_dir):
    made = await notebook.fork("b", kernel="none", below="drop")
    assert (await refused(notebook.fork("c", "Deep", branch="Try", kernel="none")))[0] == 404
    deeper = await notebook.fork("b", "Deep", branch="Try", kernel="none")
    assert deeper["branch"]["parent"] == made["branch"]["id"]
    assert (await refused(notebook.fork("b", "Not", branch="nothing")))[0] == 404


async def test_someone_elses_project_is_not_there(notebook, api):
    other = f"projects/{new_id()}/branches/main/fork"
    body = {"notebook": "work.ipynb", "cell_id": "b", "name": "Try"}
    for path in (other, f"{other}/probe"):
        status, error = await refused(api("POST", path, body))
        assert (status, error["message"]) == (404, "No such project. It may have been deleted.")


async def test_a_forked_kernel_works_where_the_notebook_lies_on_main(notebook, jp_serverapp):
    source = await notebook.start()
    await notebook.run(source, "b")
    live = await notebook.fork("b")
    again = await notebook.fork("b", "Again", kernel="rerun")
    await notebook.ended("Again")
    for made in (live, again):
        kernel = await notebook.start(made["opened"]["path"])
        where = await kernel.run("import os; print(os.getcwd())")
        assert where == str(notebook.file.parent)
        assert made["opened"]["path"] in await kernel.run("os.environ['JPY_SESSION_NAME']")
    await jp_serverapp.kernel_manager.restart_kernel(live["kernel_id"])
    kernel = await notebook.start(live["opened"]["path"])
    assert await kernel.run("import os; print(os.getcwd())") == str(notebook.file.parent)


async def test_forks_at_once_get_folders_and_kernels_of_their_own(notebook):
    await notebook.run(await notebook.start(), "b")
    made = await asyncio.gather(*(notebook.fork("b", f"Try{'!' * n}") for n in range(3)))
    assert len({each["kernel_id"] for each in made}) == 3
    assert len({each["branch"]["folder"] for each in made}) == 3


async def test_the_fork_becomes_the_branch_of_a_session(notebook, project, session):
    made = await notebook.fork("b", kernel="none", session=session["id"])
    found = await notebook.api("GET", f"projects/{project['id']}/sessions/{session['id']}")
    assert found["active_branch"] == made["branch"]["id"]


async def test_the_variables_of_a_branch_are_listed_also_while_a_cell_runs(notebook, backend):
    path = f"{notebook.branches}/main/variables"
    none = await notebook.api("GET", path, notebook="work.ipynb")
    assert (none["kernel_id"], none["items"]) == (None, [])
    assert "no kernel" in none["reason"]
    source = await notebook.start()
    assert await source.run(VALUES) == ""
    busy = source.send("import time; time.sleep(600)")
    async with asyncio.timeout(60):
        while not (found := await notebook.api("GET", path, notebook="work.ipynb"))["items"]:
            await asyncio.sleep(0.02)
    rows = {each["name"]: each for each in found["items"]}
    assert list(rows) == [
        "answer", "array", "double", "frame", "huge", "Proud", "proud", "text", "words",
    ]  # fmt: skip
    assert found["total"] == len(rows)
    assert (rows["answer"]["type"], rows["answer"]["summary"]) == ("int", "42")
    array = {"type": "numpy.ndarray", "shape": "10, 3", "size": 240, "summary": ""}
    assert rows["array"] == {"name": "array", **array}
    assert (rows["frame"]["type"], rows["frame"]["shape"]) == ("pandas.DataFrame", "2, 1")
    assert (rows["proud"]["type"], rows["proud"]["size"]) == ("Proud", None)
    assert (rows["words"]["shape"], rows["huge"]["summary"]) == ("2", "")
    assert len(rows["text"]["summary"]) < 70
    await source.manager.interrupt_kernel()
    await source.finish(busy)
    assert (await refused(notebook.api("GET", path, notebook="other.ipynb")))[0] == 404
    assert (await refused(notebook.api("GET", path)))[0] == 400


async def fan_out(notebook, cell, **variants):
    given = [{"name": name, "source": source} for name, source in variants.items()]
    body = {"notebook": "work.ipynb", "cell_id": cell, "variants": given}
    return await notebook.api("POST", f"{notebook.branches}/main/fan-out", body)


async def test_variants_of_a_cell_run_at_once_each_on_its_branch(notebook, jp_root_dir):
    notebook.write("import os, time; data = [1]", "data.append(0)", "data")
    await notebook.run(await notebook.start(), "a")
    meet = "data.append({0}); os.mkdir('{0}')\nwhile not os.path.exists('{1}'): time.sleep(0.01)\n"
    sources = {"one": meet.format(2, 3) + "data", "two": meet.format(3, 2) + "data"}
    made = (await fan_out(notebook, "b", **sources))["items"]
    assert [each["fork"]["engine"] for each in made] == ["fork", "fork"]
    for each, shown in zip(made, ("[1, 2]", "[1, 3]"), strict=True):
        assert (await notebook.ended(each["branch"]["id"]))["state"] == "completed"
        file = jp_root_dir / each["opened"]["path"]
        _, cell, last = json.loads(file.read_text())["cells"]
        assert notebook.sources(file)["b"] == sources[each["branch"]["name"]]
        assert cell["outputs"][0]["data"]["text/plain"] in (shown, [shown])
        assert (cell["execution_count"], last["outputs"]) == (2, [])
    assert notebook.sources()["b"] == "data.append(0)"


async def test_a_variant_that_fails_keeps_its_error_in_the_notebook(notebook, jp_root_dir):
    notebook.write("data = [1]", "data")
    [made] = (await fan_out(notebook, "b", one="1 / 0"))["items"]
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 2)
    assert (await notebook.ended("one"))["state"] == "failed"
    cells = json.loads((jp_root_dir / made["opened"]["path"]).read_text())["cells"]
    assert cells[1]["outputs"][0]["ename"] == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("cell", "variants", "status"),
    [
        ("a", {"one": "1"}, 400),
        ("gone", {"one": "1"}, 404),
        ("b", {}, 400),
        ("b", {"one": "1", "main": "2"}, 409),
        ("b", {"one": "1", "ONE": "2"}, 409),
        ("b", {str(n): "" for n in range(9)}, 400),
    ],
)
async def test_a_fan_out_that_cannot_be_leaves_no_branch(notebook, cell, variants, status):
    assert (await refused(fan_out(notebook, cell, **variants)))[0] == status
    assert await notebook.kernels() == []
    assert await names(notebook) == ["main"]
