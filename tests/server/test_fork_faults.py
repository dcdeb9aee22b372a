"""Kernels that are busy, dead, or cannot be forked."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tests.server.forked import names, refused


@pytest.fixture
def notebook(notebook):
    notebook.write("# Text", "data = [1]")
    return notebook


async def test_a_dead_kernel_is_run_again(notebook, jp_serverapp):
    source = await notebook.start()
    await notebook.run(source, "b")
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)
    made = await notebook.fork("b")
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 1)
    assert (await notebook.ended("Try"))["state"] == "completed"


async def test_what_cannot_be_forked_is_said_and_its_variables_are_loaded(notebook):
    notebook.write(
        "import sys, types; sys.modules['ray'] = types.SimpleNamespace(is_initialized=lambda: 1)"
    )
    await notebook.run(await notebook.start(), "a")
    probe = (await notebook.probe("a"))["kernel"]
    made = await notebook.fork("a")
    assert probe["engine"] == made["fork"]["engine"] == "namespace"
    assert "Ray is connected" in probe["reason"]
    assert probe["reason"] == made["fork"]["reason"]


async def test_a_busy_kernel_is_waited_for(notebook):
    notebook.write("import time; time.sleep(3)", "below = 1")
    source = await notebook.start()
    request = source.send("import time; time.sleep(3)")
    probe = (await notebook.probe("a"))["kernel"]
    assert probe["busy"]
    made = await notebook.fork("a")
    await source.finish(request)
    assert made["fork"]["engine"] == "fork"


async def test_a_kernel_that_stays_busy_is_a_conflict_and_nothing_is_left(notebook, backend):
    backend.engine.forks.wait_seconds = 0.2
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


FAILS = """
import os
def fork(): {}
os.fork = fork
"""


@pytest.mark.parametrize(
    ("code", "why", "engine"),
    [
        (
            "raise BlockingIOError(11, 'Resource temporarily unavailable')",
            "Resource temporarily",
            "namespace",
        ),
        ("raise MemoryError", "could not be forked", "namespace"),
        ("os._exit(1)", "died while it was forked", "rerun"),
    ],
)
async def test_a_fork_that_fails_goes_on_with_the_next_engine_and_says_why(
    notebook, code, why, engine
):
    notebook.write("data = [1]", "last = 1")
    source = await notebook.start()
    assert await source.run(FAILS.format(code)) == ""
    await notebook.run(source, "a")
    made = await notebook.fork("a")
    assert (made["fork"]["engine"], made["running"]) == (engine, int(engine == "rerun"))
    assert why in made["fork"]["reason"]
    if made["running"]:
        assert (await notebook.ended("Try"))["state"] == "completed"
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("data") == "[1]"


async def test_a_checkpoint_that_was_killed_is_not_missed(notebook, backend):
    notebook.write("data = [1]; import time; time.sleep(1.1)", "last = 1")
    source = await notebook.start()
    checkpoints = backend.engine.checkpoints
    async with asyncio.timeout(60):
        while not backend.engine.forks.is_watched(source.id):
            await asyncio.sleep(0.02)
    await notebook.run(source, "a", "b")
    async with asyncio.timeout(60):
        while not (found := await checkpoints.present(source.id)):
            await asyncio.sleep(0.02)
    assert (await notebook.probe("a"))["kernel"]["engine"] == "fork"
    os.kill(found[0].pid, signal.SIGKILL)
    made = await notebook.fork("a")
    assert made["fork"]["engine"] == "rerun"
    assert "No state of the kernel was kept" in made["fork"]["reason"] or (
        "has ended" in made["fork"]["reason"]
    )


async def test_a_cell_that_waits_for_input_is_busy(notebook, backend):
    backend.engine.forks.wait_seconds = 0.2
    notebook.write("name = input()")
    source = await notebook.start()
    request = source.send("name = input()", allow_stdin=True)
    await source.client.get_stdin_msg(timeout=60)
    assert (await notebook.probe("a"))["kernel"]["busy"]
    assert (await refused(notebook.fork("a")))[0] == 409
    source.client.input("me")
    await source.finish(request)
    made = await notebook.fork("a")
    branch = await notebook.start(made["opened"]["path"])
    assert await branch.run("name") == "'me'"
