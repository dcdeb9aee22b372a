"""Events as lines of plain text, for a terminal or the output of a cell."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
WIDTH = 100
"""Characters that are kept of what an event says."""
_MARKS = {"running": "…", "waits": "…", "ok": "✓"}
_NAMES = ("path", "notebook", "query", "command", "question", "call_id")
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return ``text`` without what a terminal obeys: escapes, controls, marks of direction."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n"))


def one_line(text: str, width: int = WIDTH) -> str:
    """Return ``text`` in one printable line of at most ``width`` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= width else line[: width - 1] + "…"


def mark(state: str) -> str:
    """Return the sign for the state of a call."""
    return _MARKS.get(state, "✗")


def subject(arguments: Json) -> str:
    """Return what a call is about: the first of its arguments that names something."""
    return next((one_line(str(arguments[name]), 60) for name in _NAMES if name in arguments), "")


def event_line(event: Json) -> str:
    """Return number, time (UTC), type and content of an event, in columns."""
    time = str(event["ts"])[11:19]
    return f"{event['seq']:>5}  {time}  {event['type']:<19} {summary(event)}".rstrip()


def summary(event: Json) -> str:
    """Return what an event says, in one line."""
    data = event["data"]
    match event["type"]:
        case "message.user" | "message.agent" | "reasoning":
            said = data["text"]
        case "run.queued":
            said = data["prompt"]
        case "run.started":
            said = data["model"]
        case "run.failed":
            said = data["error"]["message"]
        case "run.completed" | "run.cancelled":
            said = f"{data['processing_ms'] / 1000:.1f} s"
        case "iteration.started" | "limit.near":
            said = f"{data['iteration']} of {data['limit']}"
        case "tool.called":
            said = f"{data['tool']} {subject(data['arguments'])}"
        case "tool.returned":
            how = data["summary"] or data["outcome"]
            said = f"{mark(data['outcome'])} {data['tool']}: {how}, {data['duration_ms']} ms"
        case "cell.changed":
            lines = f"+{data['lines_added']} -{data['lines_removed']}"
            said = f"{data['change']} {data['cell_id']} in {data['notebook']}, {lines}"
        case "cell.executed":
            how = f"{data['status']}, {data['duration_ms']} ms"
            said = f"[{data['execution_count']}] {data['notebook']}: {how}"
        case "file.read" | "file.changed":
            said = f"{data['path']}, {data['size']:,} bytes"
        case "terminal.output":
            said = f"{data['command']}, exit code {data['exit_code']}"
        case "key_result.added" | "key_result.changed" | "key_result.removed":
            said = data["title"]
        case "user.prompted":
            said = data["question"]
        case "session.created" | "session.changed":
            said = data["name"]
        case _:
            said = ""
    return one_line(str(said))
