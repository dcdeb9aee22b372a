"""Loads our handlers at the first request, so that the server starts as fast as without us."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.routing import PathMatches, Router, Rule, RuleRouter
from tornado.web import Application, RequestHandler

if TYPE_CHECKING:
    from .app import SessionsApp

_IMPORT = re.compile("/jupyter-sessions/projects/[^/]+/sessions/import$")


class Gate(Router):
    """Answers what is below ``/jupyter-sessions/``: holds requests until the routes are there."""

    def __init__(self, app: SessionsApp) -> None:
        self.app = app
        self._routes: _Routes | None = None
        self._loading: asyncio.Task[_Routes] | None = None

    def install(self, application: Application) -> None:
        """Take over our part of the server's URLs."""
        base = application.settings["base_url"].rstrip("/")
        rule = Rule(PathMatches(rf"{base}/jupyter-sessions(?:/.*)?"), self)
        application.default_router.rules.insert(0, rule)

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        if self._routes is None:
            return _Held(self, request)
        return _Bounded(self, self._routes, request)

    def limit(self, request: HTTPServerRequest) -> int:
        """Return how many bytes the body of a request may have."""
        is_import = request.method == "POST" and _IMPORT.search(request.path) is not None
        return self.app.max_import if is_import else self.app.max_body

    async def load(self) -> _Routes:
        """Return the routes, importing them when this is the first request."""
        if self._routes is None:
            if self._loading is None:
                self._loading = asyncio.create_task(self._load())
            self._routes = await asyncio.shield(self._loading)
        return self._routes

    async def _load(self) -> _Routes:
        return _Routes(self.app.web_app, await self.app.routes())


class _Routes(RuleRouter):
    def __init__(self, application: Application, rules: list[tuple[Any, ...]]) -> None:
        self._application = application
        super().__init__(rules)

    def get_target_delegate(
        self, target: Any, request: HTTPServerRequest, **target_params: Any
    ) -> HTTPMessageDelegate | None:
        assert issubclass(target, RequestHandler)
        return self._application.get_handler_delegate(request, target, **target_params)


class _Held(HTTPMessageDelegate):
    """Keeps a request until the routes are loaded, then plays it to its handler."""

    def __init__(self, gate: Gate, request: HTTPServerRequest) -> None:
        self._gate = gate
        self._request = request
        self._chunks: list[bytes] = []
        self._size = 0
        self._head: tuple[RequestStartLine | ResponseStartLine, HTTPHeaders] | None = None
        self._closed = False

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        self._head = (start_line, headers)

    def data_received(self, chunk: bytes) -> None:
        self._size += len(chunk)
        # What is over the limit is refused anyway: one chunk too many is kept, to say so.
        if self._size - len(chunk) <= self._gate.limit(self._request):
            self._chunks.append(chunk)

    def finish(self) -> None:
        self._task = asyncio.create_task(self._play())

    def on_connection_close(self) -> None:
        self._closed = True

    async def _play(self) -> None:
        routes = await self._gate.load()
        if self._closed or self._head is None:
            return
        delegate = _Bounded(self._gate, routes, self._request)
        delegate.headers_received(*self._head)
        for chunk in self._chunks:
            delegate.data_received(chunk)
        delegate.finish()


class _Bounded(HTTPMessageDelegate):
    """Hands a request to its handler; a body over the limit is dropped and refused."""

    def __init__(self, gate: Gate, routes: _Routes, request: HTTPServerRequest) -> None:
        self._limit = gate.limit(request)
        self._routes = routes
        self._request = request
        self._chunks: list[bytes] = []
        self._size = 0
        self._inner: HTTPMessageDelegate | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        self._head = (start_line, headers)

    def data_received(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= self._limit:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()

    def finish(self) -> None:
        self._request.too_large = self._size > self._limit  # type: ignore[attr-defined]
        # Told with the request, which the handler gets: the gate itself it never sees.
        self._request.body_limit = self._limit  # type: ignore[attr-defined]
        self._inner = self._routes.find_handler(self._request)
        assert self._inner is not None, "the last route matches everything"
        self._inner.headers_received(*self._head)
        for chunk in self._chunks:
            self._inner.data_received(chunk)
        self._inner.finish()

    def on_connection_close(self) -> None:
        if self._inner is not None:
            self._inner.on_connection_close()
