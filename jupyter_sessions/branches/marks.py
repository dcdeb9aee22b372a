"""How a folder says that it holds branches of notebooks.

Standard library only: the server loads this at its start.
"""

from __future__ import annotations

from pathlib import Path

NAMES = ("branches", "notebook-branches", "jupyter-sessions-branches")
MARK = "# Branches of notebooks, kept by jupyter_sessions. Delete them in JupyterLab, not here."


def is_ours(folder: Path) -> bool:
    """Tell whether a folder holds branches of notebooks."""
    try:
        with open(folder / ".gitignore", "rb") as file:
            return file.read(len(MARK) + 1) == f"{MARK}\n".encode()
    except OSError:
        return False


def on_main(root: Path, folder: str) -> str:
    """Return the folder that corresponds on main to one below ``root``, in whatever project."""
    parts = folder.split("/")
    for at, part in enumerate(parts[:-1]):
        if part in NAMES and is_ours(root.joinpath(*parts[: at + 1])):
            return "/".join(parts[:at] + parts[at + 2 :])
    return folder
