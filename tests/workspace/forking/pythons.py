"""Environments of other Pythons than ours, in which kernels are forked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

WANTED = ("3.12", "3.13", "3.14")
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
"""Looked up before a test has a home of its own."""
ALONE = "-E"
"""Tests have a PYTHONPATH, with libraries of the Python that runs them."""
SECONDS = 300


class Unavailable(Exception):
    """The machine cannot have such an environment; the message says why."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment with ipykernel, and the kernelspec of its Python."""

    python: Path
    name: str

    def register(self, data: Path) -> None:
        """Have servers with this data folder of Jupyter offer it."""
        argv = [str(self.python), ALONE, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        about = {"argv": argv, "display_name": self.name, "language": "python"}
        spec = data / "kernels" / self.name
        spec.mkdir(parents=True)
        (spec / "kernel.json").write_text(json.dumps(about))


def find_python(version: str) -> Path:
    """Return the newest Python of a version. Raises Unavailable."""
    found = sorted(
        PYENV.glob(f"versions/{version}.*/bin/python"),
        key=lambda path: [int(part) for part in path.parts[-3].split(".") if part.isdigit()],
        reverse=True,
    )
    on_path = shutil.which(f"python{version}")
    for path in [*found, *([Path(on_path)] if on_path else [])]:
        # What is on the path may only stand for a Python that is not chosen.
        look = [path, ALONE, "-c", "import ensurepip, sqlite3, venv"]
        if subprocess.run(look, check=False, capture_output=True).returncode == 0:
            return path
    raise Unavailable(f"Python {version} is not on this machine")


def make_environment(folder: Path, version: str, *packages: str) -> Environment:
    """Make an environment with these packages, from PyPI. Raises Unavailable."""
    make = [find_python(version), ALONE, "-m", "venv", folder]
    subprocess.run(make, check=True, timeout=SECONDS)
    python = folder / "bin" / "python"
    install = [python, ALONE, "-m", "pip", "install", "--retries", "2", *packages]
    done = subprocess.run(install, check=False, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        raise Unavailable(f"{' '.join(packages)}: {done.stderr.strip().splitlines()[-1]}")
    return Environment(python, folder.name)
