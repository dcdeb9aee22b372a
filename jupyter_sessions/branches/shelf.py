"""The notebooks of one project: their rows, their files, and those who look at them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Protocol

from ..ids import VersionId
from ..models.scope import Scope
from ..notebooks.cells import Cell, Notebook
from ..notebooks.manifest import (
    CellEntry,
    Encoded,
    Manifest,
    Snapshot,
    chunks_of,
    decode,
    digests_of,
    encode,
    restore,
)
from ..notebooks.pieces import Digest, digest_of
from ..storage import thinning, versions
from ..storage.connections import Conn, aside
from ..storage.database import Database
from ..storage.writer import Transaction
from .documents import Documents
from .folder import ProjectFolder

MAX_AT_ONCE = 4_000_000
"""Bytes of pieces in one transaction: other writers have their turn in between."""


MAX_UNASKED = 8
MAX_UNASKED_BYTES = 16_000


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
    return await shelf.database.query(lambda conn: read_manifests(conn, shelf.scope, ids))


async def read_manifests(
    conn: Conn, scope: Scope, ids: Collection[VersionId]
) -> dict[VersionId, Manifest]:
    """Like ``load_manifests``, on a connection. Takes about 3 ms for 1,000 cells."""
    return {id_: each.manifest for id_, each in (await read_stored(conn, scope, ids)).items()}


@dataclass(frozen=True, slots=True)
class Stored:
    """A version that is stored."""

    manifest: Manifest
    root: bytes

    def digests(self) -> set[str]:
        """Return the pieces that are stored as long as the version is."""
        return {*digests_of(self.manifest), *chunks_of(self.root)}


async def read_stored(
    conn: Conn, scope: Scope, ids: Collection[VersionId]
) -> dict[VersionId, Stored]:
    """Return versions with their roots. Raises NotFound."""
    roots = await versions.get_roots(conn, scope, ids)
    wanted = {chunk for root in roots.values() for chunk in chunks_of(root)}
    chunks = await versions.get_pieces(conn, scope, wanted)
    return {
        id_: Stored(decode(root, lambda digest: chunks[digest]), root)
        for id_, root in roots.items()
    }


async def load_pieces(shelf: Rows, digests: Collection[Digest]) -> dict[Digest, bytes]:
    """Return pieces of versions: sources, outputs, details."""
    return await shelf.database.query(lambda conn: read_pieces(conn, shelf.scope, digests))


async def read_pieces(conn: Conn, scope: Scope, digests: Collection[Digest]) -> dict[Digest, bytes]:
    """Like ``load_pieces``, on a connection."""
    found = await versions.get_pieces(conn, scope, digests)
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


async def restored(
    shelf: Shelf,
    manifest: Manifest,
    known: Mapping[CellEntry, Cell] = MappingProxyType({}),
) -> Notebook:
    """Return the notebook of a manifest whose pieces are all stored, or whose cells are known."""
    rest = tuple(entry for entry in manifest.cells if entry not in known)
    pieces = await load_pieces(shelf, digests_of(Manifest(rest, manifest.details)))
    return await asyncio.to_thread(restore, manifest, pieces, known)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A version that is to be stored: first ``begin``, and then ``add`` with what refers to it."""

    shelf: Shelf
    manifest: Manifest
    root: bytes
    early: list[dict[str, versions.Packed]]
    """New pieces that are too many for one transaction."""
    pieces: dict[str, versions.Packed]
    """The rest of the new ones."""
    known: dict[str, bytes]
    """What is stored now, but may be swept away before ``add``."""

    async def begin(self) -> None:
        """Store the pieces, but for the last few: those come with the version itself."""
        for some in self.early:
            await _add_pieces(self.shelf, some)

    async def add(self, conn: Conn) -> VersionId:
        """Store the version, in a transaction that then refers to it."""
        scope = self.shelf.scope
        await thinning.hold(conn, scope)
        missing = await versions.missing_pieces(conn, scope, self.known)
        swept = versions.pack({digest: self.known[digest] for digest in missing})
        await versions.add_pieces(conn, scope, self.pieces | swept)
        return await versions.add_version(conn, scope, digest_of(self.root), self.root)


async def prepare(
    conn: Conn,
    shelf: Shelf,
    new: Snapshot,
    encoded: Encoded | None = None,
    *,
    base: Stored | None = None,
) -> Prepared:
    """Look which pieces of a version are new, and pack them.

    ``base`` is a version that is certain to be there still when ``add`` is called.
    """
    if encoded is None:
        encoded = await aside(conn, partial(encode, new.manifest))
    kept = set() if base is None else base.digests()
    pieces: dict[str, bytes] = {
        digest: data
        for digest, data in (*new.pieces.items(), *encoded.chunks.items())
        if digest not in kept
    }
    missing = set(pieces)
    if not _are_few(pieces):
        missing = await versions.missing_pieces(conn, shelf.scope, pieces)
    new_ones = {digest: data for digest, data in pieces.items() if digest in missing}
    packed = await aside(conn, partial(versions.pack, new_ones, encoded.chunks.keys()))
    *early, last = _batches(packed)
    known = {digest: data for digest, data in pieces.items() if digest not in last}
    return Prepared(shelf, new.manifest, encoded.root, early, last, known)


def _are_few(pieces: Mapping[str, bytes]) -> bool:
    """Tell whether to store pieces, though they may be there, is quicker than to look."""
    return len(pieces) <= MAX_UNASKED and sum(map(len, pieces.values())) <= MAX_UNASKED_BYTES


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
