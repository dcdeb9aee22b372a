"""One request to run code in a kernel, from sending it to its last output."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty
from typing import Any, Literal

from ..errors import KernelError
from .clients import Connect, Died, connected, identity, is_alive
from .outputs import Output, Outputs
from .subshells import subshell
from .tables import RETURNED, read_capture, speaks_python

ShowOutputs = Callable[[list[Output], int | None], Awaitable[None]]
Beside = Callable[[str], None]
Status = Literal["ok", "error", "interrupted", "dead"]

INTERVAL = 0.05
"""Seconds between two looks at outputs that are still coming: 20 a second."""
BYTES_PER_SECOND = 4_000_000
"""Large outputs are shown less often, and so are many."""
BYTES_PER_OUTPUT = 500
READY_SECONDS = 60.0
IDLE_SECONDS = 10.0
"""How long to wait for a next output after the reply."""
REPLY_SECONDS = 5.0
"""How long to wait for the reply after the end, which the kernel publishes behind it."""
LOST = {"status": "lost"}
ALIVE_SECONDS = 0.5
TRIES = 5
"""A request that waits in the queue is dropped by the kernel when the one before it fails."""


@dataclass(frozen=True)
class Executed:
    """What a run of code did."""

    kernel_id: str
    status: Status
    outputs: list[Output]
    execution_count: int | None
    duration_ms: int
    note: str = ""
    """A sentence about the kernel: it was started now, another one was taken, it died."""
    table: str | None = None
    """What the code returned, where that is a table: a ``Table`` as JSON."""


async def execute(
    manager: Any,
    kernel_id: str,
    source: str,
    show: ShowOutputs,
    *,
    max_size: int,
    connect: Connect = connected,
    beside: Beside | None = None,
    began: asyncio.Event | None = None,
) -> Executed:
    """Run code in the kernel of this ``KernelManager``; outputs go to ``show`` as they come.

    With ``beside`` it runs beside the cell that the kernel runs now, and ``beside`` is told the id
    of the subshell. ``began`` is set when the kernel has begun to run it. Raises KernelError when
    the kernel cannot do that.
    """
    start = time.monotonic()
    outputs = Outputs(max_size, began)
    status: Status = "dead"
    table: str | None = None
    try:
        async with connect(manager) as client:
            watch = _Watch(manager)
            for _ in range(TRIES):
                reply = await _once(client, watch, source, outputs, show, beside)
                if reply.get("status") != "aborted":
                    break
            status = _status(str(reply.get("status", "error")), outputs)
            table = (await read_capture(reply)).table
    except Died:
        outputs.say("The kernel died: it was killed, ran out of memory, or was restarted.\n")
    duration = round((time.monotonic() - start) * 1000)
    return Executed(
        kernel_id, status, outputs.snapshot(), outputs.execution_count, duration, table=table
    )


def _status(reply: str, outputs: Outputs) -> Status:
    if reply == "ok":
        return "ok"
    if reply == LOST["status"]:
        outputs.say("The kernel did not say how this ended, as when the end is interrupted.\n")
        return "error"
    last = next((item for item in reversed(outputs.items) if item["output_type"] == "error"), None)
    if last is None:
        outputs.say("The kernel did not run this: what was asked of it before has failed.\n")
    elif last["ename"] == "KeyboardInterrupt":
        return "interrupted"
    return "error"


async def _once(
    client: Any,
    watch: _Watch,
    source: str,
    outputs: Outputs,
    show: ShowOutputs,
    beside: Beside | None,
) -> dict[str, Any]:
    alive = asyncio.create_task(watch.until_dead())
    if beside is None:
        work = asyncio.create_task(_request(client, source, outputs, show))
    else:
        work = asyncio.create_task(_request_beside(client, source, outputs, show, beside))
    try:
        await asyncio.wait({alive, work}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        raise Died("The kernel died.")
    finally:
        for task in (alive, work):
            task.cancel()
        await asyncio.gather(alive, work, return_exceptions=True)


async def _request_beside(
    client: Any, source: str, outputs: Outputs, show: ShowOutputs, beside: Beside
) -> dict[str, Any]:
    async with subshell(client) as subshell_id:
        beside(subshell_id)
        return await _request(client, source, outputs, show, subshell_id)


async def _request(
    client: Any,
    source: str,
    outputs: Outputs,
    show: ShowOutputs,
    subshell_id: str | None = None,
) -> dict[str, Any]:
    await _connected(client)
    expressions = {"returned": RETURNED} if await speaks_python(client) else {}
    request = _send(client, source, subshell_id, expressions)
    changed = asyncio.Event()
    reader = asyncio.create_task(_read(client, request, outputs, changed))
    shower = asyncio.create_task(_show(outputs, changed, show))
    try:
        reply = await _reply(client, request, reader)
        # What was printed may come after the reply, which has a channel of its own.
        taken = -1
        while not reader.done() and outputs.taken != taken:
            taken = outputs.taken
            await asyncio.wait({reader}, timeout=IDLE_SECONDS)
        count = reply.get("execution_count")
        if isinstance(count, int) and reply.get("status") != "aborted":
            outputs.execution_count = count
        return reply
    finally:
        for task in (reader, shower):
            task.cancel()
        await asyncio.gather(reader, shower, return_exceptions=True)


def _send(client: Any, source: str, subshell_id: str | None, expressions: dict[str, str]) -> str:
    """Send the request; return its id."""
    # In a subshell nobody waits in line, and its end would come before the end of an abort.
    content = {
        "code": source,
        "silent": False,
        "store_history": True,
        # Evaluated when the code has run, before anything else can run in the kernel.
        "user_expressions": expressions,
        "allow_stdin": False,
        "stop_on_error": subshell_id is None,
    }
    message = client.session.msg("execute_request", content)
    if subshell_id is not None:
        message["header"]["subshell_id"] = subshell_id
    client.shell_channel.send(message)
    return str(message["header"]["msg_id"])


async def _connected(client: Any) -> None:
    """Wait until what the kernel publishes reaches us.

    Asked on the control channel, which answers while a cell runs.
    """
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        message = client.session.msg("kernel_info_request")
        client.control_channel.send(message)
        with suppress(Empty):
            while True:
                got = await client.get_iopub_msg(timeout=0.5)
                if got["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                    return
    raise KernelError(
        f"The kernel does not answer since {READY_SECONDS:g} s. Restart it from the Kernel menu."
    )


async def _reply(client: Any, request: str, reader: asyncio.Task[None]) -> dict[str, Any]:
    """Wait for the reply; ``LOST`` when ``reader`` sees the end, and it does not come.

    ipykernel sends none when it is interrupted between the code's end and its reply.
    """
    reply = asyncio.create_task(_shell_reply(client, request))
    try:
        await asyncio.wait({reply, reader}, return_when=asyncio.FIRST_COMPLETED)
        ended = reader.done() and reader.exception() is None
        await asyncio.wait({reply}, timeout=REPLY_SECONDS if ended else None)
        return reply.result() if reply.done() else LOST
    finally:
        reply.cancel()
        await asyncio.gather(reply, return_exceptions=True)


async def _shell_reply(client: Any, request: str) -> dict[str, Any]:
    while True:
        message = await client.get_shell_msg(timeout=None)
        if message["parent_header"].get("msg_id") == request:
            content: dict[str, Any] = message["content"]
            return content


async def _read(client: Any, request: str, outputs: Outputs, changed: asyncio.Event) -> None:
    while True:
        message = await client.get_iopub_msg(timeout=None)
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "status" and content.get("execution_state") == "idle":
            return
        if outputs.add(kind, content):
            changed.set()


async def _show(outputs: Outputs, changed: asyncio.Event, show: ShowOutputs) -> None:
    while True:
        await changed.wait()
        changed.clear()
        await show(outputs.snapshot(), outputs.execution_count)
        work = outputs.size + len(outputs.items) * BYTES_PER_OUTPUT
        await asyncio.sleep(max(INTERVAL, work / BYTES_PER_SECOND))


class _Watch:
    """Tells when the kernel's process is gone, even when a new one took its place at once."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager
        self._process = identity(manager)

    async def until_dead(self) -> None:
        # Processes tell nobody when they end.
        while identity(self._manager) == self._process and await self._may_live():  # noqa: ASYNC110
            await asyncio.sleep(ALIVE_SECONDS)

    async def _may_live(self) -> bool:
        try:
            return await is_alive(self._manager)
        except KernelError:
            return True  # its client hears when the way to it is lost for good
