"""Large payloads, addressed by their content, kept once in each project."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from ..errors import NotFound
from ..ids import BlobHash
from ..models.event import Blob
from ..models.scope import Scope
from .connections import Conn
from .schema import blob


async def add_blob(conn: Conn, scope: Scope, data: bytes, media_type: str) -> Blob:
    """Store ``data`` unless the project has it already."""
    made = describe_blob(data, media_type)
    known = select(blob.c.size).where(
        blob.c.project_id == scope.project_id, blob.c.hash == made.blob
    )
    if (await conn.execute(known)).first() is None:
        await conn.execute(
            blob.insert().values(
                project_id=scope.project_id,
                hash=made.blob,
                size=made.size,
                media_type=media_type,
                data=data,
            )
        )
    return made


async def get_blob(conn: Conn, scope: Scope, digest: BlobHash) -> tuple[bytes, str]:
    """Return the bytes and their media type, or raise NotFound."""
    query = select(blob.c.data, blob.c.media_type).where(
        blob.c.project_id == scope.project_id, blob.c.hash == digest
    )
    row = (await conn.execute(query)).first()
    if row is None:
        raise NotFound("blob")
    return row.data, row.media_type


def describe_blob(data: bytes, media_type: str) -> Blob:
    """Return what an event says of ``data`` once it is stored."""
    digest = BlobHash(hashlib.sha256(data).hexdigest())
    return Blob(blob=digest, size=len(data), media_type=media_type)
