"""Between the text of a notebook file and its cells."""

from __future__ import annotations

import json
from typing import Any

from ..errors import BadRequest
from .cells import Notebook, joined, normalize


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
    except (ValueError, KeyError, AttributeError, TypeError) as error:
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
    try:
        return _dumped(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only an escape can hold it
        return _dumped(content, ensure_ascii=True).encode()


def _dumped(content: Notebook, *, ensure_ascii: bool) -> str:
    separators = (",", ": ")
    return (
        json.dumps(
            content, ensure_ascii=ensure_ascii, indent=1, sort_keys=True, separators=separators
        )
        + "\n"
    )


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
