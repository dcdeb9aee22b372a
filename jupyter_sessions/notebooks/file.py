"""Between the text of a notebook file and its cells."""

from __future__ import annotations

import json
from collections.abc import Collection
from json.encoder import encode_basestring
from typing import Any

from ..errors import BadRequest
from .cells import Notebook, joined, normalize
from .pieces import LONG, add_long

LINE_END = "\n"
_EMPTY = {list: "[]", dict: "{}", type(None): "null"}


def read_notebook(text: str) -> Notebook:
    """Parse and normalize; raise ``BadRequest`` with a sentence for anything that is no notebook.

    Takes about a millisecond for 50 kB: call it in a thread.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"It is not a notebook: it is not valid JSON ({error}).") from None
    if isinstance(content, dict) and content.get("nbformat") in (1, 2, 3):
        content = _upgraded(content)
    return normalized(content)


def normalized(content: object) -> Notebook:
    """Return the notebook of a parsed file: as ``normalize`` does, and with texts in one piece."""
    notebook = normalize(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [_joined_output(output) for output in cell["outputs"]]
    return notebook


def _upgraded(content: dict[str, Any]) -> Any:
    # Imported here: only notebooks of before 2015 need it, and it takes 100 ms.
    import nbformat

    try:
        node = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
        return nbformat.convert(node, 4)  # type: ignore[no-untyped-call]
    except Exception as error:  # whatever nbformat makes of a notebook that is malformed
        raise BadRequest(f"It is an old notebook that cannot be upgraded: {error!r}.") from None


def _joined_output(output: Any) -> dict[str, Any]:
    if not isinstance(output, dict):
        raise BadRequest("It is not a notebook: one of its outputs is not an object.")
    if isinstance(output.get("text"), list):
        return {**output, "text": joined(output["text"])}
    data = output.get("data")
    if isinstance(data, dict):
        return {**output, "data": {kind: _joined_value(kind, data[kind]) for kind in data}}
    return output


def _joined_value(media_type: str, value: Any) -> Any:
    is_json = media_type == "application/json" or media_type.endswith("+json")
    return joined(value) if isinstance(value, list) and not is_json else value


def write_notebook(notebook: Notebook) -> bytes:
    """Return the file, byte for byte as Jupyter writes it. Call it in a thread."""
    content = {**notebook, "cells": [_split_cell(cell) for cell in notebook["cells"]]}
    content["metadata"] = {
        key: value for key, value in notebook["metadata"].items() if key not in _TRANSIENT
    }
    parts: list[str] = []
    _indent(content, LINE_END, parts)
    parts.append(LINE_END)
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only an escape can hold it
        return f"{_dumped(content, ensure_ascii=True)}\n".encode()


def _dumped(value: Any, *, ensure_ascii: bool = False) -> str:
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=1, sort_keys=True, separators=(",", ": ")
    )


def _indent(value: Any, line_end: str, parts: list[str]) -> None:
    """Add the parts of what ``_dumped`` returns, in a quarter of its time; lines end so."""
    kind, inner = type(value), f"{line_end} "
    if kind is str and len(value) > LONG:
        add_long(value, parts)
    elif kind is str:
        parts.append(encode_basestring(value))
    elif kind is int:
        parts.append(repr(value))
    elif kind in _EMPTY and not value:
        parts.append(_EMPTY[kind])
    elif kind is list and _are_texts(value):
        lines = f",{inner}".join(map(encode_basestring, value))
        parts.append(f"[{inner}{lines}{line_end}]")
    elif kind is list:
        start = f"[{inner}"
        for each in value:
            parts.append(start)
            _indent(each, inner, parts)
            start = f",{inner}"
        parts.append(f"{line_end}]")
    elif isinstance(value, dict) and value and _are_texts(value):
        start = f"{{{inner}"
        for key in sorted(value):
            parts.append(f"{start}{encode_basestring(key)}: ")
            _indent(value[key], inner, parts)
            start = f",{inner}"
        parts.append(f"{line_end}}}")
    else:
        parts.append(_dumped(value).replace(LINE_END, line_end))


def _are_texts(values: Collection[Any]) -> bool:
    return {str}.issuperset(map(type, values))


_TRANSIENT = frozenset({"orig_nbformat", "orig_nbformat_minor", "signature"})


def _split_cell(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in cell["metadata"].items() if key != "trusted"}
    split = {**cell, "metadata": metadata, "source": cell["source"].splitlines(True)}
    if "outputs" in cell:
        split["outputs"] = [_split_output(output) for output in cell["outputs"]]
    return split


def _split_output(output: dict[str, Any]) -> dict[str, Any]:
    if isinstance(output.get("text"), str):
        return {**output, "text": output["text"].splitlines(True)}
    data = output.get("data")
    if isinstance(data, dict):
        return {**output, "data": {kind: _split_value(kind, data[kind]) for kind in data}}
    return output


def _split_value(media_type: str, value: Any) -> Any:
    is_json = media_type == "application/json" or media_type.endswith("+json")
    if isinstance(value, str) and media_type.startswith("text/") and not is_json:
        return value.splitlines(True)
    if isinstance(value, str) and media_type in _SPLIT:
        return value.splitlines(True)
    return value


_SPLIT = frozenset({"application/javascript", "image/svg+xml"})
