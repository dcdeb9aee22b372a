"""Requests more on the control channel: to fork, to probe, to make checkpoints, to look inside."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .capability import kernel_app, refusal
from .descriptors import channel_events, event_descriptors
from .executed import digests, executed
from .forker import Forker
from .hazards import find_hazards
from .moments import Moments, stop_watching
from .parking import busy
from .saving import unsavable_names
from .variables import variables

OUR_REQUESTS = {
    "variables_request",
    "checkpoint_policy_request",
    "fork_request",
    "fork_probe_request",
}
POLICIES: list[Callable[[dict[str, Any]], None]] = []
"""What sets when checkpoints are made: one, once the kernel takes orders."""


def install() -> None:
    """Take orders from now on. In a kernel that cannot be forked only the reason is told."""
    app = kernel_app()
    if app is None:
        return
    if refusal():
        start(app, set())
        return
    untouched = app.kernel.shell.execution_count <= 1
    start(app, event_descriptors() if untouched else channel_events(app))


def set_policy(policy: dict[str, Any]) -> None:
    """Make checkpoints from the next cell on: an order that comes later may come too late."""
    for each in POLICIES:
        each(policy)


def start(app: Any, events: set[int]) -> None:
    """Start the thread that forks this kernel, and answer requests with it."""
    forker = Forker(app, events, start)
    # Drawn from the user's random numbers whenever someone asks who the kernel is.
    app.kernel.shell.enable_tip = False
    stop_watching(app)

    async def fork_request(stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        sent = threading.Event()
        order = parent["content"] | {"sent": sent}
        reply = await asyncio.wrap_future(forker.submit(order))
        app.session.send(stream, "fork_reply", reply, parent, ident)
        sent.set()

    def fork_probe_request(stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        app.session.send(stream, "fork_probe_reply", probe(app), parent, ident)

    def set_policy(policy: dict[str, Any]) -> None:
        if policy.get("folder"):
            Moments(app, forker, policy).watch()
        else:
            stop_watching(app)

    POLICIES[:] = [set_policy]

    def checkpoint_policy_request(stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        set_policy(parent["content"])
        app.session.send(stream, "checkpoint_policy_reply", {"status": "ok"}, parent, ident)

    def variables_request(stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        reply = variables(app, digests=bool(parent["content"].get("digests")))
        app.session.send(stream, "variables_reply", reply, parent, ident)

    app.kernel.control_handlers |= {
        "variables_request": variables_request,
        "checkpoint_policy_request": checkpoint_policy_request,
        "fork_request": fork_request,
        "fork_probe_request": fork_probe_request,
    }
    keep_quiet(app.kernel)
    forker.start()


def keep_quiet(kernel: Any) -> None:
    """Publish no status of our own requests.

    While a cell runs, front ends and the server would take their end for the end of the cell.
    """
    publish = getattr(kernel, "_publish_status", None)
    # A branch has it from its source: another class of the same name, since our code is sent again.
    if publish is not None and type(publish).__name__ != Quiet.__name__:
        kernel._publish_status = Quiet(kernel, publish)


class Quiet:
    """Publishes the status of a kernel, but for our own requests."""

    def __init__(self, kernel: Any, publish: Callable[..., None]) -> None:
        self._kernel, self._publish = kernel, publish

    def __call__(self, status: str, channel: str, parent: Any = None) -> None:
        on_control = channel == "control"
        header = self._kernel.get_parent(channel).get("header", {}) if on_control else {}
        if header.get("msg_type") not in OUR_REQUESTS:
            self._publish(status, channel, parent)


def probe(app: Any) -> dict[str, Any]:
    """Return whether this kernel could be forked now, and what a fork would not carry."""
    if why := refusal():
        said = {"status": "unable", "message": why} | _savable(app)
        with suppress(OSError):  # there is no such look at it elsewhere
            said["memory"] = memory()
        return said
    hazards = find_hazards(app)
    refused = any(hazard["level"] == "refuse" for hazard in hazards)
    more = _savable(app) if refused else {"executed": digests(executed(app))}
    return more | {
        "status": "unsafe" if refused else "ok",
        "busy": busy(app),
        "hazards": hazards,
        "memory": memory(),
        "names": sorted(
            str(each) for each in app.kernel.shell.user_ns if not str(each).startswith("_")
        ),
        "python": sys.version.split()[0],
        "pid": os.getpid(),
    }


def _savable(app: Any) -> dict[str, Any]:
    """Return what has run, and what could not be saved of a kernel that cannot be forked."""
    shell = app.kernel.shell
    return {
        "executed": digests(executed(app)),
        "unsavable": unsavable_names(shell.user_ns, dict(shell.user_ns_hidden)),
    }


def memory() -> dict[str, int]:
    """Return bytes: what the process holds, and the tables that a fork copies."""
    found = {}
    wanted = {"VmRSS": "resident", "VmPTE": "page_tables"}
    with open("/proc/self/status") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in wanted:
                found[wanted[name]] = int(rest.split()[0]) * 1024
    return found
