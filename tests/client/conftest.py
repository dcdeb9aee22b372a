"""Fixtures of the server, for the client."""

from __future__ import annotations

from ..kernel.conftest import open_notebook
from ..server.conftest import api, backend, jp_server_config, project, script, session

__all__ = [
    "api",
    "backend",
    "jp_server_config",
    "open_notebook",
    "project",
    "script",
    "session",
]
