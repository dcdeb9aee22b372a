"""A real server with our extension, on a database of its own."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest


@pytest.fixture
def jp_server_config(tmp_path):
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_sessions": True, "jupyter_server_terminals": True},
            # every handler must say who may call it
            "allow_unauthenticated_access": False,
            "reraise_server_extension_failures": True,
        },
        "SessionsApp": {"db_url": f"sqlite:///{tmp_path / 'db' / 'sessions.db'}"},
    }


Api = Callable[..., Awaitable[Any]]


@pytest.fixture
def api(jp_fetch) -> Api:
    """Call the REST API: ``await api("POST", "projects", {"name": "x"})`` returns the parsed answer."""

    async def call(verb: str, path: str, body: Any = None, **params: str) -> Any:
        response = await jp_fetch(
            "jupyter-sessions",
            *path.split("/"),
            method=verb,
            params=params,
            body=None if body is None else json.dumps(body),
            allow_nonstandard_methods=True,
        )
        return json.loads(response.body) if response.body else None

    return call


@pytest.fixture
def project(api, jp_asyncio_loop):
    return jp_asyncio_loop.run_until_complete(
        api("POST", "projects", {"name": "Churn analysis"})
    )


@pytest.fixture
def session(api, project, jp_asyncio_loop):
    return jp_asyncio_loop.run_until_complete(
        api("POST", f"projects/{project['id']}/sessions", {"name": "Model"})
    )
