"""The ``.chat`` files of jupyter-chat: reading and writing them.

Source: https://github.com/jupyterlab/jupyter-chat
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..errors import BadRequest
from ..ids import BlobHash, ProjectId, SessionId, StreamId, UserId
from ..models.base import utcnow
from ..models.event import (
    AgentMessage,
    AgentMessageData,
    EventBase,
    MessageData,
    UserMessage,
)
from ..models.session import Session
from ..models.text import MAX_MESSAGE, storable
from .safe_markdown import neutral
from .story import Entry, Message, Story

Json = dict[str, Any]
AGENT = "jupyter_sessions::agent"
GROWS = 4
"""Times: as much longer can a text be that was made harmless."""


class ChatFile:
    """Writes what was said. Calls and findings are left out: a chat has nothing for them, and as
    text a model that reads it would take them for the agent's words."""

    media_type, suffix = "application/json", "chat"
    needs_all_blobs = False

    def __init__(
        self, session: Session, user: UserId, replaced: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._session = session
        self._user = user
        self._story = Story(replaced)
        self._count = 0

    def begin(self) -> str:
        """Return all that stands before the first message."""
        return '{"messages":[\n'

    def add(
        self, events: Iterable[EventBase[Any]], blobs: Mapping[BlobHash, bytes]
    ) -> Iterator[str]:
        """Yield the messages of some events."""
        for event in events:
            for entry in self._story.add(event, blobs):
                yield from self._messages(entry)

    def end(self) -> str:
        """Return who they are from, and the end of the file."""
        people = {self._user: _person(self._user, self._user, bot=False)}
        bots = {AGENT: _person(AGENT, "Agent", bot=True)}
        return f'\n],"users":{_dumps(people | bots)},"attachments":{{}},"metadata":{{}}}}\n'

    def _messages(self, entry: Entry) -> Iterator[str]:
        if not isinstance(entry, Message):
            return
        for text in _pieces(entry.text):
            comma = ",\n" if self._count else ""
            self._count += 1
            message = {
                "type": "msg",
                "id": f"{self._session.id}-{self._count}",
                "sender": self._user if entry.who == "user" else AGENT,
                "time": entry.ts.timestamp(),
                "raw_time": False,
                "body": text,
            }
            yield comma + _dumps(message)


def _pieces(text: str) -> Iterator[str]:
    """Yield the text, harmless; in pieces when that is longer than one message can be."""
    whole = neutral(text)
    if len(whole) <= MAX_MESSAGE:
        yield whole
        return
    step = MAX_MESSAGE // GROWS
    yield from (neutral(text[at : at + step]) for at in range(0, len(text), step))


def _person(username: str, name: str, *, bot: bool) -> Json:
    return {"username": username, "name": name, "display_name": name, "bot": bot}


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def chat_events(
    body: bytes, project_id: ProjectId, session_id: SessionId, first: int
) -> Iterator[EventBase[Any]]:
    """Yield the messages of a chat: those of bots as the agent's, all others as the user's.

    Where several people wrote, their names stand before what they said. Raises BadRequest.
    """
    messages, users = _parsed(body)
    people = {_sender(each) for each in messages if not _is_bot(users, _sender(each))}
    ts = utcnow()
    seq = first
    for number, each in enumerate(messages, 1):
        text, sender = each.get("body"), _sender(each)
        if each.get("deleted") or not isinstance(text, str) or not text.strip():
            continue
        if len(text) > MAX_MESSAGE:
            raise BadRequest(f"Message {number} has more than {MAX_MESSAGE:,} characters.")
        ts, seq = _time(each.get("time"), ts), seq + 1
        envelope = {
            "stream": StreamId(session_id),
            "seq": seq,
            "project_id": project_id,
            "session_id": session_id,
            "ts": ts,
        }
        if _is_bot(users, sender):
            data = AgentMessageData(text=storable(text))
            yield AgentMessage(**envelope, actor="agent", data=data)
        else:
            name = f"{_name(users, sender)}: " if len(people) > 1 else ""
            said = MessageData(text=storable(name + text))
            yield UserMessage(**envelope, actor="user", data=said)
    if seq == first:
        raise BadRequest("The chat has no messages.")


def _parsed(body: bytes) -> tuple[list[Json], Json]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        place = f"Line {error.lineno}: " if isinstance(error, json.JSONDecodeError) else ""
        raise BadRequest(f"{place}this is no .chat file: it is not JSON.") from error
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        raise BadRequest("Line 1: this is no .chat file: it has no list of messages.")
    users = value.get("users")
    return messages, users if isinstance(users, dict) else {}


def _sender(message: Json) -> str:
    sender = message.get("sender")
    if isinstance(sender, dict):  # of early versions
        sender = sender.get("username")
    return sender if isinstance(sender, str) else ""


def _user(users: Json, sender: str) -> Json:
    user = users.get(sender)
    return user if isinstance(user, dict) else {}


def _is_bot(users: Json, sender: str) -> bool:
    # Those of jupyter-ai were no bots before there was that mark.
    persona = sender.startswith("jupyter-ai-personas::") or sender in {"jupyternaut", "Jupyternaut"}
    return bool(_user(users, sender).get("bot")) or persona


def _name(users: Json, sender: str) -> str:
    user = _user(users, sender)
    name = user.get("display_name") or user.get("name") or sender or "someone"
    return " ".join(str(name).split())[:100]


def _time(seconds: Any, otherwise: datetime) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return otherwise
    if not 0 <= seconds < 32_000_000_000:  # NaN is in no range
        return otherwise
    return datetime.fromtimestamp(round(seconds * 1000) / 1000, UTC)
