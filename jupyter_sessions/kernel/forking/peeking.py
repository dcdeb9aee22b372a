"""A branch that is made in the middle of a cell: the cell goes on in the source, and only there.

The branch has the variables as they are at that moment. The thread that ran the cell is not in it;
what that thread has begun is put in order.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress
from importlib import _bootstrap
from typing import Any

from .executed import digests, executed
from .moments import running_since
from .parking import Carried, cell_context


def where(app: Any) -> dict[str, Any]:
    """Return what runs: the digest of the cell, its ``line``, the ``seconds`` since it began."""
    began = running_since(app)
    return {
        "cell": (digests(executed(app)) or [""])[-1],
        "line": _line(app),
        "seconds": None if began is None else round(time.monotonic() - began, 1),
    }


def _line(app: Any) -> int | None:
    """Return the line of the cell that runs, ``None`` when it stands elsewhere, in an await."""
    main = app.shell_channel_thread.parent_thread
    frame = sys._current_frames().get(main.ident)
    line = None
    while frame is not None and frame.f_back is not None:
        caller = frame.f_back.f_code
        if caller.co_name == "run_code" and "interactiveshell" in caller.co_filename:
            line = frame.f_lineno
        frame = frame.f_back
    return line


def carry_from_cell(app: Any) -> Carried:
    """Return what can be seen of the main thread while it is at work."""
    return Carried(cell_context(app).copy())


def leave_cell(app: Any, display_pub: Any, keep: list[Any]) -> None:
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
    locks: Any = _bootstrap._module_locks  # type: ignore[attr-defined]
    locks.clear()  # those of an import that the cell has begun
