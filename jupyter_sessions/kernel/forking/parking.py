"""Holds the kernel's main thread between two cells while it is forked."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from .executed import executed

HOLD_S = 10.0
"""What never happens: the thread that forks does not come back."""
TRIES = 20
"""How often what is queued in the event loop goes first."""


@dataclass
class Carried:
    """What belongs to the main thread, which the branch does not have."""

    context: Context | None = None
    """Of the cells: the settings of numpy and decimal live here."""
    locals: list[tuple[threading.local, dict[str, Any]]] = field(default_factory=list)
    restore: list[Callable[[], Any]] = field(default_factory=list)


class Parking:
    """One try to hold the main thread."""

    def __init__(self, app: Any, count: int | None = None) -> None:
        """With ``count``, the cell that is about to end as the last of so many is waited for."""
        self._app = app
        self._count = count
        self._lock = threading.Lock()
        self._decided, self._leave = threading.Event(), threading.Event()
        self._scheduled = False
        self._given_up = False
        self._held = False
        self.carried = Carried()

    def schedule(self) -> None:
        """Go before all that the main thread does from now on. Runs on it, in a cell."""
        self._scheduled = True
        self._app.io_loop.asyncio_loop.call_soon(self._park, 0)

    @contextmanager
    def held(self, patience: float) -> Iterator[bool]:
        """Hold the main thread while this is open; ``False`` when a cell runs.

        A running cell blocks the loop, so that not even the question is heard: that is the same.
        """
        if not self._scheduled:
            self._app.io_loop.asyncio_loop.call_soon_threadsafe(self._park, TRIES)
        self._decided.wait(patience)
        with self._lock:
            self._given_up = not self._held
        try:
            yield self._held
        finally:
            self.leave()

    def leave(self) -> None:
        """Let the main thread go on."""
        self._given_up = True
        self._leave.set()

    def _park(self, tries: int) -> None:
        loop = self._app.io_loop.asyncio_loop
        if self._given_up or not self._is_wanted():
            self._decided.set()
            return
        if busy(self._app):
            if self._count is None:
                self._decided.set()
            else:  # the cell has ended, but for its reply
                loop.call_soon(self._park, tries)
            return
        if loop._ready and tries:
            loop.call_soon(self._park, tries - 1)
            return
        self.carried = carry(self._app)
        with self._lock:
            if self._given_up:
                return
            self._held = True
        self._decided.set()
        self._leave.wait(HOLD_S)

    def _is_wanted(self) -> bool:
        """Tell whether no other cell has run since."""
        return self._count is None or len(executed(self._app)) == self._count


def busy(app: Any) -> bool:
    """Tell whether a cell runs, in the main place or in a subshell."""
    channel = app.shell_channel_thread
    shells = list(channel._manager._cache.values()) if channel._manager is not None else []
    locks = [app.kernel._main_asyncio_lock, *(shell.asyncio_lock for shell in shells)]
    return any(lock.locked() for lock in locks)


def carry(app: Any) -> Carried:
    """Return what only the main thread can see. Runs on it."""
    carried = Carried(cell_context(app))
    for value in list(app.kernel.shell.user_ns.values()):
        if type(value) is threading.local:
            carried.locals.append((value, dict(value.__dict__)))
    torch: Any = sys.modules.get("torch")
    with suppress(Exception):  # half imported, or without it
        gradients = torch.is_grad_enabled()
        carried.restore.append(lambda: torch.set_grad_enabled(gradients))
    return carried


def cell_context(app: Any) -> Context:
    """Return the context that cells run in; ipykernel keeps it in the closure of a callback."""
    fallback: Context = app.kernel._shell_context
    with suppress(AttributeError, ValueError, TypeError):
        callback = app.shell_channel_thread._manager._shell_channel_to_main.to_stream._recv_callback
        place = callback.__code__.co_freevars.index("context")
        found = callback.__closure__[place].cell_contents
        return found if isinstance(found, Context) else fallback
    return fallback
