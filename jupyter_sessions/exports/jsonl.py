"""JSON lines: all of a log, with its blobs; the format that can be imported again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..ids import BlobHash
from ..models.base import utcnow
from ..models.event import EventBase
from ..models.session import Session
from .payloads import blobs_of

FORMAT, VERSION = "jupyter_sessions", 1


class JsonLines:
    """Writes a line ``format``, then each ``event`` behind its ``blob`` lines, then ``end``."""

    media_type, suffix = "application/jsonl", "jsonl"
    needs_all_blobs = True

    def __init__(self, session: Session, project: str) -> None:
        self._session = session
        self._project = project
        self._known: set[BlobHash] = set()
        self._count = 0

    def begin(self) -> str:
        """Return the line that says what this is."""
        session = {"name": self._session.name, "model": self._session.model}
        head = {
            "format": FORMAT,
            "version": VERSION,
            "session": session,
            "project": self._project,
            "exported_at": utcnow().isoformat(),
        }
        return _line(head)

    def add(
        self, events: Iterable[EventBase[Any]], blobs: Mapping[BlobHash, bytes]
    ) -> Iterator[str]:
        """Yield the lines of some events."""
        for event in events:
            for digest in blobs_of(event.data.model_dump(mode="json")):
                if digest in blobs and digest not in self._known:
                    self._known.add(digest)
                    data = base64.b64encode(blobs[digest]).decode()
                    yield _line({"blob": digest, "base64": data})
            yield f'{{"event":{event.model_dump_json()}}}\n'
            self._count += 1

    def end(self) -> str:
        """Return the line that proves that nothing is missing."""
        return _line({"end": {"events": self._count}})


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
