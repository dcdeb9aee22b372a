"""HTTP with the standard library: one request, or a stream of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from .errors import NotConnected, refused

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPResponse

TIMEOUT_S = 60.0
"""Seconds without a byte; a stream says something every 15."""


class Transport:
    """Talks to one server, with one token.

    Redirects and the proxies of the environment are not followed: a token goes nowhere else.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = urlsplit(url)
        self.token = token
        if self._url.scheme not in {"http", "https", "http+unix"} or not self._url.netloc:
            raise NotConnected(
                f"{url!r} is no address of a Jupyter server, such as http://localhost:8888/."
            )

    def request(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the parsed answer, ``None`` when it has none. Raises Refused, NotConnected."""
        data = self.read(path, verb, body, query)
        return json.loads(data) if data else None

    def read(
        self,
        path: str,
        verb: str = "GET",
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the bytes of the answer. Raises Refused, NotConnected."""
        response, connection = self._send(verb, path, body, query)
        try:
            return response.read()
        except (OSError, _http().HTTPException) as error:
            raise self._unreachable(error) from error
        finally:
            connection.close()

    def upload(self, path: str, data: bytes, query: Mapping[str, str]) -> Any:
        """Send a file; return the parsed answer. Raises Refused, NotConnected."""
        response, connection = self._send("POST", path, data, query)
        try:
            return json.loads(response.read())
        except (OSError, _http().HTTPException) as error:
            raise self._unreachable(error) from error
        finally:
            connection.close()

    def stream(self, path: str, query: Mapping[str, str]) -> Lines:
        """Open a stream. Raises Refused, NotConnected."""
        return Lines(*self._send("GET", path, None, query))

    def _send(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Any] | bytes | None,
        query: Mapping[str, str] | None,
    ) -> tuple[HTTPResponse, HTTPConnection]:
        target = f"{self._url.path.rstrip('/')}/jupyter-sessions{path}"
        if query:
            target += "?" + urlencode(query)
        headers = {"Authorization": f"token {self.token}", "Accept": "application/json"}
        data = body if isinstance(body, bytes) else None
        if data is not None:
            headers["Content-Type"] = "application/octet-stream"
        elif body is not None:
            data = json.dumps(body).encode("utf-8", "surrogatepass")
            headers["Content-Type"] = "application/json"
        connection = _connection(self._url)
        try:
            connection.request(verb, target, data, headers)
            response = connection.getresponse()
            if response.status >= 300:
                raise refused(response.status, _json(response.read()))
        except (OSError, _http().HTTPException) as error:
            connection.close()
            raise self._unreachable(error) from error
        except BaseException:
            connection.close()
            raise
        return response, connection

    def _unreachable(self, error: Exception) -> NotConnected:
        return NotConnected(
            f"The Jupyter server at {self._url.geturl()} does not answer "
            f"({str(error) or type(error).__name__}). Is it still running?"
        )


class Lines:
    """An open stream of JSON lines, parsed; it ends when it is closed, or the server closes it.

    Raises OSError or HTTPException when the connection is lost on the way.
    """

    def __init__(self, response: HTTPResponse, connection: HTTPConnection) -> None:
        self._response = response
        self._connection = connection

    def __iter__(self) -> Iterator[Any]:
        while line := self._response.readline():
            yield json.loads(line)

    def close(self) -> None:
        """Close the connection; the server notices at once."""
        self._response.close()
        self._connection.close()


def _connection(url: SplitResult) -> HTTPConnection:
    client = _http()
    if url.scheme == "http+unix":
        return _unix_connection(unquote(url.netloc))
    kind = client.HTTPSConnection if url.scheme == "https" else client.HTTPConnection
    connection: HTTPConnection = kind(url.netloc, timeout=TIMEOUT_S)
    return connection


def _unix_connection(path: str) -> HTTPConnection:
    import socket

    class UnixConnection(_http().HTTPConnection):  # type: ignore[misc]  # loaded on first use
        def connect(self) -> None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(TIMEOUT_S)
            self.sock.connect(path)

    connection: HTTPConnection = UnixConnection("localhost")
    return connection


def _http() -> Any:
    # It takes longer to import than all of ours: a kernel pays when it first asks the server.
    import http.client

    return http.client


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None
