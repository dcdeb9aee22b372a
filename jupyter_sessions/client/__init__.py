"""Talk to the server from a kernel, a script or the command line; standard library only."""

from __future__ import annotations

from .client import Client
from .errors import (
    ClientError,
    Conflict,
    NoProject,
    NoSession,
    NotAllowed,
    NotConnected,
    NotFound,
    Refused,
    ServerFailed,
)
from .key_result import KeyResult
from .run import Answer, Run, ToolCall
from .session import Session

__all__ = [
    "Answer",
    "Client",
    "ClientError",
    "Conflict",
    "KeyResult",
    "NoProject",
    "NoSession",
    "NotAllowed",
    "NotConnected",
    "NotFound",
    "Refused",
    "Run",
    "ServerFailed",
    "Session",
    "ToolCall",
]
