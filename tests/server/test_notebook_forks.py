"""A notebook is forked at a cell, and its kernel goes on in both."""

from __future__ import annotations

import asyncio
import json

import pytest

from jupyter_sessions.ids import new_id
from tests.server.forked import names, refused

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
