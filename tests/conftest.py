"""Fixtures for all: databases of both kinds, and the server that JupyterLab is tested with."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator

import pytest

from jupyter_sessions.ids import UserId
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.storage import projects, sessions
from jupyter_sessions.storage.database import Database, open_database
from jupyter_sessions.timeline import Origin, Timeline
from tests.databases import new_postgresql, new_sqlite
from tests.ports import reserve_kernel_ports
from tests.postgres import find_binaries, running_server

pytest_plugins = ("pytest_jupyter.jupyter_server",)
SLOW = ("ui", "faults")


def pytest_configure():
    """Let Ctrl-C reach what tests start; a shell that runs them in the background hides it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    reserve_kernel_ports()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Begin with the longest files, so that no worker is left with one when the others end.

    Those of the browser come first, and together: they share what takes long to start.
    """
    if not hasattr(config, "workerinput"):
        return
    tests = Counter(item.path for item in items)

    def place(item):
        kind = item.path.parent.name
        return SLOW.index(kind) if kind in SLOW else len(SLOW), -tests[item.path]

    items.sort(key=place)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a running PostgreSQL, without a database's name."""
    binaries = find_binaries()
    if binaries is None:
        assert "CI" not in os.environ, "PostgreSQL is missing: apt-get install postgresql"
        pytest.skip("PostgreSQL is not installed")
    with running_server(binaries) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request, tmp_path) -> str:
    """URL of a database without rows, of each kind in turn."""
    if request.param == "sqlite":
        return new_sqlite(tmp_path / "data" / "sessions.db")
    return new_postgresql(request.getfixturevalue("postgresql"))


@pytest.fixture
def database(db_url, jp_asyncio_loop) -> Iterator[Database]:
    """An open database with all tables, of each kind in turn."""
    opened = jp_asyncio_loop.run_until_complete(open_database(db_url))
    yield opened
    jp_asyncio_loop.run_until_complete(opened.close())


@pytest.fixture
def sqlite(tmp_path, jp_asyncio_loop) -> Iterator[Database]:
    """An open SQLite database, for tests that are not about databases."""
    url = new_sqlite(tmp_path / "data" / "sessions.db")
    opened = jp_asyncio_loop.run_until_complete(open_database(url))
    yield opened
    jp_asyncio_loop.run_until_complete(opened.close())


@pytest.fixture
def timeline(database) -> Timeline:
    return Timeline(database)


@pytest.fixture
def scope(timeline, jp_asyncio_loop) -> Scope:
    """A project of Maya's."""
    row = jp_asyncio_loop.run_until_complete(
        timeline.write(
            lambda entry: projects.add_project(entry.conn, UserId("maya"), "P", "/p", "cpu")
        )
    )
    return row.scope


@pytest.fixture
def origin(timeline, scope, jp_asyncio_loop) -> Origin:
    """A session of the project, to append events to."""
    made = jp_asyncio_loop.run_until_complete(
        timeline.write(lambda entry: sessions.add_session(entry.conn, scope, "S"))
    )
    return Origin(scope, made.id)
