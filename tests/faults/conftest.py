"""Servers in processes of their own: these tests have no event loop."""

from __future__ import annotations

import pytest

from tests.process import Server


@pytest.fixture
def jp_asyncio_loop():
    return None


@pytest.fixture
def jp_server_cleanup():
    return None


@pytest.fixture
def make_server(tmp_path):
    """Make servers, with options; they are stopped after the test."""
    made = []

    def make(*options: str) -> Server:
        made.append(Server(tmp_path / f"home{len(made)}", *options))
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def server(make_server):
    made = make_server()
    made.start()
    return made
