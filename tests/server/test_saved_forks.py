"""A notebook is forked from saved variables, where its kernel cannot be."""

from __future__ import annotations

import asyncio

import pytest

from tests.server.forked import refused

CELLS = (
    "frame = list(range(1000)); twin = frame",  # quick: what is saved first delays the next save
    "draws = (row for row in frame); model = {'of': frame}",
    "import time; time.sleep(1.1)",
    "frame = None",
)


@pytest.fixture
def jp_server_config(jp_server_config):
    jp_server_config["SessionsApp"]["saved_seconds"] = 1.0
    return jp_server_config


@pytest.fixture
def notebook(notebook):
    notebook.write(*CELLS)
    return notebook


async def saved(backend, count=1):
    async with asyncio.timeout(60):
        while len(found := await backend.engine.namespaces.files.present()) != count:
            await asyncio.sleep(0.02)
    return found


async def worked(notebook, backend, *names):
    """Run cells in a kernel that makes checkpoints; return it."""
    source = await notebook.start()
    async with asyncio.timeout(60):
        while not backend.engine.forks.is_watched(source.id):
            await asyncio.sleep(0.02)
    await notebook.run(source, *names)
    return source


async def test_a_notebook_is_forked_when_its_kernel_has_ended(notebook, backend, jp_serverapp):
    source = await worked(notebook, backend, "a", "b", "c", "d")
    [kept] = await saved(backend)
    assert (kept.count, kept.names, [each.name for each in kept.left]) == (3, 4, ["draws"])
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)
    probe = (await notebook.probe("c"))["kernel"]
    assert (probe["engine"], probe["missing"], probe["variables"]) == ("namespace", 0, 4)
    assert "no kernel" in probe["reason"]
    assert "4 of 5 variables" in probe["text"]
    assert probe["not_carried"][0]["name"] == "draws"
    made = await notebook.fork("c")
    fork = made["fork"]
    assert (fork["engine"], fork["variables"], made["running"]) == ("namespace", 4, 0)
    assert (fork["saved_at"], fork["not_carried"]) == (probe["saved_at"], probe["not_carried"])
    branch = await notebook.start(made["opened"]["path"])
    assert branch.id == made["kernel_id"]
    assert await branch.run("model['of'] is twin is frame, len(frame), 'draws' in dir()") == (
        "(True, 1000, False)"
    )
    again = await notebook.fork("d", "Again")
    assert (again["fork"]["engine"], again["running"]) == ("namespace", 1)
    assert (await notebook.ended("Again"))["state"] == "completed"
    branch = await notebook.start(again["opened"]["path"])
    assert await branch.run("frame is None, len(twin), len(In)") == "(True, 1000, 6)"


async def test_a_past_cell_is_forked_when_its_checkpoint_was_dropped(notebook, backend):
    source = await worked(notebook, backend, "a", "b", "c", "d")
    await saved(backend)
    assert (await notebook.probe("c"))["kernel"]["engine"] == "fork"
    await backend.engine.checkpoints.drop_kernel(source.id)
    made = await notebook.fork("c")
    assert made["fork"]["engine"] == "namespace"
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("len(frame)") == "1000"
    assert await source.run("frame is None, next(draws)") == "(True, 0)"


POOL = """
import ctypes, threading
held = threading.Event(); started = threading.Event()
def pool():
    ctypes.CDLL(None).prctl(15, b"polars-0", 0, 0, 0); started.set(); held.wait()
threading.Thread(target=pool, daemon=True).start(); _ = started.wait()
table = {"rows": list(range(100))}; view = table["rows"]
"""


