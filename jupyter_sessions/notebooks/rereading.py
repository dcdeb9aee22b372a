"""Reading a file again: cells whose text is the same as before are not parsed and hashed again.

Jupyter writes each cell in lines of its own, with an indent that says where it ends, and no line
ends within a text. So the lines of a cell, alone, are one object of JSON, and a file is what its
cells are. A file in any other form is read whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from ..errors import BadRequest
from .file import normalized, read_notebook
from .manifest import CellEntry, Manifest, Snapshot, details_of, entry_of, snapshot
from .pieces import Digest, digest_of

_START = b'{\n "cells": [\n  {\n'
_BETWEEN = b"\n  },\n  {\n"
_END = b"\n  }\n ],\n"
_EMPTY = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}


class Known(NamedTuple):
    """What makes the next reading short; nothing where a file has another form."""

    cells: Mapping[Digest, CellEntry] = MappingProxyType({})
    """By the digests of their texts."""
    rest: Mapping[Digest, Digest] = MappingProxyType({})
    """Details of the notebook, by the digest of the text behind the cells."""


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Reread:
    """A version as its file was read."""

    snapshot: Snapshot
    """Without the pieces of what was known."""
    known: Known


class _Parts(NamedTuple):
    cells: list[bytes]
    rest: bytes
    """What follows the list of cells."""


def reread(raw: bytes, known: Known) -> Reread:
    """Return the version that a file holds.

    Raises BadRequest or UnicodeDecodeError for what is no notebook. Takes about 3 ms for a
    megabyte when nothing is known: call it in a thread.
    """
    try:
        found = _by_cells(raw, known)
    except (ValueError, RecursionError, BadRequest):
        found = None  # whatever it is, it is said of the file as a whole
    return found or Reread(snapshot(read_notebook(raw.decode())), NOTHING)


def _by_cells(raw: bytes, known: Known) -> Reread | None:
    parts = _split(raw)
    if parts is None:
        return None
    digests, rest = [digest_of(text) for text in parts.cells], digest_of(parts.rest)
    fresh = [
        _object(text)
        for text, digest in zip(parts.cells, digests, strict=True)
        if digest not in known.cells
    ]
    around = _EMPTY if rest in known.rest else _object(parts.rest.removesuffix(b"}\n"))
    if not around or "cells" in around or around.get("nbformat") != 4:
        return None
    notebook = normalized({**around, "cells": fresh})
    if [cell["id"] for cell in notebook["cells"]] != [cell.get("id") for cell in fresh]:
        return None  # ids that are given depend on the other cells
    pieces: dict[Digest, bytes] = {}
    made = iter([entry_of(cell, pieces) for cell in notebook["cells"]])
    cells = tuple([known.cells.get(each) or next(made) for each in digests])
    if len({entry.id for entry in cells}) < len(cells):
        return None
    details = known.rest.get(rest) or details_of(notebook, pieces)
    found = Known(dict(zip(digests, cells, strict=True)), {rest: details})
    return Reread(Snapshot(Manifest(cells, details), pieces), found)


def _split(raw: bytes) -> _Parts | None:
    end = raw.find(_END, len(_START))
    if not raw.startswith(_START) or end < 0:
        return None
    return _Parts(raw[len(_START) : end].split(_BETWEEN), raw[end + len(_END) :])


def _object(members: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(f"{{{members.decode()}}}")
    return found
