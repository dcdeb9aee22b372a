"""Interrupting a cell that runs beside the one that waits: the server asks the kernel to do it."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from types import FrameType

PATIENCE_S = 2.0
"""How long to wait for a cell that is on its way."""


def interrupt(subshell_id: str) -> bool:
    """Raise KeyboardInterrupt in the cell that a subshell runs; tell whether it runs any.

    A subshell is a thread: the signal of the Stop button does not arrive there. A cell that is
    inside of a C function, such as a long sleep, goes on until it comes back from there.
    """
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        frames = sys._current_frames()
        for thread in threading.enumerate():
            ident = thread.ident or 0
            if thread.name == f"subshell-{subshell_id}" and _runs_a_cell(frames.get(ident)):
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(ident), ctypes.py_object(KeyboardInterrupt)
                )
                return True
        time.sleep(0.02)
    return False


def _runs_a_cell(frame: FrameType | None) -> bool:
    """Tell whether the user's code is on the stack: in an idle thread it would end the thread."""
    while frame is not None:
        if frame.f_code.co_name == "run_code":
            return True
        frame = frame.f_back
    return False
