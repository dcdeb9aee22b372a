"""A kernel is copied in the middle of a cell: the copy can be asked, and the cell goes on."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.errors import Conflict, ForkRefused, KernelBusy, KernelError
from jupyter_sessions.workspace.fork_engine import ForkEngine
from jupyter_sessions.workspace.fork_points import digest
from jupyter_sessions.workspace.forks import Forks
from jupyter_sessions.workspace.peeks import peek

from .test_checkpoints import seen
from .test_lifecycle import until

TRAINING = """
import os, numpy
generator = numpy.random.default_rng(1)
data, truth = generator.standard_normal((3000, 300)), generator.standard_normal((300, 60))
target = data @ truth
weights = numpy.zeros((300, 60)); big = numpy.eye(1200); losses = []
while not os.path.exists('enough'):
    error = data @ weights - target
    weights -= data.T @ error / len(data) * 0.1
    losses.append(float((error ** 2).mean()))
    big = big @ big
    assert big.trace() == 1200
    if len(losses) == 3: print('on')
print('ended', len(losses))
"""
LOOK = (
    "step = len(losses); print(float(((data @ weights - target) ** 2).mean()) <= losses[-1], step)"
)


async def begun(kernel: Any, code: str) -> str:
    """Begin to run a cell; return the request when it has printed something, or is running."""
    request: str = kernel.send(code, allow_stdin=False)
    wanted = "stream" if "print('on'" in code else "execute_input"
    async with asyncio.timeout(60):
        while (await kernel.client.get_iopub_msg(timeout=None))["msg_type"] != wanted:
            pass
    return request


async def test_twenty_copies_of_a_kernel_that_trains_compute_and_it_goes_on(
    source: Any, engine: ForkEngine, forks: Forks, attach: Any, jp_serverapp: Any
) -> None:
    await forks.watch(source.id)
    folder = await source.run("import os; print(os.getcwd())")
    cell = await begun(source, TRAINING)
    steps = []
    for _ in range(20):
        found = await peek(engine, source.id, "sub/a.ipynb")
        assert found.cell == digest(TRAINING)
        copy = await attach(found.peek.kernel_id)
        right, step = (await copy.run(LOOK)).split()
        assert right == "True"
        steps.append(int(step))
        await jp_serverapp.kernel_manager.shutdown_kernel(copy.id)
    assert steps == sorted(steps)
    assert steps[-1] > steps[0] > 0
    await asyncio.to_thread(Path(folder, "enough").touch)
    ended, count = (await source.finish(cell)).split()[-2:]
    assert (ended, int(count) >= steps[-1]) == ("ended", True)
    with pytest.raises(Conflict, match="No cell runs in the kernel now"):
        await peek(engine, source.id, "sub/a.ipynb")
    assert await source.run("losses[-1] < losses[0] / 100") == "True"


CELLS = {
    "asleep": "import time; value = 41; print('on'); time.sleep(600)",
    "awaiting": (
        "import asyncio; value = 41; print('on')\n"
        "while True: await asyncio.sleep(0.5)"  # an interrupt is heard when it wakes
    ),
    "reading": "import os; value = 41; print('on'); os.read(os.pipe()[0], 1)",
    "in Python": "value = 41; print('on')\nwhile True: pass",
    "in a child": "value = 41; print('on')\nimport subprocess; subprocess.run(['sleep', '600'])",
    "redirected": (
        "import contextlib, io; value = 41; print('on')\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    while True: print('more')"
    ),
    "captured": (
        "import time; from IPython.utils.capture import capture_output; value = 41; print('on')\n"
        "with capture_output(): time.sleep(600)"
    ),
    "logging": (
        "import logging, time; value = 41\n"
        "class Slow(logging.StreamHandler):\n"
        "    def emit(self, record): print('on'); time.sleep(600 if record.msg == 'slow' else 0)\n"
        "logging.getLogger().addHandler(Slow()); logging.warning('slow')"
    ),
    "importing": (
        "import sys; value = 41; sys.path.insert(0, '')\n"
        "open('slow.py', 'w').write(\"import time; part = 1; print('on'); time.sleep(600)\")\n"
        "import slow"
    ),
}
AFTER = {
    "awaiting": ("import asyncio; await asyncio.sleep(0.01); 5", "5"),
    "in a child": ("subprocess.run(['true']).returncode", "0"),
    "redirected": ("from IPython.display import display; display(6)", "6"),
    "captured": ("from IPython.display import display; display(7)", "7"),
    "logging": ("logging.warning('quick')", "on"),
    "importing": ("import slow; slow.part", "1"),
}


@pytest.mark.parametrize("cell", CELLS)
async def test_a_cell_is_looked_into_whatever_it_does(
    source: Any, engine: ForkEngine, forks: Forks, attach: Any, cell: str
) -> None:
    await forks.watch(source.id)
    await source.run("%config InlineBackend.close_figures = False")
    running = await begun(source, CELLS[cell])
    found = await peek(engine, source.id, "a.ipynb")
    line = None if cell == "awaiting" else CELLS[cell].count("\n") + 1  # it stands nowhere
    assert (found.peek.line, found.cell) == (line, digest(CELLS[cell]))
    assert found.peek.seconds is not None
    copy = await attach(found.peek.kernel_id)
    assert await copy.run("value += 1; print('seen'); value") == "seen\n42"
    code, answer = AFTER.get(cell, ("5", "5"))
    assert await copy.run(code) == answer
    assert await copy.run("len(In) == get_ipython().execution_count, len(In[2])") == (
        f"(True, {len(CELLS[cell])})"
    )
    await source.manager.interrupt_kernel()
    ended = await source.finish(running)
    assert ended.endswith(("KeyboardInterrupt", "CancelledError"))
    assert await source.run("value") == "41"


async def test_the_functions_that_a_cell_is_in_are_seen_too(
    source: Any, engine: ForkEngine, forks: Forks, attach: Any
) -> None:
    await forks.watch(source.id)
    await source.run(
        "def train(epochs):\n"
        "    for epoch in range(epochs): step(epoch)\n"
        "def step(epoch):\n"
        "    loss = [1 / (epoch + 1)]\n"
        "    while epoch == 3:\n"
        "        if shown is None: show()\n"
        "def show():\n"
        "    global shown; shown = True; print('on')\n"
        "shown = None"
    )
    running = await begun(source, "total = 7\n\ntrain(9) # print('on')")
    found = await peek(engine, source.id, "models/a.ipynb")
    copy = await attach(found.peek.kernel_id)
    assert found.peek.line == 3
    assert await copy.run("_locals") == (
        "{'train': {'epochs': 9, 'epoch': 3}, 'step': {'epoch': 3, 'loss': [0.25]}}"
    )
    about = (await copy.client.kernel_info(reply=True))["content"]["banner"]
    assert about.startswith("Peek at a.ipynb: a copy of its kernel, made in the middle of a cell")
    assert "at line 3" in about
    assert "_locals['train'], _locals['step']" in about
    await source.manager.interrupt_kernel()
    assert "KeyboardInterrupt" in await source.finish(running)
    assert await source.run("'_locals' in dir(), total") == "(False, 7)"


LONG = "import hashlib; print('on'); key = hashlib.pbkdf2_hmac('sha256', b'a', b'b', 30_000_000)"


async def test_a_cell_in_one_long_call_is_not_looked_into(
    source: Any, engine: ForkEngine, forks: Forks, jp_serverapp: Any
) -> None:
    await forks.watch(source.id)
    running = await begun(source, LONG)
    with pytest.raises(ForkRefused, match="a fork in the middle would hang"):
        await peek(engine, source.id, "a.ipynb")
    assert await source.finish(running) == ""
    assert await source.run("1 + 1") == "2"
    assert jp_serverapp.kernel_manager.list_kernel_ids() == [source.id]


async def test_a_request_that_the_kernel_comes_to_late_leaves_no_copy(
    source: Any, engine: ForkEngine, forks: Forks, checkpoints: Any
) -> None:
    await forks.watch(source.id)
    folder = await source.run("import ctypes, os; print(os.getcwd())")
    # Nothing else of Python runs meanwhile, not even what would answer.
    running = source.send("open('on', 'w').close(); ctypes.PyDLL(None).sleep(12)")
    async with asyncio.timeout(60):
        while not os.path.exists(f"{folder}/on"):  # noqa: ASYNC240
            await asyncio.sleep(0.02)
    with pytest.raises(KernelError, match="did not answer the request"):
        await peek(engine, source.id, "a.ipynb")
    assert await source.finish(running) == "0"
    assert await source.run("1 + 1") == "2"
    await seen(checkpoints, 1)  # the cell took long
    await checkpoints.drop_kernel(source.id)
    await until(lambda: processes_of(source) == [source.pid])


def processes_of(kernel: Any) -> list[int]:
    """Return the processes that have the command line of a kernel: its own, and its forks."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if kernel.manager.connection_file.encode() in file.read_bytes():
                found.append(int(file.parent.name))
    return found


