"""The answer below a cell: one display, updated as the agent goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ..client.lines import mark, subject
from ..client.markdown import harmless
from ..client.run import Answer, Text, ToolCall

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

INTERVAL_S = 0.1
"""Between two updates while text is being written."""


class AnswerDisplay:
    """Shows an answer as Markdown; what the model wrote is data, and never becomes HTML."""

    def __init__(self) -> None:
        from IPython.display import display  # loaded by every kernel

        handle: DisplayHandle | None = display(  # type: ignore[no-untyped-call]
            _bundle("*Sending…*", "Sending…"), raw=True, display_id=True
        )
        assert handle is not None, "it is returned for every display_id"
        self._handle = handle
        self._shown_at = 0.0
        self._parts = 0
        self._last = ""

    def __call__(self, answer: Answer) -> None:
        """Show what there is; pieces of text at most ten times a second."""
        states = sum(call.state != "running" for call in answer.calls)
        steps = len(answer.parts) + states + answer.has_ended
        now = time.monotonic()
        if steps == self._parts and now - self._shown_at < INTERVAL_S:
            return
        self._parts, self._shown_at = steps, now
        self.show(answer)

    def show(self, answer: Answer, ending: str = "") -> None:
        """Show the answer as it is now, and a sentence of ours behind it."""
        text = markdown(answer, ending)
        if text != self._last:
            self._last = text
            plain = "\n\n".join(part for part in (answer.text, ending) if part)
            self._handle.update(_bundle(text, plain), raw=True)  # type: ignore[no-untyped-call]


def markdown(answer: Answer, ending: str = "") -> str:
    """Return the whole answer as Markdown: texts, and a line for each call."""
    blocks: list[str] = []
    calls: list[str] = []
    for part in answer.parts:
        if isinstance(part, ToolCall):
            calls.append(_line(part))
            continue
        if calls:
            blocks.append("\n".join(calls))
            calls = []
        blocks.append(_text(part))
    if calls:
        blocks.append("\n".join(calls))
    state = ending or _state(answer)
    return "\n\n".join(block for block in [*blocks, state and f"*{state}*"] if block.strip())


def _text(part: Text) -> str:
    return harmless(part.text.strip())


def _line(call: ToolCall) -> str:
    about = subject(call.arguments).replace("`", "'")
    parts = [f"- {mark(call.state)} **{word(call.tool)}**"]
    if about:
        parts.append(harmless(f"`{about}`"))
    if call.state == "waits":
        parts.append("waits for its turn")
    elif call.state != "running":
        parts.append(f"{word(call.summary or call.state)} ({call.duration_ms / 1000:.1f} s)")
    return " ".join(parts)


def word(text: str) -> str:
    """Return a few words without Markdown of their own."""
    marked = "".join(f"\\{char}" if char in "\\`*[]#~$|" else char for char in text)
    return harmless(" ".join(marked.split()))


def _state(answer: Answer) -> str:
    if answer.has_ended:
        return ""
    if answer.note:
        return word(answer.note)
    return "Waits for its turn…" if answer.status == "queued" else "Thinking…"


def _bundle(text: str, plain: str) -> dict[str, Any]:
    return {"text/markdown": text, "text/plain": plain}
