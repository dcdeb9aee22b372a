"""A notebook of a project with its kernel, as a front end has them; and its forks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tornado.httpclient import HTTPClientError

from tests.workspace.forking.conftest import Kernel

NAMES = "abcdefghij"


@dataclass
class Notebook:
    """``work.ipynb`` of a project, whose cells are called a, b, c, …"""

    api: Callable[..., Awaitable[Any]]
    attach: Callable[[str], Awaitable[Kernel]]
    sessions: Any
    branches: str
    file: Path
    path: str

    def write(self, *sources: str) -> None:
        """Have these cells; one that begins with ``#`` is text."""
        cells = [
            new_markdown_cell(source, id=name)
            if source.startswith("# ")
            else new_code_cell(source, id=name)
            for name, source in zip(NAMES, sources, strict=False)
        ]
        self.file.write_text(json.dumps(new_notebook(cells=cells)))

    def sources(self, file: Path | None = None) -> dict[str, str]:
        """Return the cells of the notebook, or of another file, by their names."""
        cells = json.loads((file or self.file).read_text())["cells"]
        return {cell["id"]: "".join(cell["source"]) for cell in cells}

    async def start(self, path: str | None = None) -> Kernel:
        """Start a kernel, as JupyterLab does, or find the one that a notebook has."""
        path = path or self.path
        for session in await self.sessions.list_sessions():
            if session["path"] == path:
                return await self.attach(session["kernel"]["id"])
        session = await self.sessions.create_session(
            path=path, name=path.rpartition("/")[2], type="notebook", kernel_name="python3"
        )
        return await self.attach(session["kernel"]["id"])

    async def kernels(self) -> list[str]:
        return [session["path"] for session in await self.sessions.list_sessions()]

    async def run(self, kernel: Kernel, *names: str) -> list[str]:
        """Run cells, and write their numbers down as a save does."""
        shown = []
        for name in names:
            shown.append(await kernel.run(self.sources()[name]))
            number = int(await kernel.run_silently("len(In) - 1"))
            content = json.loads(self.file.read_text())
            for cell in content["cells"]:
                if cell["id"] == name:
                    cell["execution_count"] = number
            self.file.write_text(json.dumps(content))
        return shown

    async def probe(self, cell: str, branch: str = "main", **more: Any) -> Any:
        body = {"notebook": "work.ipynb", "cell_id": cell, **more}
        return await self.api("POST", f"{self.branches}/{branch}/fork/probe", body)

    async def fork(self, cell: str, name: str = "Try", branch: str = "main", **more: Any) -> Any:
        body = {"notebook": "work.ipynb", "cell_id": cell, "name": name, **more}
        return await self.api("POST", f"{self.branches}/{branch}/fork", body)

    async def ended(self, branch: str) -> Any:
        """Wait until the cells that run again have ended; return how."""
        return await self.until(branch, lambda told: told["state"] != "running")

    async def until(self, branch: str, condition: Callable[[Any], bool]) -> Any:
        path = f"{self.branches}/{branch}/fork/progress"
        async with asyncio.timeout(60):
            while not condition(told := await self.api("GET", path)):
                await asyncio.sleep(0.02)
        return told


async def refused(call: Awaitable[Any]) -> tuple[int, Any]:
    """Return status and body of a call that is refused."""
    with pytest.raises(HTTPClientError) as caught:
        await call
    return caught.value.code, json.loads(caught.value.response.body)


async def names(notebook: Notebook) -> list[str]:
    """Return the branches that are not deleted."""
    items = (await notebook.api("GET", notebook.branches))["items"]
    return [each["name"] for each in items if each["status"] != "deleted"]
