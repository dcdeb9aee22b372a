"""Which servers are alive: each holds a lock that the system releases when it dies."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import SessionsError
from ..ids import new_id
from .database import Database

KEEP_S = 5.0
"""Seconds between looks at whether our lock still holds."""


class Presence:
    """The claim of this server to be alive, and the means to ask that of others.

    SQLite: a locked file in ``<database>-servers/``. PostgreSQL: an advisory lock.
    """

    def __init__(self, database: Database) -> None:
        self.server_id = new_id()
        database.server_id = self.server_id
        self._database = database
        self._lock: FileLock | None = None
        self._conn: AsyncConnection | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def claim(self) -> None:
        """Say that this server lives, until ``release`` or the end of the process."""
        if self._database.kind == "postgresql":
            await self._lock_row()
            self._keeper = asyncio.create_task(self._keep())
            return
        folder = self._folder
        folder.mkdir(mode=0o700, exist_ok=True)
        self._lock = FileLock(folder / self.server_id, mode=0o600)
        self._lock.acquire(timeout=0)

    async def release(self) -> None:
        """Say goodbye."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
            self._keeper = None
        if self._conn is not None:
            await self._conn.close()
            self._conn = None
        if self._lock is not None:
            (self._folder / self.server_id).unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    async def is_dead(self, server_id: str) -> bool:
        """Tell whether the server that had this id is gone."""
        if server_id == self.server_id:
            return False
        if self._database.kind == "postgresql":
            if self._conn is None:
                return False  # nobody can tell while the database is away
            row = await self._conn.execute(
                text("SELECT pg_try_advisory_lock(:space, :key)"), _key(server_id)
            )
            free = bool(row.scalar_one())
            if free:
                await self._conn.execute(
                    text("SELECT pg_advisory_unlock(:space, :key)"), _key(server_id)
                )
            await self._conn.commit()
            return free
        return _is_free(self._folder / server_id)

    async def _lock_row(self) -> None:
        self._conn = await self._database.own_connection()
        await self._conn.execute(
            text("SELECT pg_advisory_lock(:space, :key)"), _key(self.server_id)
        )
        await self._conn.commit()

    async def _keep(self) -> None:
        """Claim again when the database was restarted: its locks went with it."""
        while True:
            await asyncio.sleep(KEEP_S)
            try:
                if self._conn is None:
                    await self._lock_row()
                else:
                    await self._conn.execute(text("SELECT 1"))
                    await self._conn.commit()
            except (DBAPIError, SessionsError, OSError):
                conn, self._conn = self._conn, None
                if conn is not None:
                    await conn.invalidate()

    @property
    def _folder(self) -> Path:
        return Path(self._database.place + "-servers")


def _key(server_id: str) -> dict[str, int]:
    signed = zlib.crc32(server_id.encode()) - 2**31
    return {"space": 720575, "key": signed}


def _is_free(path: Path) -> bool:
    if not path.exists():
        return True
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    path.unlink(missing_ok=True)
    lock.release()
    return True
