"""A conversation as Markdown: messages as they are, calls folded."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..ids import BlobHash
from ..models.base import utcnow
from ..models.event import EventBase
from ..models.session import Session
from .outputs import pretty, text_of
from .safe_markdown import fenced, inline, neutral
from .story import Call, Entry, Execution, Finding, Message, Note, Story

MARKS = {"ok": "✓", "error": "✗", "refused": "✗", "unknown": "?"}


class Markdown:
    """Writes a page that GitHub, JupyterLab and others show; pictures are left out."""

    media_type, suffix = "text/markdown", "md"
    needs_all_blobs = False

    def __init__(
        self, session: Session, project: str, replaced: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._session = session
        self._project = project
        self._story = Story(replaced)

    def begin(self) -> str:
        """Return the title."""
        name, project = inline(self._session.name), inline(self._project)
        return f"# {name}\n\n*{project}, exported {when(utcnow())}*\n\n---\n\n"

    def add(
        self, events: Iterable[EventBase[Any]], blobs: Mapping[BlobHash, bytes]
    ) -> Iterator[str]:
        """Yield the text of some events."""
        for event in events:
            for entry in self._story.add(event, blobs):
                yield _text(entry)

    def end(self) -> str:
        """Return the text of what never ended."""
        return "".join(map(_text, self._story.end()))


def when(ts: datetime) -> str:
    """Return a time for a person to read."""
    return f"{ts:%Y-%m-%d %H:%M} UTC"


def _text(entry: Entry) -> str:
    match entry:
        case Message():
            who = "You" if entry.who == "user" else "Agent"
            more = f", {inline(entry.model)}" if entry.model else ""
            return f"**{who}** ({when(entry.ts)}{more})\n\n{neutral(entry.text)}\n\n"
        case Call():
            return _call(entry)
        case Execution():
            return _folded(f"Ran a cell of {entry.notebook}", _execution(entry))
        case Finding():
            value = "" if entry.value is None else fenced(pretty(entry.value), "json")
            return f"**{inline(entry.title)}**\n\n{neutral(entry.text) or value}\n\n"
        case Note():
            return f"*{inline(entry.text)}*\n\n"


def _call(call: Call) -> str:
    spent = f", {call.duration_ms / 1000:.1f} s" if call.duration_ms else ""
    title = f"{MARKS.get(call.outcome, '?')} {call.tool}: {call.summary or call.outcome}{spent}"
    parts = [fenced(pretty(call.arguments), "json")] if call.arguments else []
    parts += [_execution(each) for each in call.executions]
    if call.content.strip():
        parts.append(fenced(call.content, "text"))
    return _folded(title, "\n\n".join(parts))


def _execution(done: Execution) -> str:
    texts = [text for output in done.outputs if (text := text_of(output)).strip()]
    shown = [fenced(done.source, "python"), *(fenced(text, "text") for text in texts)]
    return "\n\n".join(shown)


def _folded(title: str, body: str) -> str:
    summary = html.escape(" ".join(title.split()))
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>\n\n"
