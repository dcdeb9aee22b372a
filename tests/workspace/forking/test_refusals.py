"""What is said before a fork, what waits, what is refused, and that nothing hangs."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.errors import ForkRefused, KernelBusy, KernelError, NotFound
from jupyter_sessions.workspace.variables import list_variables

NAMED = """
import multiprocessing, socket, sqlite3, threading, mmap, tempfile
stop = threading.Event()
threading.Thread(target=stop.wait, name="feeder").start()
listener = socket.create_server(("127.0.0.1", 0))
feed = socket.create_connection(listener.getsockname())
database = sqlite3.connect(":memory:")
workers = multiprocessing.get_context("spawn").Process(target=print, name="worker")
multiprocessing.process._children.add(workers)
backing = tempfile.NamedTemporaryFile(); backing.write(bytes(4096)); backing.flush()
shared = mmap.mmap(backing.fileno(), 4096)
"""


async def test_what_is_not_carried_over_is_named_before_and_after(
    source: Any, forks: Any, fork: Any
) -> None:
    await source.run(NAMED)
    probe = await forks.probe(source.id)
    _, forked = await fork()
    found = {each.code: each.names for each in probe.hazards}
    assert found.keys() == {"threads", "processes", "connections", "sockets", "shared-memory"}
    assert found["threads"] == ["feeder"]
    assert found["processes"] == ["worker"]
    assert found["connections"] == ["database"]
    assert all(name.startswith("127.0.0.1:") for name in found["sockets"])
    assert {each.name for each in probe.not_carried} == {"database"}
    assert forked.hazards == probe.hazards
    assert "threads (1)" in probe.text
    await source.run("stop.set(); multiprocessing.process._children.clear()")


POOL = """
import ctypes, threading
held = threading.Event()
def pool():
    ctypes.CDLL(None).prctl(15, b"polars-0", 0, 0, 0)
    started.set(); held.wait()
