"""A notebook is forked from saved variables, where its kernel cannot be."""

from __future__ import annotations

import asyncio

import pytest

CELLS = (
    "import pandas; frame = pandas.DataFrame({'a': range(1000)}); twin = frame",
    "draws = (row for row in frame.a); model = {'of': frame}",
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
    assert (kept.count, kept.names, [each.name for each in kept.left]) == (3, 5, ["draws"])
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)
    probe = (await notebook.probe("c"))["kernel"]
    assert (probe["engine"], probe["missing"], probe["variables"]) == ("namespace", 0, 5)
    assert "no kernel" in probe["reason"]
    assert "5 of 6 variables" in probe["text"]
    assert probe["not_carried"][0]["name"] == "draws"
    made = await notebook.fork("c")
    fork = made["fork"]
    assert (fork["engine"], fork["variables"], made["running"]) == ("namespace", 5, 0)
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
