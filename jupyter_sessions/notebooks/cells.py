"""Notebooks as plain dictionaries in nbformat 4.5: every cell with an id, sources as one string.

Standard library only: the search for text runs this in a process of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import BadRequest

Cell = dict[str, Any]
Notebook = dict[str, Any]

CELL_TYPES = frozenset({"code", "markdown", "raw"})
HASH_LENGTH = 12
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def joined(text: object) -> str:
    """Return a multi-line string of nbformat, which may be a list of lines, as one string."""
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if isinstance(text, str):
        # Half of a surrogate pair can neither be sent nor written.
        return text if text.isascii() else text.encode("utf-8", "replace").decode()
    raise BadRequest("A cell of the notebook has a source that is not text; repair the file first.")


def source_hash(source: str) -> str:
    """Return the short hash that says whether a cell's source is still the one that was read."""
    return hashlib.sha256(source.encode()).hexdigest()[:HASH_LENGTH]


def cell_hash(cell: Mapping[str, Any]) -> str:
    """Return the hash of a cell's source."""
    return source_hash(cell["source"])


def normalize(content: object) -> Notebook:
    """Return the notebook in format 4.5; raise ``BadRequest`` when it is none.

    Cells without a usable id, or with one that an earlier cell has, get one that follows from their
    position and source: reading a file twice gives the same ids. What is given is not changed.
    """
    if not isinstance(content, Mapping) or not isinstance(content.get("cells"), list):
        raise BadRequest("It is not a notebook: there is no list of cells in it.")
    if content.get("nbformat") != 4:
        version = content.get("nbformat")
        raise BadRequest(f"It is a notebook of format {version!r}; only format 4 can be edited.")
    notebook = dict(content)
    minor = content.get("nbformat_minor")
    notebook["nbformat_minor"] = max(minor, 5) if isinstance(minor, int) else 5
    metadata = content.get("metadata")
    notebook["metadata"] = dict(metadata) if isinstance(metadata, Mapping) else {}
    notebook["cells"] = _with_ids([_normal_cell(cell) for cell in content["cells"]])
    return notebook


def _normal_cell(cell: object) -> Cell:
    if not isinstance(cell, Mapping) or cell.get("cell_type") not in CELL_TYPES:
        raise BadRequest("It is not a notebook: one of its cells has no known type.")
    normal = dict(cell)
    normal["source"] = joined(cell.get("source", ""))
    metadata = cell.get("metadata")
    normal["metadata"] = dict(metadata) if isinstance(metadata, Mapping) else {}
    # A file cannot say of itself that it is trusted: the server's signatures do.
    normal["metadata"].pop("trusted", None)
    if cell["cell_type"] == "code":
        outputs = cell.get("outputs")
        normal["outputs"] = list(outputs) if isinstance(outputs, list) else []
        normal.setdefault("execution_count", None)
    else:
        normal.pop("outputs", None)
        normal.pop("execution_count", None)
    return normal


def _with_ids(cells: list[Cell]) -> list[Cell]:
    taken: set[str] = set()
    for cell in cells:
        name = cell.get("id")
        if isinstance(name, str) and _ID.fullmatch(name) and name not in taken:
            taken.add(name)
        else:
            cell["id"] = ""
    for index, cell in enumerate(cells):
        if not cell["id"]:
            cell["id"] = derived_id(index, cell, taken)
            taken.add(cell["id"])
    return cells


def derived_id(index: int, cell: Mapping[str, Any], taken: Iterable[str]) -> str:
    """Return an id that follows from a cell's position and source, and is not taken yet."""
    seed = f"{index}\0{cell['cell_type']}\0{cell['source']}".encode()
    while True:
        name = hashlib.sha256(seed).hexdigest()[:8]
        if name not in taken:
            return name
        seed += b"\0"


def find(notebook: Notebook, cell_id: str) -> tuple[int, Cell] | None:
    """Return position and cell, or ``None`` when there is no such cell."""
    for index, cell in enumerate(notebook["cells"]):
        if cell["id"] == cell_id:
            return index, cell
    return None


def new_cell(cell_id: str, cell_type: str, source: str) -> Cell:
    """Return a fresh cell."""
    cell: Cell = {"id": cell_id, "cell_type": cell_type, "metadata": {}, "source": source}
    if cell_type == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def new_notebook(kernelspec: Mapping[str, str] | None = None) -> Notebook:
    """Return an empty notebook, for the given ``{"name", "display_name"}`` of a kernel."""
    metadata = {"kernelspec": dict(kernelspec)} if kernelspec else {}
    return {"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