async def test_a_kernel_that_was_busy_before_it_was_known_says_so(
    source: Any, engine: ForkEngine
) -> None:
    running = await begun(source, CELLS["asleep"])
    with pytest.raises(KernelBusy, match="from the next cell on"):
        await peek(engine, source.id, "a.ipynb")
    await source.manager.interrupt_kernel()
    await source.finish(running)


async def test_three_copies_of_a_kernel_are_enough(
    source: Any, engine: ForkEngine, forks: Forks, jp_serverapp: Any
) -> None:
    await forks.watch(source.id)
    running = await begun(source, CELLS["asleep"])
    copies = [(await peek(engine, source.id, "a.ipynb")).peek for _ in range(3)]
    with pytest.raises(Conflict, match="3 copies of this kernel are open"):
        await peek(engine, source.id, "a.ipynb")
    sessions = await jp_serverapp.session_manager.list_sessions()
    named = {(each["name"], each["type"]) for each in sessions}
    assert named == {("a.ipynb", "notebook"), ("Peek at a.ipynb", "console")}
    [ended] = [each["id"] for each in sessions if each["path"] == copies[0].path]
    await jp_serverapp.session_manager.delete_session(ended)
    assert (await peek(engine, source.id, "a.ipynb")).peek.kernel_id != copies[0].kernel_id
    await source.manager.interrupt_kernel()
    await source.finish(running)


