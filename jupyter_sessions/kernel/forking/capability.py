"""Whether this kernel can be forked at all; what it says is for the user."""

from __future__ import annotations

import sys
from typing import Any

PRIVATE = {
    "the event loop": ("_selector", "_ssock", "_csock", "_ready", "_make_self_pipe"),
    "the kernel": ("_main_asyncio_lock", "shell_channel_thread", "_shell_context"),
    "the application": ("_ports", "init_sockets", "init_heartbeat", "load_connection_file"),
    "the output thread": ("_event_pipes", "io_loop"),
}
"""What is used of asyncio and ipykernel beyond their documentation."""


def library() -> Any:
    """Return the module that ipykernel's application is in; it knows zmq, too."""
    return sys.modules["ipykernel.kernelapp"]


def kernel_app() -> Any | None:
    """Return the running ipykernel application, or ``None``."""
    if "ipykernel.kernelapp" not in sys.modules or not library().IPKernelApp.initialized():
        return None
    return library().IPKernelApp.instance()


def refusal() -> str:
    """Return why this kernel cannot be forked, as a sentence; ``""`` when it can."""
    if not sys.platform.startswith("linux"):
        return f"Kernels are forked on Linux only, and this one runs on {sys.platform!r}."
    if sys.implementation.name != "cpython":
        return f"Only CPython can be forked, and this is {sys.implementation.name!r}."
    if sys.version_info < (3, 11):  # noqa: UP036 - it is sent into kernels of any environment
        return f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}."
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return "Python runs without its global lock here: its threads cannot be stopped for a fork."
    app = kernel_app()
    if app is None:
        return "Only kernels of ipykernel can be forked, and this is another one."
    return _version(app) or _loop(app) or _missing(app)


def _version(app: Any) -> str:
    version = sys.modules["ipykernel"].__version__
    if int(version.split(".")[0]) < 7 or getattr(app, "shell_channel_thread", None) is None:
        return f"ipykernel 7 or newer is needed, and this kernel has {version}: upgrade it."
    return ""


def _loop(app: Any) -> str:
    if getattr(app, "trio_loop", False):
        return "The kernel runs on trio, which cannot be forked."
    loop = getattr(getattr(app, "io_loop", None), "asyncio_loop", None)
    if loop is None:
        return "The kernel is still starting: try again."
    if not hasattr(loop, "_make_self_pipe"):
        return f"The kernel runs on the event loop of {type(loop).__module__!r}: use asyncio's own."
    return ""


def _missing(app: Any) -> str:
    places = {
        "the event loop": app.io_loop.asyncio_loop,
        "the kernel": app.kernel,
        "the application": app,
        "the output thread": app.iopub_thread,
    }
    for place, names in PRIVATE.items():
        gone = [name for name in names if not hasattr(places[place], name)]
        if gone:
            version = sys.modules["ipykernel"].__version__
            return f"In ipykernel {version}, {place} works in a way not known: no {gone[0]!r}."
    return ""
