"""What ``pip install .`` brings: both extensions, enabled, with everything they need."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SHARED = "jupyter_sessions-0.1.0.data/data"


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), "."]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.mark.parametrize(
    "name",
    [
        f"{SHARED}/share/jupyter/labextensions/jupyter-sessions/package.json",
        f"{SHARED}/share/jupyter/labextensions/jupyter-sessions/install.json",
        f"{SHARED}/share/jupyter/labextensions/jupyter-sessions/static/style.js",
        f"{SHARED}/share/jupyter/labextensions/jupyter-sessions/schemas/jupyter-sessions/"
        "conversation.json",
        f"{SHARED}/etc/jupyter/jupyter_server_config.d/jupyter_sessions.json",
        f"{SHARED}/etc/ipython/startup/50-jupyter_sessions.py",
        "jupyter_sessions/storage/migrations/versions/v0001_first_tables.py",
        "jupyter_sessions/storage/migrations/script.py.mako",
        "jupyter_sessions/example/data/diabetes.csv",
        "jupyter_sessions/example/explore.ipynb",
        "jupyter_sessions-0.1.0.dist-info/licenses/LICENSE",
    ],
)
def test_the_wheel_has_it(names, name):
    assert name in names


def test_the_wheel_has_nothing_else(names):
    tops = {name.split("/")[0] for name in names}
    version = "jupyter_sessions-0.1.0"
    assert tops == {"jupyter_sessions", f"{version}.data", f"{version}.dist-info"}
    assert not [name for name in names if "node_modules/" in name or name.endswith((".ts", ".tsx"))]
