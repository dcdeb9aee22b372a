"""Databases that have their tables already: to copy one takes a tenth of what making it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import asyncpg

from jupyter_sessions.storage.database import open_database


def new_sqlite(file: Path) -> str:
    """Put a SQLite database without rows in ``file``; return its URL."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch(mode=0o600)
    file.write_bytes(_empty_sqlite())
    return f"sqlite:///{file}"


def new_postgresql(server: str) -> str:
    """Make a PostgreSQL database without rows on a server; return its URL."""
    name = f"t{uuid4().hex}"
    _run(_create(server, f'"{name}" TEMPLATE "{_empty_postgresql(server)}"'))
    return f"{server}/{name}"


@cache
def _empty_sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder, "sessions.db")
        _run(_make(f"sqlite:///{file}"))
        assert not file.with_name("sessions.db-wal").exists()
        return file.read_bytes()


@cache
def _empty_postgresql(server: str) -> str:
    name = f"empty{uuid4().hex}"
    _run(_create(server, f'"{name}"'))
    _run(_make(f"{server}/{name}"))
    return name


async def _make(url: str) -> None:
    await (await open_database(url)).close()


async def _create(server: str, what: str) -> None:
    connection = await asyncpg.connect(f"{server}/postgres")
    await connection.execute(f"CREATE DATABASE {what}")
    await connection.close()


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread: the test may have an event loop of its own, which stays the current."""
    with ThreadPoolExecutor(1) as executor:
        executor.submit(asyncio.run, work).result()
