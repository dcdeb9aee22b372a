"""Rows of versions: a root for each, and the pieces that they are made of, kept once."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from ..errors import NotFound
from ..ids import VersionId
from ..models.base import utcnow
from ..models.scope import Scope
from .connections import Conn
from .prepared import made_once
from .schema import piece, version

SAMPLE = 4_096
"""Bytes of a large piece that are packed to see whether packing it is worth the time."""
WORTH = 0.7
MIN_PACKED = 100
"""Bytes: of what is shorter than that, nothing is saved."""
MAX_NAMED = 500
"""Digests in one query: databases bound the number of parameters."""


_NAMED = (
    piece.c.project_id == bindparam("project"),
    piece.c.digest.in_(bindparam("digests", expanding=True)),
)
_KNOWN = made_once(select(piece.c.digest).where(*_NAMED), "digests")
_PIECES = made_once(select(piece.c.digest, piece.c.packed, piece.c.data).where(*_NAMED), "digests")
_VERSION = made_once(
    select(version.c.id).where(
        version.c.project_id == bindparam("project"), version.c.digest == bindparam("this")
    )
)
_ROOTS = made_once(
    select(version.c.id, version.c.root).where(
        version.c.project_id == bindparam("project"),
        version.c.id.in_(bindparam("ids", expanding=True)),
    ),
    "ids",
)
_INSERT_PIECE = {
    "sqlite": made_once(sqlite.insert(piece).on_conflict_do_nothing()),
    "postgresql": postgresql.insert(piece).on_conflict_do_nothing(),
}
_INSERT_VERSION = {
    "sqlite": made_once(sqlite.insert(version).on_conflict_do_nothing().returning(version.c.id)),
    "postgresql": postgresql.insert(version).on_conflict_do_nothing().returning(version.c.id),
}


async def missing_pieces(conn: Conn, scope: Scope, digests: Collection[str]) -> set[str]:
    """Return those digests that are not stored yet."""
    known: set[str] = set()
    for some in _slices(digests):
        rows = await conn.execute(_KNOWN, _named(scope, some))
        known |= {digest.hex() for digest in rows.scalars()}
    return set(digests) - known


async def add_pieces(conn: Conn, scope: Scope, packed: Mapping[Any, Packed]) -> None:
    """Insert pieces, but for those that are stored already. ``packed`` comes from ``pack``."""
    now = utcnow()
    rows = [
        {
            "project_id": scope.project_id,
            "digest": bytes.fromhex(digest),
            "packed": packed[digest][0],
            "added_at": now,
            "data": packed[digest][1],
        }
        for digest in sorted(packed)
    ]
    if rows:
        await conn.execute(_INSERT_PIECE[conn.dialect.name], rows)


async def get_pieces(conn: Conn, scope: Scope, digests: Collection[str]) -> dict[str, bytes]:
    """Return the pieces. Raises NotFound when one is not there."""
    found: dict[str, bytes] = {}
    for some in _slices(digests):
        for digest, packed, data in await conn.execute(_PIECES, _named(scope, some)):
            found[digest.hex()] = zlib.decompress(data) if packed else data
    if len(found) < len(set(digests)):
        raise NotFound("version of this notebook")
    return found


async def add_version(conn: Conn, scope: Scope, digest: str, root: bytes) -> VersionId:
    """Return the number of the version with this content; it is made when it is new."""
    values = {"project_id": scope.project_id, "digest": bytes.fromhex(digest), "root": root}
    found = (await conn.execute(_INSERT_VERSION[conn.dialect.name], values)).scalar()
    if found is None:
        keys = {"project": scope.project_id, "this": values["digest"]}
        found = (await conn.execute(_VERSION, keys)).scalar_one()
    return VersionId(found)


async def has_version(conn: Conn, scope: Scope, digest: str) -> bool:
    """Tell whether there is a version with this content, of whatever notebook."""
    keys = {"project": scope.project_id, "this": bytes.fromhex(digest)}
    return (await conn.execute(_VERSION, keys)).first() is not None


async def get_roots(conn: Conn, scope: Scope, ids: Iterable[VersionId]) -> dict[VersionId, bytes]:
    """Return the roots of versions. Raises NotFound when one is not there."""
    wanted = set(ids)
    found: dict[VersionId, bytes] = {}
    for some in _slices(wanted):
        rows = await conn.execute(_ROOTS, {"project": scope.project_id, "ids": some})
        found |= {VersionId(id_): root for id_, root in rows}
    if len(found) < len(wanted):
        raise NotFound("version of this notebook")
    return found


async def list_roots(
    conn: Conn, scope: Scope, *, after: int = 0, limit: int = 500
) -> list[tuple[VersionId, bytes]]:
    """Return versions of the project behind a number, with their roots."""
    query = select(version.c.id, version.c.root).where(
        version.c.project_id == scope.project_id, version.c.id > after
    )
    rows = await conn.execute(query.order_by(version.c.id).limit(limit))
    return [(VersionId(row.id), row.root) for row in rows]


async def list_ids(conn: Conn, scope: Scope, *, after: int) -> set[VersionId]:
    """Return the versions of the project behind a number."""
    query = select(version.c.id).where(
        version.c.project_id == scope.project_id, version.c.id > after
    )
    return {VersionId(row.id) for row in await conn.execute(query)}


async def remove_versions(conn: Conn, scope: Scope, ids: Collection[int]) -> None:
    """Remove versions that nothing refers to any more."""
    for some in _slices(ids):
        await conn.execute(
            version.delete().where(version.c.project_id == scope.project_id, version.c.id.in_(some))
        )


Packed = tuple[bool, bytes]
"""Whether it is packed with zlib, and the bytes."""


def pack(pieces: Mapping[Any, bytes], dense: Collection[Any] = ()) -> dict[str, Packed]:
    """Return the pieces as they are stored: packed where that pays. Call it in a thread.

    ``dense`` names some that are mostly digests, for which it never does.
    """
    return {
        digest: (False, data) if digest in dense else _pack(data) for digest, data in pieces.items()
    }


def _pack(data: bytes) -> Packed:
    if len(data) < MIN_PACKED:
        return False, data
    if len(data) > 2 * SAMPLE:
        sample = data[SAMPLE : 2 * SAMPLE]
        if len(zlib.compress(sample, 1)) > WORTH * SAMPLE:  # images, as a rule
            return False, data
    small = zlib.compress(data, 1)
    return (True, small) if len(small) < len(data) else (False, data)


def _slices(items: Collection[Any]) -> Iterable[list[Any]]:
    listed = list(items)
    return (listed[at : at + MAX_NAMED] for at in range(0, len(listed), MAX_NAMED))


def _named(scope: Scope, digests: Iterable[str]) -> dict[str, Any]:
    return {
        "project": scope.project_id,
        "digests": [bytes.fromhex(digest) for digest in digests],
    }
