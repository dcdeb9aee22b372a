"""Every error that a user, a program or a model can be told about.

SessionsError
├── BadRequest            400  the request itself is wrong
├── Denied                403  known who asks, but not allowed
├── NotFound              404  missing, or someone else's
├── Conflict              409  true when asked, but the world has moved
│   ├── Blocked                a session that it depends on has not decided yet, or otherwise
│   ├── StaleCell              the cell was changed since it was read
│   ├── FolderMissing          the project's folder was moved or deleted
│   ├── KernelBusy             a cell runs in the kernel
│   └── ForkRefused            the kernel cannot be forked safely
├── TooLarge              413  over a size limit
├── KernelError           502  the kernel died or does not answer
├── ModelError            502  the model's provider failed
├── StorageFull           507  the disk is full
└── StorageReadOnly       503  the disk, or the database, cannot be written
    └── HalfDone               the disk failed while a change of several notebooks was taken back

``str(error)`` is a sentence for a person: what happened, the value, what to do next.
"""

from __future__ import annotations

from typing import Any, ClassVar


class SessionsError(Exception):
    """Anything that went wrong in a way we can explain."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    reason: ClassVar[str] = "Internal error"

    def __init__(self, message: str, *, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return the one shape that errors have in the API."""
        body: dict[str, Any] = {"code": self.code, "message": str(self), "reason": self.reason}
        if self.details is not None:
            body["details"] = self.details
        return body


class BadRequest(SessionsError):
    """The request itself is wrong."""

    status, code, reason = 400, "bad_request", "Bad request"


class Denied(SessionsError):
    """The caller is known, but may not do this."""

    status, code, reason = 403, "denied", "Forbidden"


class NotFound(SessionsError):
    """It does not exist, or it belongs to someone else: the answer is the same."""

    status, code, reason = 404, "not_found", "Not found"

    def __init__(self, noun: str, *, details: dict[str, Any] | None = None) -> None:
        super().__init__(f"No such {noun}. It may have been deleted.", details=details)


class Conflict(SessionsError):
    """The request was fine when it was made, but the state has moved."""

    status, code, reason = 409, "conflict", "Conflict"


class Blocked(Conflict):
    """The session cannot start: what it depends on is not there."""

    code = "blocked"


class StaleCell(Conflict):
    """The cell was changed by someone else since the caller read it."""

    code = "stale_cell"


class FolderMissing(Conflict):
    """The project's folder was moved, deleted, or lies outside of the server's root."""

    code = "folder_missing"


class KernelBusy(Conflict):
    """A cell runs in the kernel, and what was asked must wait for its end."""

    code = "kernel_busy"


class ForkRefused(Conflict):
    """The kernel cannot be forked, or not safely: another engine has to be used."""

    code = "fork_refused"


class TooLarge(SessionsError):
    """Something is over a size limit."""

    status, code, reason = 413, "too_large", "Too large"


class KernelError(SessionsError):
    """The kernel could not be started, died, or does not answer."""

    status, code, reason = 502, "kernel", "Kernel failed"


class ModelError(SessionsError):
    """The model's provider failed; ``kind`` says how, in a word that programs can use."""

    status, code, reason = 502, "model", "Model failed"

    def __init__(self, message: str, *, kind: str = "model") -> None:
        super().__init__(message, details={"kind": kind})
        self.kind = kind


class StorageFull(SessionsError):
    """The disk, or the quota, is full."""

    status, code, reason = 507, "storage_full", "Storage full"


class StorageReadOnly(SessionsError):
    """The database or the folder cannot be written."""

    status, code, reason = 503, "storage_read_only", "Storage is read-only"


class HalfDone(StorageReadOnly):
    """Some notebooks of a change have their new version and could not be put back."""

    code = "half_done"
