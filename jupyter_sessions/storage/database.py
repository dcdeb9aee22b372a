"""Opening the database: SQLite by default, PostgreSQL by URL; migrations; reading and writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import URL, Connection, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import BadRequest
from .connections import Conn
from .errors import translated
from .postgresql import PostgresqlConnections
from .schema import HEAD
from .sqlite import SqliteConnections, make_private
from .writer import BulkWork, Work, Writer

T = TypeVar("T")
Kind = Literal["sqlite", "postgresql"]


class Database:
    """An open database: many readers, one writer."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.server_id: str | None = None
        """Who writes, as its ``Presence`` names it."""
        self._connections: SqliteConnections | PostgresqlConnections
        self.kind: Kind
        if url.get_backend_name() == "sqlite":
            self.kind, self.place = "sqlite", url.database or ""
            self._connections = SqliteConnections(url)
        else:
            self.kind, self.place = "postgresql", str(url)
            self._connections = PostgresqlConnections(url)
        self._writer = Writer(self._connections.channel, self.place)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Conn]:
        """Give a connection that sees one consistent state and cannot write."""
        with translated(self.place):
            async with self._connections.connect() as conn:
                yield conn

    async def query(self, work: Callable[[Conn], Awaitable[T]]) -> T:
        """Run ``work`` on such a connection, and return what it does.

        With SQLite all of it runs in a thread, and quicker than with ``read`` when it asks
        several things: it may wait for nothing that belongs to the event loop.
        """
        with translated(self.place):
            return await self._connections.query(work)

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in the next group commit. See ``Writer.write``; it runs like a query."""
        return await self._writer.write(work)

    async def write_item(self, work: BulkWork, item: Any) -> Any:
        """Run ``work`` on ``item``, together with those of others. See ``Writer.write_item``."""
        return await self._writer.write_item(work, item)

    async def own_connection(self) -> AsyncConnection:
        """Give a connection of its own, for a PostgreSQL lock that lasts as the process does."""
        assert isinstance(self._connections, PostgresqlConnections)
        with translated(self.place):
            return await self._connections.engine.connect()

    async def close(self) -> None:
        """Commit what waits and close every connection."""
        await self._writer.close()
        await self._connections.close()

    async def migrate(self) -> None:
        """Bring the tables to the newest revision; a database of a newer version is refused."""
        with translated(self.place):
            await self._connections.migrate(_upgrade)


async def open_database(url: str) -> Database:
    """Open ``url``, make or upgrade its tables, and return it ready for use.

    ``sqlite:///path`` (the folder is made, mode 0700; the file has mode 0600) or
    ``postgresql://user@host/name``.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        with translated(parsed.database or ""):
            await asyncio.to_thread(make_private, Path(parsed.database or ""))
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
        return parsed.set(drivername="sqlite+pysqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+asyncpg")
    raise BadRequest(
        f"SessionsApp.db_url is {parsed.render_as_string()!r}: it must be 'sqlite:///<file>' or "
        "'postgresql://<user>@<host>/<database>'."
    )


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
