"""The outputs of a cell, built from what its kernel says.

As nbclient and JupyterLab do it: text of one stream is one output, ``display_id`` updates change
what is there, ``clear_output(wait=True)`` waits for the next output.
https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-iopub-pub-sub-channel
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from copy import copy
from typing import Any

from ..models.text import settled

MAX_SIZE = 10_000_000
Output = dict[str, Any]


class Outputs:
    """Outputs as in nbformat 4.5, up to ``max_size`` characters."""

    def __init__(self, max_size: int = MAX_SIZE, began: asyncio.Event | None = None) -> None:
        """``began`` is set when the kernel says that it has begun to run the code."""
        self._began = began
        self.items: list[Output] = []
        self.execution_count: int | None = None
        self.size = 0
        self.taken = 0
        """Messages taken."""
        self._max_size = max_size
        self._full = False
        self._clear_next = False
        self._displays: dict[str, list[Output]] = {}

    def snapshot(self) -> list[Output]:
        """Return the outputs as they are now."""
        return [copy(output) for output in self.items]

    def add(self, kind: str, content: Mapping[str, Any]) -> bool:
        """Take a message; tell whether it changed anything."""
        self.taken += 1
        content = _clean(content)
        match kind:
            case "execute_input":
                self.execution_count = content.get("execution_count")
                if self._began is not None:
                    self._began.set()
            case "clear_output":
                if content.get("wait"):
                    self._clear_next = True
                else:
                    self._clear()
            case "stream":
                self._stream(content.get("name", "stdout"), str(content.get("text", "")))
            case "display_data" | "execute_result":
                self._display(kind, content)
            case "update_display_data":
                return self._update(content)
            case "error":
                self._append(
                    {
                        "output_type": "error",
                        "ename": str(content.get("ename", "")),
                        "evalue": str(content.get("evalue", "")),
                        "traceback": [str(line) for line in content.get("traceback") or []],
                    }
                )
            case _:
                return False
        return True

    def say(self, text: str) -> None:
        """Add a notice of ours, as text on the error stream."""
        self.items.append({"output_type": "stream", "name": "stderr", "text": text})

    def _clear(self) -> None:
        self.items.clear()
        self._displays.clear()
        self.size, self._full, self._clear_next = 0, False, False

    def _fits(self, size: int) -> bool:
        if self._clear_next:
            self._clear()
        if not self._full and self.size + size > self._max_size:
            self._full = True
            self.say(
                f"The outputs went over {self._max_size:,} characters; the rest was left out.\n"
            )
        self.size += 0 if self._full else size
        return not self._full

    def _stream(self, name: str, text: str) -> None:
        if not text or not self._fits(len(text)):
            return
        last = self.items[-1] if self.items else None
        if last is None or last["output_type"] != "stream" or last["name"] != name:
            settled = _settled(text)
            self.size += len(settled) - len(text)
            self.items.append({"output_type": "stream", "name": name, "text": settled})
            return
        # Only the last line can still be written over.
        kept, _, line = last["text"].rpartition("\n")
        head = kept + "\n" if len(kept) < len(last["text"]) - len(line) else ""
        before = len(last["text"])
        last["text"] = head + _settled(line + text)
        self.size += len(last["text"]) - before - len(text)

    def _display(self, kind: str, content: Mapping[str, Any]) -> None:
        output: Output = {"output_type": kind, **_bundle(content)}
        if kind == "execute_result":
            output["execution_count"] = content.get("execution_count")
        name = (content.get("transient") or {}).get("display_id")
        if name:
            self._update(content)
        if self._append(output) and name:
            self._displays.setdefault(name, []).append(output)

    def _update(self, content: Mapping[str, Any]) -> bool:
        shown = self._displays.get(str((content.get("transient") or {}).get("display_id")), [])
        for output in shown:
            self.size -= _size(output)
            output.update(_bundle(content))
            self.size += _size(output)
        return bool(shown)

    def _append(self, output: Output) -> bool:
        if not self._fits(_size(output)):
            return False
        self.items.append(output)
        return True


def _clean(value: Any) -> Any:
    """Replace halves of surrogate pairs, which can neither be sent on nor written to a file."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        case Mapping():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
    return value


def _bundle(content: Mapping[str, Any]) -> Output:
    return {
        "data": dict(content.get("data") or {}),
        "metadata": dict(content.get("metadata") or {}),
    }


def _size(output: Output) -> int:
    values = [*output.get("data", {}).values(), *output.get("traceback", [])]
    return sum(len(value) if isinstance(value, str) else len(json.dumps(value)) for value in values)


def _settled(text: str) -> str:
    """Return the text after ``\\r`` and ``\\b`` wrote over it; a last ``\\r`` still waits."""
    return settled(text.replace("\r\n", "\n"))