started = threading.Event()
threading.Thread(target=pool, daemon=True).start(); _ = started.wait()
"""


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (POOL, "Polars keeps a pool of threads"),
        ("import sys, types; sys.modules['ray'] = types.SimpleNamespace(is_initialized=lambda: 1)",
         "Ray is connected"),
        ("import os; os.symlink('/dev/null', 'gpu'); gpu = open('gpu')\n"
         "import sys, types\n"
         "sys.modules['torch'] = types.SimpleNamespace("
         "cuda=types.SimpleNamespace(is_initialized=lambda: True))",
         "The GPU is in use"),
        ("import ipykernel.kernelapp as k; k.IPKernelApp.instance().shell_channel_thread = None",
         "ipykernel 7 or newer is needed"),
    ],
)  # fmt: skip
async def test_what_cannot_be_forked_safely_is_refused_by_name(
    source: Any, forks: Any, fork: Any, code: str, sentence: str
) -> None:
    assert (await source.run(code)) == ""
    probe = await forks.probe(source.id)
    assert (probe.engine, sentence in probe.reason) == ("rerun", True)
    with pytest.raises(ForkRefused, match=sentence):
        await fork()


REAL = {
    "polars": (
        "import polars\nlen(polars.DataFrame({'a': range(9)}).lazy().collect())",
        "Polars keeps",
    ),
    "jpype": ("import jpype; jpype.startJVM()", "A Java machine is connected"),
    "pyspark": (
        "from pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.master('local[1]').getOrCreate()",
        "Spark is connected",
    ),
    "ray": ("import ray; ray.init(num_cpus=1, include_dashboard=False)", "Ray is connected"),
    "jax": ("import jax.numpy; jax.numpy.ones(9).sum()", "JAX is connected|XLA has started"),
    "tensorflow": (
        "import tensorflow\nones = tensorflow.ones([9, 9]); ones @ ones",
        "TensorFlow has started",
    ),
}
"""Code that starts a library for real, and what is said then."""


@pytest.mark.parametrize("library", REAL)
async def test_libraries_are_refused_when_they_have_started(
    source: Any, forks: Any, fork: Any, library: str
) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed here")
    code, sentence = REAL[library]
    await source.run(f"import {code.split()[1].rstrip(';')}")
    assert (await forks.probe(source.id)).engine == "fork", "an import alone is harmless"
    await source.run(code)
    probe = await forks.probe(source.id)
    assert probe.engine != "fork"
    assert re.search(sentence, probe.reason)
    with pytest.raises(ForkRefused, match=sentence):
        await fork()


async def test_a_busy_kernel_is_waited_for_or_refused(source: Any, forks: Any, fork: Any) -> None:
    gate = Path(await source.run("import os, time; print(os.path.abspath('gate'))"))
    await forks.prepare(source.id)
    cell = source.send("while not os.path.exists('gate'): time.sleep(0.01)\nvalue = 1")
    while (await source.client.get_iopub_msg(timeout=60))["msg_type"] != "execute_input":
        pass
    assert (await forks.probe(source.id)).busy
    with pytest.raises(KernelBusy, match="A cell runs"):
        await fork(wait=0)
    waiting = asyncio.create_task(fork(wait=60))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await asyncio.to_thread(gate.touch)
    branch, _ = await waiting
    await source.finish(cell)
    assert await branch.run("value") == "1"


async def test_a_busy_kernel_that_does_not_know_us_is_refused(source: Any, fork: Any) -> None:
    cell = source.send("import time; time.sleep(600)")
    while (await source.client.get_iopub_msg(timeout=60))["msg_type"] != "execute_input":
        pass
    with pytest.raises(KernelBusy, match="A cell runs"):
        await fork(wait=0.2)
    await source.manager.interrupt_kernel()
    assert "KeyboardInterrupt" in await source.finish(cell)
    _, forked = await fork(wait=60)
    assert forked.engine == "fork"


async def test_a_kernel_that_dies_during_the_fork_leaves_nothing(
    source: Any, forks: Any, fork: Any, jp_serverapp: Any
) -> None:
    await forks.prepare(source.id)
    pid = source.pid
    before = set(jp_serverapp.kernel_manager.list_kernel_ids())
    await source.run(
        "import os, signal; os.register_at_fork(before=lambda: os.kill(os.getpid(), 9))"
    )
    with pytest.raises(KernelError):
        await fork()
    assert set(jp_serverapp.kernel_manager.list_kernel_ids()) == before
    sessions = await jp_serverapp.session_manager.list_sessions()
    assert [each["path"] for each in sessions] == ["a.ipynb"]
    async with asyncio.timeout(60):  # the server starts it again
        while source.pid == pid or not source.manager.ready.done():
            await asyncio.sleep(0.02)


async def test_a_branch_that_does_not_start_is_ended(
    source: Any, fork: Any, jp_serverapp: Any
) -> None:
    await source.run(
        "import os, time\n"
        "def hang():\n"
        "    open(f'hung', 'a').write(f'{os.getpid()}\\n'); time.sleep(600)\n"
        "import ipykernel.kernelapp as k; app = k.IPKernelApp.instance()\n"
        "object.__setattr__(app, 'init_sockets', hang)"
    )
    with pytest.raises(KernelError, match="did not start in 5 s"):
        await fork()
    assert await source.run("'unharmed'") == "'unharmed'"
    hung = int(await source.run("print(open('hung').read())"))
    async with asyncio.timeout(10):
        while os.path.exists(f"/proc/{hung}"):  # noqa: ASYNC240 - no disk
            await asyncio.sleep(0.02)
    assert len(jp_serverapp.kernel_manager.list_kernel_ids()) == 1


async def test_a_branch_that_fails_once_its_channels_are_open_says_why(
    source: Any, fork: Any, jp_serverapp: Any, jp_runtime_dir: Path
) -> None:
    await source.run(
        "def fail(): raise RuntimeError('no start')\n"
        "import ipykernel.kernelapp as k; app = k.IPKernelApp.instance()\n"
        "object.__setattr__(app.kernel, 'start', fail)"
    )
    with pytest.raises(KernelError, match="RuntimeError: no start"):
        await fork()
    assert await source.run("'unharmed'") == "'unharmed'"
    assert len(jp_serverapp.kernel_manager.list_kernel_ids()) == 1
    assert not [name for name in os.listdir(jp_runtime_dir) if name.endswith(".error")]


async def test_a_branch_has_room_for_descriptors_before_it_has_threads(
    source: Any, fork: Any
) -> None:
    look = "[line for line in open('/proc/self/status') if line.startswith('FDSize')]"
    branch, _ = await fork()
    [line] = eval(await branch.run(look))
    assert int(line.split()[1]) >= 512


async def test_a_branch_that_does_not_answer_is_ended(
    source: Any, fork: Any, jp_serverapp: Any
) -> None:
    await source.run(
        "import asyncio, time, os\n"
        "async def hang(home=os.getpid()):\n"
        "    while os.getpid() == home: await asyncio.sleep(0.01)\n"
        "    time.sleep(600)\n"
        "task = asyncio.create_task(hang())"
    )
    with pytest.raises(KernelError, match="did not answer in 5 s"):
        await fork()
    assert await source.run("'unharmed'") == "'unharmed'"
    assert len(jp_serverapp.kernel_manager.list_kernel_ids()) == 1


async def test_other_kernels_say_why_they_cannot_be_forked(
    forks: Any, jp_serverapp: Any, jp_data_dir: Path
) -> None:
    with pytest.raises(NotFound):
        await forks.probe("missing")
    spec = jp_data_dir / "kernels" / "other"
    spec.mkdir(parents=True)
    argv = ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    about = {"argv": argv, "display_name": "Other", "language": "R"}
    (spec / "kernel.json").write_text(json.dumps(about))
    kernel_id = await jp_serverapp.kernel_manager.start_kernel(kernel_name="other")
    probe = await forks.probe(kernel_id)
    assert (probe.engine, probe.reason) == (
        "rerun",
        "Only kernels of Python can be forked, and this one is 'R'.",
    )
    listed = await list_variables(forks, kernel_id)
    assert (listed.kernel_id, listed.items) == (kernel_id, [])
    assert listed.reason.endswith(f"that does not work here. {probe.reason}")
