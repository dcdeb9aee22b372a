"""Markdown of others, made harmless: no HTML, no images, no links that run something.

Code is left as it is. What is not plainly code is not taken for it: the worst that can happen is an
escape too many.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_BACKTICKS = re.compile("`+")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
MAX_DESTINATION = 400
_LINK = re.compile(rf"\](?=\s*+\(\s*+(\S{{0,{MAX_DESTINATION}}}))")
_DEFINITION = re.compile(r"^([\s>*+\-\d.)]*)\[(?=[^\]]*\]:)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_SAFE = ("http:", "https:", "mailto:")
_SPECIAL = re.compile(r"([\\`*_\[\]!|#~$])")


def neutral(text: str) -> str:
    """Return Markdown that shows the same, and does nothing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    closing = _closing(lines)
    fence: str | None = None
    done: list[str] = []
    block: list[str] = []
    for at, line in enumerate(lines):
        found = _FENCE.match(line)
        if fence is not None:
            done.append(line)
            if found and _ends(line, found, fence):
                fence = None
        elif found and closing[found[1][0]][at + 1] >= len(found[1]):
            fence = found[1]
            done += [*_block(block), line[: found.end()] + _prose(line[found.end() :])]
            block = []
        elif line.strip():
            block.append(line)
        else:
            done += [*_block(block), line]
            block = []
    return "\n".join(done + _block(block))


def inline(text: str) -> str:
    """Return a text as one line of Markdown that stands for nothing but itself."""
    # Not "\<": a backslash in an address is part of it, and escapes nothing.
    return _SPECIAL.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))


def fenced(text: str, language: str = "") -> str:
    """Return a text as a code block, behind a fence that is longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _closing(lines: list[str]) -> dict[str, list[int]]:
    """Return, for both kinds of fence and each line, the longest that ends a block below."""
    longest = {kind: [0] * (len(lines) + 1) for kind in "`~"}
    for at in range(len(lines) - 1, -1, -1):
        found = _FENCE.match(lines[at])
        for kind, sizes in longest.items():
            ends = found is not None and _ends(lines[at], found, kind)
            sizes[at] = max(sizes[at + 1], len(found[1]) if found and ends else 0)
    return longest


def _ends(line: str, found: re.Match[str], fence: str) -> bool:
    return found[1].startswith(fence) and not line[found.end() :].strip()


def _block(lines: list[str]) -> list[str]:
    """Return the lines of a paragraph. A stray backtick could pair with any other of them."""
    split = [_split(line) for line in lines]
    tidy = not any(
        "\\" in line or any("`" in text for text in parts[::2])
        for line, parts in zip(lines, split, strict=True)
    )
    return list(map(_line, split)) if tidy else list(map(_prose, lines))


def _line(parts: list[str]) -> str:
    return "".join(part if at % 2 else _prose(part) for at, part in enumerate(parts))


def _split(line: str) -> list[str]:
    """Return prose and spans of code in turn. A span lies between runs of as many backticks, and
    in one cell of a table. In linear time."""
    runs = [run.span() for run in _BACKTICKS.finditer(line)]
    bars = [at for at, char in enumerate(line) if char == "|"] if runs else []
    next_one: dict[int, tuple[int, int]] = {}
    closing: dict[int, int] = {}
    for begin, end in reversed(runs):
        close = next_one.get(end - begin)
        if close is not None and bisect_left(bars, end) == bisect_left(bars, close[0]):
            closing[begin] = close[1]
        next_one[end - begin] = (begin, end)
    parts, at = [], 0
    for begin, _ in runs:
        if begin >= at and begin in closing:
            parts += [line[at:begin], line[begin : closing[begin]]]
            at = closing[begin]
    return [*parts, line[at:]]


def _prose(text: str) -> str:
    text = _TAG.sub("&lt;", text).replace("![", r"\![")
    text = _DEFINITION.sub(r"\1\[", text)
    return _LINK.sub(lambda link: "]" if _is_safe(link[1]) else r"\]", text)


def _is_safe(destination: str) -> bool:
    """Tell whether a link's destination is an address of the web, or relative."""
    plain = re.sub(r"[\s\x00-\x20<\\]", "", html.unescape(destination))
    if not plain or len(destination) == MAX_DESTINATION:
        return False
    scheme = _SCHEME.match(plain)
    return scheme is None or scheme[0].lower() in _SAFE
