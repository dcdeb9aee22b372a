"""A conversation as one page of HTML that loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ..ids import BlobHash
from ..models.base import utcnow
from ..models.event import EventBase
from ..models.session import Session
from .markdown import MARKS, when
from .outputs import joined, pictures_of, pretty, text_of
from .safe_html import clean_table, preformatted, render
from .story import Call, Entry, Execution, Finding, Message, Note, Story

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 50rem; padding: 0 1rem; }
header { border-bottom: 1px solid #8884; margin-bottom: 1.5rem; }
article { margin: 1.2rem 0; overflow-wrap: anywhere; }
article.user { background: #8881; border-radius: 6px; padding: .4rem 1rem; }
article > small { color: #888; }
details { border: 1px solid #8884; border-radius: 6px; margin: .4rem 0; padding: .2rem .8rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
pre { background: #8881; overflow: auto; padding: .5rem; white-space: pre-wrap; }
code { font: 13px/1.4 ui-monospace, monospace; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td, th { border: 1px solid #8884; padding: .1rem .5rem; text-align: left; }
img { max-width: 100%; background: #fff; }
.note { color: #888; font-style: italic; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; img-src data:; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'"
)


class HtmlPage:
    """Writes a page; what others wrote is escaped or cleaned, and the policy forbids the rest."""

    media_type, suffix = "text/html", "html"
    needs_all_blobs = False

    def __init__(
        self, session: Session, project: str, replaced: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._session = session
        self._project = project
        self._story = Story(replaced)

    def begin(self) -> str:
        """Return the head and the title."""
        name = escape(self._session.name)
        return (
            '<!DOCTYPE html>\n<html><head><meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
            '<meta name="referrer" content="no-referrer">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{name}</title>\n<style>{STYLE}</style></head>\n<body>\n"
            f"<header><h1>{name}</h1><p>{escape(self._project)}, exported {when(utcnow())}</p>"
            "</header>\n"
        )

    def add(
        self, events: Iterable[EventBase[Any]], blobs: Mapping[BlobHash, bytes]
    ) -> Iterator[str]:
        """Yield the markup of some events."""
        for event in events:
            for entry in self._story.add(event, blobs):
                yield _markup(entry)

    def end(self) -> str:
        """Return the end of the page, with what never ended before it."""
        return "".join(map(_markup, self._story.end())) + "</body></html>\n"


def _markup(entry: Entry) -> str:
    match entry:
        case Message():
            who = "You" if entry.who == "user" else "Agent"
            about = escape(", ".join(filter(None, [who, when(entry.ts), entry.model])))
            text = render(entry.text)
            return f'<article class="{entry.who}"><small>{about}</small>\n{text}</article>\n'
        case Call():
            return _call(entry)
        case Execution():
            return _folded(f"Ran a cell of {entry.notebook}", _execution(entry)) + _shown(entry)
        case Finding():
            value = "" if entry.value is None else preformatted(pretty(entry.value))
            title = f"<strong>{escape(entry.title)}</strong>"
            return f"<article>{title}\n{render(entry.text)}{value}</article>\n"
        case Note():
            return f'<p class="note">{escape(entry.text)}</p>\n'


def _call(call: Call) -> str:
    spent = f", {call.duration_ms / 1000:.1f} s" if call.duration_ms else ""
    title = f"{MARKS.get(call.outcome, '?')} {call.tool}: {call.summary or call.outcome}{spent}"
    parts = [preformatted(pretty(call.arguments))] if call.arguments else []
    parts += [_execution(each) for each in call.executions]
    if call.content.strip():
        parts.append(preformatted(call.content))
    return _folded(title, "\n".join(parts)) + "".join(map(_shown, call.executions))


def _execution(done: Execution) -> str:
    texts = [text for output in done.outputs if (text := text_of(output)).strip()]
    return "\n".join(map(preformatted, [done.source, *texts]))


def _shown(done: Execution) -> str:
    """Return the pictures and the tables of a cell: they are what one looks for."""
    parts = []
    for output in done.outputs:
        parts += [
            f'<img alt="" src="data:{media_type};base64,{data}">\n'
            for media_type, data in pictures_of(output)
        ]
        data = output.get("data") if isinstance(output, dict) else None
        if isinstance(data, dict) and (table := clean_table(joined(data.get("text/html")))):
            parts.append(f"{table}\n")
    return "".join(parts)


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{escape(title)}</summary>\n{body}</details>\n"
