"""A child becomes an orphan, which its grandparent need not wait for.

The usual way is to fork again and end. That copies the tables of the memory a second time, and
frees the first ones: with gigabytes that is half of the time of a fork. ``vfork`` copies nothing:
the new process has the same memory, and the old one stands still until it ends, which it does at
once. It never comes back to its stack, which the new one goes on with.

What the C library and the system knew of the old thread is put right: its number in the thread's
descriptor, by which locks know their owner; where the system clears that number; the list of robust
locks; the place where it writes the processor (rseq). Where any of it is not as expected, the usual
way is taken.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .child import fork_quietly

SET_TID_ADDRESS, SET_ROBUST_LIST, GET_ROBUST_LIST, RSEQ = 218, 273, 274, 334
"""Numbers of system calls on x86-64."""
RSEQ_SIZE, RSEQ_UNREGISTER, RSEQ_SIGNATURE = 32, 1, 0x53053053
SEARCHED = 1024
"""Bytes of a thread's descriptor, which has over 2,000: its number lies at 720 in all versions."""


def become_orphan() -> int:
    """Go on as a process whose parent ends now; return the parent.

    Call it in a child with one thread.
    """
    parent = os.getpid()
    thread = _describe_thread()
    if (thread is None or not _vfork(thread, parent)) and fork_quietly():
        os._exit(0)
    return parent


@dataclass
class _Thread:
    """What has to be put right of the only thread."""

    library: Any
    number: ctypes.c_int
    """Where the C library keeps its number."""
    rseq: int
    """Address of its area, 0 if there is none."""
    robust: tuple[int, int]
    """Address and size of the list of robust locks."""


def _describe_thread() -> _Thread | None:
    """Return what has to be put right; ``None`` when it cannot be told here."""
    if platform.machine() != "x86_64" or sys.maxsize < 2**32:
        return None
    with suppress(Exception):
        library: Any = ctypes.PyDLL(None)  # keeps Python's lock, since it never comes back
        library.gnu_get_libc_version  # noqa: B018 - of the GNU library only
        library.pthread_self.restype = ctypes.c_void_p
        library.syscall.restype = ctypes.c_long
        start = int(library.pthread_self())
        words = (ctypes.c_int * (SEARCHED // 4)).from_address(start)
        places = [at for at, word in enumerate(words) if word == threading.get_native_id()]
        if len(places) != 1:
            return None
        number = ctypes.c_int.from_address(start + 4 * places[0])
        return _Thread(library, number, _rseq(library, start), _robust(library))
    return None


def _rseq(library: Any, start: int) -> int:
    """Return the address of the area of restartable sequences, 0 if they are not used."""
    try:
        size = ctypes.c_uint.in_dll(library, "__rseq_size").value
        offset = ctypes.c_ssize_t.in_dll(library, "__rseq_offset").value
    except ValueError:  # before version 2.35
        return 0
    return start + offset if size else 0


def _robust(library: Any) -> tuple[int, int]:
    head, size = ctypes.c_void_p(), ctypes.c_size_t()
    library.syscall(GET_ROBUST_LIST, 0, ctypes.byref(head), ctypes.byref(size))
    return head.value or 0, size.value


def _vfork(thread: _Thread, parent: int) -> bool:
    """Return ``True`` in the new process; ``False`` in the old one when there is none."""
    _sign_off(thread)  # at its end the system writes nothing to what it has been told
    pid = thread.library.vfork()
    if pid > 0:
        os._exit(1)  # the new one was killed at once
    if pid == 0:
        os.kill(parent, signal.SIGKILL)
    _sign_on(thread)
    return bool(pid == 0)


def _sign_off(thread: _Thread) -> None:
    call, none = thread.library.syscall, ctypes.c_void_p()
    call(SET_TID_ADDRESS, none)
    call(SET_ROBUST_LIST, none, ctypes.c_size_t(thread.robust[1]))
    if thread.rseq:
        call(RSEQ, ctypes.c_void_p(thread.rseq), RSEQ_SIZE, RSEQ_UNREGISTER, RSEQ_SIGNATURE)


def _sign_on(thread: _Thread) -> None:
    call, (robust, size) = thread.library.syscall, thread.robust
    thread.number.value = threading.get_native_id()
    call(SET_TID_ADDRESS, ctypes.byref(thread.number))
    call(SET_ROBUST_LIST, ctypes.c_void_p(robust), ctypes.c_size_t(size))
    if thread.rseq:
        call(RSEQ, ctypes.c_void_p(thread.rseq), RSEQ_SIZE, 0, RSEQ_SIGNATURE)
