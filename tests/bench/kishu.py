"""Kishu in a kernel of its own environment: what its cells cost, and how long a checkout takes."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench.bench_fork import Bench

ROUNDS = 3
CHANGE = "blocks[0] *= 2"
REMEMBER = "import builtins; builtins.before = _kishu._kishu_branch.get_head().commit_id"
BACK = "_kishu.checkout(before)"


async def with_kishu(bench: Bench, python: str, cells: list[str]) -> dict[str, float]:
    """Return milliseconds by what they were spent on.

    A checkout brings back what was before a block was changed, in the one kernel that there is.
    """
    home = Path(tempfile.mkdtemp(dir=bench.folder))
    notebook = _notebook(home)
    _kernelspec(bench.folder, python, notebook)  # Kishu's database lies in its home
    took: dict[str, float] = {}
    took["cells again, its environment"] = await bench.fresh(*cells, kernel_name="kishu")
    kernel_id = await bench.kernels.start_kernel(kernel_name="kishu")
    start = f"from kishu import init_kishu; init_kishu({str(notebook)!r})"
    await bench.run(kernel_id, start)
    took["Kishu, the cells"] = await _timed(bench, kernel_id, *cells)
    changes, checkouts = [], []
    for _ in range(ROUNDS):
        await bench.run(kernel_id, REMEMBER)
        changes.append(await _timed(bench, kernel_id, CHANGE))
        checkouts.append(await _timed(bench, kernel_id, BACK, "float(sums.sum())"))
    took["Kishu, a cell that changes a block"] = statistics.median(changes)
    took["Kishu, checkout"] = statistics.median(checkouts)
    await bench.kernels.shutdown_kernel(kernel_id, now=True)
    shutil.rmtree(home)
    return took


async def _timed(bench: Bench, kernel_id: str, *cells: str) -> float:
    began = time.perf_counter()
    await bench.run(kernel_id, *cells)
    return (time.perf_counter() - began) * 1000


def _notebook(folder: Path) -> Path:
    file = folder / "kishu.ipynb"
    content: dict[str, Any] = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    file.write_text(json.dumps(content))
    return file


def _kernelspec(folder: Path, python: str, notebook: Path) -> None:
    spec = folder / "kernels" / "kishu" / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    environment = {
        "ENV_KISHU_TEST_MODE": "1",  # it does not wait for a browser to save the notebook
        "TEST_NOTEBOOK_PATH": str(notebook),
        "HOME": str(notebook.parent),
    }
    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    named = {"argv": argv, "display_name": "Kishu", "language": "python", "env": environment}
    spec.write_text(json.dumps(named))
