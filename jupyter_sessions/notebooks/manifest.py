"""A version of a notebook: for each cell the digests of what it holds, in order.

Sources are kept as UTF-8, outputs and details as canonical JSON. What two versions share, they
share by digest.

Stored, a manifest is a small root over chunks of cells. A chunk ends behind a cell whose id says
so: an edit or an inserted cell rewrites one chunk, and versions share the others. A chunk is, for
each cell: a byte of flags, the length of the id, the id, the source's digest, and, where the flags
say so, those of outputs and details, and the execution count behind its length. The root is a byte
of form, one that says whether there are details, their digest, and the digests of the chunks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple
from zlib import crc32

from .cells import Cell, Notebook
from .pieces import DIGEST_BYTES, Load, digest_of, json_bytes, outputs_bytes, text_bytes
from .pieces import Digest as Digest

MEAN_CHUNK = 8
"""Small, because a cell more likely lies in a long chunk than in a short one."""
MAX_CHUNK = 64
KEPT_CHUNKS = 4_096
"""Chunks that are kept, some 12 MB: versions that are compared share most of them."""
MAX_COUNT = 2**63

_FORM = 1
_TYPES = ("code", "markdown", "raw")
_OUTPUTS, _DETAILS, _COUNT = 4, 8, 16
_OWN_KEYS = frozenset({"id", "cell_type", "source", "outputs", "execution_count", "metadata"})


class CellEntry(NamedTuple):
    """What a cell holds."""

    id: str
    cell_type: str
    source: Digest
    outputs: Digest | None = None
    """JSON of the list of outputs; ``None`` when there are none."""
    execution_count: int | None = None
    details: Digest | None = None
    """JSON of ``{"metadata", "attachments", …}``, without metadata when it is empty; ``None`` when
    nothing is left."""


@dataclass(frozen=True)
class Manifest:
    """A version: its cells in order, and the digest of what belongs to the whole notebook."""

    cells: tuple[CellEntry, ...]
    details: Digest | None = None
    """JSON of ``{"metadata", "nbformat", "nbformat_minor", …}``; ``None`` is an empty one's."""

    @cached_property
    def by_id(self) -> dict[str, CellEntry]:
        """The cells by their ids."""
        return {entry.id: entry for entry in self.cells}

    @cached_property
    def digest(self) -> Digest:
        """Identifies the version: it is the digest of its encoded root."""
        return digest_of(encode(self).root)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A version, and all that it refers to."""

    manifest: Manifest
    pieces: dict[Digest, bytes]


def snapshot(notebook: Notebook) -> Snapshot:
    """Return the version that a notebook, as ``read_notebook`` gives it, is in.

    Takes about 3 ms for a megabyte: call it in a thread.
    """
    pieces: dict[Digest, bytes] = {}
    cells = tuple([entry_of(cell, pieces) for cell in notebook["cells"]])
    return Snapshot(Manifest(cells, details_of(notebook, pieces)), pieces)


def details_of(notebook: Notebook, pieces: dict[Digest, bytes]) -> Digest:
    """Add what belongs to the whole notebook to the pieces, and return its digest."""
    return keep(pieces, json_bytes({key: notebook[key] for key in notebook if key != "cells"}))


def entry_of(cell: Cell, pieces: dict[Digest, bytes]) -> CellEntry:
    """Add what a cell holds to the pieces, and return its entry."""
    outputs, count = cell.get("outputs"), cell.get("execution_count")
    details = {key: value for key, value in cell.items() if key not in _OWN_KEYS}
    if cell["metadata"]:
        details["metadata"] = cell["metadata"]
    if not _is_count(count):
        details["execution_count"], count = count, None
    return CellEntry(
        cell["id"],
        cell["cell_type"],
        keep(pieces, text_bytes(cell["source"])),
        keep(pieces, outputs_bytes(outputs)) if outputs else None,
        count,
        keep_details(pieces, details),
    )


def _is_count(count: Any) -> bool:
    return count is None or (type(count) is int and -MAX_COUNT <= count < MAX_COUNT)


def keep(pieces: dict[Digest, bytes], data: bytes) -> Digest:
    """Add ``data`` to the pieces and return its digest."""
    digest = digest_of(data)
    pieces[digest] = data
    return digest


def keep_details(pieces: dict[Digest, bytes], details: Mapping[str, Any]) -> Digest | None:
    """Add the details of a cell to the pieces; there are none when they say nothing."""
    return keep(pieces, json_bytes(details)) if details else None


def restore(
    manifest: Manifest,
    pieces: Mapping[Digest, bytes],
    known: Mapping[CellEntry, Cell] = MappingProxyType({}),
) -> Notebook:
    """Return exactly the notebook that was snapshotted; it shares cells that are ``known``.

    Raise ``KeyError`` when ``pieces`` has not all that ``digests_of`` names.
    """
    notebook: Notebook = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    if manifest.details is not None:
        notebook = json.loads(pieces[manifest.details])
    notebook["cells"] = [
        known[entry] if entry in known else restore_cell(entry, pieces) for entry in manifest.cells
    ]
    return notebook


def restore_cell(entry: CellEntry, pieces: Mapping[Digest, bytes]) -> Cell:
    """Return the cell of an entry."""
    cell: Cell = {"id": entry.id, "cell_type": entry.cell_type, "metadata": {}}
    cell["source"] = pieces[entry.source].decode()
    if entry.cell_type == "code":
        cell["execution_count"] = entry.execution_count
        cell["outputs"] = json.loads(pieces[entry.outputs]) if entry.outputs else []
    if entry.details is not None:
        cell |= json.loads(pieces[entry.details])
    return cell


def digests_of(manifest: Manifest) -> set[Digest]:
    """Return every piece that a version refers to."""
    found = {manifest.details}
    for entry in manifest.cells:
        found |= {entry.source, entry.outputs, entry.details}
    return {digest for digest in found if digest is not None}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A manifest as it is stored."""

    root: bytes
    chunks: dict[Digest, bytes]


