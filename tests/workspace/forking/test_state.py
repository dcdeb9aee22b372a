"""What a branch has of its source: everything, bit for bit, and the source notices nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SETTINGS = """
import contextvars, decimal, os, random, threading
import numpy
random.seed(7); numpy.random.seed(7)
generator = numpy.random.default_rng(7)
place = contextvars.ContextVar("place"); place.set("cell")
decimal.getcontext().prec = 7
numpy.set_printoptions(precision=3)
mine = threading.local(); mine.value = 42
os.environ["CHOSEN"] = "yes"
squares = (n * n for n in range(10)); next(squares); next(squares)
deep = []; deep.append(deep)
double = lambda n: 2 * n
blocks = numpy.arange(1_000_000.0)
"""
LOOKED_AT = """
(random.random(), random.getstate()[1][:3], numpy.random.rand(2).tobytes(),
 generator.standard_normal(2).tobytes(), place.get(), str(decimal.Decimal(1) / 3),
 str(numpy.array([1 / 3])), mine.value, os.environ["CHOSEN"], list(squares),
 deep[0] is deep, double(21), float(blocks @ blocks), In[1:4], Out, _, __, len(In),
 get_ipython().execution_count)
"""


async def test_a_branch_is_equal_to_its_source(source: Any, fork: Any) -> None:
    await source.run(SETTINGS)
    await source.run("'an answer'")
    branch, forked = await fork()
    there = await branch.run(LOOKED_AT)
    here = await source.run(LOOKED_AT)
    assert there == here
    assert "cell" in here
    assert "0.3333333" in here
    assert forked.hazards == []
    assert (forked.engine, forked.source_kernel_id) == ("fork", source.id)


async def test_what_a_branch_changes_is_its_own(source: Any, fork: Any, tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("one\ntwo\nthree\n")
    await source.run(
        "import tempfile, numpy; kept = tempfile.TemporaryDirectory(); values = numpy.zeros(10)\n"
        f"file = open({str(lines)!r}, buffering=1); first = file.readline()\n"
        "raw = open(file.name, 'rb', buffering=0); start = raw.read(4)"
    )
    branch, _ = await fork()
    assert (
        await branch.run("values[:] = 1; raw.read(4), file.readline()") == "(b'two\\n', 'two\\n')"
    )
    assert await branch.run("raw.read(), values.sum()") == "(b'three\\n', np.float64(10.0))"
    assert await source.run("raw.read(4), file.readline()") == "(b'two\\n', 'two\\n')"
    assert await source.run("values.sum()") == "np.float64(0.0)"
    assert await branch.run("import atexit; exit()") == ""
    assert await source.run("import os; os.path.isdir(kept.name)") == "True"


async def test_pools_tasks_and_comms_work_in_a_branch(source: Any, fork: Any) -> None:
    await source.run(
        "import asyncio, comm\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "pool = ThreadPoolExecutor(2); done = list(pool.map(abs, range(-3, 0)))\n"
        "lock, ended = asyncio.Lock(), asyncio.Event()\n"
        "async def later():\n"
        "    async with lock:\n"
        "        await asyncio.sleep(0.5)\n"
        "    ended.set()\n"
        "task = asyncio.create_task(later())\n"
        "heard = []\n"
        "channel = comm.create_comm('test'); channel.on_msg(lambda m: heard.append(1))"
    )
    branch, forked = await fork()
    assert [each.code for each in forked.hazards] == ["tasks"]
    assert await branch.run("list(pool.map(abs, range(-3, 0)))") == "[3, 2, 1]"
    assert await branch.run("await ended.wait(), lock.locked()") == "(True, False)"
    number = await branch.run("print(channel.comm_id)")
    assert number == await source.run("print(channel.comm_id)")
    content = {"comm_id": number, "data": {}}
    branch.client.shell_channel.send(branch.client.session.msg("comm_msg", content))
    assert await branch.run("heard") == "[1]"
    assert await source.run("heard") == "[]"
    assert await source.run("await ended.wait(), list(pool.map(abs, [-1]))") == "(True, [1])"


async def test_a_branch_of_a_branch_of_a_branch(source: Any, forks: Any, attach: Any) -> None:
    await source.run("steps = ['root']")
    kernel, open_descriptors = source, []
    for number in range(4):
        forked = await forks.fork(kernel.id, f"b{number}.ipynb")
        kernel = await attach(forked.kernel_id)
        assert await kernel.run(f"steps.append({number}); len(steps)") == str(number + 2)
        count = await kernel.run("import os; print(len(os.listdir('/proc/self/fd')))")
        open_descriptors.append(int(count))
    assert open_descriptors[-1] - open_descriptors[1] <= 4
    assert await kernel.run("%history -n -l 1") != ""
    assert await source.run("steps") == "['root']"


@pytest.mark.parametrize("late", [False, True])
async def test_nothing_is_left_in_the_names_of_the_user(
    source: Any, forks: Any, late: bool
) -> None:
    if late:
        await source.run("1 + 1")
    names = await source.run("print(sorted(n for n in globals() if n[0] != '_'), len(In))")
    probe = await forks.probe(source.id)
    assert (probe.engine, probe.busy, probe.hazards) == ("fork", False, [])
    assert probe.memory > 10_000_000
    assert probe.milliseconds is not None
    again = await source.run("print(sorted(n for n in globals() if n[0] != '_'), len(In) - 1)")
    assert again == names
