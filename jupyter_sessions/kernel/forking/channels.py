"""A branch gets an event loop that runs, channels and output streams of its own."""

from __future__ import annotations

import asyncio
import os
import selectors
import sys
import threading
import uuid
from collections import defaultdict
from io import StringIO
from typing import Any

from .capability import library
from .detachment import close_loop

PORTS = ("shell", "iopub", "stdin", "hb", "control")


def rearm_loop(app: Any, keep: list[Any]) -> None:
    """Make the main loop run again in this process.

    The object stays: locks of the user know it, and tasks that sleep go on.
    """
    outer, loop = app.io_loop, app.io_loop.asyncio_loop
    close_loop(loop)
    loop._selector = selectors.DefaultSelector()
    loop._internal_fds = 0
    loop._make_self_pipe()
    steps = [handle for handle in loop._ready if _is_step(handle)]
    keep.extend((list(loop._ready), loop._default_executor))
    loop._ready.clear()
    loop._ready.extend(steps)
    loop._signal_handlers = {}
    loop._default_executor = None
    loop._thread_id = None
    loop._stopping = False
    asyncio._set_running_loop(None)
    asyncio.set_event_loop(loop)
    for registered in (outer.handlers, outer.readers, outer.writers):
        registered.clear()


def _is_step(handle: Any) -> bool:
    """Tell whether a handle is the next step of a task of the user: a cell is the source's."""
    task = getattr(handle._callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return False
    code = getattr(task.get_coro(), "cr_code", None)
    return "/ipykernel/" not in getattr(code, "co_filename", "")


def open_channels(app: Any, connection_file: str) -> None:
    """Bind the channels that the server has prepared for the branch."""
    session = app.session
    library().zmq.Context._instance = None
    app.context = None
    for name in PORTS:
        setattr(app, f"{name}_port", 0)  # only ports that are not set are read from the file
    app.curve_publickey = app.curve_secretkey = None
    app.connection_file = connection_file
    app.load_connection_file()
    session.pid = os.getpid()
    session.session = str(uuid.uuid4())
    session.digest_history = set()
    app.kernel.ident = str(uuid.uuid4())
    app.init_sockets()
    app.init_heartbeat()
    app._ports = {name: getattr(app, f"{name}_port") for name in PORTS}


def start_channels(app: Any) -> None:
    """Have the kernel listen on them."""
    app.write_connection_file()
    kernel, stream = app.kernel, library().ZMQStream
    shell = stream(app.shell_socket, app.shell_channel_thread.io_loop)
    if hasattr(app.shell_channel_thread, "shell_stream"):  # since ipykernel 7.2
        app.shell_channel_thread.shell_stream = shell
    control = stream(app.control_socket, app.control_thread.io_loop)
    debugpy = stream(app.debugpy_socket, app.control_thread.io_loop)
    app.control_thread.start()
    app.shell_channel_thread.start()
    kernel.shell_stream, kernel.control_stream, kernel.debugpy_stream = shell, control, debugpy
    for name in (
        "debug_shell_socket", "control_thread", "iopub_thread", "shell_channel_thread",
        "iopub_socket", "stdin_socket",
    ):  # fmt: skip
        setattr(kernel, name, getattr(app, name))
    kernel.record_ports({f"{name}_port": port for name, port in app._ports.items()})
    kernel._main_asyncio_lock = asyncio.Lock()
    kernel._aborting = False
    if getattr(kernel, "debugger", None) is not None:
        kernel.debugger = kernel.debugger_class(
            kernel.log, debugpy, kernel._publish_debug_event, app.debug_shell_socket,
            app.session, kernel._kernel_modules, kernel.debug_just_my_code,
            kernel.filter_internal_frames,
        )  # fmt: skip


def rewire_outputs(app: Any) -> None:
    """Send what is printed and displayed through the new channels; the objects stay."""
    kernel = app.kernel
    streams = (sys.stdout, sys.stderr, kernel._stdout, kernel._stderr)
    for stream in {id(each): each for each in streams}.values():
        if hasattr(stream, "_watch_pipe_fd"):
            _rewire(app, stream)
    app.displayhook.pub_socket = app.iopub_socket
    kernel.shell.displayhook.pub_socket = app.iopub_socket
    kernel.shell.display_pub.pub_socket = app.iopub_socket
    kernel.shell.displayhook.topic = kernel._topic("execute_result")


def _rewire(app: Any, stream: Any) -> None:
    stream._master_pid = os.getpid()
    stream.pub_thread, stream._io_loop = app.iopub_thread, app.iopub_thread.io_loop
    stream.session = app.session
    stream._buffer_lock, stream._buffers = threading.RLock(), defaultdict(StringIO)
    stream._flush_pending = stream._subprocess_flush_pending = False
    if stream._should_watch:  # descriptors 1 and 2 still lead to the source
        os.close(stream._fid)
        stream._fid, write_end = os.pipe()
        os.dup2(write_end, stream._original_stdstream_fd)
        os.close(write_end)
        stream.watch_fd_thread = threading.Thread(target=stream._watch_pipe_fd, daemon=True)
        stream.watch_fd_thread.start()


def renew_history(app: Any) -> None:
    """Write the history to a session of its own; ``In``, ``Out`` and the counter stay.

    A thread opens it, since the disk is slow; what reads or writes the history meanwhile waits.
    """
    history = app.kernel.shell.history_manager
    if not history.enabled or history.hist_file == ":memory:":
        return
    history.db_input_cache, history.db_output_cache = [], []
    history.db_input_cache_lock = threading.Lock()
    history.db_output_cache_lock = threading.Lock()
    opening = threading.Event()

    def open_session() -> None:
        with history.db_input_cache_lock:
            opening.set()
            history.init_db()
            history.new_session()
            if history.save_thread is not None:  # newer versions stop it before a fork
                history.save_thread = type(history.save_thread)(history)
                history.save_thread.start()

    threading.Thread(target=open_session, name="jupyter-sessions-history").start()
    opening.wait()
