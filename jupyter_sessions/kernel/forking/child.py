"""A child on its way, as its parent sees it."""

from __future__ import annotations

import json
import os
import select
import signal
import time
import traceback
import warnings
from contextlib import suppress
from typing import Any

ANSWER_S = 5.0
"""How long a child may take to open its channels."""

Reply = dict[str, Any]


def fork_quietly() -> int:
    """Return as ``os.fork`` does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that there are other threads
        return os.fork()


def tell(pipe: int, **said: Any) -> None:
    """Write one line to whoever waits for this child."""
    os.write(pipe, json.dumps(said).encode() + b"\n")


def wait_until_ended(pid: int) -> None:
    """Wait until a process of ours has ended, and its children have another parent."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        select.select([descriptor], [], [])
    finally:
        os.close(descriptor)


def tell_ready(order: dict[str, Any], pipe: int) -> None:
    """Say that this branch can be talked to; what it is asked waits until it can answer.

    The server takes orphans only until then, so the parent has ended before.
    """
    wait_until_ended(order["parent"])
    tell(pipe, status="ok", pid=os.getpid())
    os.close(pipe)
    order["told"] = True


def tell_failure(order: dict[str, Any], pipe: int) -> None:
    """Say why this child must end: beside the connection file, if nobody listens any more."""
    why = traceback.format_exc(limit=-4)
    if "told" not in order:
        tell(pipe, **error(why))
        return
    with open(order["connection_file"] + ".error", "w") as file:
        file.write(why)


def error(message: str) -> Reply:
    """Return the reply that something failed."""
    return {"status": "error", "message": message}


def answer(pipe: int) -> Reply:
    """Return what the child says when it is ready; kill it when it does not. Closes the pipe."""
    said: Reply = {}
    buffer = b""
    deadline = time.monotonic() + ANSWER_S
    try:
        while "status" not in said:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([pipe], [], [], left)[0]:
                with suppress(KeyError, ProcessLookupError):
                    os.kill(said["pid"], signal.SIGKILL)
                return said | error(f"It did not start in {ANSWER_S:g} s.")
            if not (part := os.read(pipe, 65536)):
                return said | error("It ended before it had started.")
            *lines, buffer = (buffer + part).split(b"\n")
            for line in lines:
                said |= json.loads(line)
        return said
    finally:
        os.close(pipe)
