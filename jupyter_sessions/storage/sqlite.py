"""SQLite: where its file may lie, and its connections."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from .connections import Conn, ConnectionThread, HeldConnection, Readers
from .prepared import execute_text

T = TypeVar("T")
READERS = 4
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


class SqliteConnections:
    """One that writes, some that read."""

    def __init__(self, url: URL) -> None:
        self.channel = ConnectionThread(_engine(url))
        self._readers = Readers(_engine(url, reads=True), READERS)

    def connect(self) -> AbstractAsyncContextManager[Conn]:
        """Give a connection that sees one consistent state, until it is given back."""
        return self._readers.connect()

    async def query(self, work: Callable[[Conn], Awaitable[T]]) -> T:
        """Run ``work`` in a thread, on a connection that sees one consistent state."""
        return await self._readers.query(work)

    async def migrate(self, upgrade: Callable[[Connection], None]) -> None:
        """Run ``upgrade`` in a transaction, one server at a time."""

        async def work(conn: HeldConnection) -> None:
            async with conn.begin():
                upgrade(conn.sync_connection)

        await self.channel.run(work)

    async def close(self) -> None:
        await self._readers.close()


def make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def journal_mode(path: Path) -> Literal["WAL", "TRUNCATE"]:
    """Return the journal that is safe where ``path`` lies: no WAL over a network.

    Source: https://www.sqlite.org/wal.html, "all processes must be on the same host computer".
    """
    return "TRUNCATE" if is_remote(path) else "WAL"


@lru_cache(1_000)
def is_remote(path: Path) -> bool:
    """Tell whether ``path`` is known to lie behind a network, where reading may take its time."""
    return file_system(path) in NETWORK_FILE_SYSTEMS


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


def _engine(url: URL, *, reads: bool = False) -> Engine:
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 10})
    mode = journal_mode(Path(url.database or ""))
    if mode == "TRUNCATE" and not reads:
        _log.warning(
            "%s lies on a network file system: writing will be slower. For a hub, set "
            "SessionsApp.db_url to a PostgreSQL database.",
            url.database,
        )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: we say BEGIN IMMEDIATE below.
        connection.isolation_level = None
        cursor = connection.cursor()
        if reads:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute(f"PRAGMA journal_mode = {mode}")
            cursor.execute("PRAGMA synchronous = FULL")
            # Pages: a checkpoint at each 16 MB, because every one is felt by those who wait.
            cursor.execute("PRAGMA wal_autocheckpoint = 4000")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        execute_text(connection, "BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
