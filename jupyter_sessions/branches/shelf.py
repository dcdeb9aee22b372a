"""The notebooks of one project: their rows, their files, and those who look at them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from ..ids import VersionId
from ..models.scope import Scope
from ..notebooks.cells import Notebook
from ..notebooks.manifest import (
    Encoded,
    Manifest,
    Snapshot,
    chunks_of,
    decode,
    digests_of,
    encode,
    restore,
)
from ..notebooks.pieces import Digest
from ..storage import thinning, versions
from ..storage.connections import Conn
from ..storage.database import Database
from ..storage.writer import Transaction
from .documents import Documents
from .folder import ProjectFolder

MAX_AT_ONCE = 4_000_000
"""Bytes of pieces in one transaction: other writers have their turn in between."""


class Rows(Protocol):
    """What is enough to read versions."""

    @property
    def database(self) -> Database:
        """Where they are."""

    @property
    def scope(self) -> Scope:
        """Whose they are."""


@dataclass(frozen=True, slots=True)
class DatabaseRows:
    """The versions of a project, whether its folder is there or not."""

    database: Database
    scope: Scope


@dataclass(frozen=True, slots=True)
class Shelf:
    """What everything that keeps versions of a project's notebooks works with."""

    database: Database
    scope: Scope
    folder: ProjectFolder
    documents: Documents


async def load_manifests(shelf: Rows, ids: Collection[VersionId]) -> dict[VersionId, Manifest]:
    """Return versions as manifests. Raises NotFound."""
    async with shelf.database.read() as conn:
        return await read_manifests(conn, shelf.scope, ids)


async def read_manifests(
    conn: Conn, scope: Scope, ids: Collection[VersionId]
) -> dict[VersionId, Manifest]:
    """Like ``load_manifests``, on a connection. Takes about 3 ms for 1,000 cells."""
    roots = await versions.get_roots(conn, scope, ids)
    wanted = {chunk for root in roots.values() for chunk in chunks_of(root)}
    chunks = await versions.get_pieces(conn, scope, wanted)
    return {id_: decode(root, lambda digest: chunks[digest]) for id_, root in roots.items()}


async def load_pieces(shelf: Rows, digests: Collection[Digest]) -> dict[Digest, bytes]:
    """Return pieces of versions: sources, outputs, details."""
    async with shelf.database.read() as conn:
        found = await versions.get_pieces(conn, shelf.scope, digests)
    return {Digest(digest): data for digest, data in found.items()}


async def load_texts(
    shelf: Shelf, *manifests: Manifest, without: Manifest | None = None
) -> dict[Digest, bytes]:
    """Return sources and details of cells, but for those that ``without`` has just so."""
    return await load_pieces(shelf, texts_of(*manifests, without=without))


def texts_of(*manifests: Manifest, without: Manifest | None = None) -> set[Digest]:
    """Return what ``load_texts`` loads."""
    same = set(without.cells) if without is not None else set()
    wanted: set[Digest] = set()
    for manifest in manifests:
        for entry in manifest.cells:
            if entry not in same:
                wanted |= {digest for digest in (entry.source, entry.details) if digest}
    return wanted


async def load_notebook(shelf: Shelf, version_id: VersionId) -> Notebook:
    """Return a version as the notebook that it is."""
    manifest = (await load_manifests(shelf, [version_id]))[version_id]
    return await restored(shelf, manifest)


async def restored(shelf: Shelf, manifest: Manifest) -> Notebook:
    """Return the notebook of a manifest whose pieces are all stored."""
    pieces = await load_pieces(shelf, digests_of(manifest))
    return await asyncio.to_thread(restore, manifest, pieces)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A version whose large pieces are stored; ``add`` stores the rest."""

    shelf: Shelf
    manifest: Manifest
    root: bytes
    pieces: dict[str, versions.Packed]
    known: dict[str, bytes]
    """What was stored already; it may be swept away before a version refers to it."""

    async def add(self, conn: Conn) -> VersionId:
        """Store the version, in a transaction that then refers to it."""
        scope = self.shelf.scope
        await thinning.hold(conn, scope)
        swept = await versions.missing_pieces(conn, scope, self.known)
        packed = versions.pack({digest: self.known[digest] for digest in swept})
        await versions.add_pieces(conn, scope, self.pieces | packed)
        return await versions.add_version(conn, scope, self.manifest.digest, self.root)


async def prepare(shelf: Shelf, new: Snapshot, encoded: Encoded | None = None) -> Prepared:
    """Store the pieces of a version, but for the last few: those come with the version itself."""
    if encoded is None:
        encoded = await asyncio.to_thread(encode, new.manifest)
    pieces: dict[str, bytes] = dict((*new.pieces.items(), *encoded.chunks.items()))
    async with shelf.database.read() as conn:
        missing = await versions.missing_pieces(conn, shelf.scope, pieces)
    new_ones: dict[str, bytes] = {
        digest: data for digest, data in pieces.items() if digest in missing
    }
    packed = await asyncio.to_thread(versions.pack, new_ones)
    *most, last = _batches(packed)
    for some in most:
        await _add_pieces(shelf, some)
    known = {digest: data for digest, data in pieces.items() if digest not in last}
    return Prepared(shelf, new.manifest, encoded.root, last, known)


async def _add_pieces(shelf: Shelf, packed: dict[str, versions.Packed]) -> None:
    async def work(transaction: Transaction) -> None:
        await versions.add_pieces(transaction.conn, shelf.scope, packed)

    await shelf.database.write(work)


def _batches(packed: dict[str, versions.Packed]) -> list[dict[str, versions.Packed]]:
    batches: list[dict[str, versions.Packed]] = [{}]
    size = 0
    for digest, (is_packed, data) in packed.items():
        if size > MAX_AT_ONCE:
            batches.append({})
            size = 0
        batches[-1][digest] = (is_packed, data)
        size += len(data)
    return batches
