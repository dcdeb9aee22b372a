"""A real server with our extension, on a database of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.agent.scripted import Script
from tests.databases import new_sqlite
from tests.server.forked import Notebook
from tests.workspace.forking.conftest import attach  # noqa: F401 - a fixture


@pytest.fixture
def jp_server_config(tmp_path):
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_sessions": True, "jupyter_server_terminals": True},
            # every handler must say who may call it
            "allow_unauthenticated_access": False,
            "reraise_server_extension_failures": True,
        },
        "SessionsApp": {
            "db_url": new_sqlite(tmp_path / "db" / "sessions.db"),
            "model_backoff": 0.01,
            "model_timeout": 1.0,
            "model_attempts": 3,
        },
    }


Api = Callable[..., Awaitable[Any]]


@pytest.fixture
def api(jp_fetch) -> Api:
    """Call the REST API: ``await api("POST", "projects", {"name": "x"})`` gives the answer."""

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
def get_escaped(jp_serverapp, http_server_client) -> Callable[..., Awaitable[Any]]:
    """Ask for a path that is escaped already: ``jp_fetch`` cannot send ``%2F``."""

    async def get(path: str) -> Any:
        url = f"{jp_serverapp.base_url}jupyter-sessions/{path}"
        headers = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
        return json.loads((await http_server_client.fetch(url, headers=headers)).body)

    return get


@pytest.fixture
def project(api, jp_asyncio_loop):
    return jp_asyncio_loop.run_until_complete(api("POST", "projects", {"name": "Churn analysis"}))


@pytest.fixture
def session(api, project, jp_asyncio_loop):
    return jp_asyncio_loop.run_until_complete(
        api("POST", f"projects/{project['id']}/sessions", {"name": "Model"})
    )


@pytest.fixture
def backend(jp_serverapp, jp_asyncio_loop):
    """What the handlers of the running server work with."""
    app = jp_serverapp.web_app.settings["jupyter_sessions"]
    return jp_asyncio_loop.run_until_complete(app.backend())


@pytest.fixture
def script(backend):
    """Give the model ``test:script`` a script: ``script("text", [("tool", {...})], ...)``."""

    def give(*answers: Any) -> Script:
        made = Script(list(answers))
        backend.models.register("test:script", made.model)
        return made

    return give


@pytest.fixture
def conversation(api, project, session) -> Conversation:
    return Conversation(api, project, session)


class Conversation:
    """Talks to the agent of a session, over the API."""

    def __init__(self, api: Api, project: Any, session: Any) -> None:
        self.api = api
        self.project = f"projects/{project['id']}"
        self.path = f"{self.project}/sessions/{session['id']}"

    async def send(self, text: str, model: str = "test:script", **more: Any) -> Any:
        return await self.api(
            "POST", f"{self.path}/messages", {"text": text, "model": model, **more}
        )

    async def ended(self, run: Any) -> Any:
        """Wait until the run has ended, and return it."""
        return await self.until(lambda now: now["completed_at"], f"{self.project}/runs/{run['id']}")

    async def until(self, condition: Callable[[Any], Any], path: str | None = None) -> Any:
        """Wait until ``condition`` holds for what ``path`` (default: the session) answers."""
        async with asyncio.timeout(60):
            while not condition(now := await self.api("GET", path or self.path)):
                await asyncio.sleep(0.02)
        return now

    async def say(self, text: str, **more: Any) -> Any:
        """Send a message, wait for its run, and return the run."""
        return await self.ended(await self.send(text, **more))

    async def events(self, *types: str) -> list[Any]:
        page = await self.api("GET", f"{self.path}/events", limit="1000")
        return [each for each in page["items"] if not types or each["type"] in types]

    async def seen(self, kind: str, count: int = 1) -> list[Any]:
        """Wait until the log has ``count`` events of a type."""
        async with asyncio.timeout(60):
            while len(found := await self.events(kind)) < count:
                await asyncio.sleep(0.02)
        return found


@pytest.fixture
def notebook(api, project, jp_root_dir, jp_serverapp, attach):  # noqa: F811
    """``work.ipynb`` of the project, which can be run and forked."""
    file = jp_root_dir / project["path"] / "work.ipynb"
    branches = f"projects/{project['id']}/branches"
    path = f"{project['path']}/work.ipynb"
    return Notebook(api, attach, jp_serverapp.session_manager, branches, file, path)