async def test_a_kernel_that_cannot_be_forked_saves_itself_and_goes_on(notebook, backend):
    notebook.write(POOL, "draws = (n for n in view)", "view.append(1)")
    source = await notebook.start()
    await notebook.run(source, "a", "b")
    probe = (await notebook.probe("b"))["kernel"]
    assert (probe["engine"], probe["saved_at"], probe["missing"]) == ("namespace", None, 0)
    assert "Polars keeps a pool" in probe["reason"]
    assert "The kernel runs no cell for about" in probe["text"]
    assert {each["name"] for each in probe["not_carried"]} == {"held", "started", "draws"}
    made = await notebook.fork("b")
    assert (made["fork"]["engine"], made["running"]) == ("namespace", 0)
    assert made["fork"]["reason"] == probe["reason"]
    assert made["fork"]["not_carried"] == probe["not_carried"]
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("len(view), view is table['rows']") == "(100, True)"
    assert await source.run("next(draws), len(view)") == "(0, 100)"
    await notebook.run(source, "c")  # the cell of the fork is in the past now
    again = await notebook.fork("b", "Again")
    assert (again["fork"]["engine"], again["fork"]["saved_at"]) == (
        "namespace",
        made["fork"]["saved_at"],
    )


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("import sys; sys.platform = 'darwin'", "on Linux only, and this one runs on 'darwin'"),
        ("import ipykernel; ipykernel.__version__ = '6.29.5'", "and this kernel has 6.29.5"),
    ],
)
async def test_kernels_for_which_there_is_no_fork_save_themselves(notebook, cell, why):
    notebook.write(f"{cell}; data = [1]")
    await notebook.run(await notebook.start(), "a")
    probe = (await notebook.probe("a"))["kernel"]
    assert (probe["engine"], why in probe["reason"]) == ("namespace", True)
    made = await notebook.fork("a")
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("data") == "[1]"


async def test_saving_is_better_than_a_checkpoint_after_which_cells_run_again(notebook, backend):
    notebook.write(CELLS[2], POOL, "last = view")
    await worked(notebook, backend, "a", "b", "c")
    assert (await notebook.probe("c"))["kernel"]["engine"] == "namespace"
    assert (await notebook.fork("c"))["fork"]["engine"] == "namespace"
    files = backend.engine.namespaces.files
    for each in await files.present():
        await files.drop(each)
    files.budget = 1
    made = await notebook.fork("c", "Again")
    assert (made["fork"]["engine"], made["running"]) == ("fork", 2)
    assert "Polars" in made["fork"]["reason"]
    assert "larger than what may be saved" in made["fork"]["reason"]
    await notebook.ended("Again")


async def test_after_a_restart_of_the_kernel_its_variables_are_still_there(
    notebook, backend, jp_serverapp
):
    source = await worked(notebook, backend, "a", "c")
    await saved(backend)
    await jp_serverapp.kernel_manager.restart_kernel(source.id)
    notebook.write(CELLS[0], CELLS[2])
    made = await notebook.fork("b")
    assert made["fork"]["engine"] == "namespace"
    assert "No state of the kernel was kept" in made["fork"]["reason"]
    deep = await notebook.fork("b", "Deep", branch="Try")
    assert deep["fork"]["engine"] == "fork"  # the new kernel knows what it has run
    for each in (made, deep):
        branch = await notebook.start(each["opened"]["path"])
        assert await branch.run("len(frame), twin is frame") == "(1000, True)"


async def test_what_cannot_be_loaded_is_said_and_the_cells_run_again(notebook, backend):
    notebook.write(
        "import os, time\n"
        "class Odd:\n    def __setstate__(self, state): raise OSError('no device')\n"
        "odd = Odd(); odd.x = 1; time.sleep(1.1)"
    )
    await worked(notebook, backend, "a")
    await saved(backend)
    await backend.kernels.end(notebook.path)
    assert (await notebook.probe("a"))["kernel"]["engine"] == "namespace"
    made = await notebook.fork("a")
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 1)
    assert made["fork"]["reason"] == (
        "The notebook has no kernel here, and so no state that could be forked. "
        "The saved 'odd' could not be loaded: OSError: no device."
    )
    assert (await notebook.ended("Try"))["state"] == "completed"


