"""A branch that is made in the middle of a cell: the cell goes on in the source, and only there.

The branch has the variables as they are at that moment. The thread that ran the cell is not in it;
what that thread has begun is put in order.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import _bootstrap
from types import FrameType
from typing import Any

from .executed import digests, executed
from .moments import running_since
from .parking import Carried, cell_context

LOCALS = "_locals"
"""The variable of the branch with those of the functions that the cell was in, by their names."""


def where(app: Any) -> dict[str, Any]:
    """Return what runs: the digest of the cell, its ``line``, the ``seconds`` since it began.

    A cell that stands elsewhere, in an await, has no line.
    """
    began = running_since(app)
    frames = list(_frames(app))
    return {
        "cell": (digests(executed(app)) or [""])[-1],
        "line": frames[0].f_lineno if frames else None,
        "seconds": None if began is None else round(time.monotonic() - began, 1),
    }


def locals_of_cell(app: Any) -> dict[str, dict[str, Any]]:
    """Return the variables of the functions that the cell is in; of two alike, the inner one's.

    They are not in the branch as such. Before Python 3.13 the source keeps what they hold until
    the function ends, as for a debugger.
    """
    return {
        frame.f_code.co_qualname: dict(frame.f_locals)
        for frame in list(_frames(app))[1:]
        if frame.f_code.co_flags & inspect.CO_OPTIMIZED
    }


def _frames(app: Any) -> Iterator[FrameType]:
    """Yield what the main thread is in, from the cell inwards."""
    frame = sys._current_frames().get(app.shell_channel_thread.parent_thread.ident)
    found = []
    while frame is not None and not _runs_cells(frame):
        found.append(frame)
        frame = frame.f_back
    if frame is not None:
        yield from reversed(found)


def _runs_cells(frame: FrameType) -> bool:
    code = frame.f_code
    return code.co_name == "run_code" and code.co_filename.endswith("interactiveshell.py")


def carry_from_cell(app: Any) -> Carried:
    """Return what can be seen of the main thread while it is at work."""
    return Carried(cell_context(app).copy())


def leave_cell(app: Any, order: dict[str, Any], display_pub: Any, keep: list[Any]) -> None:
    """Put in order what the cell has begun. Runs in the child, before its loop is made to run.

    ``display_pub`` is where displays go outside of ``%%capture``. Tasks do not go on: the cell may
    be one of them.
    """
    kernel, shell, loop = app.kernel, app.kernel.shell, app.io_loop.asyncio_loop
    with suppress(RuntimeError):  # it is known by the thread that is gone, or by the loop
        if (task := asyncio.current_task(loop)) is not None:
            asyncio._leave_task(loop, task)
    keep.extend((list(loop._ready), list(loop._scheduled), asyncio.all_tasks(loop)))
    loop._ready.clear()
    loop._scheduled.clear()
    sys.stdout, sys.stderr = kernel._stdout, kernel._stderr
    sys.displayhook, shell.display_pub = shell.displayhook, display_pub
    # The cell has its number; older versions of IPython count at its end.
    known = len(shell.history_manager.input_hist_parsed)
    shell.execution_count = max(shell.execution_count, known)
    vars(_bootstrap)["_module_locks"].clear()  # those of an import that the cell has begun
    if order["locals"]:
        shell.user_ns[LOCALS] = order["locals"]
    shell.banner1, shell.banner2 = _banner(order), ""


def _banner(order: dict[str, Any]) -> str:
    """Return what a console says first."""
    place = order["place"]
    when = "" if place["seconds"] is None else f" {place['seconds']:g} s after it began"
    line = "" if place["line"] is None else f", at line {place['line']}"
    text = (
        f"{order['name']}: a copy of its kernel, made in the middle of a cell{when}{line}.\n"
        "The cell goes on in the notebook. What you do here changes nothing there.\n"
    )
    names = ", ".join(f"{LOCALS}[{name!r}]" for name in order["locals"])
    return f"{text}Variables of functions that it was in: {names}\n" if names else text
