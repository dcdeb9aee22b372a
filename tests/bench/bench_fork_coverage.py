"""How many cells that took their time can be forked, within the budget that is there by default.

python -m tests.bench.bench_fork_coverage [rounds]

A kernel runs an analysis of cells that take over a second each, round after round: blocks of numpy
are made, rewritten in place and dropped, frames are joined and grouped, a model is fitted, and
Python objects in large numbers are touched (the hard case: that alone changes the memory they lie
in). At the end each of these cells is asked for: is there a state to fork, without any other cell
that has to run again? Prints the share, and what the checkpoints cost.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time

from jupyter_sessions.workspace.fork_points import Above
from tests.bench.bench_fork import MIB, Bench

SLOW_S = 1.0
FIRST = """
import time, numpy, pandas
def begin(info):
    global began
    began = time.monotonic()
def at_least(seconds=1.02):
    time.sleep(max(0, seconds - (time.monotonic() - began)))
get_ipython().events.register("pre_run_cell", begin)
generator = numpy.random.default_rng(1)
"""
ANALYSIS = [
    "blocks = [generator.standard_normal(1_000_000) for _ in range(32)]; at_least()  # {n}",
    "frame = pandas.DataFrame({{'k': generator.integers(0, 500, 1_000_000), "
    "'v': generator.standard_normal(1_000_000)}}); at_least()  # {n}",
    "sums = frame.groupby('k').v.describe(); at_least()  # {n}",
    "frame['w'] = frame.v * {n} + frame.k.map(sums['mean']); at_least()",
    "for block in blocks[:16]: block *= 1.01\nat_least()  # {n}",
    "from sklearn.ensemble import GradientBoostingRegressor\n"
    "model = GradientBoostingRegressor(n_estimators=20).fit("
    "frame[['k', 'w']][:20_000], frame.v[:20_000]); at_least()  # {n}",
    "records = [(i, str(i), float(i)) for i in range(300_000)]; at_least()  # {n}",
    "index = {{key: value for key, _, value in records}}; at_least()  # {n}",
    "total = sum(index[key] for key, _, _ in records); at_least()  # {n}",
    "wide = frame.merge(sums, left_on='k', right_index=True); at_least()  # {n}",
    "del wide; at_least()  # {n}",
    "score = model.score(frame[['k', 'w']][:50_000], frame.v[:50_000]); at_least()  # {n}",
]


async def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        kernel_id = await bench.kernels.start_kernel(kernel_name="python3")
        upkeep = asyncio.create_task(bench.checkpoints.keep_within_budget())
        try:
            await bench.forks.watch(kernel_id)
            cells, slow = [FIRST], []
            await bench.run(kernel_id, FIRST)
            for n in range(rounds):
                for code in ANALYSIS:
                    cells.append(code.format(n=n))
                    began = time.perf_counter()
                    await bench.run(kernel_id, cells[-1])
                    if time.perf_counter() - began >= SLOW_S:
                        slow.append(len(cells))
            ready = [await _can_be_forked(bench, kernel_id, cells[:count]) for count in slow]
            there = await bench.checkpoints.present(kernel_id)
            own = [each.own_bytes / MIB for each in there]
            print(f"{len(slow)} cells of over a second, {sum(ready)} can be forked: ", end="")
            print(f"{sum(ready) / len(slow):.1%} (≥ 95 %)")
            print(f"{len(there)} checkpoints, {sum(own):.0f} MiB of their own, ", end="")
            print(f"budget {bench.checkpoints.budget / MIB:.0f} MiB")
        finally:
            upkeep.cancel()
            await bench.kernels.shutdown_all(now=True)
            await bench.checkpoints.close()


async def _can_be_forked(bench: Bench, kernel_id: str, cells: list[str]) -> bool:
    probe = await bench.forks.probe(kernel_id, Above.of(cells))
    return probe.engine in ("fork", "checkpoint") and not probe.missing


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 4))