def encode(manifest: Manifest) -> Encoded:
    """Return root and chunks; the same manifest always gives the same bytes."""
    chunks = dict([_chunk(cells) for cells in _chunks(manifest.cells)])
    details = bytes.fromhex(manifest.details or "")
    root = bytes([_FORM, bool(details)]) + details + bytes.fromhex("".join(chunks))
    return Encoded(root, chunks)


def decode(root: bytes, load: Load) -> Manifest:
    """Return the manifest of a root, whose chunks ``load`` gives."""
    details, chunks = _parts(root)
    return Manifest(tuple(chain.from_iterable(_entries(load(chunk)) for chunk in chunks)), details)


def chunks_of(root: bytes) -> list[Digest]:
    """Return what ``decode`` will load."""
    return _parts(root)[1]


def _parts(root: bytes) -> tuple[Digest | None, list[Digest]]:
    if len(root) < 2 or root[0] != _FORM or (len(root) - 2) % DIGEST_BYTES:
        raise ValueError("not the root of a manifest, or one of a newer version of this program")
    starts = range(2, len(root), DIGEST_BYTES)
    digests = [Digest(root[start : start + DIGEST_BYTES].hex()) for start in starts]
    return (digests[0], digests[1:]) if root[1] else (None, digests)


def _chunks(cells: tuple[CellEntry, ...]) -> Iterator[tuple[CellEntry, ...]]:
    start = 0
    for end, entry in enumerate(cells, 1):
        if crc32(entry.id.encode()) % MEAN_CHUNK == 0 or end - start == MAX_CHUNK:
            yield cells[start:end]
            start = end
    if start < len(cells):
        yield cells[start:]


@lru_cache(KEPT_CHUNKS)
def _chunk(cells: tuple[CellEntry, ...]) -> tuple[Digest, bytes]:
    parts: list[bytes] = []
    for entry in cells:
        flags, name = _TYPES.index(entry.cell_type), entry.id.encode()
        digests: str = entry.source
        if entry.outputs is not None:
            flags, digests = flags | _OUTPUTS, digests + entry.outputs
        if entry.details is not None:
            flags, digests = flags | _DETAILS, digests + entry.details
        number = b""
        if (count := entry.execution_count) is not None:
            flags, length = flags | _COUNT, count.bit_length() // 8 + 1
            number = bytes([length]) + count.to_bytes(length, "big", signed=True)
        parts += [bytes([flags, len(name)]), name, bytes.fromhex(digests), number]
    chunk = b"".join(parts)
    return digest_of(chunk), chunk


@lru_cache(KEPT_CHUNKS)
def _entries(chunk: bytes) -> tuple[CellEntry, ...]:
    return tuple(_read_entries(chunk))


def _read_entries(chunk: bytes) -> Iterator[CellEntry]:
    at = 0
    while at < len(chunk):
        flags, length = chunk[at], chunk[at + 1]
        at += 2 + length
        name = chunk[at - length : at].decode()
        found: list[Digest | None] = []
        for flag in (True, flags & _OUTPUTS, flags & _DETAILS):
            if flag:
                found.append(Digest(chunk[at : at + DIGEST_BYTES].hex()))
                at += DIGEST_BYTES
            else:
                found.append(None)
        count = None
        if flags & _COUNT:
            length = chunk[at]
            at += 1 + length
            count = int.from_bytes(chunk[at - length : at], "big", signed=True)
        source, outputs, details = found
        assert source is not None
        yield CellEntry(name, _TYPES[flags & 3], source, outputs, count, details)