async def test_what_cannot_be_forked_is_not_looked_into(
    source: Any, engine: ForkEngine, forks: Forks
) -> None:
    await forks.watch(source.id)
    await source.run(
        "import sys, types; sys.modules['ray'] = types.SimpleNamespace(is_initialized=lambda: 1)"
    )
    running = await begun(source, CELLS["asleep"])
    with pytest.raises(ForkRefused, match="Ray is connected"):
        await peek(engine, source.id, "a.ipynb")
    await source.manager.interrupt_kernel()
    assert "KeyboardInterrupt" in await source.finish(running)


async def test_a_copy_that_hangs_is_ended_and_the_cell_goes_on(
    source: Any, engine: ForkEngine, forks: Forks, jp_serverapp: Any
) -> None:
    await forks.watch(source.id)
    running = await begun(
        source,
        "import os, time, ipykernel.kernelapp as k; app = k.IPKernelApp.instance()\n"
        "object.__setattr__(app, 'init_sockets', lambda: time.sleep(600))\n"
        "print('on'); time.sleep(600)",
    )
    with pytest.raises(KernelError, match="did not start in 5 s"):
        await peek(engine, source.id, "a.ipynb")
    assert jp_serverapp.kernel_manager.list_kernel_ids() == [source.id]
    await source.manager.interrupt_kernel()
    assert "KeyboardInterrupt" in await source.finish(running)
    assert await source.run("'unharmed'") == "'unharmed'"
