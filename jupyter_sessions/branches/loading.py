"""What has to be loaded to compare, or merge, versions; and versions that are made of them."""

from __future__ import annotations

from collections import Counter

from ..ids import VersionId
from ..models.scope import Scope
from ..notebooks.manifest import Manifest, Snapshot
from ..notebooks.pieces import Digest
from ..storage.connections import Conn
from ..storage.writer import Transaction
from .shelf import Rows, Shelf, prepare, read_manifests, read_pieces

EMPTY = Manifest(())
Pieces = dict[Digest, bytes]


async def load_some(shelf: Rows, *ids: VersionId | None) -> list[Manifest]:
    """Return versions as manifests, in their order; an empty one where there is no version."""
    return await shelf.database.query(lambda conn: read_some(conn, shelf.scope, *ids))


async def read_some(conn: Conn, scope: Scope, *ids: VersionId | None) -> list[Manifest]:
    """Like ``load_some``, on a connection."""
    known = await read_manifests(conn, scope, {id_ for id_ in ids if id_ is not None})
    return [EMPTY if id_ is None else known[id_] for id_ in ids]


async def load_differing(shelf: Rows, *manifests: Manifest) -> Pieces:
    """Return sources and details of the cells that are not the same in all versions.

    The details of the notebooks themselves come with them.
    """
    return await shelf.database.query(lambda conn: read_differing(conn, shelf.scope, *manifests))


async def read_differing(conn: Conn, scope: Scope, *manifests: Manifest) -> Pieces:
    """Like ``load_differing``, on a connection."""
    seen = Counter(entry for manifest in manifests for entry in manifest.cells)
    differing = [entry for entry, count in seen.items() if count < len(manifests)]
    wanted = {digest for entry in differing for digest in (entry.source, entry.details) if digest}
    wanted |= {manifest.details for manifest in manifests if manifest.details is not None}
    return await read_pieces(conn, scope, wanted)


async def store(shelf: Shelf, new: Snapshot) -> VersionId:
    """Keep a version, so that something can refer to it."""
    prepared = await shelf.database.query(lambda conn: prepare(conn, shelf, new))
    await prepared.begin()

    async def work(transaction: Transaction) -> VersionId:
        return await prepared.add(transaction.conn)

    return await shelf.database.write(work)
