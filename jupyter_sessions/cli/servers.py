"""The Jupyter servers that this user runs here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def running_servers() -> Iterator[Json]:
    """Yield what servers of this user say of themselves, the last started first."""
    from jupyter_core.paths import jupyter_runtime_dir  # takes a moment

    files = Path(jupyter_runtime_dir()).glob("jpserver-*.json")
    for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        about = read_server(file)
        if about is not None:
            yield about


def read_server(file: Path) -> Json | None:
    """Return ``url``, ``token`` and more of a server; ``None`` while its file is not whole."""
    try:
        about = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return about if isinstance(about, dict) and {"url", "token"} <= set(about) else None
