"""Kernels of a real server, and their forks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from jupyter_sessions.models.fork import Forked
from jupyter_sessions.workspace.checkpoints import Checkpoints
from jupyter_sessions.workspace.fork_engine import ForkEngine
from jupyter_sessions.workspace.fork_points import Past
from jupyter_sessions.workspace.fork_runs import ForkRuns
from jupyter_sessions.workspace.forks import Forks
from jupyter_sessions.workspace.kernels import Kernels
from jupyter_sessions.workspace.namespaces import Loaded, Namespaces
from jupyter_sessions.workspace.saved_files import SavedFiles
from jupyter_sessions.workspace.saver import Place

PLACE = Place("project", "a.ipynb")
Start = Callable[..., Awaitable["Kernel"]]


@dataclass
class Kernel:
    """A kernel, and a front end that runs cells in it."""

    id: str
    manager: Any
    client: Any
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def pid(self) -> int:
        return int(self.manager.provisioner.pid)

    def send(self, code: str, **options: Any) -> str:
        return str(self.client.execute(code, **options))

    async def run(self, code: str) -> str:
        """Run a cell; return what it printed and its value, or the name of its error."""
        return await self.finish(self.send(code, allow_stdin=False))

    async def run_silently(self, code: str) -> str:
        """Return an expression's value; the kernel's history does not know of it."""
        request = self.client.execute(
            "", silent=True, store_history=False, user_expressions={"value": code}
        )
        async with asyncio.timeout(60):
            while True:
                reply = await self.client.get_shell_msg(timeout=None)
                if reply["parent_header"].get("msg_id") == request:
                    found = reply["content"]["user_expressions"]["value"]
                    return str(found["data"]["text/plain"])

    async def finish(self, request: str) -> str:
        text = ""
        async with asyncio.timeout(60):
            while True:
                message = await self.client.get_iopub_msg(timeout=None)
                if message["parent_header"].get("msg_id") != request:
                    continue
                kind, content = message["header"]["msg_type"], message["content"]
                if kind == "stream":
                    text += content["text"]
                elif kind in {"execute_result", "display_data"}:
                    text += str(content["data"].get("text/plain", ""))
                elif kind == "error":
                    text += content["ename"]
                elif kind == "status" and content["execution_state"] == "idle":
                    break
            while True:
                reply = await self.client.get_shell_msg(timeout=None)
                if reply["parent_header"].get("msg_id") == request:
                    return text.strip()


@pytest.fixture
def checkpoints(jp_asyncio_loop: Any) -> Iterator[Checkpoints]:
    made = Checkpoints()
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


@pytest.fixture
def forks(jp_serverapp: Any, checkpoints: Checkpoints) -> Forks:
    return Forks(jp_serverapp.session_manager, jp_serverapp.kernel_manager, checkpoints)


@pytest.fixture
def engine(
    forks: Forks, checkpoints: Checkpoints, namespaces: Namespaces, jp_serverapp: Any
) -> ForkEngine:
    kernels = Kernels(jp_serverapp.session_manager, jp_serverapp.kernel_manager)
    return ForkEngine(kernels, forks, checkpoints, ForkRuns(kernels), namespaces)


@pytest.fixture
def attach(jp_serverapp: Any, jp_asyncio_loop: Any) -> Any:
    """Open a front end on a kernel: ``await attach(kernel_id)``."""
    clients = []

    async def attach(kernel_id: str) -> Kernel:
        manager = jp_serverapp.kernel_manager.get_kernel(kernel_id)
        client = manager.client()
        client.session.session = uuid4().hex
        client.start_channels(hb=False)
        clients.append(client)
        await client.wait_for_ready(timeout=60)
        return Kernel(kernel_id, manager, client)

    yield attach
    for client in clients:
        client.stop_channels()


@pytest.fixture
def source(jp_serverapp: Any, attach: Any, jp_asyncio_loop: Any) -> Kernel:
    """The kernel of a notebook."""

    async def start() -> Kernel:
        session = await jp_serverapp.session_manager.create_session(
            path="a.ipynb", name="a.ipynb", type="notebook", kernel_name="python3"
        )
        kernel: Kernel = await attach(session["kernel"]["id"])
        return kernel

    started: Kernel = jp_asyncio_loop.run_until_complete(start())
    return started


@pytest.fixture
def fork(forks: Forks, source: Kernel, attach: Any) -> Any:
    """Fork the source: ``branch, forked = await fork("b.ipynb")``."""

    async def fork(path: str = "b.ipynb", **options: Any) -> tuple[Kernel, Forked]:
        forked = await forks.fork(source.id, path, **options)
        return await attach(forked.kernel_id), forked

    return fork


@pytest.fixture
def files(tmp_path: Path) -> SavedFiles:
    return SavedFiles(tmp_path / "saved", 10**9)


@pytest.fixture
def namespaces(jp_serverapp: Any, forks: Forks, files: SavedFiles) -> Namespaces:
    kernels = Kernels(jp_serverapp.session_manager, jp_serverapp.kernel_manager)
    return Namespaces(kernels, forks, files)


@pytest.fixture
def reload(namespaces: Namespaces, source: Kernel, attach: Any) -> Any:
    """Run cells, save, and load: ``kernel, loaded = await reload("a = 1")``."""

    async def reload(*cells: str, kernel_name: str = "python3") -> tuple[Kernel, Loaded]:
        for cell in cells:
            assert "Error" not in await source.run(cell), cell
        saved = await namespaces.save(source.id, PLACE)
        loaded = await namespaces.load(Past(saved), "b.ipynb", kernel_name)
        return await attach(loaded.kernel_id), loaded

    return reload
