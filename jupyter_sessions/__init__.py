"""Durable conversations with agents in JupyterLab: projects, sessions, runs.

Importing this package loads nothing but the standard library, so that a kernel which uses the
magics does not pay for the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import Session

__version__ = "0.1.0"
__all__ = ["Session", "__version__", "load_ipython_extension"]


def __getattr__(name: str) -> Any:
    """Load ``Session`` on first use (PEP 562)."""
    if name == "Session":
        from .client import Session

        return Session
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-sessions"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # Imported here: a kernel that imports the library must not load the server.
    from .server.app import SessionsApp

    return [{"module": "jupyter_sessions", "app": SessionsApp}]


def load_ipython_extension(ipython: Any) -> None:
    """Register the magics: ``%load_ext jupyter_sessions``."""
    from .kernel.magics import load_ipython_extension as load

    load(ipython)
