"""Requests to a kernel on sockets of our own: what is answered there reaches nobody else."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Literal, Self
from uuid import uuid4

from jupyter_client.session import Session
from zmq.eventloop.zmqstream import ZMQStream

Channel = Literal["shell", "control"]


class Wire:
    """Asks one kernel. A socket is opened for the first request that needs it."""

    def __init__(self, manager: Any) -> None:
        """``manager`` is the kernel's."""
        self._manager = manager
        self._session = Session(
            config=manager.session.config, key=manager.session.key, session=uuid4().hex
        )
        self._streams: dict[Channel, ZMQStream] = {}
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in self._streams.values():
            stream.close(linger=0)
        self._streams.clear()

    async def ask(
        self, channel: Channel, kind: str, content: dict[str, Any], *, seconds: float
    ) -> dict[str, Any]:
        """Send a request; return the content of its reply. Raises TimeoutError when none comes."""
        request = self._session.msg(kind, content)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[request["header"]["msg_id"]] = answer
        try:
            self._session.send(self._stream(channel), request)
            async with asyncio.timeout(seconds):
                return await answer
        finally:
            del self._waiting[request["header"]["msg_id"]]

    def _stream(self, channel: Channel) -> ZMQStream:
        if channel not in self._streams:
            stream = getattr(self._manager, f"connect_{channel}")()
            stream.on_recv(self._receive)
            self._streams[channel] = stream
        return self._streams[channel]

    def _receive(self, parts: list[Any]) -> None:
        _, message = self._session.feed_identities(parts, copy=True)
        reply = self._session.deserialize(message)
        answer = self._waiting.get(reply["parent_header"].get("msg_id", ""))
        if answer is not None and not answer.done():
            answer.set_result(reply["content"])
