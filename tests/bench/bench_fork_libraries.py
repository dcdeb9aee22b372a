"""Forks of kernels in which libraries have started their threads: how many hang, or differ.

python -m tests.bench.bench_fork_libraries [forks]

The cells are those of the test of libraries, each library in a kernel of its own, and the forks
(1,000 unless told otherwise) are shared among those that are installed. Prints for each library
how many hung, how many gave another answer, and the time until a branch had worked.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from importlib.util import find_spec

from jupyter_sessions.workspace.clients import connected
from tests.bench.bench_fork import Bench
from tests.workspace.forking.test_libraries import LIBRARIES

SECONDS = 30
"""A branch that takes longer has hung."""


async def answer(bench: Bench, kernel_id: str, expression: str) -> str:
    """Return the value of a cell that ends with an expression."""
    *before, last = expression.split("; ")
    async with connected(bench.kernels.get_kernel(kernel_id)) as client:
        request = client.execute("; ".join(before), user_expressions={"value": last})
        while True:
            reply = await client.get_shell_msg(timeout=SECONDS)
            if reply["parent_header"]["msg_id"] == request:
                value = reply["content"]["user_expressions"]["value"]
                return str(value.get("data", value))


async def measure(bench: Bench, library: str, forks: int) -> None:
    warm, look = LIBRARIES[library]
    look = look.replace("\n", " ")
    source = await bench.kernels.start_kernel(kernel_name="python3")
    await bench.run(source, warm)
    times, answers, hung = [], set(), 0
    for number in range(forks):
        began = time.perf_counter()
        forked = await bench.forks.fork(source, f"{library}-{number}.ipynb")
        try:
            answers.add(await answer(bench, forked.kernel_id, look))
        except TimeoutError:
            hung += 1
        times.append((time.perf_counter() - began) * 1000)
        await bench.kernels.shutdown_kernel(forked.kernel_id, now=True)
    answers.add(await answer(bench, source, look))
    await bench.kernels.shutdown_kernel(source, now=True)
    print(
        f"{library:12} {forks:5} forks, {hung} hung, {len(answers)} distinct answers, "
        f"median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms",
        flush=True,
    )


async def main(forks: int) -> None:
    there = [library for library in LIBRARIES if find_spec(library)]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        try:
            for library in there:
                await measure(bench, library, -(-forks // len(there)))
        finally:
            await bench.kernels.shutdown_all()
            await bench.checkpoints.close()


if __name__ == "__main__":
    asyncio.run(main(*[int(each) for each in sys.argv[1:]] or [1000]))
