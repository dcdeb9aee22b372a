"""Opening, migrating, and what happens when the disk does not want to."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from jupyter_sessions.errors import BadRequest, StorageReadOnly
from jupyter_sessions.storage import sqlite as sqlite_module
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.storage.schema import HEAD, metadata
from jupyter_sessions.storage.sqlite import file_system, journal_mode


def _compare(connection):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    opts = {"compare_type": False, "include_name": _is_ours}
    context = MigrationContext.configure(connection, opts=opts)
    return compare_metadata(context, metadata)


def _is_ours(name, kind, _parents):
    of_fts5 = kind == "table" and name.startswith("search_index")
    return not of_fts5 and name != "ix_search_entry_words"  # GIN, in PostgreSQL only


async def test_migrations_give_the_tables_of_the_schema(database):
    async def compare(conn):
        if database.kind == "sqlite":
            return _compare(conn.sync_connection)
        return await conn.run_sync(_compare)

    assert await database.query(compare) == []
    async with database.read() as conn:
        version = (await conn.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    assert version == HEAD


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(db_url, database):
    async def pretend(transaction):
        await transaction.conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    await database.write(pretend)
    with pytest.raises(BadRequest, match="newer version"):
        await open_database(db_url)


async def test_opening_twice_migrates_once(db_url, database):
    again = await open_database(db_url)
    await again.close()


async def test_the_file_is_private(tmp_path):
    path = tmp_path / "deep" / "sessions.db"
    opened = await open_database(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    await opened.close()


async def test_sqlite_is_written_with_full_synchronisation_in_wal_mode(tmp_path):
    opened = await open_database(f"sqlite:///{tmp_path / 'sessions.db'}")

    async def pragmas(transaction):
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [(await transaction.conn.execute(text(f"PRAGMA {n}"))).scalar() for n in names]

    assert await opened.write(pragmas) == ["wal", 2, 1]
    await opened.close()


async def test_readers_cannot_write(tmp_path):
    opened = await open_database(f"sqlite:///{tmp_path / 'sessions.db'}")
    with pytest.raises(StorageReadOnly):
        async with opened.read() as conn:
            await conn.execute(text("DELETE FROM project"))
    await opened.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
async def test_other_databases_are_refused_with_a_sentence(url):
    with pytest.raises(BadRequest, match="SessionsApp.db_url"):
        await open_database(url)


async def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageReadOnly, match="cannot be"):
        await open_database(f"sqlite:///{tmp_path / 'file' / 'sessions.db'}")


def test_the_journal_is_truncated_on_a_network_file_system(tmp_path, monkeypatch):
    # Replaced: there is no network file system on a test machine.
    monkeypatch.setattr(sqlite_module, "file_system", lambda path: "nfs4")
    assert journal_mode(tmp_path) == "TRUNCATE"


@pytest.mark.skipif(not Path("/proc/self/mounts").exists(), reason="needs /proc")
def test_the_file_system_is_read_from_the_mounts():
    assert file_system(Path("/proc/self")) == "proc"
    assert os.path.exists("/proc/self")
