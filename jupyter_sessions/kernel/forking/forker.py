"""The thread that forks. It runs no code of the user, ever."""

from __future__ import annotations

import gc
import json
import os
import queue
import random
import select
import signal
import sys
import threading
import time
import traceback
import warnings
from concurrent.futures import Future
from typing import Any

from .branch import FAILED, run_branch, tell
from .capability import refusal
from .descriptors import channel_events
from .detachment import detach
from .hazards import find_hazards
from .parking import Carried, Parking

PATIENCE_S = 0.25
"""How long to wait for the main thread; the server asks again."""
ANSWER_S = 5.0
"""How long a child may take to open its channels."""

Reply = dict[str, Any]


class Forker(threading.Thread):
    """Takes orders from the control channel, one after the other."""

    def __init__(self, app: Any, events: set[int]) -> None:
        super().__init__(name="jupyter-sessions-forker", daemon=True)
        self.pydev_do_not_trace = self.is_pydev_daemon_thread = True
        self._app = app
        self._events = events
        self._keep: list[Any] = []
        self._orders: queue.SimpleQueue[tuple[dict[str, Any], Future[Reply]]] = queue.SimpleQueue()

    def submit(self, order: dict[str, Any]) -> Future[Reply]:
        """Have an order done; the future never fails."""
        future: Future[Reply] = Future()
        self._orders.put((order, future))
        return future

    def run(self) -> None:
        while True:
            order, future = self._orders.get()
            try:
                future.set_result(self._do(order))
            except Exception as error:
                future.set_result(_error(repr(error)))

    def _do(self, order: dict[str, Any]) -> Reply:
        began = time.perf_counter()
        if why := refusal():
            return {"status": "unable", "message": why}
        parking = Parking(self._app)
        with parking.held(PATIENCE_S) as held:
            if not held:
                return {"status": "busy"}
            hazards = find_hazards(self._app)
            if any(hazard["level"] == "refuse" for hazard in hazards):
                return {"status": "unsafe", "hazards": hazards}
            sys.stdout.flush()
            sys.stderr.flush()
            parked = time.perf_counter()
            child = self._fork(order, parking.carried)
        forked = time.perf_counter()
        reply = child.answer()
        return reply | {
            "hazards": hazards,
            "parked_ms": round((parked - began) * 1000, 1),
            "forked_ms": round((forked - parked) * 1000, 1),
            "ready_ms": round((time.perf_counter() - began) * 1000, 1),
        }

    def _fork(self, order: dict[str, Any], carried: Carried) -> Child:
        """Fork twice, so that the branch is no child of this kernel; return how to hear of it."""
        # Python seeds its random numbers anew in a child.
        order = order | {"random": random.getstate(), "frozen": gc.get_freeze_count()}
        ours, theirs = os.pipe()
        gc.freeze()  # no collection writes to shared pages meanwhile
        try:
            pid = _fork_quietly()
        except OSError:
            os.close(ours)
            os.close(theirs)
            raise
        finally:
            if not order["frozen"]:
                gc.unfreeze()
        if pid == 0:
            self._become(order, carried, ours, theirs)
        os.close(theirs)
        os.waitpid(pid, 0)
        return Child(ours)

    def _become(self, order: dict[str, Any], carried: Carried, ours: int, theirs: int) -> None:
        """The life of the child. Never returns."""
        events = self._events | channel_events(self._app)
        try:
            if _fork_quietly():
                os._exit(0)
            os.close(ours)
            tell(theirs, pid=os.getpid())
            detach(self._app, events, self._keep)
            run_branch(self._app, order, carried, theirs, self._keep)
        except BaseException:
            message = traceback.format_exc(limit=-4)
            tell(theirs, status="error", message=message)
        finally:
            os._exit(FAILED)


def _fork_quietly() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that there are other threads
        return os.fork()


def _error(message: str) -> Reply:
    return {"status": "error", "message": message}


class Child:
    """A child on its way."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def answer(self) -> Reply:
        """Return what the child says when it is ready; kill it when it does not."""
        said: Reply = {}
        buffer = b""
        deadline = time.monotonic() + ANSWER_S
        try:
            while "status" not in said:
                left = max(0.0, deadline - time.monotonic())
                if not select.select([self._pipe], [], [], left)[0]:
                    self._kill(said.get("pid"))
                    return said | _error(f"It did not start in {ANSWER_S:g} s.")
                if not (part := os.read(self._pipe, 65536)):
                    return said | _error("It ended before it had started.")
                *lines, buffer = (buffer + part).split(b"\n")
                for line in lines:
                    said |= json.loads(line)
            return said
        finally:
            os.close(self._pipe)

    def _kill(self, pid: int | None) -> None:
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
