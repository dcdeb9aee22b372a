"""Threads that compute while a kernel is forked: neither side hangs, or the fork is refused."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_sessions.errors import ForkRefused

MULTIPLY = """
import logging, numpy, sys, threading
big = numpy.eye(1000); count = 0; stop = threading.Event()
def multiply():
    global count
    while not stop.is_set():
        assert (big @ big).trace() == 1000
        count += 1
threads = [threading.Thread(target=multiply, name=f"worker {n}") for n in range(2)]
for thread in threads: thread.start()
"""


async def test_a_kernel_whose_threads_multiply_is_forked_and_they_go_on(
    source: Any, fork: Any, jp_serverapp: Any
) -> None:
    interval = "print(sys.getswitchinterval())"
    await source.run(MULTIPLY)
    for number in range(5):
        branch, forked = await fork(f"b{number}.ipynb")
        assert [(each.code, each.names) for each in forked.hazards] == [
            ("threads", ["worker 0", "worker 1"])
        ]
        assert await branch.run("(big @ big).trace()") == "np.float64(1000.0)"
        assert await branch.run(interval) == await source.run(interval) == "0.005"
        await jp_serverapp.kernel_manager.shutdown_kernel(branch.id)
    before = int(await source.run("print(count)"))
    assert await source.run("while count < " + str(before + 3) + ": stop.wait(0.01)") == ""
    await source.run("stop.set()")
    assert await source.run("[thread.join(60) for thread in threads]") == "[None, None]"


async def test_a_thread_in_one_long_call_has_the_fork_refused_by_name(
    source: Any, fork: Any
) -> None:
    long = "hashlib.pbkdf2_hmac('sha256', b'a', b'b', 30_000_000)"
    await source.run(
        "import hashlib, threading\n"
        f"thread = threading.Thread(target=lambda: {long}, name='digger'); thread.start()"
    )
    with pytest.raises(ForkRefused, match=r"Threads compute, .* \(digger\): wait"):
        await fork()
    assert await source.run("thread.join()") == ""
    branch, _ = await fork()
    assert await branch.run("1 + 1") == "2"


async def test_a_fork_waits_for_what_python_itself_takes_before_it(source: Any, fork: Any) -> None:
    await source.run(
        "import logging, threading, time\n"
        "def hold():\n"
        "    with logging._lock: held.set(); time.sleep(0.5)\n"
        "held = threading.Event(); threading.Thread(target=hold).start(); _ = held.wait()"
    )
    branch, _ = await fork()
    assert await branch.run("logging.getLogger('new').name") == "'new'"
    assert await source.run("logging.getLogger('new').name") == "'new'"
