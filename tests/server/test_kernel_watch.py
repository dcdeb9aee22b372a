"""Kernels of projects' notebooks make checkpoints, and no others; they end with their kernel."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.server.forked import refused

SLOW = "import time; time.sleep(1.1)"


@pytest.fixture
def notebook(notebook):
    notebook.write(SLOW, "last = 1")
    return notebook


@pytest.fixture
def engine(backend):
    return backend.engine


async def watched(engine, kernel, expected=True):
    async with asyncio.timeout(60):
        while engine.forks.is_watched(kernel.id) != expected:
            await asyncio.sleep(0.02)


async def kept(engine, count, kernel_id=None):
    async with asyncio.timeout(60):
        while len(found := await engine.checkpoints.present(kernel_id)) != count:
            await asyncio.sleep(0.02)
    return found


async def test_a_kernel_is_watched_from_its_start_and_again_after_a_restart(
    notebook, engine, jp_serverapp
):
    source = await notebook.start()
    await watched(engine, source)
    await notebook.run(source, "a")
    [first] = await kept(engine, 1)
    await jp_serverapp.kernel_manager.restart_kernel(source.id)
    await kept(engine, 0)
    await watched(engine, source)
    source = await notebook.start()
    await notebook.run(source, "a")
    [second] = await kept(engine, 1)
    assert first.pid != second.pid
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)
    await kept(engine, 0)


async def test_kernels_of_no_project_are_left_alone_until_it_has_one(
    notebook, engine, api, jp_root_dir, jp_serverapp
):
    (jp_root_dir / "elsewhere").mkdir()
    other = await notebook.start("elsewhere/other.ipynb")
    await watched(engine, await notebook.start())
    assert not engine.forks.is_watched(other.id)
    assert await other.run("'_jupyter_sessions_forking' in __import__('sys').modules") == "False"
    made = await api("POST", "projects", {"name": "Other", "path": "elsewhere"})
    await watched(engine, other)
    await other.run(SLOW)
    await kept(engine, 1, other.id)
    await api("DELETE", f"projects/{made['id']}", confirm="Other", files="keep")
    await watched(engine, other, False)
    await kept(engine, 0, other.id)


async def test_a_kernel_that_does_not_answer_holds_up_no_other_and_is_asked_again(
    notebook, engine, api, project
):
    stopped = await notebook.start()
    other = await notebook.start(notebook.path.replace("work", "other"))
    await watched(engine, stopped)
    await watched(engine, other)
    os.kill(stopped.pid, signal.SIGSTOP)
    try:
        await api("DELETE", f"projects/{project['id']}", confirm=project["name"], files="keep")
        await watched(engine, other, False)
        assert engine.forks.is_watched(stopped.id)
    finally:
        os.kill(stopped.pid, signal.SIGCONT)
    await watched(engine, stopped, False)


async def test_a_kernel_that_does_not_answer_holds_up_none_that_starts(
    notebook, engine, api, project, jp_root_dir, monkeypatch
):
    monkeypatch.setattr("jupyter_sessions.workspace.forks.ANSWER_SECONDS", 300.0)
    (jp_root_dir / "elsewhere").mkdir()
    await api("POST", "projects", {"name": "Other", "path": "elsewhere"})
    stopped = await notebook.start()
    await watched(engine, stopped)
    os.kill(stopped.pid, signal.SIGSTOP)
    try:
        await api("DELETE", f"projects/{project['id']}", confirm=project["name"], files="keep")
        await watched(engine, await notebook.start("elsewhere/other.ipynb"))
        assert engine.forks.is_watched(stopped.id)
    finally:
        os.kill(stopped.pid, signal.SIGCONT)
    await watched(engine, stopped, False)


async def test_checkpoints_go_with_the_notebook_and_with_the_server(
    notebook, engine, jp_fetch, jp_serverapp
):
    source = await notebook.start()
    await watched(engine, source)
    await notebook.run(source, "a")
    await kept(engine, 1)
    await jp_fetch("api", "contents", *notebook.path.split("/"), method="DELETE")
    await kept(engine, 0)
    await source.run(SLOW)
    [last] = await kept(engine, 1)
    await jp_serverapp.web_app.settings["jupyter_sessions"].stop_extension()
    async with asyncio.timeout(60):
        while last.pid in running():
            await asyncio.sleep(0.02)
    assert await source.run("1 + 1") == "2"


def running():
    """Return the processes that run, but for zombies."""
    found = set()
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                state = (each / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state != "Z":
                found.add(int(each.name))
    return found


async def test_another_kernel_with_the_same_cells_is_not_taken_for_this_one(notebook, engine):
    notebook.write(f"import random; chance = random.random(); {SLOW}", "last = 1")
    other = await notebook.start(notebook.path.replace("work", "copy"))
    await watched(engine, other)
    await other.run(notebook.sources()["a"])
    await kept(engine, 1, other.id)
    source = await notebook.start()
    await notebook.run(source, "a", "b")
    mine = [each.kernel_id for each in await engine.checkpoints.present()]
    made = await notebook.fork("a")
    if source.id in mine:  # its own one was made
        assert made["fork"]["engine"] == "fork"
        branch = await notebook.start(made["opened"]["path"])
        assert await branch.run("chance") == await source.run("chance")
    else:
        assert made["fork"]["engine"] == "rerun"


async def test_the_record_of_a_fork_outlives_the_server(notebook, jp_serverapp):
    await notebook.run(await notebook.start(), "b")
    made = await notebook.fork("b")
    await jp_serverapp.web_app.settings["jupyter_sessions"].stop_extension()
    found = await notebook.api("GET", f"{notebook.branches}/Try")
    assert found["fork"] == made["fork"]
    again = await notebook.fork("b", "Again", branch="Try")
    assert again["fork"]["engine"] == "fork"


async def test_checkpoints_are_listed_by_their_cells_and_dropped_on_request(notebook, engine):
    path = f"{notebook.branches}/main/checkpoints"
    none = await notebook.api("GET", path, notebook="work.ipynb")
    assert (none["kernel_id"], none["items"], none["used"]) == (None, [], 0)
    assert none["budget"] > 0
    source = await notebook.start()
    await watched(engine, source)
    await notebook.run(source, "a", "b")
    await kept(engine, 1)
    found = await notebook.api("GET", path, notebook="work.ipynb")
    [item] = found["items"]
    assert (found["kernel_id"], item["cell_id"]) == (source.id, "a")
    assert item["seconds"] >= 1.1
    assert found["used"] == item["own_bytes"] > 0
    notebook.write("changed = 1", "last = 1")
    [item] = (await notebook.api("GET", path, notebook="work.ipynb"))["items"]
    assert item["cell_id"] is None
    await notebook.api("DELETE", path, notebook="work.ipynb")
    assert (await notebook.api("GET", path, notebook="work.ipynb"))["items"] == []
    assert (await refused(notebook.api("GET", path, notebook="other.ipynb")))[0] == 404


async def test_one_checkpoint_is_dropped_and_the_others_stay(notebook, engine):
    notebook.write(SLOW, f"second = 1; {SLOW}")
    path = f"{notebook.branches}/main/checkpoints"
    source = await notebook.start()
    await watched(engine, source)
    await notebook.run(source, "a", "b")
    await kept(engine, 2)
    first, second = (await notebook.api("GET", path, notebook="work.ipynb"))["items"]
    assert first["shared_bytes"] > 0
    await notebook.api("DELETE", path, notebook="work.ipynb", checkpoint=first["id"])
    left = await notebook.api("GET", path, notebook="work.ipynb")
    assert [each["id"] for each in left["items"]] == [second["id"]]
    again = notebook.api("DELETE", path, notebook="work.ipynb", checkpoint=first["id"])
    assert (await refused(again))[0] == 404


async def test_the_first_cell_counts_when_all_run_right_after_a_restart(
    notebook, engine, jp_serverapp
):
    source = await notebook.start()
    await watched(engine, source)
    await jp_serverapp.kernel_manager.restart_kernel(source.id)
    source = await notebook.start()
    requests = [source.send(code) for code in notebook.sources().values()]
    for request in requests:
        await source.finish(request)
    [first] = await kept(engine, 1)
    assert first.count == 1


async def test_the_first_cell_counts_when_the_agent_starts_the_kernel(
    notebook, engine, conversation, script, jp_serverapp
):
    script([("run_cell", {"notebook": "work.ipynb", "cell_id": "a"})], "Done.")
    await conversation.say("Go.")
    [first] = await kept(engine, 1)
    assert first.count == 1
    await jp_serverapp.kernel_manager.shutdown_all()