@pytest.mark.parametrize("what", ["notebook", "folder", "branch", "project"])
async def test_what_was_saved_goes_with_its_notebook(
    notebook, backend, api, project, jp_serverapp, what
):
    contents = jp_serverapp.contents_manager
    path = notebook.path
    if what == "branch":
        made = await notebook.fork("a", kernel="none")
        path = made["opened"]["path"]
    if what == "folder":
        await contents.new({"type": "directory"}, f"{project['path']}/deep")
        path = f"{project['path']}/deep/work.ipynb"
        await contents.rename(notebook.path, path)
    source = await notebook.start(path)
    async with asyncio.timeout(60):
        while not backend.engine.forks.is_watched(source.id):
            await asyncio.sleep(0.02)
    await source.run(CELLS[2])
    await saved(backend)
    await backend.kernels.end(path)
    match what:
        case "notebook":
            await contents.delete(path)
        case "folder":
            await contents.delete(path.rpartition("/")[0])
        case "branch":
            await api("DELETE", f"{notebook.branches}/Try")
        case "project":
            await api("DELETE", f"projects/{project['id']}", confirm=project["name"], files="keep")
    await saved(backend, 0)


async def test_a_notebook_that_is_renamed_takes_along_what_was_saved(
    notebook, backend, project, jp_serverapp
):
    source = await worked(notebook, backend, "c")
    await saved(backend)
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)
    await jp_serverapp.contents_manager.rename(notebook.path, f"{project['path']}/new.ipynb")
    async with asyncio.timeout(60):
        while (await saved(backend))[0].file != "new.ipynb":
            await asyncio.sleep(0.02)
    probe = await notebook.probe("c", notebook="new.ipynb")
    assert (probe["kernel"]["engine"], probe["kernel"]["missing"]) == ("namespace", 0)


async def test_what_was_saved_is_listed_and_can_be_removed(notebook, backend, api):
    await worked(notebook, backend, "a", "b", "c")
    [kept] = await saved(backend)
    listed = await api("GET", f"{notebook.branches}/main/checkpoints", notebook="work.ipynb")
    [each] = listed["saved"]
    assert (each["cell_id"], each["variables"], each["size"]) == ("c", 4, kept.size)
    assert [left["name"] for left in each["not_carried"]] == ["draws"]
    assert (listed["saved_used"], listed["saved_budget"]) == (kept.size, 4 * 1024**3)
    await api("DELETE", f"{notebook.branches}/main/saved", notebook="work.ipynb")
    assert await saved(backend, 0) == []
    status, _ = await refused(
        api("DELETE", f"{notebook.branches}/main/saved", notebook="other.ipynb")
    )
    assert status == 404


async def test_variants_of_a_cell_share_what_their_kernel_saves_once(notebook, backend):
    notebook.write(POOL, "view.append(1)")
    await notebook.run(await notebook.start(), "a")
    variants = [{"name": f"V{n}", "source": f"view.append({n}); view"} for n in range(2)]
    body = {"notebook": "work.ipynb", "cell_id": "b", "variants": variants}
    made = (await notebook.api("POST", f"{notebook.branches}/main/fan-out", body))["items"]
    assert [each["fork"]["engine"] for each in made] == ["namespace"] * 2
    assert len({each["fork"]["saved_at"] for each in made}) == 1
    for number, each in enumerate(made):
        assert (await notebook.ended(f"V{number}"))["state"] == "completed"
        branch = await notebook.start(each["opened"]["path"])
        assert await branch.run("view[-1], len(view)") == f"({number}, 101)"


async def test_without_a_budget_nothing_is_saved_and_the_cells_run_again(notebook, backend):
    backend.engine.namespaces.files.budget = 0
    notebook.write(POOL, CELLS[2])
    await worked(notebook, backend, "a", "b")
    probe = (await notebook.probe("b"))["kernel"]
    assert (probe["engine"], "Polars" in probe["reason"]) == ("rerun", True)
    made = await notebook.fork("b")
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 2)
