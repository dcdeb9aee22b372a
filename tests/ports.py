"""Ports for the servers and kernels that tests start."""

from __future__ import annotations

import os
import random
import socket

from jupyter_client.connect import LocalPortCache

# Below those that systems give out by themselves, to kernels for instance, at any moment.
FIRST, EACH = 20_000, 1_000
KERNELS = 10_000


def free_port(start: int = FIRST) -> int:
    """Return a free port; tests that run at the same time get theirs from another range."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = start + worker % 10 * EACH
    for port in random.sample(range(first, first + EACH), EACH):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"No port from {first} on is free.")


def reserve_kernel_ports() -> None:
    """Have Jupyter in this process take the ports of its kernels from a range of their own.

    It lets go of a port before the kernel binds it. If the system gives it to someone else in
    between, who asked for any port, the kernel hangs.
    """
    OwnPorts.instance()  # the one of all its parents, too


class OwnPorts(LocalPortCache):
    """Gives out ports that the system gives to nobody."""

    def find_available_port(self, ip: str) -> int:
        while (port := free_port(KERNELS)) in self.currently_used_ports:
            pass
        self.currently_used_ports.add(port)
        return port
