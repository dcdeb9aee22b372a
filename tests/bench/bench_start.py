"""Server start and memory, with and without the extension: ``python tests/bench/bench_start.py``.

Start: seconds from launching ``jupyter lab`` to the first answer of ``/api/status``. Memory: PSS of
the process then, in MB. Both kinds take turns, so that the machine's mood hits them alike.
"""

from __future__ import annotations

import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROUNDS = int(os.environ.get("ROUNDS", "7"))


def start(enabled: bool) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as home:
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        env = {**os.environ, **{name: f"{home}/{name}" for name in names}}
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
            f"--ServerApp.port={port}", f"--IdentityProvider.token={token}",
            f"--ServerApp.root_dir={home}", "--LabApp.extension_manager=readonly",
            f"--ServerApp.jpserver_extensions=jupyter_sessions={enabled}",
        ]  # fmt: skip
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home
        )
        url = f"http://127.0.0.1:{port}/api/status?token={token}"
        while True:
            try:
                urllib.request.urlopen(url, timeout=1).read()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.005)
        elapsed = time.perf_counter() - begun
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        pss = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
        process.terminate()
        process.wait()
    return elapsed, int(pss.split()[1]) / 1024


def main() -> None:
    start(True), start(False)  # warm the caches
    results: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for enabled in (False, True):
            results[enabled].append(start(enabled))
    print(f"{'':>20} {'start s':>8} {'min':>8} {'PSS MB':>8}")
    medians = {}
    for enabled, runs in results.items():
        seconds = [run[0] for run in runs]
        memory = statistics.median(run[1] for run in runs)
        medians[enabled] = (statistics.median(seconds), memory, min(seconds))
        name = "with the extension" if enabled else "plain JupyterLab"
        print(f"{name:>20} {medians[enabled][0]:8.3f} {min(seconds):8.3f} {memory:8.1f}")
    print(f"ratio of medians {medians[True][0] / medians[False][0]:.3f} (figure: <= 1.03)")
    print(f"ratio of minima {medians[True][2] / medians[False][2]:.3f}")
    print(f"memory {medians[True][1] - medians[False][1]:+.1f} MB (figure: <= +6)")


if __name__ == "__main__":
    main()
