"""Kernels behind a gateway: what is asked of them takes the way that a browser's messages take.

``jupyter_server`` has a client of its own for them, which knows no token, waits for the gateway on
the event loop, and keeps a processor busy while it waits for an answer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from queue import Empty
from typing import Any
from uuid import uuid4

from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from jupyter_core.utils import ensure_async
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.services.kernels.connection.base import deserialize_binary_message
from jupyter_server.utils import url_path_join
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httputil import url_concat
from tornado.web import HTTPError
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    WebSocketError,
    websocket_connect,
)

from ..errors import KernelError
from ..workspace.clients import Died
from .kernel_watch import KERNEL_EVENTS

_read_binary: Any = deserialize_binary_message  # it has no types
MAX_MESSAGE = 512 * 1024 * 1024
"""Bytes; a gateway sends an output as one message, and Tornado would take 10 MiB."""
PING_S = 30.0
LOST = (
    "The connection to the gateway was lost. What the kernel runs may go on there; its outputs are "
    "not known here."
)
GONE = "The gateway has shut this kernel down. Run the cell again to start a new one."
DIED = "The kernel was restarted, shut down, or died."


class _Channel:
    """Messages of one channel, from the kernel and to it."""

    def __init__(self, name: str, socket: WebSocketClientConnection) -> None:
        self._name, self._socket = name, socket
        self._came: asyncio.Queue[dict[str, Any] | KernelError] = asyncio.Queue()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message. Raises KernelError when the gateway is gone."""
        text = json.dumps(message | {"channel": self._name, "buffers": []}, default=json_default)
        try:
            self._socket.write_message(text)
        except WebSocketClosedError:
            raise KernelError(LOST) from None

    def put(self, came: dict[str, Any] | KernelError) -> None:
        """Take a message in, or the reason why no other one will come."""
        self._came.put_nowait(came)

    async def get(self, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109 - theirs
        """Return the next message. Raises Empty after so many seconds, KernelError at the end."""
        try:
            async with asyncio.timeout(timeout):
                came = await self._came.get()
        except TimeoutError:
            raise Empty from None
        if isinstance(came, KernelError):
            self.put(came)  # for who asks next
            raise came
        return came


class GatewayKernel:
    """A client of one kernel; it does what is used here of ``AsyncKernelClient``."""

    def __init__(self, session: Session, socket: WebSocketClientConnection) -> None:
        self.session = session
        self._socket = socket
        self.shell_channel = _Channel("shell", socket)
        self.control_channel = _Channel("control", socket)
        self._iopub = _Channel("iopub", socket)
        self.get_shell_msg = self.shell_channel.get
        self.get_control_msg = self.control_channel.get
        self.get_iopub_msg = self._iopub.get
        self._channels = {
            "shell": self.shell_channel,
            "control": self.control_channel,
            "iopub": self._iopub,
        }

    async def read(self) -> None:
        """Take in what comes, until the gateway closes the connection."""
        while (raw := await self._socket.read_message()) is not None:
            message = json.loads(raw) if isinstance(raw, str) else _read_binary(raw)
            if (channel := self._channels.get(message.get("channel"))) is not None:
                channel.put(message)
            if message["content"].get("execution_state") in {"restarting", "dead"}:
                self.end(Died(DIED))
        self.end(KernelError(LOST))

    def end(self, reason: KernelError) -> None:
        """Say to all who wait that nothing comes any more, behind what has come."""
        for channel in self._channels.values():
            channel.put(reason)


@asynccontextmanager
async def connected(manager: Any) -> AsyncIterator[GatewayKernel]:
    """Give a client of a kernel behind a gateway. Raises KernelError when it cannot be reached."""
    session = Session(session=uuid4().hex)
    socket = await _connect(manager, session.session)
    client = GatewayKernel(session, socket)

    async def on_kernel(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        # The gateway says nothing of a restart that was asked for.
        ended = data["action"] in {"restart", "shutdown"} and data["status"] == "success"
        if ended and data.get("kernel_id") == manager.kernel_id:
            client.end(Died(DIED))

    manager.event_logger.add_listener(schema_id=KERNEL_EVENTS, listener=on_kernel)
    reading = asyncio.create_task(client.read())
    try:
        yield client
    finally:
        manager.event_logger.remove_listener(listener=on_kernel)
        reading.cancel()
        socket.close()
        await asyncio.gather(reading, return_exceptions=True)


async def _connect(manager: Any, session_id: str) -> WebSocketClientConnection:
    gateway: Any = GatewayClient.instance()
    endpoint = url_path_join(gateway.ws_url, gateway.kernels_endpoint, manager.kernel_id)
    url = url_concat(url_path_join(endpoint, "channels"), {"session_id": session_id})
    request = HTTPRequest(url, **gateway.load_connection_args())
    try:
        return await websocket_connect(request, ping_interval=PING_S, max_message_size=MAX_MESSAGE)
    except HTTPClientError as error:
        if error.code == 404:
            with suppress(HTTPError):
                await ensure_async(manager.parent.list_kernels())  # forgets those that are gone
            raise KernelError(GONE) from None
        raise KernelError(f"The gateway does not let us to the kernel: {error}.") from error
    except (OSError, WebSocketError) as error:
        raise KernelError(f"The gateway cannot be reached: {error}.") from error
