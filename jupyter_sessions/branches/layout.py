"""Where the notebooks of branches lie: real files in a folder of the project that git ignores.

``<project>/branches/<branch>/<path>.ipynb``. The folder says of itself whose it is, in the first
line of its ``.gitignore``; where a project has a folder of that name already, ours is called
something else.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from ..errors import Conflict
from . import paths
from .disk import disk_errors, replace_file
from .marks import MARK, NAMES, is_ours
from .places import slugify

IGNORE = f"{MARK}\n*\n"
MAX_SLUG = 80
"""Bytes of a branch's own folder name; file systems take 255."""


def choose_folder(root: Path) -> str:
    """Return the name of the folder that holds the branches, or that may be made for them."""
    for name in NAMES:
        if is_ours(root / name) or not os.path.lexists(root / name):
            return name
    taken = ", ".join(NAMES)
    raise Conflict(
        f"The project already has files or folders named {taken}. "
        "Rename one of them, so that there is a place for the notebooks of branches."
    )


def branch_folder(root: Path, name: str, taken: Collection[str]) -> str:
    """Return a folder for a branch of this name, below the project; it is not made yet."""
    holder = choose_folder(root)
    slug = slugify(name).encode()[:MAX_SLUG].decode("utf-8", "ignore").strip("-_") or "branch"
    number, folder = 1, f"{holder}/{slug}"
    while folder in taken or os.path.lexists(root / folder):
        number += 1
        folder = f"{holder}/{slug}-{number}"
    return folder


def make_ready(root: Path, folder: str) -> None:
    """Make the folder that holds ``folder``, ignored by git, when it is missing."""
    holder, _, _ = folder.partition("/")
    with disk_errors(holder), paths.folder_of(root, (holder,), make=True) as handle:
        with suppress(FileNotFoundError):
            os.stat(".gitignore", dir_fd=handle)
            return
        replace_file(handle, ".gitignore", IGNORE.encode())


def file_of(folder: str, notebook: str) -> str:
    """Return the file, below the project, of a notebook on the branch that has this folder."""
    return f"{folder}/{notebook}" if folder else notebook


def split(root: Path, file: str) -> tuple[str, str]:
    """Return the branch's folder (``""`` for main) and the notebook of a file below the project."""
    holder, _, rest = file.partition("/")
    slug, _, notebook = rest.partition("/")
    if holder in NAMES and notebook and is_ours(root / holder):
        return f"{holder}/{slug}", notebook
    return "", file
