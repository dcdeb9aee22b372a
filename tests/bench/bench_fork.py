"""How long until a forked kernel answers, beside other ways to the same state.

python -m tests.bench.bench_fork [MiB ...]

The state is blocks of numpy, a data frame and a sum over groups; each way ends with the first
answer of a kernel that has it. cloudpickle and dill (where they are installed) write to a file and
a new kernel reads it; "cells again" runs the cells in a new kernel. With ``KISHU=/path/to/python``
of an environment that has Kishu, ipykernel, numpy and pandas, the cells also run there, and Kishu
checks out the state before a block was changed (up to 1 GiB: it stores four times as much). Its
kernel does not wait for a browser to save the notebook, as it otherwise does for seconds.

Also how much later a cell is answered that is sent at once after one that gets a checkpoint, and
what forks and checkpoints write to the disk. Prints a table; asserts nothing.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.services.sessions.sessionmanager import SessionManager

from jupyter_sessions.workspace.checkpoints import Checkpoints, own_memory
from jupyter_sessions.workspace.clients import connected
from jupyter_sessions.workspace.fork_points import Above
from jupyter_sessions.workspace.forks import Forks
from tests.bench.kishu import with_kishu

ROUNDS = int(os.environ.get("ROUNDS", "5"))
MIB = 1024 * 1024
CELLS = [
    "import numpy, pandas, random\nrandom.seed(1); generator = numpy.random.default_rng(1)",
    "blocks = [generator.standard_normal(1_000_000) for _ in range({blocks})]",
    "frame = pandas.DataFrame({{'k': generator.integers(0, 100, {rows}), 'v': 1.0}})",
    "sums = frame.groupby('k').v.sum()",
]
SAVE = """
import {module}
with open({file!r}, 'wb') as file:
    {module}.dump((blocks, frame, sums, generator, random.getstate()), file, protocol=5)
"""
LOAD = """
import {module}
with open({file!r}, 'rb') as file:
    blocks, frame, sums, generator, state = {module}.load(file)
