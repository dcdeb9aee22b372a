"""Timelines: pages, a stream of JSON lines, and the WebSocket that follows many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from pydantic import ValidationError
from tornado.iostream import StreamClosedError
from tornado.web import authenticated
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ..actions.sessions import owner_of_stream, read_session
from ..errors import BadRequest, SessionsError
from ..ids import StreamId
from ..models.catalog import Page
from ..models.event import EVENT_TYPES
from ..models.live import (
    CLIENT_MESSAGE,
    Attend,
    ErrorFrame,
    Saved,
    Subscribe,
    Unsubscribe,
)
from ..timeline import Subscription
from .base import SessionsHandler, SessionsMixin

if TYPE_CHECKING:
    from .app import SessionsApp

KEEP_ALIVE_S = 15
MAX_STREAMS = 200
"""Timelines that one socket may follow."""


class EventsHandler(SessionsHandler):
    """``/projects/{project}/events`` and ``/projects/{project}/sessions/{session}/events``"""

    _gone: asyncio.Event

    def initialize(self, app: SessionsApp) -> None:
        super().initialize(app)
        self._gone = asyncio.Event()

    @authenticated
    @authorized
    async def get(self, project_id: str, session_id: str | None = None) -> None:
        scope = await self.scope(project_id)
        stream = StreamId(scope.project_id)
        if session_id is not None:
            session = await read_session(self.backend.timeline, scope, self.session_id(session_id))
            stream = StreamId(session.id)
        if self.get_query_argument("follow", "false") == "true":
            with self._waits():
                await self._follow(stream)
        else:
            await self._page(stream)

    def on_connection_close(self) -> None:
        self._gone.set()
        super().on_connection_close()

    def _waits(self) -> AbstractContextManager[None]:
        """With ``waits=true`` the kernel whose token it is does nothing else while it follows."""
        if self.grant is None or self.get_query_argument("waits", "false") != "true":
            return nullcontext()
        return self.backend.kernels.waits(self.grant.kernel_id)

    async def _page(self, stream: StreamId) -> None:
        limit = self.page()
        before = self.number("before", 0, low=1) if "before" in self.request.arguments else None
        after = self.number("after", 0)
        items = await self.backend.timeline.read(
            stream, after=after, before=before, limit=limit, types=self._types()
        )
        following = None
        if len(items) == limit and before is None:
            following = str(items[-1].seq)
        elif items and before is not None and items[0].seq > after + 1:
            following = str(items[0].seq)
        self.answer(Page[Any](items=items, next=following))

    def _types(self) -> list[str] | None:
        given = self.get_query_argument("types", "")
        types = given.split(",") if given else None
        for name in types or ():
            if name not in EVENT_TYPES:
                raise BadRequest(f"There is no event of type {name!r}; see /openapi.json.")
        return types

    async def _follow(self, stream: StreamId) -> None:
        subscription = self.backend.timeline.subscribe(stream, self.number("after", 0))
        self.set_header("Content-Type", "application/jsonl")
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Accel-Buffering", "no")
        try:
            async for line in _kept_alive(subscription.frames(), self._gone):
                self.write(line + "\n")
                await self.flush()
        except StreamClosedError:
            return
        finally:
            subscription.close()


async def _kept_alive(frames: AsyncIterator[str], gone: asyncio.Event) -> AsyncIterator[str]:
    """Yield frames, and an empty object whenever nothing came for a while, until ``gone``."""
    pending = asyncio.ensure_future(anext(frames, None))
    closed = asyncio.ensure_future(gone.wait())
    try:
        while True:
            await asyncio.wait(
                [pending, closed], timeout=KEEP_ALIVE_S, return_when=asyncio.FIRST_COMPLETED
            )
            if closed.done():
                return
            if not pending.done():
                yield "{}"
                continue
            frame = pending.result()
            if frame is None:
                return
            yield frame
            pending = asyncio.ensure_future(anext(frames, None))
    finally:
        pending.cancel()
        closed.cancel()


class EventsSocket(SessionsMixin, WebSocketMixin, WebSocketHandler, JupyterHandler):
    """``/events``: one for a browser tab, shared by all its views."""

    _following: dict[StreamId, tuple[Subscription, asyncio.Task[None]]]

    async def prepare(self, **kwargs: Any) -> None:
        self.find_grant()
        await super().prepare(**kwargs)

    @ws_authenticated
    @authorized("read")
    async def get(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]  # tornado's is untyped
        self.backend = await self.app.backend()
        await super().get(*args, **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open(*args, **kwargs)
        self.set_nodelay(True)  # small frames, which should not wait for the last one's receipt
        self._following = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._spawn(self._subscribe_all(self.get_query_argument("streams", "")))

    def on_message(self, message: str | bytes) -> None:
        try:
            asked = CLIENT_MESSAGE.validate_json(message)
        except ValidationError:
            self._send_error(None, BadRequest("This message is not understood."))
            return
        match asked:
            case Subscribe():
                self._spawn(self._subscribe(asked.subscribe, asked.after))
            case Unsubscribe():
                self._unsubscribe(asked.unsubscribe)
            case Saved():
                self.backend.attendance.saved(self, asked.saved)
            case Attend():
                self._spawn(self._attend(asked))

    def on_close(self) -> None:
        for stream in list(self._following):
            self._unsubscribe(stream)
        for task in self._tasks:
            task.cancel()
        self.backend.attendance.leave(self)
        super().on_close()

    def get_compression_options(self) -> dict[str, Any] | None:
        options: dict[str, Any] | None = self.settings.get("websocket_compression_options")
        return options

    async def _subscribe_all(self, streams: str) -> None:
        for part in filter(None, streams.split(",")):
            stream, _, after = part.partition(":")
            plausible = after.isascii() and after.isdigit() and len(after) < 16
            number = int(after) if plausible else 0
            await self._subscribe(StreamId(stream), number)

    async def _subscribe(self, stream: StreamId, after: int) -> None:
        try:
            if len(self._following) >= MAX_STREAMS and stream not in self._following:
                raise BadRequest(f"One socket follows at most {MAX_STREAMS} timelines.")
            project_id = await owner_of_stream(
                self.backend.timeline, self.user_id, StreamId(self.valid(stream, "timeline"))
            )
            await self.scope(project_id)
        except SessionsError as error:
            self._send_error(stream, error)
            return
        self._unsubscribe(stream)
        subscription = self.backend.timeline.subscribe(stream, max(0, after))
        task = asyncio.create_task(self._pump(subscription))
        self._following[stream] = (subscription, task)

    async def _pump(self, subscription: Subscription) -> None:
        try:
            async for frame in subscription.frames():
                await self.write_message(frame)
        except (WebSocketClosedError, StreamClosedError):
            return
        except SessionsError as error:
            self._send_error(subscription.stream, error)
        except Exception:  # a bug: the client must not believe that it still follows
            self.log.exception("Following %s failed", subscription.stream)
            self.close(1011, "Following failed")
        finally:
            subscription.close()

    def _unsubscribe(self, stream: StreamId) -> None:
        found = self._following.pop(stream, None)
        if found is not None:
            subscription, task = found
            subscription.close()
            task.cancel()

    async def _attend(self, asked: Attend) -> None:
        try:
            scope = await self.scope(asked.project)
        except SessionsError as error:
            self._send_error(asked.project, error)
            return
        self.backend.attendance.attend(self, scope.project_id, asked.attend)
        self.backend.watch.opened(scope)

    def _send_error(self, stream: str | None, error: SessionsError) -> None:
        frame = ErrorFrame(stream=stream, code=error.code, message=str(error))
        try:
            self.write_message(frame.model_dump_json())
        except WebSocketClosedError:
            return

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
