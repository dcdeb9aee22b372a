"""Past cells can be forked: from copies that stand still, found by what was really executed."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest

from jupyter_sessions.errors import ForkRefused, KernelError
from jupyter_sessions.models.checkpoint import Checkpoint
from jupyter_sessions.workspace.checkpoints import Checkpoints, memory_budget, worth
from jupyter_sessions.workspace.fork_points import Above, digest

CELLS = [
    "import random, time; random.seed(1); data = [1]; time.sleep(1.1)",
    "data.append(random.random())",
    "data.append(random.random()); time.sleep(1.1)",
    "data.clear()",
]


async def seen(checkpoints: Checkpoints, count: int) -> list[Checkpoint]:
    async with asyncio.timeout(60):
        while len(found := await checkpoints.present()) != count:
            await asyncio.sleep(0.02)
    return found


async def test_any_past_cell_is_forked_while_the_kernel_is_busy(
    source: Any, forks: Any, fork: Any, attach: Any, checkpoints: Checkpoints
) -> None:
    await forks.watch(source.id)
    requests = [source.send(cell) for cell in CELLS]  # as Run All does
    shown = []
    for cell, request in zip(CELLS, requests, strict=True):
        assert await source.finish(request) == "", cell
    first, second = await seen(checkpoints, 2)
    assert (first.count, second.count) == (1, 3)
    assert second.executed == [digest(cell) for cell in CELLS[:3]]
    assert second.total_seconds > second.seconds >= 1.1
    busy = source.send("time.sleep(600)")
    probe = await forks.probe(source.id, above=Above.of(CELLS[:3]))
    assert (probe.engine, probe.missing) == ("fork", 0)
    assert "kept after 3 cells." in probe.text
    for number in (1, 2):  # a checkpoint can be forked more than once
        branch, forked = await fork(f"b{number}.ipynb", above=Above.of(CELLS[:3]))
        assert (forked.missing, forked.paused_ms) == ([], 0)
        shown.append(await branch.run("data, random.random(), In[1:4], len(In)"))
    assert shown[0] == shown[1]
    probe = await forks.probe(source.id, above=Above.of(CELLS[:2]))
    assert (probe.missing, "The next one runs again." in probe.text) == (1, True)
    assert (await forks.probe(source.id, above=Above.of(["another = 1"]))).engine == "rerun"
    earlier, forked = await fork("c.ipynb", above=Above.of(CELLS[:2]))
    assert forked.missing == CELLS[1:2]
    assert await earlier.run("data") == "[1]"
    for cell in forked.missing:
        await earlier.run(cell)
    with pytest.raises(ForkRefused, match="No state of the kernel was kept"):
        await fork("d.ipynb", above=Above.of(["another = 1", CELLS[1]]))
    changed, forked = await fork("d.ipynb", above=Above.of(["another = 1", *CELLS[1:3]]))
    assert "1 cell of those shared changed since" in forked.hazards[0].detail
    assert await changed.run("len(data)") == "3"
    await source.manager.interrupt_kernel()
    assert "KeyboardInterrupt" in await source.finish(busy)
    assert await source.run("data") == "[]"


async def test_checkpoints_end_with_their_kernel_and_leave_nothing(
    source: Any, forks: Any, fork: Any, checkpoints: Checkpoints, jp_serverapp: Any
) -> None:
    await forks.watch(source.id)
    await source.run(CELLS[0])
    [checkpoint] = await seen(checkpoints, 1)
    branch, _ = await fork(above=Above.of(CELLS[:1]))
    await branch.run(CELLS[2])
    first, second = await seen(checkpoints, 2)
    assert (first.kernel_id, second.kernel_id) == (source.id, branch.id)
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)
    assert [each.kernel_id for each in await seen(checkpoints, 1)] == [branch.id]
    async with asyncio.timeout(30):
        while os.path.exists(f"/proc/{checkpoint.pid}"):  # noqa: ASYNC240 - no disk
            await asyncio.sleep(0.02)
    assert "data" in await branch.run("dir()")
    os.kill(second.pid, signal.SIGKILL)
    assert await seen(checkpoints, 0) == []
    with pytest.raises(KernelError, match="The checkpoint has ended"):
        await checkpoints.fork(second, {})


async def test_what_saves_least_for_its_memory_is_dropped_first(
    source: Any, forks: Any, checkpoints: Checkpoints
) -> None:
    await forks.watch(source.id)
    await source.run("import time; block = bytearray(80_000_000); time.sleep(1.1)")
    await source.run("block[::4096] = bytes(len(block[::4096])); time.sleep(1.1)")
    await source.run("time.sleep(1.1)")
    heavy, light, last = await seen(checkpoints, 3)
    assert heavy.own_bytes > 70_000_000
    assert worth(heavy) < worth(light)
    limited = Checkpoints(lambda: heavy.own_bytes - 1)
    limited._folder = checkpoints._folder
    assert [each.pid for each in await limited.enforce()] == [heavy.pid]
    assert {each.pid for each in await checkpoints.present()} == {light.pid, last.pid}
    assert await source.run("len(block)") == "80000000"
    assert 0 < memory_budget() <= 4 * 1024**3
