"""Append an event, publish it, follow a timeline from a cursor."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from .ids import BlobHash, RunId, SessionId, StreamId
from .models.base import Model, utcnow
from .models.event import Actor, Blob, EventBase
from .models.live import (
    GoneFrame,
    Live,
    LiveFrame,
    MessageDelta,
    ReadyFrame,
    ReasoningDelta,
    TerminalDelta,
)
from .models.scope import Scope
from .storage import blobs, events
from .storage.database import Database
from .storage.writer import Transaction

D = TypeVar("D", bound=Model)
T = TypeVar("T")
Delta = MessageDelta | ReasoningDelta | TerminalDelta
AnyEvent = EventBase[Any]

MAX_INLINE = 16_000
"""Characters of JSON: larger payloads go to the blob table."""
MAX_WAITING = 2_000
"""Frames that may wait for a slow reader before it is sent back to the database."""
PAGE = 500


@dataclass(frozen=True, slots=True)
class Origin:
    """What an event is about: the project itself, or one of its sessions (and there, a run)."""

    scope: Scope
    session_id: SessionId | None = None
    run_id: RunId | None = None

    @property
    def stream(self) -> StreamId:
        return StreamId(self.session_id or self.scope.project_id)


class Entry:
    """One transaction: rows through ``conn``, events through ``append``; all of it or nothing."""

    def __init__(self, transaction: Transaction) -> None:
        self.conn = transaction.conn
        self._transaction = transaction
        self.events: list[AnyEvent] = []
        self._blobs: list[tuple[Scope, bytes, str]] = []

    def append(
        self,
        origin: Origin,
        kind: type[EventBase[D]],
        data: D,
        *,
        actor: Actor,
        parent: int | None = None,
        session_id: SessionId | None = None,
    ) -> None:
        """Add an event at the end of its timeline. It gets its number when the entry is written.

        ``session_id`` names the session that an event of the project's own timeline is about.
        """
        self.events.append(
            kind(
                stream=origin.stream,
                seq=0,
                project_id=origin.scope.project_id,
                session_id=session_id or origin.session_id,
                run_id=origin.run_id,
                parent=parent,
                ts=utcnow(),
                actor=actor,
                data=self._spill(origin.scope, data),
            )
        )

    def append_again(self, scope: Scope, event: AnyEvent) -> None:
        """Add an event that was written elsewhere, with the time that it has."""
        update = {"data": self._spill(scope, event.data)}
        self.events.append(event.model_copy(update=update))

    def put_blob(self, scope: Scope, data: bytes, media_type: str) -> Blob:
        """Store ``data`` with this entry."""
        self._blobs.append((scope, data, media_type))
        return blobs.describe_blob(data, media_type)

    async def flush(self) -> None:
        """Write blobs and events."""
        for scope, data, media_type in self._blobs:
            await blobs.add_blob(self.conn, scope, data, media_type)
        if self.events:
            self.events = await events.add_events(self._transaction, self.events)

    def _spill(self, scope: Scope, data: D) -> D:
        """Put large values of fields that admit a ``Blob`` into the blob table."""
        update: dict[str, Blob] = {}
        for name in _spillable(type(data)):
            value = getattr(data, name)
            if isinstance(value, str) and len(value) > MAX_INLINE:
                raw = value.encode("utf-8", "surrogatepass")
                update[name] = self.put_blob(scope, raw, "text/plain; charset=utf-8")
            elif isinstance(value, list):
                text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                if len(text) > MAX_INLINE:
                    update[name] = self.put_blob(scope, text.encode(), "application/json")
        return data.model_copy(update=update) if update else data


@dataclass(frozen=True, slots=True)
class _Draft:
    origin: Origin
    kind: type[AnyEvent]
    data: Any
    actor: Actor
    parent: int | None


class Timeline:
    """The log of everything, and those who follow it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._append_all = self._write_drafts  # one object: the writer groups by identity
        self._followers: dict[StreamId, set[Subscription]] = defaultdict(set)
        self._partial: dict[StreamId, dict[tuple[str, RunId, str], list[str]]] = defaultdict(dict)

    async def write(self, work: Callable[[Entry], Awaitable[T]]) -> T:
        """Run ``work`` in one transaction; publish its events once they are on disk."""

        async def job(transaction: Transaction) -> T:
            entry = Entry(transaction)
            result = await work(entry)
            await entry.flush()
            transaction.after_commit.append(lambda: self._publish_events(entry.events))
            return result

        return await self.database.write(job)

    async def append(
        self,
        origin: Origin,
        kind: type[EventBase[D]],
        data: D,
        *,
        actor: Actor,
        parent: int | None = None,
    ) -> EventBase[D]:
        """Append one event; return it, numbered, when it is on disk."""
        draft = _Draft(origin, kind, data, actor, parent)
        event: EventBase[D] = await self.database.write_item(self._append_all, draft)
        return event

    async def _write_drafts(self, transaction: Transaction, drafts: list[_Draft]) -> list[AnyEvent]:
        entry = Entry(transaction)
        for draft in drafts:
            entry.append(
                draft.origin, draft.kind, draft.data, actor=draft.actor, parent=draft.parent
            )
        await entry.flush()
        transaction.after_commit.append(lambda: self._publish_events(entry.events))
        return entry.events

    async def read(
        self,
        stream: StreamId,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = 100,
        types: Collection[str] | None = None,
    ) -> list[AnyEvent]:
        """Return a page of a timeline, ascending. See ``storage.events.list_events``."""
        async with self.database.read() as conn:
            return await events.list_events(
                conn, stream, after=after, before=before, limit=limit, types=types
            )

    async def get_blob(self, scope: Scope, digest: BlobHash) -> tuple[bytes, str]:
        """Return the bytes and the media type of a blob of the project."""
        async with self.database.read() as conn:
            return await blobs.get_blob(conn, scope, digest)

    def publish(self, stream: StreamId, live: Live) -> None:
        """Send something that is not stored to those who follow ``stream`` now."""
        if isinstance(live, Delta):
            key = (live.type, live.run_id, getattr(live, "call_id", ""))
            if live.offset == 0:
                self._partial[stream][key] = []
            self._partial[stream].setdefault(key, []).append(live.text)
        followers = self._followers.get(stream)
        if followers:
            text = LiveFrame(stream=stream, live=live).model_dump_json()
            for follower in followers:
                follower.put(_Frame(text, is_delta=isinstance(live, Delta)))

    def close_stream(self, stream: StreamId) -> None:
        """Tell followers that the stream was deleted, and forget it."""
        self._partial.pop(stream, None)
        for follower in self._followers.get(stream, ()):
            follower.put(_Frame(GoneFrame(stream=stream).model_dump_json(), is_last=True))

    def subscribe(self, stream: StreamId, after: int) -> Subscription:
        """Follow ``stream`` behind ``after``; close the subscription when done with it."""
        subscription = Subscription(self, stream, after)
        self._followers[stream].add(subscription)
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Stop sending to a subscription."""
        followers = self._followers.get(subscription.stream)
        if followers is not None:
            followers.discard(subscription)
            if not followers:
                del self._followers[subscription.stream]

    def so_far(self, stream: StreamId) -> list[str]:
        """Return a frame for each text that is being written: what a late subscriber missed."""
        return [
            LiveFrame(stream=stream, live=_delta(key, "".join(texts))).model_dump_json()
            for key, texts in self._partial.get(stream, {}).items()
        ]

    def _publish_events(self, committed: list[AnyEvent]) -> None:
        for event in committed:
            self._end_partial(event)
            followers = self._followers.get(event.stream)
            if followers:
                text = event_frame(event)
                for follower in followers:
                    follower.put(_Frame(text, seq=event.seq))

    def _end_partial(self, event: AnyEvent) -> None:
        partial = self._partial.get(event.stream)
        if not partial or event.run_id is None:
            return
        ended = _ENDS.get(event.type)
        if ended is not None:
            call_id = getattr(event.data, "call_id", "")
            for key in list(partial):
                if key[1] == event.run_id and key[0] in ended and key[2] in ("", call_id):
                    del partial[key]
            if not partial:
                del self._partial[event.stream]


@dataclass(frozen=True, slots=True)
class _Frame:
    text: str
    seq: int | None = None
    is_delta: bool = False
    is_last: bool = False


class Subscription:
    """A reader of one timeline: first what is stored, then what comes; nothing twice, no gap."""

    def __init__(self, timeline: Timeline, stream: StreamId, after: int) -> None:
        self.stream = stream
        self.cursor = after
        self._timeline = timeline
        self._waiting: deque[_Frame] = deque()
        self._wake = asyncio.Event()
        self._overrun = False

    def put(self, frame: _Frame) -> None:
        """Queue a frame. A reader that is too slow reads from the database again instead."""
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.clear()
            self._overrun = True
        self._waiting.append(frame)
        self._wake.set()

    def close(self) -> None:
        """Stop following."""
        self._timeline.forget(self)

    async def frames(self) -> AsyncIterator[str]:
        """Yield frames as JSON: the replay, what is being written, ``ready``, then live."""
        async for text in self._replay():
            yield text
        yield ReadyFrame(stream=self.stream, seq=self.cursor).model_dump_json()
        while True:
            while self._waiting and not self._overrun:
                frame = self._waiting.popleft()
                if frame.seq is not None and frame.seq > self.cursor + 1:
                    self._overrun = True  # another process wrote in between: read again
                    break
                if frame.seq is None or self._advance(frame.seq):
                    yield frame.text
                if frame.is_last:
                    return
            if self._overrun:
                self._overrun = False
                async for text in self._replay():
                    yield text
                continue
            self._wake.clear()
            await self._wake.wait()

    async def _replay(self) -> AsyncIterator[str]:
        while True:
            page = await self._timeline.read(self.stream, after=self.cursor, limit=PAGE)
            for event in page:
                self.cursor = event.seq
                yield event_frame(event)
            if self._overrun:  # what came meanwhile was dropped: it is in the database
                self._overrun = False
                continue
            if len(page) < PAGE and not self._is_behind():
                break
        # No await from here on: what is being written, and what waits, fit together.
        caught_up = [
            frame.text
            for frame in self._waiting
            if not frame.is_delta and (frame.seq is None or self._advance(frame.seq))
        ]
        closes = any(frame.is_last for frame in self._waiting)
        self._waiting.clear()
        caught_up += self._timeline.so_far(self.stream)
        for text in caught_up:
            yield text
        if closes:
            self.put(_Frame(GoneFrame(stream=self.stream).model_dump_json(), is_last=True))

    def _is_behind(self) -> bool:
        """Tell whether another process wrote between what was read and what waits."""
        waiting = [frame.seq for frame in self._waiting if frame.seq is not None]
        new = [seq for seq in waiting if seq > self.cursor]
        return bool(new) and new[0] > self.cursor + 1

    def _advance(self, seq: int) -> bool:
        if seq <= self.cursor:
            return False
        self.cursor = seq
        return True


def event_frame(event: AnyEvent) -> str:
    """Return the frame that carries ``event``, as JSON."""
    return f'{{"kind":"event","event":{event.model_dump_json()}}}'


def utf16_length(text: str) -> int:
    """Return the length of ``text`` as browsers count it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


