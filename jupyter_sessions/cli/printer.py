"""Text on the terminal: what a model wrote is data, and must not steer it."""

from __future__ import annotations

import sys

from ..client import Answer, ToolCall
from ..client.lines import mark, one_line, printable, subject


def say(text: str = "", end: str = "\n") -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def complain(text: str) -> None:
    """Print a sentence on standard error."""
    sys.stderr.write(f"jupyter sessions: {printable(text)}\n")


class Printer:
    """Prints an answer as it grows."""

    def __init__(self) -> None:
        self._done = 0
        """Parts that are printed whole."""
        self._begun = ""
        """What is printed of the part behind them."""

    def show(self, answer: Answer) -> None:
        for part in answer.parts[self._done :]:
            if isinstance(part, ToolCall):
                if part.state in {"running", "waits"}:
                    return
                how = f"{part.summary or part.state}, {part.duration_ms / 1000:.1f} s"
                self._end(
                    one_line(f"{mark(part.state)} {part.tool} {subject(part.arguments)}: {how}")
                )
            elif part.is_whole:
                self._end(self._more(part.text))
            else:
                say(self._more(part.text), end="")
                return

    def _end(self, text: str) -> None:
        say(text)
        self._done, self._begun = self._done + 1, ""

    def _more(self, text: str) -> str:
        """Return what is not printed yet of a text."""
        whole = printable(text)
        again = "" if whole.startswith(self._begun) else "\n"
        more = again + whole if again else whole[len(self._begun) :]
        self._begun = whole
        return more
