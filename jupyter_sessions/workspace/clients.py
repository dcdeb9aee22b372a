"""A client of a kernel, for as long as something is asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar
from uuid import uuid4

from jupyter_core.utils import ensure_async

from ..errors import KernelError

T = TypeVar("T")
LOOK_SECONDS = 0.05
ANSWER_SECONDS = 1.0
"""In which a kernel answers that runs nothing."""
Connect = Callable[[Any], AbstractAsyncContextManager[Any]]
"""Gives a client of the kernel of this ``KernelManager``: an ``AsyncKernelClient``, or what does
the same. Raises KernelError when there is no way to the kernel."""


class Died(KernelError):
    """The kernel's process ended, or was replaced, while something was asked of it."""


@asynccontextmanager
async def connected(manager: Any) -> AsyncIterator[Any]:
    """Give a client of a kernel that listens on sockets of this machine's network."""
    client = manager.client()
    # Clients of one manager share an id, and so the ids of their requests: what an earlier one left
    # behind would be taken for ours.
    client.session.session = uuid4().hex
    client.start_channels(hb=False)
    try:
        yield client
    finally:
        client.stop_channels()


async def is_alive(manager: Any) -> bool:
    """Tell whether a kernel runs. Raises KernelError when that cannot be found out."""
    try:
        return bool(await ensure_async(manager.is_alive()))
    except Exception as error:  # provisioners are anyone's code, and so are gateways
        raise KernelError(f"The kernel cannot be reached: {error}.") from error


async def is_busy(manager: Any, connect: Connect = connected) -> bool:
    """Tell whether a cell runs in a kernel that is alive. Raises KernelError.

    The server takes the end of any request, a widget's for one, for the end of the cell: where it
    says that nothing runs, the kernel is asked, and has a second to answer.
    """
    if manager.execution_state != "idle":  # one that starts has run nothing
        return bool(manager.execution_state == "busy")
    try:
        async with asyncio.timeout(ANSWER_SECONDS), connect(manager) as client:
            client.shell_channel.send(client.session.msg("kernel_info_request", {}))
            await client.get_shell_msg(timeout=None)
    except TimeoutError:
        return await is_alive(manager)
    return False


def identity(manager: Any) -> object:
    """Return what tells one process of a kernel from the next."""
    provisioner = getattr(manager, "provisioner", None)
    return getattr(provisioner, "pid", None) or id(provisioner)


async def while_alive(manager: Any, asked: Coroutine[Any, Any, T]) -> T:
    """Wait for what was asked of a kernel. Raises Died when its process ends before."""
    process = identity(manager)
    work = asyncio.create_task(asked)
    try:
        while not (await asyncio.wait({work}, timeout=LOOK_SECONDS))[0]:
            if identity(manager) != process or not await is_alive(manager):
                raise Died("The kernel died.")
        return work.result()
    finally:
        work.cancel()
