"""A checkpoint: a forked child that stands still, and is forked itself when someone asks.

It is one thread that waits: no CPU, and only the memory that its source has written since. It ends
soon after the kernel that it was made of, with the server, or when it is dropped. A copy of it can
write its variables to the disk meanwhile.
"""

from __future__ import annotations

import io
import json
import math
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any

from .branch import FAILED, run_branch, watch_server
from .child import fork_quietly, tell, tell_failure
from .descriptors import reopen_files, sockets
from .orphan import become_orphan
from .parking import Carried
from .saving import save

OOM_SCORE = "800"
"""Checkpoints go first when memory runs out."""
REQUEST_S = 5.0
GRACE_S = 10.0
"""How long the server may take to notice that the kernel died, and to say what is to be done."""


def freeze(app: Any, order: dict[str, Any], carried: Carried, pipe: int, keep: list[Any]) -> None:
    """Stand still and serve. Never returns."""
    order["record"]["kernel_pid"] = os.getppid()
    _set_oom_score(OOM_SCORE)
    _release_output()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(order["socket"])
    os.chmod(order["socket"], 0o600)
    listener.listen(4)
    life = Life(int(order["server_pid"]), os.getppid())
    _write_record(order)
    tell(pipe, status="ok", pid=os.getpid())
    os.close(pipe)
    while life.goes_on(listener.fileno()):
        with suppress(OSError, ValueError):  # whoever asked has gone, or asked nonsense
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(REQUEST_S)
                request = json.loads(connection.makefile().readline())
                if request["op"] == "drop":
                    break
                inherited = (listener.fileno(), *life.descriptors)
                if request["op"] == "keep":
                    life.keep(request)
                    tell(connection.fileno(), status="ok")
                if request["op"] == "fork":
                    _fork(app, order | request, carried, connection, keep, inherited)
                if request["op"] == "save":
                    _save(app, order | request, connection, inherited)
    _end(order, life.server_is_gone)


class Life:
    """How long a checkpoint stands still: as long as server and kernel, and a moment longer.

    A kernel that died can be brought back, if the server says so in that time.
    """

    def __init__(self, server: int, kernel: int) -> None:
        self._server = os.pidfd_open(server)
        self._kernel = -1 if kernel <= 1 else os.pidfd_open(kernel)
        self._until = math.inf

    @property
    def descriptors(self) -> list[int]:
        return [each for each in (self._server, self._kernel) if each >= 0]

    @property
    def server_is_gone(self) -> bool:
        return bool(_ready([self._server], 0))

    def keep(self, request: dict[str, Any]) -> None:
        """Live on for some ``seconds``, or as long as another ``kernel`` (its process)."""
        self._follow(-1)
        if "kernel" in request:
            self._follow(os.pidfd_open(int(request["kernel"])))
            self._until = math.inf
        else:
            self._until = time.monotonic() + float(request["seconds"])

    def goes_on(self, listener: int) -> bool:
        """Wait until someone asks on the listener; ``False`` when it is time to end."""
        while True:
            ready = _ready([listener, *self.descriptors], self._until - time.monotonic())
            if self._server in ready or not ready:
                return False
            if self._kernel in ready:
                self._follow(-1)
                self._until = time.monotonic() + GRACE_S
            if listener in ready:
                return True

    def _follow(self, kernel: int) -> None:
        if self._kernel >= 0:
            os.close(self._kernel)
        self._kernel = kernel


def _ready(descriptors: list[int], seconds: float) -> set[int]:
    """Wait for one of them; ``select`` would know none above 1,023."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    milliseconds = None if seconds == math.inf else max(0, math.ceil(seconds * 1000))
    return {descriptor for descriptor, _ in poll.poll(milliseconds)}


def _fork(
    app: Any,
    order: dict[str, Any],
    carried: Carried,
    connection: socket.socket,
    keep: list[Any],
    inherited: tuple[int, ...],
) -> None:
    """Make a branch that answers on the connection; it is no child of the checkpoint."""
    pid = fork_quietly()
    if pid:
        os.waitpid(pid, 0)
        return
    pipe = os.dup(connection.fileno())
    os.set_blocking(pipe, True)
    try:
        order["parent"] = become_orphan()
        tell(pipe, pid=os.getpid())
        os.setsid()
        _set_oom_score(order["oom_score"])
        for descriptor in inherited:
            os.close(descriptor)
        connection.close()
        reopen_files()  # the checkpoint keeps the positions for the next one
        run_branch(app, order, carried, pipe, keep)
    except BaseException:
        tell_failure(order, pipe)
    finally:
        os._exit(FAILED)


def _save(
    app: Any, order: dict[str, Any], connection: socket.socket, inherited: tuple[int, ...]
) -> None:
    """Have a copy save the namespace, when nothing else wants the processor."""
    pid = fork_quietly()
    if pid:
        os.waitpid(pid, 0)
        return
    try:
        become_orphan()
        os.setsid()
        _stand_back(order["seconds"])
        pipe = os.dup(connection.fileno())
        connection.close()
        for descriptor in inherited:
            os.close(descriptor)
        for descriptor in [fd for fd, _ in sockets() if fd != pipe]:
            os.close(descriptor)  # what is saved may not talk to the source's servers
        sys.stdout = sys.stderr = io.StringIO()
        watch_server(order)
        save(app, order)
        tell(pipe, status="ok")
    finally:
        os._exit(0)


def _stand_back(seconds: float) -> None:
    """Let everyone else go first, and end at the latest after so many seconds."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(seconds) + 5)
    with suppress(OSError):
        os.nice(19)
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _set_oom_score(score: str) -> None:
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(score)


def oom_score() -> str:
    """Return how readily this process is killed when memory runs out."""
    with open("/proc/self/oom_score_adj") as file:
        return file.read().strip()


def _release_output() -> None:
    """Let go of the pipes that the source reads its own output from."""
    stream: Any
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "_should_watch", False):
            os.dup2(stream._original_stdstream_copy, stream._original_stdstream_fd)


def _write_record(order: dict[str, Any]) -> None:
    """Say what can be forked here, beside the socket: readers need not ask a busy kernel."""
    record = order["record"] | {"pid": os.getpid(), "made": time.time(), "socket": order["socket"]}
    file = order["socket"].removesuffix(".sock") + ".json"
    with open(file + ".new", "w") as new:
        json.dump(record, new)
    os.replace(file + ".new", file)


def _end(order: dict[str, Any], server_is_gone: bool) -> None:
    socket_file = order["socket"]
    for file in (socket_file.removesuffix(".sock") + ".json", socket_file):
        with suppress(OSError):
            os.unlink(file)
    if server_is_gone:
        with suppress(OSError):
            os.rmdir(os.path.dirname(socket_file))  # by the last one
    os._exit(0)
