"""A child that was just forked lets go of what belongs to its source."""

from __future__ import annotations

import asyncio
import atexit
import os
import queue
import signal
import sys
import threading
import weakref
from contextlib import suppress
from typing import Any

from .descriptors import close_channels, reopen_files


def detach(app: Any, events: set[int], keep: list[Any]) -> None:
    """Let go of handlers, pools and channels; objects go to ``keep``, which is never emptied.

    Finalised here, they would reach into what the source still uses.
    """
    threading.current_thread().name = "MainThread"
    os.setsid()  # signals to the source's process group do not arrive here
    signal.set_wakeup_fd(-1)
    _forget_exit_handlers()
    _forget_processes(keep)
    _renew_thread_pools()
    _drop_channels(app, events, keep)
    reopen_files()


def _forget_exit_handlers() -> None:
    """What was to be removed at the exit, such as a temporary folder, is the source's."""
    atexit._clear()
    registry: Any = weakref.finalize
    for info in list(registry._registry.values()):
        info.atexit = False
    registry._registered_with_atexit = False  # those made from now on are the branch's


def _forget_processes(keep: list[Any]) -> None:
    util: Any = sys.modules.get("multiprocessing.util")
    if util is not None:
        keep.append(dict(util._finalizer_registry))
        util._finalizer_registry.clear()
        atexit.register(util._exit_function)
        process: Any = sys.modules["multiprocessing.process"]
        keep.append(set(process._children))
        process._children.clear()
    loky: Any = sys.modules.get("joblib.externals.loky.reusable_executor")
    if loky is not None:
        keep.append(loky._executor)
        loky._executor = None


def _renew_thread_pools() -> None:
    """A ThreadPoolExecutor whose workers are gone would take work and never do it."""
    pools: Any = sys.modules.get("concurrent.futures.thread")
    if pools is None:
        return
    for thread in list(pools._threads_queues):
        with suppress(AttributeError, IndexError, TypeError):
            if (executor := thread._args[0]()) is not None:
                executor._threads = set()
                executor._idle_semaphore = threading.Semaphore(0)
                executor._shutdown_lock = threading.Lock()
                executor._work_queue = queue.SimpleQueue()
    pools._threads_queues.clear()


def _drop_channels(app: Any, events: set[int], keep: list[Any]) -> None:
    """Close the descriptors of the source's channels, and nothing else of them.

    Epoll sets are shared with the source: to unregister here would unregister there.
    """
    kernel, shells = app.kernel, app.shell_channel_thread
    manager = shells._manager
    subshells = list(manager._cache.values()) if manager is not None else []
    loops = [each.io_loop for each in (app.control_thread, app.iopub_thread, shells, *subshells)]
    keep.extend((
        loops, subshells, manager, shells, app.context, app.heartbeat, app.control_thread,
        app.iopub_thread, app.shell_socket, app.control_socket, app.stdin_socket,
        app.debugpy_socket, app.debug_shell_socket, app.poller, kernel.shell_stream,
        kernel.control_stream, kernel.debugpy_stream, getattr(kernel, "debugger", None),
        kernel.shell.history_manager.db,
    ))  # fmt: skip
    for loop in loops:
        # A task that is collected while it is pending says so, in the output of the source.
        keep.append(asyncio.all_tasks(loop.asyncio_loop))
        close_loop(loop.asyncio_loop)
    close_channels(app, events)


def close_loop(loop: Any) -> None:
    """Close the descriptors of an event loop of asyncio."""
    for each in (loop._selector, loop._ssock, loop._csock):
        each.close()
