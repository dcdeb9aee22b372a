"""The forked child becomes a kernel of its own. Nothing here returns to the source's code."""

from __future__ import annotations

import atexit
import os
import random
import select
import signal
import sys
import threading
import traceback
from contextlib import suppress
from typing import Any

from .channels import (
    open_channels,
    rearm_loop,
    renew_history,
    rewire_outputs,
    start_channels,
)
from .child import tell_ready
from .descriptors import event_descriptors, make_room
from .parking import Carried

FAILED = 70


def run_branch(
    app: Any,
    order: dict[str, Any],
    carried: Carried,
    pipe: int,
    keep: list[Any],
) -> None:
    """Open the channels, say so, and run until the kernel is shut down. Never returns."""
    make_room()
    before = event_descriptors()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # no cell runs
    _take_identity(app, order)
    rearm_loop(app, keep)
    open_channels(app, order["connection_file"])
    tell_ready(order, pipe)
    start_channels(app)
    rewire_outputs(app)
    renew_history(app)
    watched = watch_server(order)
    for local, values in carried.locals:
        local.__dict__.update(values)
    for restore in carried.restore:
        restore()
    start = app.kernel.start
    start() if carried.context is None else carried.context.run(start)
    order["install"](app, (event_descriptors() - before) | watched)
    random.setstate(order["random"])  # opening channels draws numbers
    _run(app)


def _take_identity(app: Any, order: dict[str, Any]) -> None:
    os.environ.update(order.get("environment", {}))
    name = os.environ.get("JPY_SESSION_NAME")
    if name is not None and "__session__" in app.kernel.shell.user_ns:
        app.kernel.shell.user_ns["__session__"] = name


def _run(app: Any) -> None:
    code = 0
    try:
        app.io_loop.start()
    except KeyboardInterrupt:
        pass
    except SystemExit as exit:
        code = exit.code if isinstance(exit.code, int) else 1
    except Exception:
        traceback.print_exc()
        code = FAILED
    with suppress(Exception):
        app.kernel.shell.history_manager.end_session()
    with suppress(Exception):
        atexit._run_exitfuncs()  # those registered in the branch
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            with suppress(Exception):
                stream.flush()
    os._exit(code)  # what the source holds is not finalised here


def watch_server(order: dict[str, Any]) -> set[int]:
    """End with the server; return the descriptor that is waited for.

    ipykernel's own watch compares parents, and this one's is another.
    """
    server = int(order.get("server_pid") or 0)
    if server <= 1:
        return set()
    try:
        descriptor = os.pidfd_open(server)
    except ProcessLookupError:
        os._exit(1)
    except OSError:
        return set()  # a sandbox that hides it ends us by itself

    def wait() -> None:
        select.select([descriptor], [], [])
        os._exit(1)

    threading.Thread(target=wait, name="jupyter-sessions-watch", daemon=True).start()
    return {descriptor}
