"""One writer for each process: it takes what waits, commits once, then acknowledges."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Protocol, TypeVar, cast

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from ..ids import StreamId
from .connections import Conn, HeldConnection
from .errors import translated

T = TypeVar("T")
WriteConn = HeldConnection | AsyncConnection
MAX_BATCH = 256
MAX_TRIES = 4
COLLISIONS = frozenset({"40001", "40P01"})
"""PostgreSQL: serialization failure, deadlock."""
LINGER_S = 0.001
"""While others wrote during the last commit, wait this long for more to come along."""


@dataclass(slots=True)
class Transaction:
    """What a piece of work gets: the write connection, and hooks for after the commit."""

    conn: Conn
    heads: dict[StreamId, int]
    """Last numbers of timelines that this process wrote to; emptied whenever something fails."""
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    """Called in order, at once after the commit: here events are published."""


Work = Callable[[Transaction], Awaitable[T]]
BulkWork = Callable[[Transaction, list[Any]], Awaitable[list[Any]]]
"""Work on the items of many callers at once; the results are in the order of the items."""


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    work: Work[T] | BulkWork
    item: Any
    done: asyncio.Future[T]
    result: T | None = None
    error: Exception | None = None
    hooks: list[Callable[[], None]] = field(default_factory=list)


class WriteChannel(Protocol):
    """The only connection that writes, wherever it is worked with."""

    async def run(self, work: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
        """Run ``work`` on the connection, which is made when there is none."""

    async def drop(self) -> None:
        """Give up the connection."""

    async def close(self) -> None:
        """Give up all."""


class Writer:
    """Group commit on a single connection.

    Work of one batch runs in order, each in a savepoint of its own: what fails is rolled back
    alone. An answer is given only after the commit, so what was acknowledged is on disk.
    """

    def __init__(self, channel: WriteChannel, place: str) -> None:
        self._channel = channel
        self._place = place
        self._waiting: asyncio.Queue[_Job[Any] | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._heads: dict[StreamId, int] = {}

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in the next transaction; return its result once it is committed.

        Raises what ``work`` raises, StorageFull or StorageReadOnly.
        """
        return cast(T, await self._enqueue(work, _ALONE))

    async def write_item(self, work: BulkWork, item: Any) -> Any:
        """Like ``write``, but neighbours in the queue with the same ``work`` are done in one go."""
        return await self._enqueue(work, item)

    async def _enqueue(self, work: Work[Any] | BulkWork, item: Any) -> Any:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="jupyter_sessions writer")
        job: _Job[Any] = _Job(work, item, asyncio.get_running_loop().create_future())
        self._waiting.put_nowait(job)
        # A caller that is cancelled gives up the answer alone: what it asked for is still written.
        return await job.done

    async def close(self) -> None:
        """Commit what waits, then stop."""
        if self._task is not None:
            self._waiting.put_nowait(None)
            await self._task
            self._task = None
        await self._channel.close()

    async def _run(self) -> None:
        busy = False
        while True:
            batch = [await self._waiting.get()]
            if busy and batch[0] is not None:
                await asyncio.sleep(LINGER_S)
            while len(batch) < MAX_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            jobs = [job for job in batch if job is not None]
            if jobs:
                await self._commit(jobs)
            if len(jobs) < len(batch):
                return
            busy = len(jobs) > 1 or not self._waiting.empty()

    async def _commit(self, jobs: list[_Job[Any]]) -> None:
        try:
            with translated(self._place):
                await self._channel.run(partial(self._transact, _groups(jobs)))
        except Exception as error:  # the transaction as a whole failed: nobody is acknowledged
            self._heads.clear()
            await self._channel.drop()
            for job in jobs:
                job.error, job.hooks = job.error or error, []
        for job in jobs:
            for hook in job.hooks:
                hook()
            self._answer(job)

    async def _transact(self, groups: list[list[_Job[Any]]], conn: WriteConn) -> None:
        if len(groups) == 1 and await self._alone(conn, groups[0]):
            return
        async with conn.begin():
            for group in groups:
                await self._attempt(conn, group)

    async def _alone(self, conn: WriteConn, jobs: list[_Job[Any]]) -> bool:
        """Work without a savepoint, as nobody else's is lost with it; tell whether it is over."""
        transaction = Transaction(conn, self._heads)
        failure: Exception | None = None
        try:
            async with conn.begin():
                try:
                    with translated(self._place):
                        await _work(transaction, jobs)
                except Exception as error:
                    failure = error
                    raise
        except Exception as error:
            self._heads.clear()
            if error is not failure:
                raise
            if _collided(error):
                return False  # another process wrote: once more, with some patience
            for job in jobs:
                job.error = error
        else:
            jobs[-1].hooks = transaction.after_commit
        return True

    async def _attempt(self, conn: WriteConn, jobs: list[_Job[Any]]) -> None:
        failure: Exception
        for _ in range(MAX_TRIES):
            transaction = Transaction(conn, self._heads)
            inner: Exception | None = None
            try:
                async with conn.begin_nested():
                    try:
                        with translated(self._place):
                            await _work(transaction, jobs)
                    except Exception as error:
                        inner = error
                        raise
            except Exception as error:
                self._heads.clear()
                failure = inner or error
                if isinstance(conn, HeldConnection) and not conn.in_transaction:
                    # A full disk made SQLite roll back all of it, other jobs of the batch too.
                    raise failure from None
                if not _collided(failure):
                    break
            else:
                jobs[-1].hooks = transaction.after_commit
                return
        for job in jobs:
            job.error = failure

    @staticmethod
    def _answer(job: _Job[Any]) -> None:
        if job.done.cancelled():
            return
        if job.error is not None:
            job.done.set_exception(job.error)
            job.done.exception()  # a caller that was cancelled does not come back for it
        else:
            job.done.set_result(job.result)


def _collided(error: Exception) -> bool:
    """Tell whether another process wrote the same rows at the same time: the work is done anew."""
    if isinstance(error, IntegrityError):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in COLLISIONS


_ALONE = object()


def _groups(jobs: list[_Job[Any]]) -> list[list[_Job[Any]]]:
    groups: list[list[_Job[Any]]] = []
    for job in jobs:
        alike = groups and job.item is not _ALONE and groups[-1][0].work is job.work
        if alike:
            groups[-1].append(job)
        else:
            groups.append([job])
    return groups


async def _work(transaction: Transaction, jobs: list[_Job[Any]]) -> None:
    if jobs[0].item is _ALONE:
        jobs[0].result = await cast(Work[Any], jobs[0].work)(transaction)
        return
    bulk = cast(BulkWork, jobs[0].work)
    results = await bulk(transaction, [job.item for job in jobs])
    for job, result in zip(jobs, results, strict=True):
        job.result = result
