"""What can go wrong between a program and the server.

ClientError
├── NotConnected       no address, no token, or nobody answers there
├── NoProject          the notebook of this kernel lies in no project
├── NoSession          the project has no session by this name, or none at all
└── Refused            the server answered, and said no: ``status``, ``code``, ``details``
    ├── NotAllowed     401, 403  the token does not open this
    ├── NotFound       404       missing, or someone else's
    ├── Conflict       409       true when asked, but the world has moved
    └── ServerFailed   5xx       the server, its disk, or a kernel failed

``str(error)`` is a sentence for a person; that of ``Refused`` is the server's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """Anything that went wrong in a way we can explain."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone in a notebook: where it was raised helps nobody."""
        return [f"{type(self).__name__}: {self}"]


class NotConnected(ClientError):
    """There is no address or token, or nobody answers at the address."""


class NoProject(ClientError):
    """The notebook of this kernel lies in no project."""


class NoSession(ClientError):
    """The project has no session by this name, or none at all."""


class Refused(ClientError):
    """The server answered, and said no."""

    def __init__(self, message: str, *, status: int, code: str, details: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details


class NotAllowed(Refused):
    """The token does not open this."""


class NotFound(Refused):
    """It does not exist, or it belongs to someone else."""


class Conflict(Refused):
    """The request was fine when it was made, but the state has moved."""


class ServerFailed(Refused):
    """The server, its disk, a kernel or a model's provider failed."""


def refused(status: int, body: Any) -> Refused:
    """Return the error for an answer of the server; ``body`` is its JSON, if it was any."""
    said: Mapping[str, Any] = body if isinstance(body, dict) else {}
    message = str(said.get("message") or f"The server answered with status {status}.")
    kinds = {401: NotAllowed, 403: NotAllowed, 404: NotFound, 409: Conflict}
    kind = ServerFailed if status >= 500 else kinds.get(status, Refused)
    code = str(said.get("code") or "error")
    return kind(message, status=status, code=code, details=said.get("details"))
