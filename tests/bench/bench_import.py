"""What a kernel pays for the client and the magics. Prints a table; asserts nothing.

python -m tests.bench.bench_import [repetitions]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

LIBRARY = "import jupyter_sessions.client, jupyter_sessions.kernel.magics"
TIMED = "import time; began = time.perf_counter(); {}; print((time.perf_counter() - began) * 1000)"
PLACES = {
    "a bare Python": "",
    "a kernel (ipykernel is loaded)": "import ipykernel.kernelapp, ipykernel.ipkernel; ",
}
CASES = {
    "import jupyter_sessions": "import jupyter_sessions",
    "from jupyter_sessions import Session": "from jupyter_sessions import Session",
    "Session and the magics": LIBRARY,
    "the same, and what the first request loads": LIBRARY + ", http.client",
}


def milliseconds(code: str, compiled: str) -> float:
    """Return the time of one import, as after an installation: the files are compiled."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return float(done.stdout)


def main(repetitions: int) -> None:
    print(f"median and fastest of {repetitions}, in milliseconds")
    with tempfile.TemporaryDirectory() as compiled:
        for place, loaded in PLACES.items():
            print(f"\n{place}")
            for name, code in CASES.items():
                timed = loaded + TIMED.format(code)
                milliseconds(timed, compiled)  # compiles
                times = [milliseconds(timed, compiled) for _ in range(repetitions)]
                print(f"  {name:<44} {statistics.median(times):6.1f} {min(times):6.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
