"""When a checkpoint is worth it: after a cell that took long, or several that together did."""

from __future__ import annotations

import os
import threading
import time
import uuid
from typing import Any

from .executed import digests, executed
from .freezer import oom_score
from .parking import Parking

EVENTS = ("pre_run_cell", "post_run_cell")


class Moments:
    """Watches the cells of the main shell, and orders a checkpoint after some.

    ``policy``: ``folder`` for the sockets, ``kernel_id``, ``server_pid``; ``cell_s`` and
    ``piled_s``, the seconds that one cell, or those since the last checkpoint, must have taken.
    """

    def __init__(self, app: Any, forker: Any, policy: dict[str, Any]) -> None:
        self._app, self._forker, self._policy = app, forker, policy
        self._began: float | None = None
        self._piled = 0.0
        self._total = 0.0

    def watch(self) -> None:
        """Look at every cell from now on."""
        stop_watching(self._app)
        events = self._app.kernel.shell.events
        for name in EVENTS:
            events.register(name, getattr(self, f"_{name}"))

    def _pre_run_cell(self, info: Any) -> None:
        if self._on_main():
            self._began = time.monotonic()

    def _post_run_cell(self, result: Any) -> None:
        if self._began is None or not self._on_main():
            return
        took, self._began = time.monotonic() - self._began, None
        self._piled += took
        self._total += took
        if took >= self._policy["cell_s"] or self._piled >= self._policy["piled_s"]:
            self._order()

    def _on_main(self) -> bool:
        channel = self._app.shell_channel_thread
        return threading.current_thread() is channel.parent_thread

    def _order(self) -> None:
        """Ask for a checkpoint; it is made when the reply of the cell was sent."""
        sources = executed(self._app)
        record = {
            "kernel_id": self._policy["kernel_id"],
            "executed": digests(sources),
            "count": len(sources),
            "seconds": round(self._piled, 3),
            "total_seconds": round(self._total, 3),
        }
        self._piled = 0.0
        parking = Parking(self._app, len(sources))
        parking.schedule()  # here: another thread might be later than the next cell
        self._forker.submit(
            {
                "mode": "checkpoint",
                "parking": parking,
                "socket": os.path.join(self._policy["folder"], f"{uuid.uuid4().hex[:12]}.sock"),
                "record": record,
                "server_pid": self._policy["server_pid"],
                "oom_score": oom_score(),
            }
        )


def stop_watching(app: Any) -> None:
    """Forget who watched; a branch has inherited the watch of its source."""
    for name in EVENTS:
        for _, callback in _watching(app, name):
            app.kernel.shell.events.unregister(name, callback)


def running_since(app: Any) -> float | None:
    """Return when the cell that runs began (``monotonic``); ``None`` when nobody watches."""
    return next((moments._began for moments, _ in _watching(app, EVENTS[0])), None)


def _watching(app: Any, event: str) -> list[tuple[Any, Any]]:
    """Return those of ours, whichever module they are of: a branch has inherited its source's."""
    callbacks = list(app.kernel.shell.events.callbacks[event])
    pairs = [(getattr(each, "__self__", None), each) for each in callbacks]
    return [pair for pair in pairs if type(pair[0]).__name__ == Moments.__name__]
