"""What cells and outputs look like in a few words of plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..models.text import settled
from .cells import Cell, Notebook, cell_hash

_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ -/]*[0-~]"
)


def strip_ansi(text: str) -> str:
    """Remove escape sequences of terminals (ECMA-48): colours, cursor moves, titles."""
    return _ANSI.sub("", text)


def settle(text: str) -> str:
    """Return the text as a terminal shows it in the end: ``\\r`` and ``\\b`` write over."""
    return settled(text.replace("\r\n", "\n"))


def size_text(count: int) -> str:
    """Return a number of bytes for people: ``12 kB``."""
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} B"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "".join(map(str, value))
    return value if isinstance(value, str) else ""


def _media_size(media_type: str, value: object) -> int:
    if media_type.startswith(("image/", "application/pdf")) and not media_type.endswith("svg+xml"):
        return len(_plain(value)) * 3 // 4
    return len(value) if isinstance(value, str) else len(json.dumps(value))


def output_text(output: Mapping[str, Any]) -> str:
    """Return one output as text; what is not text is described by type and size."""
    match output.get("output_type"):
        case "stream":
            return settle(strip_ansi(_plain(output.get("text", ""))))
        case "error":
            trace = "\n".join(_plain(line) for line in output.get("traceback") or [])
            return strip_ansi(trace) or f"{output.get('ename')}: {output.get('evalue')}"
        case _:
            return _data_text(output.get("data") or {})


def _data_text(data: Mapping[str, Any]) -> str:
    for media_type in ("text/markdown", "text/latex", "text/plain"):
        if media_type in data and not any(kind.startswith("image/") for kind in data):
            others = [kind for kind in data if kind not in {media_type, "text/plain", "text/html"}]
            return "\n".join([_plain(data[media_type]), *_described(data, others)])
    kinds = [kind for kind in data if kind != "text/plain"]
    return "\n".join(_described(data, kinds or list(data)))


def _described(data: Mapping[str, Any], kinds: Iterable[str]) -> list[str]:
    return [f"[{kind}, {size_text(_media_size(kind, data[kind]))}]" for kind in kinds]


def outputs_text(outputs: Iterable[Mapping[str, Any]]) -> str:
    """Return all outputs of a cell as text."""
    return "\n".join(text.rstrip("\n") for output in outputs if (text := output_text(output)))


def outputs_summary(outputs: Iterable[Mapping[str, Any]]) -> str:
    """Return a few words: ``stdout 3 lines, image/png 12 kB, error ValueError``."""
    words = []
    for output in outputs:
        match output.get("output_type"):
            case "stream":
                lines = _plain(output.get("text", "")).count("\n") or 1
                words.append(f"{output.get('name')} {lines} line{'s' if lines > 1 else ''}")
            case "error":
                words.append(f"error {output.get('ename')}")
            case _:
                data = output.get("data") or {}
                kind = next((kind for kind in data if kind.startswith("image/")), None)
                kind = kind or next(iter(data), "empty")
                words.append(f"{kind} {size_text(_media_size(kind, data.get(kind, '')))}")
    if len(words) > 6:
        words[6:] = [f"and {len(words) - 6} more"]
    return ", ".join(words)


def cell_line(index: int, cell: Cell) -> str:
    """Return the row of a cell in a list."""
    first, _, rest = cell["source"].strip("\n").partition("\n")
    more = f" … (+{rest.count(chr(10)) + 1} lines)" if rest else ""
    row = f"{index} {cell['id']} {cell['cell_type']} {cell_hash(cell)} | {first[:100]}{more}"
    if cell["cell_type"] == "code":
        count = cell.get("execution_count")
        said = outputs_summary(cell["outputs"])
        row += f" | [{count if count is not None else ' '}]" + (f" {said}" if said else "")
    return row


def list_text(notebook: Notebook) -> str:
    """Return the list of cells: position, id, type, hash, first line, outputs."""
    if not notebook["cells"]:
        return "The notebook has no cells."
    header = "index id type hash | first line | [execution count] outputs"
    return "\n".join([header, *(cell_line(i, cell) for i, cell in enumerate(notebook["cells"]))])
