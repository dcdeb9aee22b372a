"""Ports for the servers that tests start."""

from __future__ import annotations

import os
import random
import socket

# Below those that systems give out by themselves, to kernels for instance, at any moment.
FIRST, EACH = 20_000, 1_000


def free_port() -> int:
    """Return a free port; tests that run at the same time get theirs from another range."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST + worker % 10 * EACH
    for port in random.sample(range(first, first + EACH), EACH):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"No port from {first} on is free.")
