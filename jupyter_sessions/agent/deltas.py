"""Streams text to followers: at most one frame in 40 ms, however small the pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..ids import RunId, StreamId
from ..models.live import MessageDelta, ReasoningDelta
from ..timeline import Timeline, utf16_length

INTERVAL_S = 0.04
Kind = Callable[..., MessageDelta | ReasoningDelta]


class DeltaStream:
    """The text of one message that is being written."""

    def __init__(self, timeline: Timeline, stream: StreamId, run_id: RunId, kind: Kind) -> None:
        self._timeline = timeline
        self._stream = stream
        self._run_id = run_id
        self._kind = kind
        self._offset = 0
        self._waiting: list[str] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, text: str) -> None:
        """Add a piece; it is sent with those that come within the interval."""
        if text:
            self._waiting.append(text)
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(INTERVAL_S, self.flush)

    def flush(self) -> None:
        """Send what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            text = "".join(self._waiting)
            self._waiting.clear()
            frame = self._kind(run_id=self._run_id, offset=self._offset, text=text)
            self._timeline.publish(self._stream, frame)
            self._offset += utf16_length(text)

    def discard(self) -> None:
        """Take back what was sent: the request is tried again from the start."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()
        if self._offset:
            self._offset = 0
            frame = self._kind(run_id=self._run_id, offset=0, text="")
            self._timeline.publish(self._stream, frame)
