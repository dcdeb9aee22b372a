"""Kernels of notebooks on a real server, started as JupyterLab starts them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ..server.conftest import api, jp_server_config, project, session

__all__ = ["api", "jp_server_config", "project", "session"]

EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@dataclass
class Ran:
    """What came of a cell."""

    status: str = ""
    text: str = ""
    """What was printed."""
    value: dict[str, Any] = field(default_factory=dict)
    """The cell's value, by media type."""
    error: dict[str, Any] = field(default_factory=dict)
    displays: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """What each display has shown, one after the other, by its id."""

    @property
    def shown(self) -> str:
        """What the only display shows in the end, as Markdown."""
        [states] = self.displays.values()
        return str(states[-1]["text/markdown"])


@dataclass
class Notebook:
    """A notebook in a project, and its kernel."""

    path: str
    kernel_id: str
    client: Any
    manager: Any

    def send(self, code: str) -> str:
        """Send a cell; return the id of the request."""
        return str(self.client.execute(code))

    async def run(self, code: str) -> Ran:
        """Run a cell, and wait for all that comes of it."""
        return await self.finish(self.send(code))

    async def finish(self, request: str) -> Ran:
        async with asyncio.timeout(60):
            ran = Ran()
            while True:
                message = await self.client.get_iopub_msg(timeout=None)
                if message["parent_header"].get("msg_id") == request and self._add(ran, message):
                    break
            while True:
                reply = await self.client.get_shell_msg(timeout=None)
                if reply["parent_header"].get("msg_id") == request:
                    ran.status = reply["content"]["status"]
                    return ran

    async def runs_beside(self) -> None:
        """Wait until a cell of the agent is on its way in this kernel, which waits."""
        async with asyncio.timeout(30):
            while True:
                message = self.client.session.msg("list_subshell_request")
                self.client.control_channel.send(message)
                reply = await self.client.get_control_msg(timeout=None)
                if reply["content"].get("subshell_id"):
                    return

    def _add(self, ran: Ran, message: dict[str, Any]) -> bool:
        content = message["content"]
        match message["header"]["msg_type"]:
            case "stream":
                ran.text += content["text"]
            case "execute_result":
                ran.value = content["data"]
            case "error":
                ran.error = content
            case "display_data" | "update_display_data":
                name = content["transient"].get("display_id", "")
                ran.displays.setdefault(name, []).append(content["data"])
            case "status":
                return bool(content["execution_state"] == "idle")
        return False


@pytest.fixture
def open_notebook(jp_fetch, jp_serverapp, jp_root_dir, jp_asyncio_loop):
    """Make a notebook and start its kernel: ``await open_notebook("folder/name.ipynb")``."""
    clients = []

    async def start(path: str) -> Notebook:
        file = Path(jp_root_dir) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(EMPTY))
        body = {"path": path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        answer = await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
        kernel_id = json.loads(answer.body)["kernel"]["id"]
        manager = jp_serverapp.kernel_manager.get_kernel(kernel_id)
        client = manager.client()
        client.session.session = uuid4().hex  # the server's own clients share that of the manager
        client.start_channels(hb=False)
        clients.append(client)
        await client.wait_for_ready(timeout=60)
        return Notebook(path, kernel_id, client, manager)

    yield start
    for client in clients:
        client.stop_channels()


@pytest.fixture
def notebook(open_notebook, project, jp_asyncio_loop) -> Notebook:
    """A notebook in the project."""
    made: Notebook = jp_asyncio_loop.run_until_complete(
        open_notebook(f"{project['path']}/work.ipynb")
    )
    return made
