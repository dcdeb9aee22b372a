"""The thread that forks. It runs no code of the user, ever."""

from __future__ import annotations

import gc
import math
import os
import queue
import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from .branch import FAILED, run_branch
from .capability import refusal
from .child import Reply, answer, error, fork_quietly, tell, tell_failure
from .descriptors import channel_events
from .detachment import detach
from .freezer import freeze
from .hazards import computes, find_hazards
from .orphan import become_orphan
from .parking import Carried, Parking, busy
from .peeking import carry_from_cell, leave_cell, locals_of_cell, where
from .stillness import NotStill, still

PATIENCE_S = 0.25
"""How long to wait for the main thread; the server asks again."""
AFTER_CELL_S = 5.0
"""The same for a checkpoint, which is ordered when its cell is about to end."""
REAP_S = 1.0
ENDING_S = 0.1
SENT_S = 0.05


class Forker(threading.Thread):
    """Takes orders from the control channel, one after the other.

    ``mode`` of an order is ``kernel`` (a branch), ``checkpoint`` (a child that stands still) or
    ``peek`` (a branch in the middle of a cell); ``parking`` is there when the main thread was asked
    to stop already; ``sent`` is an event that is waited for a moment, before what was held goes on;
    ``until`` is the time (``monotonic``, the same for all processes) at which nobody waits for it
    any more.
    """

    def __init__(
        self, app: Any, events: set[int], install: Callable[[Any, set[int]], None]
    ) -> None:
        """``install`` is called in a branch, to make it one that can be forked."""
        super().__init__(name="jupyter-sessions-forker", daemon=True)
        self.pydev_do_not_trace = self.is_pydev_daemon_thread = True
        self._app = app
        self._events = events
        self._install = install
        self._display_pub = app.kernel.shell.display_pub
        self._keep: list[Any] = []
        self._frozen: set[int] = set()
        self._ending: set[int] = set()
        self._orders: queue.SimpleQueue[tuple[dict[str, Any], Future[Reply]]] = queue.SimpleQueue()

    def submit(self, order: dict[str, Any]) -> Future[Reply]:
        """Have an order done; the future never fails."""
        future: Future[Reply] = Future()
        self._orders.put((order, future))
        return future

    def run(self) -> None:
        while True:
            try:
                wait = ENDING_S if self._ending else REAP_S if self._frozen else None
                order, future = self._orders.get(timeout=wait)
            except queue.Empty:
                self._reap()
                continue
            order["future"] = future
            try:
                reply = self._do(order)
            except Exception as problem:
                reply = error(repr(problem))
            if not future.done():
                future.set_result(reply)

    def _reap(self) -> None:
        """Clean up after children that have ended: checkpoints, and the parents of branches."""
        for some in (self._frozen, self._ending):
            for pid in list(some):
                with suppress(ChildProcessError):
                    if os.waitpid(pid, os.WNOHANG)[0] == 0:
                        continue
                some.discard(pid)

    def _do(self, order: dict[str, Any]) -> Reply:
        parking: Parking | None = order.pop("parking", None)
        patience = PATIENCE_S if parking is None else AFTER_CELL_S
        parking = parking or Parking(self._app)
        if why := refusal():
            parking.leave()
            return {"status": "unable", "message": why}
        if time.monotonic() > order.get("until", math.inf):
            return error("The kernel came to it too late: it was at work for too long.")
        if order.get("mode") == "peek":
            return self._peek(order)
        with parking.held(patience) as held:
            if not held:
                return {"status": "busy"}
            reply = self._make(order, parking.carried)
            hand_over(order, reply)
            return reply

    def _peek(self, order: dict[str, Any]) -> Reply:
        """Make a branch in the middle of a cell, which goes on here and ends there."""
        if not busy(self._app):
            return {"status": "idle"}
        place = where(self._app)
        order["place"] = place
        return place | self._make(order, carry_from_cell(self._app))

    def _make(self, order: dict[str, Any], carried: Carried) -> Reply:
        """Make the child, and return what it says when it can be talked to.

        All that stopped waits for that: a cell that ends the kernel at once could otherwise do so
        before its checkpoint is known.
        """
        is_peek = order.get("mode") == "peek"
        began = time.perf_counter()
        hazards = find_hazards(self._app)
        if any(hazard["level"] == "refuse" for hazard in hazards):
            return {"status": "unsafe", "hazards": hazards}
        if not is_peek:  # it may write to what the cell has put in their place
            sys.stdout.flush()
            sys.stderr.flush()
        found = time.perf_counter()
        if "record" in order:
            order["record"]["hazards"] = hazards
        try:
            pipe = self._fork(order, carried)
        except NotStill as computing:
            return {"status": "unsafe", "hazards": [*hazards, computes(computing.names)]}
        forked = time.perf_counter()
        reply = answer(pipe)
        # A cell that runs is stopped for the fork only; what is held between two, until here.
        paused = forked - found if is_peek else time.perf_counter() - began
        return reply | {"hazards": hazards, "paused_ms": round(paused * 1000, 1)}

    def _fork(self, order: dict[str, Any], carried: Carried) -> int:
        """Make the child; return the pipe that it answers on.

        A branch is forked twice, so that it is no child of this kernel.
        """
        is_peek = order.get("mode") == "peek"
        frozen = gc.get_freeze_count()
        ours, theirs = os.pipe()
        gc.freeze()  # no collection writes to shared pages meanwhile
        try:
            with still(self._app, also_main=is_peek):
                # Python seeds its random numbers anew in a child.
                order = order | {"random": random.getstate(), "install": self._install}
                if is_peek:
                    order["locals"] = locals_of_cell(self._app)
                pid = fork_quietly()
        except (OSError, NotStill):
            os.close(ours)
            os.close(theirs)
            raise
        finally:
            if not frozen:
                gc.unfreeze()
        if pid == 0:
            self._become(order, carried, ours, theirs)
        os.close(theirs)
        if order.get("mode") == "checkpoint":
            self._frozen.add(pid)
        else:
            self._ending.add(pid)
        return ours

    def _become(self, order: dict[str, Any], carried: Carried, ours: int, theirs: int) -> None:
        """The life of the child. Never returns."""
        is_checkpoint = order.get("mode") == "checkpoint"
        events = self._events | channel_events(self._app)
        try:
            if not is_checkpoint:
                order["parent"] = become_orphan()
            os.close(ours)
            tell(theirs, pid=os.getpid())
            detach(self._app, events, self._keep)
            if order.get("mode") == "peek":
                leave_cell(self._app, order, self._display_pub, self._keep)
            become = freeze if is_checkpoint else run_branch
            become(self._app, order, carried, theirs, self._keep)
        except BaseException:
            tell_failure(order, theirs)
        finally:
            os._exit(FAILED)


def hand_over(order: dict[str, Any], reply: Reply) -> None:
    """Have the reply sent while the main thread is held: it would keep Python's lock for 5 ms."""
    order["future"].set_result(reply)
    if "sent" in order:
        order["sent"].wait(SENT_S)
