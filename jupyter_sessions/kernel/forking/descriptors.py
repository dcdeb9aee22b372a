"""The file descriptors of a kernel's own channels, and those of the user."""

from __future__ import annotations

import fcntl
import os
import resource
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from .capability import library

FDS = "/proc/self/fd"
ROOM = 512
"""Descriptors: a kernel has about 70 of its own."""
EVENTS = {"anon_inode:[eventfd]", "anon_inode:[eventpoll]", "anon_inode:[pidfd]"}


def targets() -> dict[int, str]:
    """Return what each open descriptor leads to."""
    found = {}
    for name in os.listdir(FDS):
        with suppress(OSError):  # the descriptor of the listing itself
            found[int(name)] = os.readlink(f"{FDS}/{name}")
    return found


def event_descriptors() -> set[int]:
    """Return the descriptors that threads and processes are waited for with."""
    return {fd for fd, target in targets().items() if target in EVENTS}


def channel_events(app: Any) -> set[int]:
    """Return those of the kernel's sockets, among which the user may have made others."""
    sockets = [
        app.shell_socket, app.control_socket, app.stdin_socket, app.iopub_thread.socket,
        app.debugpy_socket, app.debug_shell_socket, *app.iopub_thread._event_pipes.values(),
    ]  # fmt: skip
    return {
        each.getsockopt(library().zmq.FD)
        for each in sockets
        if each is not None and not each.closed
    }


def sockets() -> Iterator[tuple[int, socket.socket]]:
    """Yield each open socket: its descriptor, and a copy to ask."""
    for fd in targets():
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                with socket.socket(fileno=os.dup(fd)) as copy:
                    yield fd, copy


def is_channel(app: Any, sock: socket.socket) -> bool:
    """Tell whether a socket listens for, or is connected to, a client of this kernel."""
    ports = {port for port in app._ports.values() if port}
    if app.transport == "ipc":
        names = {f"{app.ip}-{port}" for port in ports}
    ports.add(getattr(app.iopub_thread, "_pipe_port", 0))
    for ask in (sock.getsockname, sock.getpeername):
        with suppress(OSError):
            address = ask()
            if isinstance(address, tuple) and address[1] in ports:
                return True
            if app.transport == "ipc" and isinstance(address, str) and address in names:
                return True
    return False


def user_connections(app: Any) -> list[str]:
    """Return the addresses that the user's code is connected to."""
    found = []
    for _, sock in sockets():
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not is_channel(app, sock):
            with suppress(OSError):
                host, port = sock.getpeername()[:2]
                found.append(f"{host}:{port}")
    return sorted(set(found))


def close_channels(app: Any, events: set[int]) -> None:
    """Give up the descriptors of the channels: in a child they would keep the ports taken."""
    doomed = [fd for fd, sock in sockets() if is_channel(app, sock)]
    for fd in {*doomed, *(events & event_descriptors())}:
        os.close(fd)


def make_room() -> None:
    """Have the table of descriptors grow now, in the only thread.

    Linux lets a process with several threads wait for all processors when it grows: 10 to 25 ms.
    """
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    with suppress(OSError):
        os.close(fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, min(ROOM, limit) - 1))


def reopen_files() -> None:
    """Give the regular files that are open a position of their own, at the same place.

    A fork shares it: what the branch reads would be skipped by the source.
    """
    for fd in targets():
        with suppress(OSError):
            if fd > 2 and stat.S_ISREG(os.fstat(fd).st_mode):
                _reopen(fd)


def _reopen(fd: int) -> None:
    keep = ~(os.O_CREAT | os.O_EXCL | os.O_TRUNC | os.O_NOCTTY)
    flags = fcntl.fcntl(fd, fcntl.F_GETFL) & keep
    inheritable = os.get_inheritable(fd)
    fresh = os.open(f"{FDS}/{fd}", flags)
    try:
        os.lseek(fresh, os.lseek(fd, 0, os.SEEK_CUR), os.SEEK_SET)
        os.dup2(fresh, fd, inheritable)
    finally:
        os.close(fresh)
