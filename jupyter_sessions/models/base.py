"""What all models share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer


def utcnow() -> datetime:
    """Return the present time, in UTC, to the millisecond (what the log keeps)."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[datetime, PlainSerializer(_rfc3339, return_type=str, when_used="json")]
"""A time in UTC; RFC 3339 in JSON."""


class Model(BaseModel):
    """A frozen value. What is read back must be what was written: unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
