"""What of an event can be searched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..models.search import HitKind

MAX_TEXT = 8_000
"""Characters of a passage that are searched: what a longer one says behind them is not found."""

_FIELDS: dict[str, tuple[tuple[HitKind, str], ...]] = {
    "message.user": (("prompt", "text"),),
    "message.agent": (("answer", "text"),),
    "user.prompted": (("answer", "question"),),
    "cell.changed": (("code", "after"),),
    "cell.executed": (("code", "source"), ("result", "outputs")),
    "tool.returned": (("result", "content"),),
    "terminal.output": (("result", "output"),),
    "key_result.added": (("result", "title"), ("result", "description")),
    "key_result.changed": (("result", "title"), ("result", "description")),
    "disposition.set": (("result", "value"),),
}
TYPES = frozenset({*_FIELDS, "tool.called"})
"""Types of events that have passages."""
_ESCAPES = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z^_])")


def passages(type_: str, data: Mapping[str, Any]) -> Iterator[tuple[HitKind, Any]]:
    """Yield kind and content: a text, a JSON value, or a blob that holds either."""
    if type_ == "tool.called":
        if data["tool"] == "run_terminal":
            yield "code", data["arguments"].get("command")
        return
    for kind, field in _FIELDS.get(type_, ()):
        yield kind, data[field]


def plain(content: Any) -> str:
    """Return the text of a passage, without what a terminal obeys."""
    if isinstance(content, list):
        content = "\n".join(_output_text(each) for each in content)
    elif isinstance(content, dict):
        content = json.dumps(content, ensure_ascii=False)
    elif not isinstance(content, str):
        return ""
    return _ESCAPES.sub("", content[: 2 * MAX_TEXT])[:MAX_TEXT]


def _output_text(output: Any) -> str:
    """Return what an output of nbformat 4.5 says in words."""
    if not isinstance(output, dict):
        return ""
    if output.get("output_type") == "stream":
        return _joined(output.get("text"))
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}"
    shown = output.get("data")
    return _joined(shown.get("text/plain")) if isinstance(shown, dict) else ""


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")
