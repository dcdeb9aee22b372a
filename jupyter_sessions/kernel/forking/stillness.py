"""A moment at which no thread of the user computes, and none can begin to.

Code of libraries runs on without Python's lock. A fork in the middle of it would hang, and the
source with it: OpenBLAS ends its pool before a fork, and waits for workers that never come.
Whoever has the lock stops all others, each at the end of its call into a library.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from .hazards import OWN_THREADS

LOOKS_S = (0.02, 0.1, 0.2, 0.4, 0.8)
"""How long all others are stopped at most in each try: as long as a call into a library takes."""
ALONE_S = 0.1
"""How long this thread has the lock for itself after that: the fork is made within."""
PAUSE_S = 0.005
"""How long the others may have the lock, before the next try."""
COMPUTES = (b"R", b"D")
"""States of a thread: on a processor, or waiting for the disk."""


class NotStill(Exception):
    """Threads computed all the time; ``names`` are theirs."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@contextmanager
def still(app: Any, *, also_main: bool = False) -> Iterator[None]:
    """Let no thread of the user run while this is open; leave it within milliseconds.

    A child leaves it, too. ``also_main``: the main thread is not held between two cells. Raises
    NotStill when there was no such moment; what computes for a second without a pause has none.
    """
    looks = list(_open_looks(also_main))
    interval = sys.getswitchinterval()
    _end_history_thread(app)
    names: list[str] = []
    try:
        for patience in LOOKS_S if looks else ():
            sys.setswitchinterval(patience + ALONE_S)
            time.sleep(0.001)  # gives the lock away: what follows has it for all of that time
            names = _computing(looks, patience)
            if not names:
                break
            sys.setswitchinterval(interval)
            time.sleep(PAUSE_S)
        if names:
            raise NotStill(names)
        yield
    finally:
        sys.setswitchinterval(interval)
        for _, descriptor in looks:
            os.close(descriptor)


def _open_looks(also_main: bool) -> Iterator[tuple[str, int]]:
    """Yield the threads that may run code of the user: a name, and where its state is read."""
    own = OWN_THREADS - {"MainThread"} if also_main else OWN_THREADS
    for thread in threading.enumerate():
        if thread.name in own or thread.native_id in (None, threading.get_native_id()):
            continue
        with suppress(OSError):  # it has ended
            path = f"/proc/self/task/{thread.native_id}/stat"
            yield thread.name, os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _computing(looks: list[tuple[str, int]], patience: float) -> list[str]:
    """Wait, with the lock, until no thread computes; return the names of those that still do."""
    buffer = ctypes.create_string_buffer(512)
    until = time.monotonic() + patience
    while True:
        names = [name for name, descriptor in looks if _state(descriptor, buffer) in COMPUTES]
        if time.monotonic() >= until or (not names and _locks_are_free()):
            return names if _locks_are_free() else [*names, "logging"]
        _libc().usleep(200)


@cache
def _libc() -> Any:
    """Return calls that keep the lock; those of ``os`` and ``time`` give it away."""
    library = ctypes.PyDLL(None)
    library.pread.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long)
    return library


def _state(descriptor: int, buffer: Any) -> bytes:
    size = _libc().pread(descriptor, buffer, len(buffer), 0)
    return bytes(buffer.raw[: max(size, 0)].rpartition(b") ")[2][:1])


def _locks_are_free() -> bool:
    """Tell whether nobody holds what Python takes before a fork: it would wait, and others run."""
    pools = sys.modules.get("concurrent.futures.thread")
    for lock in (getattr(logging, "_lock", None), getattr(pools, "_global_shutdown_lock", None)):
        if lock is not None:
            if not lock.acquire(blocking=False):
                return False
            lock.release()
    return True


def _end_history_thread(app: Any) -> None:
    """Newer versions of IPython do so in the fork, and others would run while it is waited for."""
    stop = getattr(type(app.kernel.shell.history_manager), "_stop_thread", None)
    if stop is not None:
        stop()
