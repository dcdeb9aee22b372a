"""What a kernel does about code that runs beside the cell that waits for an answer."""

from __future__ import annotations

import sys
import threading
from types import FrameType


def interrupt_beside() -> bool:
    """Raise KeyboardInterrupt in the cells that the agent runs in this kernel; tell if any does.

    They run in threads (subshells of ipykernel), where the signal of the Stop button does not
    arrive. Code that is inside of a C function goes on until it comes back from there.
    """
    if "ipykernel" not in sys.modules:
        return False
    import ctypes  # loaded by ipykernel anyway

    frames = sys._current_frames()
    busy = [
        thread.ident
        for thread in threading.enumerate()
        if thread.name.startswith("subshell-") and _runs_a_cell(frames.get(thread.ident or 0))
    ]
    for ident in busy:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(ident or 0), ctypes.py_object(KeyboardInterrupt)
        )
    return bool(busy)


def _runs_a_cell(frame: FrameType | None) -> bool:
    """Tell whether the user's code is on the stack: in an idle thread it would end the thread."""
    while frame is not None:
        if frame.f_code.co_name == "run_code":
            return True
        frame = frame.f_back
    return False
