"""What a terminal was sent, as text for someone who has no terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..models.text import settled

_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles, links
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # strings to devices
    r"|\x1b[ -/]*[0-~]"  # the rest
)
_CONTROL = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]")


def plain(raw: str) -> str:
    """Return the text that a screen would show in the end, without colours."""
    text = _ESCAPE.sub("", raw)
    text = settled(re.sub(r"(?<!\r)\r+\n", "\n", text))
    return _CONTROL.sub("", text.replace("\r", "").replace("\b", ""))


class Marks:
    """Finds what lies between two marks in a stream that comes in pieces.

    The marks are operating system commands that terminals ignore, so nobody sees them.
    """

    def __init__(self, nonce: str) -> None:
        self._begin = f"\x1b]7337;begin;{nonce}\x07"
        self._end = re.compile(rf"\x1b\]7337;end;{nonce};(\d+)\x07")
        self._tail = ""
        self.begun = False
        self.exit_code: int | None = None

    @property
    def ended(self) -> bool:
        """Tell whether the second mark has come."""
        return self.exit_code is not None

    def feed(self, text: str) -> Iterator[str]:
        """Take a piece; yield what is surely between the marks."""
        if self.ended:
            return
        self._tail += text
        if not self.begun:
            _, mark, rest = self._tail.partition(self._begin)
            if not mark:
                self._tail = self._tail[-len(self._begin) :]
                return
            self.begun, self._tail = True, rest
        if (end := self._end.search(self._tail)) is not None:
            self.exit_code = int(end[1])
            text, self._tail = self._tail[: end.start()], ""
        else:
            # What may be the beginning of the mark stays until more has come.
            cut = self._tail.rfind("\x1b]7337")
            cut = cut if cut >= 0 else len(self._tail) - _overlap(self._tail, "\x1b]7337")
            text, self._tail = self._tail[:cut], self._tail[cut:]
        if text:
            yield text


def _overlap(text: str, mark: str) -> int:
    """Return how many characters at the end of ``text`` may begin ``mark``."""
    return next((n for n in range(len(mark) - 1, 0, -1) if text.endswith(mark[:n])), 0)


class Capture:
    """Keeps the beginning and the end of a long output."""

    def __init__(self, max_size: int) -> None:
        self._half = max_size // 2
        self._head: list[str] = []
        self._tail = ""
        self._head_size = self.dropped = 0

    def add(self, text: str) -> str:
        """Take a piece; return what of it belongs to the beginning, which may be shown live."""
        room = max(self._half - self._head_size, 0)
        shown, rest = text[:room], text[room:]
        if shown:
            self._head.append(shown)
            self._head_size += len(shown)
        if rest:
            self._tail += rest
            if len(self._tail) > 2 * self._half:
                self.dropped += len(self._tail) - self._half
                self._tail = self._tail[-self._half :]
        return shown

    def text(self) -> str:
        """Return all that was kept, with a notice where something was left out."""
        dropped, tail = self.dropped, self._tail
        if len(tail) > self._half:
            dropped, tail = dropped + len(tail) - self._half, tail[-self._half :]
        notice = f"\r\n[… {dropped:,} characters were left out …]\r\n" if dropped else ""
        return "".join(self._head) + notice + tail
