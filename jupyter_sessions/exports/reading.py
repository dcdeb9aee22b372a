"""Reading JSON lines that were exported, here or elsewhere: nothing in them is trusted."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from ..errors import BadRequest
from ..ids import BlobHash, ProjectId, RunId, SessionId, StreamId, new_id
from ..models.event import EVENT, EventBase, ToolCalled, ToolReturned
from ..models.text import MAX_MESSAGE, clean_name, storable_json
from .jsonl import FORMAT, VERSION
from .payloads import is_blob
from .references import check_payloads

MAX_LINE = 8_000_000
"""Bytes of a line that is no blob."""
LEFT_OUT = frozenset(
    [
        "session.created",
        "session.changed",
        "session.deleted",
        "session.forked",
        "session.imported",
        "project.changed",
        "dependencies.changed",
    ]
)
"""Types that say something about another session or place than the one that is made."""
_POSITIONS = {"after", "replaces", "seq"}


@dataclass(frozen=True, slots=True)
class Head:
    """The first line."""

    name: str
    model: str | None


@dataclass(frozen=True, slots=True)
class BlobLine:
    """A payload; events that come behind it say what it is."""

    hash: BlobHash
    data: bytes


Part = Head | BlobLine | EventBase[Any]


class Reader:
    """Reads a file into events of a new log: new ids, new numbers, times as they were.

    Its numbers begin behind ``first``, because something was written before.
    """

    def __init__(self, project_id: ProjectId, session_id: SessionId, first: int) -> None:
        self._project = project_id
        self._session = session_id
        self._first = first
        self._next = first + 1
        self._old: list[int] = []
        self._new: list[int] = []
        self._ids: dict[str, str] = {}
        self._open: set[str] = set()
        self._held: dict[BlobHash, bytes] = {}
        self._count = 0
        self._last = 0

    def parts(self, body: bytes) -> Iterator[Part]:
        """Yield what the file holds. Raises BadRequest, with the number of the line."""
        begun = ended = False
        for number, line in enumerate(body.splitlines(), 1):
            if not line.strip():
                continue
            if ended:
                raise BadRequest(f"Line {number}: there is something behind the end.")
            try:
                value = _parsed(line)
                if not begun:
                    begun = True
                    yield _head(value)
                elif "end" in value:
                    ended = self._check_end(value["end"])
                elif "blob" in value:
                    found = _blob(value)
                    self._held[found.hash] = found.data
                    yield found
                elif (made := self._event(value.get("event"))) is not None:
                    yield made
            except RecursionError:
                raise BadRequest(f"Line {number} is nested too deeply.") from None
            except ValidationError as error:
                raise BadRequest(f"Line {number}: {_fault(error)}") from error
            except (ValueError, OverflowError, TypeError) as error:
                raise BadRequest(f"Line {number}: {error}") from error
        if not begun:
            raise BadRequest("Line 1: the file is empty.")
        if not ended:
            raise BadRequest("The file is cut off: its last line, which says its end, is missing.")

    def _check_end(self, end: Any) -> bool:
        if not isinstance(end, dict) or end.get("events") != self._count:
            raise ValueError(f"events are missing: {self._count} came, the file says {end!r:.60}.")
        return True

    def _event(self, value: Any) -> EventBase[Any] | None:
        if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
            raise ValueError("this is neither an event, nor a blob, nor the end.")
        old = value.get("seq")
        if not isinstance(old, int) or isinstance(old, bool) or old <= self._last:
            raise ValueError(f"the number {old!r:.60} does not follow {self._last}.")
        self._count, self._last = self._count + 1, old
        if value.get("type") in LEFT_OUT:
            return None
        made: EventBase[Any] = EVENT.validate_python(self._renumbered(value))
        if not self._is_paired(made):
            return None
        check_payloads(made.data, self._held)
        made = made.model_copy(update={"ts": _utc(made.ts)})
        self._old.append(old)
        self._new.append(self._next)
        self._next += 1
        return made

    def _renumbered(self, value: Mapping[str, Any]) -> dict[str, Any]:
        data = {key: self._moved(key, each) for key, each in value["data"].items()}
        for key, each in data.items():
            if isinstance(each, str) and len(each) > MAX_MESSAGE:
                raise ValueError(f"{key} has more than {MAX_MESSAGE:,} characters.")
        run = value.get("run_id")
        parent = value.get("parent")
        return {
            **value,
            "stream": StreamId(self._session),
            "seq": self._next,
            "project_id": self._project,
            "session_id": self._session,
            "run_id": None if run is None else RunId(self._renamed(run)),
            "parent": None if parent is None else self._number(parent),
            "data": data,
        }

    def _moved(self, key: str, value: Any) -> Any:
        """Return a field of the payload, with the new numbers and ids of what it names."""
        if key in _POSITIONS and isinstance(value, int):
            return self._number(value)
        if key == "pinned" and isinstance(value, list):
            return [self._number(each) for each in value]
        if key in {"key_result", "upstream", "steered"} and isinstance(value, str):
            return self._renamed(value)
        if key == "ids" and isinstance(value, list):
            return [self._renamed(each) for each in value]
        if key == "evidence" and isinstance(value, dict):
            return {name: self._renamed(each) for name, each in value.items()}
        return value

    def _number(self, old: Any) -> int:
        """Return the new number of an event, or of the last one before it that was taken over."""
        if not isinstance(old, int):
            raise ValueError(f"{old!r:.60} is no number of an event.")
        place = bisect_right(self._old, old)
        return self._new[place - 1] if place else self._first

    def _renamed(self, old: Any) -> str:
        if not isinstance(old, str):
            raise ValueError(f"{old!r:.60} is no id.")
        return self._ids.setdefault(old, new_id())

    def _is_paired(self, event: EventBase[Any]) -> bool:
        """Tell whether a result follows its call; no provider takes one without the other."""
        if isinstance(event, ToolCalled):
            if event.data.call_id in self._open:
                raise ValueError(f"the call {event.data.call_id!r:.60} comes twice.")
            self._open.add(event.data.call_id)
        elif isinstance(event, ToolReturned):
            if event.data.call_id not in self._open:
                return False
            self._open.remove(event.data.call_id)
        return True


def _parsed(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE and not line.startswith(b'{"blob"'):
        raise ValueError(f"it has more than {MAX_LINE:,} bytes.")
    try:
        value = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_float)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"this is no JSON ({error}).") from error
    if not isinstance(value, dict):
        raise ValueError("every line must be a JSON object.")
    if "blob" in value:
        return value
    clean = storable_json(value)
    assert isinstance(clean, dict)
    return dict(clean)


def _fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    if fault["type"].startswith("union_tag"):
        return "events of this type are not known to this version of jupyter_sessions."
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}."


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON.")


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:60]} is too large a number.")
    return number


def _head(value: dict[str, Any]) -> Head:
    if value.get("format") != FORMAT:
        raise ValueError(
            "this is no export of a session. Export one as JSON lines, or import a .chat file."
        )
    version = value.get("version")
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"the version {version!r:.60} of the format is not understood.")
    if version > VERSION:
        raise ValueError(
            "a newer version of jupyter_sessions has written this. Upgrade this one: "
            "pip install --upgrade jupyter_sessions"
        )
    about = value.get("session")
    about = about if isinstance(about, dict) else {}
    model = about.get("model")
    return Head(
        name=readable_name(about.get("name")),
        model=model if isinstance(model, str) and len(model) <= 200 else None,
    )


def readable_name(name: Any) -> str:
    """Return a name that a session may have; ``""`` when there is none in it."""
    try:
        return clean_name(str(name)[:200]) if isinstance(name, str) else ""
    except ValueError:
        return ""


def _blob(value: dict[str, Any]) -> BlobLine:
    try:
        data = base64.b64decode(value.get("base64") or "", validate=True)
    except (binascii.Error, TypeError) as error:
        raise ValueError("the payload is no base64.") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != value["blob"]:
        raise ValueError("the payload does not have the hash that the line says.")
    return BlobLine(BlobHash(digest), data)


def blob_types(value: Any) -> Iterator[tuple[BlobHash, str]]:
    """Yield hash and media type of the blobs that a payload names."""
    waiting = [value]
    while waiting:
        this = waiting.pop()
        if is_blob(this):
            yield this["blob"], str(this["media_type"])[:128]
        elif isinstance(this, dict):
            waiting.extend(this.values())
        elif isinstance(this, list):
            waiting.extend(this)


def _utc(ts: datetime) -> datetime:
    aware = ts.replace(tzinfo=UTC) if ts.tzinfo is None else ts.astimezone(UTC)
    return aware.replace(microsecond=aware.microsecond // 1000 * 1000)
