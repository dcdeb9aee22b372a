"""What the offline agent understands: fenced code and lines that begin with a slash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

HELP = """\
I am the offline agent, no language model: I do what is written, and nothing more.

- Fenced code (```` ```python ````) becomes a cell in your notebook, and runs.
- Fenced Markdown becomes a text cell, fenced `bash` runs in a terminal.
- `/read FILE`, `/list FOLDER`, `/search WORDS`, `/run CELL`, `/terminal COMMAND`, `/ask QUESTION`.
- `/promote CELL TITLE` makes what a cell returned a key result; `/promote last TITLE` takes the
  cell that was run last.
- `/branch` lists the branches, `/branch new NAME` makes one and works there, `/branch switch NAME`
  goes to another; `/diff` shows what differs from main, `/merge` proposes to merge into it.
- `/dispose {"FIELD": VALUE}` sets the disposition, where the session has a schema.

To talk to a language model, choose one below the message."""

_FENCE = re.compile(
    r"^(`{3,}|~{3,})[ \t]*([\w+.-]*)[^\n]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE
)
_COMMAND = re.compile(r"^/([a-z]+)(?:[ \t]+(.*))?$", re.MULTILINE)
_KINDS: dict[str, Literal["code", "markdown", "shell"]] = {
    "markdown": "markdown",
    "md": "markdown",
    "bash": "shell",
    "sh": "shell",
    "shell": "shell",
    "console": "shell",
}


@dataclass(frozen=True, slots=True)
class Block:
    """Fenced text."""

    kind: Literal["code", "markdown", "shell"]
    source: str


@dataclass(frozen=True, slots=True)
class Command:
    """A line such as ``/read data.csv``."""

    name: str
    argument: str


Item = Block | Command


def parse(prompt: str) -> list[Item]:
    """Return the blocks and commands of a message, in order; other text is passed over."""
    items: list[Item] = []
    end = 0
    for fence in _FENCE.finditer(prompt):
        items += _commands(prompt[end : fence.start()])
        source = fence[3].rstrip("\n")
        if source.strip():
            items.append(Block(_KINDS.get(fence[2].lower(), "code"), source))
        end = fence.end()
    return items + _commands(prompt[end:])


def _commands(text: str) -> list[Item]:
    return [Command(found[1], (found[2] or "").strip()) for found in _COMMAND.finditer(text)]
