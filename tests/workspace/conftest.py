"""A real server with its kernels and terminals; it stops them when it stops."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_sessions.workspace.kernels import Kernels
from jupyter_sessions.workspace.terminals import Terminals


@pytest.fixture
def kernels(jp_serverapp: Any) -> Kernels:
    return Kernels(jp_serverapp.session_manager, jp_serverapp.kernel_manager)


@pytest.fixture
def terminals(jp_serverapp: Any) -> Terminals:
    return Terminals(lambda: jp_serverapp.web_app.settings.get("terminal_manager"))
