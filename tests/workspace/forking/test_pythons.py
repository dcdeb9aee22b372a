"""Kernels of newer Pythons, in environments that hold nothing of ours, are forked as well."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.errors import ForkRefused
from jupyter_sessions.workspace.fork_points import Above
from jupyter_sessions.workspace.peeks import peek

from .pythons import WANTED, Environment, Unavailable, make_environment
from .test_checkpoints import seen
from .test_lifecycle import is_gone, until
from .test_peeks import begun
from .test_state import LOOKED_AT, SETTINGS

SHOW_WARNINGS = """
import warnings; warnings.simplefilter("always")
warned = []; warnings.showwarning = lambda message, *place, **more: warned.append(str(message))
"""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: Any) -> Callable[..., Environment]:
    """Make an environment, once: ``environment("3.12", "ipykernel", "numpy")``."""

    @cache
    def make(version: str, *packages: str) -> Environment:
        folder = tmp_path_factory.mktemp(f"python{version}-", numbered=True)
        try:
            return make_environment(folder, version, *packages)
        except Unavailable as why:
            pytest.skip(str(why))

    return make


@pytest.fixture(params=WANTED)
def newer(request: Any, environment: Any, jp_data_dir: Path, jp_environ: Any) -> str:
    """Name of the kernelspec of a newer Python."""
    found: Environment = environment(request.param, "ipykernel", "numpy")
    found.register(jp_data_dir)
    return found.name


@pytest.fixture
def start(jp_serverapp: Any, attach: Any) -> Any:
    """Start the kernel of a notebook: ``source = await start(kernel_name)``."""

    async def start(kernel_name: str, path: str = "a.ipynb") -> Any:
        session = await jp_serverapp.session_manager.create_session(
            path=path, name=path, type="notebook", kernel_name=kernel_name
        )
        return await attach(session["kernel"]["id"])

    return start


async def test_a_fork_of_a_newer_python_is_equal_to_its_source(
    newer: str, start: Any, forks: Any, attach: Any
) -> None:
    source = await start(newer)
    await source.run(SHOW_WARNINGS)
    await source.run(SETTINGS)
    await source.run("'an answer'")
    forked = await forks.fork(source.id, "b.ipynb")
    branch = await attach(forked.kernel_id)
    there = await branch.run(LOOKED_AT)
    assert there == await source.run(LOOKED_AT)
    assert "0.3333333" in there
    assert forked.hazards == []
    assert await source.run("print(warned)") == await branch.run("print(warned)") == "[]"
    assert await source.run("import os, warnings; os.fork() or os._exit(0); len(warned)") == "1"


async def test_a_past_cell_of_a_newer_python_is_forked(
    newer: str, start: Any, forks: Any, attach: Any, checkpoints: Any
) -> None:
    source = await start(newer)
    await forks.watch(source.id)
    cell = "import random, time; random.seed(1); data = [1]; time.sleep(1.1)"
    await source.run(cell)
    await seen(checkpoints, 1)
    await source.run("data.clear()")
    for path in ("b.ipynb", "c.ipynb"):
        forked = await forks.fork(source.id, path, Above.of([cell]))
        branch = await attach(forked.kernel_id)
        assert await branch.run("data, random.random()") == "([1], 0.13436424411240122)"
    assert await source.run("data") == "[]"


async def test_a_fork_of_a_newer_python_is_used_as_any_kernel(
    newer: str, start: Any, forks: Any, attach: Any, jp_serverapp: Any
) -> None:
    kernels = jp_serverapp.kernel_manager
    source = await start(newer)
    await source.run("import numpy; data = numpy.ones((600, 600)); data @ data;")
    branch = await attach((await forks.fork(source.id, "b.ipynb")).kernel_id)
    cell = branch.send("import time\nprint('on')\ntime.sleep(600)")
    while (await branch.client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
        pass
    await kernels.interrupt_kernel(branch.id)
    assert "KeyboardInterrupt" in await branch.finish(cell)
    assert await branch.run("float((data @ data).sum())") == "216000000.0"
    further = await attach((await forks.fork(branch.id, "c.ipynb")).kernel_id)
    assert await further.run("float((data @ data).sum())") == "216000000.0"
    pid = branch.pid
    await kernels.restart_kernel(branch.id)
    branch = await attach(branch.id)
    assert await branch.run("data") == "NameError"
    await until(lambda: is_gone(pid))
    for kernel in (branch, further):
        pid = kernel.pid
        await kernels.shutdown_kernel(kernel.id)
        await until(lambda pid=pid: is_gone(pid))
    assert await source.run("float((data @ data).sum())") == "216000000.0"


@pytest.mark.parametrize("waits", ["await asyncio.sleep(0.2)", "pass"])
async def test_a_cell_of_a_newer_python_is_looked_into(
    newer: str, start: Any, forks: Any, engine: Any, attach: Any, waits: str
) -> None:
    source = await start(newer)
    await forks.watch(source.id)
    await source.run(SHOW_WARNINGS)
    running = await begun(source, f"import asyncio; value = 41; print('on')\nwhile True: {waits}")
    copy = await attach((await peek(engine, source.id, "a.ipynb")).peek.kernel_id)
    assert await copy.run("value += 1; print('seen'); value, warned") == "seen\n(42, [])"
    assert await copy.run("await asyncio.sleep(0.01); 5") == "5"
    await source.manager.interrupt_kernel()
    assert (await source.finish(running)).endswith(("KeyboardInterrupt", "CancelledError"))
    assert await source.run("value, warned") == "(41, [])"


async def test_an_older_ipykernel_is_refused_by_name(
    environment: Any, jp_data_dir: Path, start: Any, forks: Any
) -> None:
    older = environment("3.12", "ipykernel==6.30.*")
    older.register(jp_data_dir)
    source = await start(older.name)
    probe = await forks.probe(source.id)
    assert (probe.engine, probe.missing) == ("rerun", 0)
    assert "ipykernel 7 or newer is needed, and this kernel has 6.30." in probe.reason
    with pytest.raises(ForkRefused, match=r"this kernel has 6\.30\.\d+: upgrade it"):
        await forks.fork(source.id, "b.ipynb")
    assert await source.run("1 + 1") == "2"
