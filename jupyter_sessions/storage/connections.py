"""Connections to SQLite, each with a thread of its own.

A step from the event loop to a thread and back costs as much as several statements. So what asks
several of them goes to the thread in one piece, and its statements run there one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol, TypeVar, TypeVarTuple, cast, overload

from sqlalchemy import Connection, CursorResult, Dialect, Engine, Executable
from sqlalchemy.sql.selectable import TypedReturnsRows

from .prepared import prepared

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Conn(Protocol):
    """What functions of this package take first; PostgreSQL's is an ``AsyncConnection``."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def info(self) -> dict[str, Any]:
        """What is kept as long as the connection to the database."""

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Ts], parameters: Any = None
    ) -> CursorResult[*Ts]: ...

    @overload
    async def execute(
        self, statement: Executable, parameters: Any = None
    ) -> CursorResult[*tuple[Any, ...]]: ...


async def aside(conn: Conn, job: Callable[[], T]) -> T:
    """Run what takes its time, in the middle of a query, where it does not block the event loop."""
    return job() if isinstance(conn, HeldConnection) else await asyncio.to_thread(job)


class ConnectionThread:
    """A thread that holds a connection; what it is asked is done in order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._executor = ThreadPoolExecutor(1, "jupyter_sessions database")
        self._conn: Connection | None = None

    async def run(self, work: Callable[[HeldConnection], Coroutine[Any, Any, T]]) -> T:
        """Run ``work`` in the thread, on its connection, and return its result.

        There is no event loop there: ``work`` must not wait for anything but the connection.
        """
        return await self.call(lambda: _result(work(HeldConnection(self.connection))))

    async def call(self, job: Callable[[], T]) -> T:
        """Run a function in the thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, copy_context().run, job)

    def submit(self, job: Callable[[], object]) -> None:
        """Have a function run in the thread, and wait for nothing."""
        self._executor.submit(job)

    @property
    def connection(self) -> Connection:
        """The connection, which is made when there is none. Only for use in the thread."""
        if self._conn is None:
            self._conn = self._engine.connect()
        return self._conn

    async def drop(self) -> None:
        """Give up the connection, as it may be broken; the next use makes a new one."""
        await self.call(self.drop_here)

    def drop_here(self) -> None:
        """The same, for use in the thread."""
        conn, self._conn = self._conn, None
        if conn is not None:
            try:
                conn.close()
            except Exception:  # it is broken indeed
                conn.invalidate()

    async def close(self) -> None:
        """End the thread."""
        await self.call(self.drop_here)
        self._executor.shutdown(wait=False)


def _result(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine that never waits comes to; an event loop would take longer for it."""
    try:
        while work.send(None) is None:  # ``asyncio.sleep(0)``: there is nobody to give way to
            pass
    except StopIteration as end:
        return cast(T, end.value)
    work.close()
    raise RuntimeError("Work on SQLite waits for something else than the connection.")


class HeldConnection:
    """A connection in its own thread: nothing is waited for."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._driver: Any = conn.connection.driver_connection

    @property
    def dialect(self) -> Dialect:
        return self._conn.dialect

    @property
    def info(self) -> dict[str, Any]:
        return self._conn.info

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        ready = prepared(statement, parameters, self._conn.dialect)
        if ready is None:
            return self._conn.execute(statement, parameters)
        if not self._conn.in_transaction():
            self._conn.begin()
        return ready.execute(self._driver, parameters)

    def begin(self) -> AsyncTransaction:
        return AsyncTransaction(self._conn.begin)

    def begin_nested(self) -> AsyncTransaction:
        return AsyncTransaction(self._conn.begin_nested)

    @property
    def sync_connection(self) -> Connection:
        return self._conn

    @property
    def in_transaction(self) -> bool:
        """Whether the database sees one: a full disk makes SQLite end it by itself."""
        return bool(self._driver.in_transaction)


class AsyncTransaction:
    """A transaction or savepoint of a ``HeldConnection``, for ``async with``."""

    def __init__(self, begin: Callable[[], AbstractContextManager[object]]) -> None:
        self._begin = begin

    async def __aenter__(self) -> None:
        self._entered = self._begin()
        self._entered.__enter__()

    async def __aexit__(self, *error: Any) -> bool | None:
        return self._entered.__exit__(*error)


class RemoteConnection:
    """A connection, seen from the event loop: each statement goes to its thread and back."""

    def __init__(self, thread: ConnectionThread, dialect: Dialect) -> None:
        self._thread = thread
        self.dialect = dialect

    @property
    def info(self) -> dict[str, Any]:
        return self._thread.connection.info

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        return await self._thread.call(partial(self._execute, statement, parameters))

    def _execute(self, statement: Any, parameters: Any) -> Any:
        result = self._thread.connection.execute(statement, parameters)
        # All rows are fetched here: to go on reading would block the event loop.
        return result.freeze()() if result.returns_rows else result


class Readers:
    """Threads that only read, each for one reader at a time."""

    def __init__(self, engine: Engine, count: int) -> None:
        self._engine = engine
        self._threads: list[ConnectionThread] = []
        self._free: asyncio.LifoQueue[ConnectionThread] = asyncio.LifoQueue()
        for _ in range(count):
            self._threads.append(ConnectionThread(engine))
            self._free.put_nowait(self._threads[-1])

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Conn]:
        """Give a connection that sees one consistent state, until it is given back."""
        thread = await self._free.get()
        try:
            yield RemoteConnection(thread, self._engine.dialect)
        finally:
            thread.submit(partial(_finish, thread))
            self._free.put_nowait(thread)

    async def query(self, work: Callable[[Conn], Awaitable[T]]) -> T:
        """Run all of ``work`` in a thread, on a connection that sees one consistent state."""
        thread = await self._free.get()

        async def job(conn: HeldConnection) -> T:
            try:
                return await work(conn)
            finally:
                _finish(thread)

        try:
            return await thread.run(job)
        finally:
            self._free.put_nowait(thread)

    async def close(self) -> None:
        for thread in self._threads:
            await thread.close()


def _finish(thread: ConnectionThread) -> None:
    """End what was read; the next reader sees a newer state."""
    try:
        thread.connection.rollback()
    except Exception:  # a new one is made for the next reader
        thread.drop_here()
