"""Connections to PostgreSQL: its driver does not block the event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from .connections import Conn

T = TypeVar("T")
MIGRATION_LOCK = 7205759403


class PostgresqlConnections:
    """A pool for all."""

    def __init__(self, url: URL) -> None:
        self.engine = create_async_engine(url, pool_size=5, max_overflow=5, pool_pre_ping=True)
        self.channel = PooledChannel(self.engine)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Conn]:
        """Give a connection that sees one consistent state, until it is given back."""
        async with self.engine.connect() as conn:
            yield conn

    async def query(self, work: Callable[[Conn], Awaitable[T]]) -> T:
        """Run ``work`` on a connection that sees one consistent state."""
        async with self.engine.connect() as conn:
            return await work(conn)

    async def migrate(self, upgrade: Callable[[Connection], None]) -> None:
        """Run ``upgrade`` in a transaction, one server at a time."""
        async with self.engine.begin() as conn:
            await conn.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            await conn.run_sync(upgrade)

    async def close(self) -> None:
        await self.engine.dispose()


class PooledChannel:
    """The connection that writes: one that is taken from the pool and kept."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._conn: AsyncConnection | None = None

    async def run(self, work: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
        if self._conn is None:
            self._conn = await self._engine.connect()
        return await work(self._conn)

    async def drop(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            try:
                await conn.close()
            except Exception:  # it is broken: a new one is made for the next batch
                await conn.invalidate()

    async def close(self) -> None:
        await self.drop()
