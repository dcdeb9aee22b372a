"""What importing the library and the magics loads; times are in tests/bench/bench_import.py."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"pydantic", "sqlalchemy", "tornado", "nbformat", "jupyter_server", "traitlets", "asyncio"}
LATER = {"http.client", "ssl", "socket", "IPython", "ctypes", "datetime"}
CODE = """
import json, sys
before = set(sys.modules)
from jupyter_sessions import Session
import jupyter_sessions.kernel.magics
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_nothing_heavy_is_imported():
    modules = loaded()
    assert modules & (HEAVY | LATER) == set()
    assert len(modules) < 60


def test_of_ours_only_the_client_and_the_kernel_side_are_imported():
    ours = {name for name in loaded() if name.startswith("jupyter_sessions.")}
    assert {name.split(".")[1] for name in ours} == {"client", "kernel"}
    assert len(ours) <= 12