"""
SLOW = "import time; time.sleep(1.01)  # {}"
KISHU_MIB = 1024


class Bench:
    """A server without a browser."""

    def __init__(self, folder: str) -> None:
        specs = KernelSpecManager()
        specs.kernel_dirs.append(f"{folder}/kernels")
        self.kernels = AsyncMappingKernelManager(
            root_dir=folder, connection_dir=folder, kernel_spec_manager=specs
        )
        contents = LargeFileManager(root_dir=folder)
        sessions = SessionManager(kernel_manager=self.kernels, contents_manager=contents)
        self.checkpoints = Checkpoints()
        self.forks = Forks(sessions, self.kernels, self.checkpoints)
        self.folder, self.file = Path(folder), f"{folder}/state.pickle"

    async def run(self, kernel_id: str, *cells: str) -> None:
        async with connected(self.kernels.get_kernel(kernel_id)) as client:
            for cell in cells:
                client.execute(cell)
                reply = await client.get_shell_msg(timeout=600)
                assert reply["content"]["status"] == "ok", reply["content"]

    async def fork(self, source: str, sources: list[str] | None = None) -> tuple[float, Any]:
        began = time.perf_counter()
        above = None if sources is None else Above.of(sources)
        forked = await self.forks.fork(source, f"{time.time_ns()}.ipynb", above)
        async with connected(self.kernels.get_kernel(forked.kernel_id)) as client:
            client.execute("float(sums.sum())")
            await client.get_shell_msg(timeout=600)
            took = (time.perf_counter() - began) * 1000
        memory = own_memory(self.kernels.get_kernel(forked.kernel_id).provisioner.pid)
        await self.kernels.shutdown_kernel(forked.kernel_id, now=True)
        return took, (forked.paused_ms, memory["own_bytes"] / MIB)

    async def answered(self, kernel_id: str, code: str) -> float:
        """Return the milliseconds until a cell is answered that is sent after another's reply."""
        async with connected(self.kernels.get_kernel(kernel_id)) as client:
            client.execute(code)
            await client.get_shell_msg(timeout=600)
            began = time.perf_counter()
            client.execute("0")
            await client.get_shell_msg(timeout=600)
            return (time.perf_counter() - began) * 1000

    async def fresh(self, *cells: str, kernel_name: str = "python3") -> float:
        began = time.perf_counter()
        kernel_id = await self.kernels.start_kernel(kernel_name=kernel_name)
        await self.run(kernel_id, *cells, "float(sums.sum())")
        took = (time.perf_counter() - began) * 1000
        await self.kernels.shutdown_kernel(kernel_id, now=True)
        return took

    async def measure(self, mib: int) -> None:
        values = {"blocks": max(1, mib * MIB // 10 // 1_000_000), "rows": mib * MIB // 160}
        cells = [cell.format(**values) for cell in CELLS]
        source = await self.kernels.start_kernel(kernel_name="python3")
        await self.run(source, *cells)
        await self.fork(source)  # brings our code there
        before = self._on_disk()
        live = [await self.fork(source) for _ in range(ROUNDS)]
        base = statistics.median(took for took, _ in live)
        print(f"\n{mib} MiB of state, median of {ROUNDS}")
        print(f"  {'fork, first answer':<34}{base:9.0f} ms")
        print(f"  {'  the source stood still':<34}{_median(live, 0):9.1f} ms")
        print(f"  {'  memory of its own':<34}{_median(live, 1):9.1f} MiB")
        await self._checkpoints(source, cells, base)
        print(f"  {'  on the disk after both':<34}{self._on_disk() - before:9} bytes")
        await self._others(source, cells, base)
        await self.kernels.shutdown_kernel(source, now=True)
        if mib <= KISHU_MIB and (python := os.environ.get("KISHU")):
            for name, took in (await with_kishu(self, python, cells)).items():
                _show(name, took, base)

    def _on_disk(self) -> int:
        """Return the bytes of all files but sockets, and what says how to reach a kernel."""
        files = [*self.folder.rglob("*"), *Path(self.checkpoints.policy("")["folder"]).rglob("*")]
        known = {".json", ".sock"}
        return sum(each.stat().st_size for each in files if each.suffix not in known)

    async def _checkpoints(self, source: str, cells: list[str], base: float) -> None:
        plain = [await self.answered(source, SLOW.format(-n)) for n in range(ROUNDS)]
        await self.forks.watch(source)
        with_one = []
        for n in range(ROUNDS):
            with_one.append(await self.answered(source, SLOW.format(n)))
            await self.checkpoints.drop_kernel(source)
        added = statistics.median(with_one) - statistics.median(plain)
        print(f"  {'added to a cell, after its reply':<34}{added:9.1f} ms")
        wait = SLOW.format("last")
        await self.run(source, wait)
        while not (found := await self.checkpoints.present(source)):
            await asyncio.sleep(0.01)
        await self.run(source, "blocks[0][0]")
        slow = [SLOW.format(n) for n in (*range(0, -ROUNDS, -1), *range(ROUNDS))]
        past = [await self.fork(source, [*cells, *slow, wait]) for _ in range(ROUNDS)]
        _show("fork of a checkpoint", statistics.median(took for took, _ in past), base)
        print(f"  {'  memory of its own':<34}{found[0].own_bytes / MIB:9.1f} MiB")

    async def _others(self, source: str, cells: list[str], base: float) -> None:
        for module in ("cloudpickle", "dill"):
            if find_spec(module) is None:
                print(f"  {module} is not installed")
                continue
            names = {"module": module, "file": self.file}
            began = time.perf_counter()
            await self.run(source, SAVE.format(**names))
            _show(f"{module}, save", (time.perf_counter() - began) * 1000, base)
            _show("  new kernel and load", await self.fresh(LOAD.format(**names)), base)
            os.unlink(self.file)
        _show("cells again, new kernel", await self.fresh(*cells), base)


def _median(rounds: list[tuple[float, Any]], place: int) -> float:
    return statistics.median(more[place] for _, more in rounds)


def _show(name: str, took: float, base: float) -> None:
    print(f"  {name:<34}{took:9.0f} ms {took / base:7.1f}x")


async def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        try:
            for mib in sizes:
                await bench.measure(mib)
        finally:
            await bench.kernels.shutdown_all()
            await bench.checkpoints.close()


if __name__ == "__main__":
    asyncio.run(main([int(each) for each in sys.argv[1:]] or [100, 1024]))
