"""A kernel that died is brought back from its last checkpoint, on request and only then."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tests.server.forked import refused
from tests.server.test_kernel_watch import kept, running, watched

CELLS = (
    "import os, random, time; random.seed(7); data = [1]; time.sleep(1.1)",
    "data.append(2); time.sleep(1.1)",
    "data.append(3)",
    "os.kill(os.getpid(), 9)",
)


@pytest.fixture
def notebook(notebook):
    notebook.write(*CELLS)
    return notebook


@pytest.fixture
def engine(backend):
    return backend.engine


@pytest.fixture
def path(notebook):
    return f"{notebook.branches}/main/fork/revive"


async def begin(notebook, engine, *names):
    """Start the kernel, and run cells; return it when it has two checkpoints."""
    source = await notebook.start()
    await watched(engine, source)
    await notebook.run(source, *(names or "abc"))
    await kept(engine, 2, source.id)
    return source


async def kill(source):
    """Kill a kernel; return when the server has started it again, without variables."""
    pid = source.pid
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(60):
        while source.pid == pid or not source.manager.ready.done():
            await asyncio.sleep(0.02)


async def offered(notebook, path):
    """Wait until there is something to bring back."""
    async with asyncio.timeout(60):
        while (found := await notebook.api("GET", path, notebook="work.ipynb"))["last"] is None:
            await asyncio.sleep(0.02)
    return found


async def test_a_kernel_that_was_killed_comes_back_as_it_was(notebook, engine, path, jp_serverapp):
    body = {"notebook": "work.ipynb"}
    source = await begin(notebook, engine)
    assert (await notebook.api("GET", path, **body))["last"] is None
    status, why = await refused(notebook.api("POST", path, body))
    assert (status, why["message"].startswith("There is nothing to bring back")) == (409, True)
    await kill(source)
    found = await offered(notebook, path)
    assert found["kernel_id"] == source.id
    assert {key: found["last"][key] for key in ("cell_id", "number", "lost")} == {
        "cell_id": "b", "number": 2, "lost": ["c"],
    }  # fmt: skip
    blank = await notebook.start()
    assert await blank.run("dir().count('data')") == "0"
    made = await notebook.api("POST", path, body)
    assert made["last"] == found["last"]
    assert made["kernel_id"] != source.id
    assert source.id not in jp_serverapp.kernel_manager
    assert await notebook.kernels() == [notebook.path]
    again = await notebook.start()
    assert again.id == made["kernel_id"]
    assert await again.run("data, random.random()") == "([1, 2], 0.32383276483316237)"
    assert (await refused(notebook.api("POST", path, body)))[0] == 409


async def test_a_kernel_that_came_back_can_die_and_come_back_again(notebook, engine, path):
    await begin(notebook, engine)
    for _ in range(2):
        source = await notebook.start()
        await watched(engine, source)
        source.send(notebook.sources()["d"])
        await offered(notebook, path)
        await notebook.api("POST", path, {"notebook": "work.ipynb"})
    source = await notebook.start()
    assert await source.run("data") == "[1, 2]"
    # Its past is that of the kernel that died.
    assert len(await engine.checkpoints.present(source.id)) == 2
    made = await notebook.fork("a")
    assert (made["fork"]["engine"], made["running"]) == ("fork", 0)
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("data") == "[1]"


async def test_what_others_kept_is_not_touched(notebook, engine, path):
    other = await notebook.start(notebook.path.replace("work", "copy"))
    await watched(engine, other)
    for name in "ab":
        await other.run(notebook.sources()[name])
    theirs = {each.pid for each in await kept(engine, 2, other.id)}
    source = await begin(notebook, engine)
    await kill(source)
    await offered(notebook, path)
    await notebook.api("POST", path, {"notebook": "work.ipynb"})
    assert {each.pid for each in await engine.checkpoints.present(other.id)} == theirs
    assert await other.run("data") == "[1, 2]"


@pytest.mark.parametrize("end", ["shutdown_kernel", "restart_kernel"])
async def test_nothing_is_kept_of_a_kernel_that_one_ends_oneself(
    notebook, engine, path, jp_serverapp, end
):
    source = await begin(notebook, engine)
    pids = {each.pid for each in await engine.checkpoints.present()}
    await getattr(jp_serverapp.kernel_manager, end)(source.id)
    async with asyncio.timeout(5):  # at once: it is not waited for whether it died
        while pids & running():
            await asyncio.sleep(0.02)
    assert (await notebook.api("GET", path, notebook="work.ipynb"))["last"] is None
    assert await engine.checkpoints.present() == []


async def test_what_was_kept_is_dropped_by_hand_and_by_a_restart_after_the_death(
    notebook, engine, path, jp_serverapp
):
    source = await begin(notebook, engine)
    await kill(source)
    await offered(notebook, path)
    await notebook.api("DELETE", path.replace("fork/revive", "checkpoints"), notebook="work.ipynb")
    assert (await notebook.api("GET", path, notebook="work.ipynb"))["last"] is None
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)

    source = await begin(notebook, engine)
    await kill(source)
    await offered(notebook, path)
    await watched(engine, source)
    await jp_serverapp.kernel_manager.restart_kernel(source.id)
    assert (await notebook.api("GET", path, notebook="work.ipynb"))["last"] is None


async def test_a_cell_that_runs_in_the_new_kernel_is_not_lost(notebook, engine, path):
    source = await begin(notebook, engine)
    await kill(source)
    await offered(notebook, path)
    blank = await notebook.start()
    busy = blank.send("import time; new = 1; time.sleep(600)")
    while (await blank.client.get_iopub_msg(timeout=60))["msg_type"] != "execute_input":
        pass
    status, why = await refused(notebook.api("POST", path, {"notebook": "work.ipynb"}))
    assert (status, "A cell runs" in why["message"]) == (409, True)
    await blank.manager.interrupt_kernel()
    await blank.finish(busy)
    assert await blank.run("new") == "1"
    await notebook.api("POST", path, {"notebook": "work.ipynb"})


async def test_what_was_kept_ends_with_the_server(notebook, engine, path, jp_serverapp):
    source = await begin(notebook, engine)
    await kill(source)
    await offered(notebook, path)
    pids = {each.pid for each in await engine.checkpoints.present()}
    assert len(pids) == 2
    await jp_serverapp.web_app.settings["jupyter_sessions"].stop_extension()
    async with asyncio.timeout(60):
        while pids & running():
            await asyncio.sleep(0.02)


async def test_a_checkpoint_that_was_killed_too_says_so(notebook, engine, path):
    source = await begin(notebook, engine)
    await kill(source)
    await offered(notebook, path)
    for each in await engine.checkpoints.present():
        os.kill(each.pid, signal.SIGKILL)
    await kept(engine, 0)
    status, why = await refused(notebook.api("POST", path, {"notebook": "work.ipynb"}))
    assert (status, why["message"].startswith("There is nothing to bring back")) == (409, True)
    again = await notebook.start()
    assert await again.run("1 + 1") == "2"


async def test_bad_requests_to_bring_a_kernel_back_say_what_is_wrong(notebook, path):
    assert (await refused(notebook.api("GET", path)))[0] == 400
    assert (await refused(notebook.api("POST", path, {})))[0] == 400
    assert (await refused(notebook.api("POST", path, {"notebook": "gone.ipynb"})))[0] == 404
    status, why = await refused(notebook.api("POST", path, {"notebook": "work.ipynb"}))
    assert (status, why["message"]) == (409, "The notebook has no kernel on this branch.")
    found = await notebook.api("GET", path, notebook="work.ipynb")
    assert found == {"kernel_id": None, "last": None}
