"""What the databases raise, translated once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from ..errors import SessionsError, StorageFull, StorageReadOnly

PASSING = (SessionsError, DBAPIError, OSError)
"""What a disk or a database can raise that is back after a while; all else stays as it is."""


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn a full or read-only disk, and a database that is gone, into errors that say so."""
    try:
        yield
    except DBAPIError as error:
        known = _known(str(error.orig), place)
        if known is None:
            raise
        raise known from error
    except OSError as error:
        raise StorageReadOnly(
            f"The database {place!r} cannot be reached: {error.strerror or error}. "
            "Nothing was changed; try again when it is back."
        ) from error


def _known(text: str, place: str) -> SessionsError | None:
    lowered = text.lower()
    if "disk is full" in lowered or "no space left" in lowered or "disk i/o error" in lowered:
        return StorageFull(
            f"The disk that holds {place!r} is full. Nothing was changed: "
            "free some space, then try again."
        )
    if (
        "readonly" in lowered
        or "read-only" in lowered
        or "unable to open" in lowered
        or "database is locked" in lowered
        or "connection was closed" in lowered
        or "connection is closed" in lowered
        or "terminating connection" in lowered
    ):
        return StorageReadOnly(
            f"The database {place!r} cannot be written ({text}). Nothing was changed; "
            "check its permissions, or set SessionsApp.db_url to another place."
        )
    return None
