"""Opening the database: SQLite by default, PostgreSQL by URL; migrations; reading and writing."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ..errors import BadRequest
from .errors import translated
from .schema import HEAD
from .writer import BulkWork, Work, Writer

T = TypeVar("T")
Kind = Literal["sqlite", "postgresql"]

NETWORK_FILE_SYSTEMS = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "lustre",
        "gpfs",
        "beegfs",
        "ceph",
        "glusterfs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "9p",
    ]
)
_log = logging.getLogger(__name__)


class Database:
    """An open database: many readers, one writer."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.server_id: str | None = None
        """Who writes, as its ``Presence`` names it."""
        self.kind: Kind = "postgresql" if url.get_backend_name() == "postgresql" else "sqlite"
        self.place = url.database or "" if self.kind == "sqlite" else str(url)
        self._engine = _sqlite_engine(url) if self.kind == "sqlite" else _postgresql_engine(url)
        self._readers = _sqlite_engine(url, readers=4) if self.kind == "sqlite" else self._engine
        self._writer = Writer(self._engine.connect, self.place)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one consistent state and cannot write."""
        with translated(self.place):
            async with self._readers.connect() as conn:
                yield conn

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in the next group commit. See ``Writer.write``."""
        return await self._writer.write(work)

    async def connect(self) -> AsyncConnection:
        """Give a connection of its own, for a lock that lasts as long as the process."""
        with translated(self.place):
            return await self._engine.connect()

    async def close(self) -> None:
        """Commit what waits and close every connection."""
        await self._writer.close()
        await self._engine.dispose()
        await self._readers.dispose()

    async def write_item(self, work: BulkWork, item: Any) -> Any:
        """Run ``work`` on ``item``, together with those of others. See ``Writer.write_item``."""
        return await self._writer.write_item(work, item)

    async def migrate(self) -> None:
        """Bring the tables to the newest revision; a database of a newer version is refused."""
        with translated(self.place):
            async with self._engine.begin() as conn:
                if self.kind == "postgresql":
                    await conn.execute(text("SELECT pg_advisory_xact_lock(7205759403)"))
                await conn.run_sync(_upgrade)


async def open_database(url: str) -> Database:
    """Open ``url``, make or upgrade its tables, and return it ready for use.

    ``sqlite:///path`` (the folder is made, mode 0700; the file has mode 0600) or
    ``postgresql://user@host/name``.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        with translated(parsed.database or ""):
            await asyncio.to_thread(_make_private, Path(parsed.database or ""))
    database = Database(parsed)
    try:
        await database.migrate()
    except BaseException:
        await database.close()
        raise
    return database


def _parse(url: str) -> URL:
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+asyncpg")
    raise BadRequest(
        f"SessionsApp.db_url is {parsed.render_as_string()!r}: it must be 'sqlite:///<file>' or "
        "'postgresql://<user>@<host>/<database>'."
    )


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def journal_mode(path: Path) -> Literal["WAL", "TRUNCATE"]:
    """Return the journal that is safe where ``path`` lies: no WAL over a network.

    Source: https://www.sqlite.org/wal.html, "all processes must be on the same host computer".
    """
    return "TRUNCATE" if file_system(path) in NETWORK_FILE_SYSTEMS else "WAL"


def file_system(path: Path) -> str:
    """Return the type of the file system that holds ``path``; ``""`` when it cannot be told."""
    best, kind = "", ""
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return ""
    real = str(path.resolve())
    for line in mounts:
        _, mount, this_kind, *_ = line.split(" ")
        mount = mount.replace("\\040", " ")
        inside = real == mount or real.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, this_kind
    return kind


def _sqlite_engine(url: URL, *, readers: int = 0) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=readers or 1,
        max_overflow=0,
        connect_args={"timeout": 10},
    )
    mode = journal_mode(Path(url.database or ""))
    if mode == "TRUNCATE" and not readers:
        _log.warning(
            "%s lies on a network file system: writing will be slower. For a hub, set "
            "SessionsApp.db_url to a PostgreSQL database.",
            url.database,
        )

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: we say BEGIN IMMEDIATE below.
        connection.isolation_level = None
        cursor = connection.cursor()
        if readers:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute(f"PRAGMA journal_mode = {mode}")
            cursor.execute("PRAGMA synchronous = FULL")
            # Pages: a checkpoint at each 16 MB, because every one is felt by those who wait.
            cursor.execute("PRAGMA wal_autocheckpoint = 4000")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if readers else "BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: URL) -> AsyncEngine:
    return create_async_engine(url, pool_size=5, max_overflow=5, pool_pre_ping=True)


def _upgrade(connection: Connection) -> None:
    if _revision(connection) == HEAD:
        return
    # Alembic takes a tenth of a second to import, and is needed once in a version's life.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "jupyter_sessions.storage:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise BadRequest(
            "The database was written by a newer version of jupyter_sessions. "
            "Upgrade this one: pip install --upgrade jupyter_sessions"
        ) from error


def _revision(connection: Connection) -> str | None:
    try:
        with connection.begin_nested():
            row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    except DBAPIError:
        return None
    return None if row is None else str(row[0])