_ALL_DELTAS = frozenset({"message.delta", "reasoning.delta", "terminal.delta"})
_ENDS: dict[str, frozenset[str]] = {
    "message.agent": frozenset({"message.delta"}),
    "reasoning": frozenset({"reasoning.delta"}),
    "terminal.output": frozenset({"terminal.delta"}),
    "tool.returned": frozenset({"terminal.delta"}),
    "run.completed": _ALL_DELTAS,
    "run.failed": _ALL_DELTAS,
    "run.cancelled": _ALL_DELTAS,
}


def _delta(key: tuple[str, RunId, str], text: str) -> Delta:
    kind, run_id, call_id = key
    if kind == "message.delta":
        return MessageDelta(run_id=run_id, offset=0, text=text)
    if kind == "reasoning.delta":
        return ReasoningDelta(run_id=run_id, offset=0, text=text)
    return TerminalDelta(run_id=run_id, call_id=call_id, offset=0, text=text)


_SPILLABLE: dict[type[Model], tuple[str, ...]] = {}


def _spillable(kind: type[Model]) -> tuple[str, ...]:
    if kind not in _SPILLABLE:
        _SPILLABLE[kind] = tuple(
            name
            for name, info in kind.model_fields.items()
            if Blob in getattr(info.annotation, "__args__", ())
            and {str, list} & {getattr(arg, "__origin__", arg) for arg in info.annotation.__args__}  # type: ignore[union-attr]
        )
    return _SPILLABLE[kind]
