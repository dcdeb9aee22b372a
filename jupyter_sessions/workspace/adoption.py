"""A process that someone else has started becomes the process of a kernel of the server.

The manager of a kernel talks to its process through a provisioner; ours launches nothing the first
time, but asks for the process, and is the local one from then on: a restart starts afresh.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import select
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

PR_SET_CHILD_SUBREAPER = 36
ADOPT = "jupyter_sessions_adopt"
"""Argument of ``start_kernel`` that carries an ``Adoption``."""


@dataclass(frozen=True)
class Adoption:
    """How the process of a kernel comes about."""

    launch: Callable[[Path, Mapping[str, str]], Awaitable[int]]
    """Is given the connection file and the environment; returns the process id."""
    like: Any
    """The manager of a kernel of the same kind."""
    adopted: Callable[[Any], None]
    """Is called with the new kernel's manager as soon as there is a process to talk to."""


class AdoptedProcess:
    """What ``LocalProvisioner`` uses of ``Popen``, for any process."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._descriptor = os.pidfd_open(pid)  # no other process can be taken for it from now on

    def poll(self) -> int | None:
        """Return the exit code, ``None`` while it runs; -1 when it is another's child."""
        if self.returncode is None and select.select([self._descriptor], [], [], 0)[0]:
            self.returncode = -1
            with suppress(ChildProcessError):
                _, status = os.waitpid(self.pid, 0)  # it has ended: this does not wait
                self.returncode = os.waitstatus_to_exitcode(status)
            os.close(self._descriptor)
        return self.returncode

    def wait(self) -> int | None:
        """Return the exit code; called when it has ended."""
        return self.poll()

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._descriptor, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


async def bury(pid: int) -> None:
    """End a process that was to be adopted, and leave no zombie of it."""
    with suppress(ProcessLookupError):
        process = AdoptedProcess(pid)
        process.kill()
        while process.poll() is None:  # noqa: ASYNC110 - processes tell nobody when they end
            await asyncio.sleep(0.01)


class AdoptingProvisioner(LocalProvisioner):
    """The local provisioner, whose first process is adopted."""

    adoption: Adoption | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Adopt the process the first time; launch one when the kernel is started again."""
        adoption, self.adoption = self.adoption, None
        if adoption is None:
            return await super().launch_kernel(cmd, **kwargs)
        pid = await adoption.launch(self._connection_file(), kwargs.get("env") or {})
        self.process = AdoptedProcess(pid)  # type: ignore[assignment]  # the base says None
        self.pid = self.pgid = pid  # it leads a group of its own
        self.cwd = kwargs.get("cwd")
        adoption.adopted(self.parent)
        return self.connection_info

    def _connection_file(self) -> Path:
        assert self.parent is not None, "it belongs to a kernel's manager"
        return Path(self.parent.connection_file).absolute()


def allow_adoption(kernel_manager: Any) -> None:
    """Wrap the server's own ``pre_start_kernel``: what is to be adopted gets our provisioner.

    A kernelspec cannot say it, since the same one starts other kernels; a manager that already has
    a provisioner keeps it.
    """
    if getattr(kernel_manager.pre_start_kernel, "adopts", False):
        return
    prepare = kernel_manager.pre_start_kernel

    def pre_start_kernel(kernel_name: str | None, kwargs: Any) -> tuple[Any, str, str]:
        adoption = kwargs.pop(ADOPT, None)
        manager, name, kernel_id = prepare(kernel_name, kwargs)
        if adoption is not None:
            manager.provisioner = AdoptingProvisioner(
                kernel_id=kernel_id, kernel_spec=manager.kernel_spec, parent=manager
            )
            manager.provisioner.adoption = adoption
            if hasattr(adoption.like, "event_logger"):
                # Each manager reads and checks the schemas of its events again: milliseconds.
                manager.event_logger = adoption.like.event_logger
        return manager, name, kernel_id

    pre_start_kernel.adopts = True  # type: ignore[attr-defined]  # a mark on the function
    kernel_manager.pre_start_kernel = pre_start_kernel


@contextmanager
def orphans_come_here() -> Iterator[None]:
    """While this is open, a process whose parent ends becomes a child of this one.

    A fork is made by a process that ends at once. As our child it leaves no zombie where the first
    process of a container does not clean up, and its exit code is known. Outside of this window the
    orphans of others are none of our business. Not to be nested.
    """
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
