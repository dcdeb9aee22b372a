"""A server with jupyter_collaboration, and someone else who has the notebook open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_ydoc import YNotebook
from pycrdt import YMessageType, create_sync_message, create_update_message, handle_sync_message
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.ids import ProjectId
from jupyter_sessions.models.live import NotebookChanged
from jupyter_sessions.notebooks.cells import new_cell, new_notebook

PROJECT = ProjectId("01J00000000000000000000000")


@pytest.fixture
def jp_server_config(jp_root_dir: Path, tmp_path: Path) -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {
                "jupyter_server_ydoc": True,
                "jupyter_server_fileid": True,
                "jupyter_server_terminals": True,
            }
        },
        "SQLiteYStore": {"db_path": str(tmp_path / "rtc.db")},
        "BaseFileIdManager": {"root_dir": str(jp_root_dir), "db_path": str(tmp_path / "fid.db")},
        "YDocExtension": {"file_poll_interval": 0.1, "document_save_delay": 0.3},
    }


@pytest.fixture
def ydoc(jp_serverapp: Any) -> Any:
    return next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_server_ydoc"]))


@pytest.fixture
def news() -> list[NotebookChanged]:
    return []


@pytest.fixture
def documents(jp_serverapp: Any, ydoc: Any, news: list[NotebookChanged]) -> Documents:
    return Documents(
        jp_serverapp.contents_manager,
        publish=lambda project_id, changed: news.append(changed),
        ydoc=lambda: ydoc,
    )


@pytest.fixture
def notebook(jp_root_dir: Path) -> Callable[..., Path]:
    def write(*sources: str, **fields: Any) -> Path:
        content = new_notebook({"name": "python3", "display_name": "Python 3"}) | fields
        content["cells"] = [
            new_cell(chr(97 + index), "code", source) for index, source in enumerate(sources)
        ]
        path = jp_root_dir / "n.ipynb"
        path.write_text(json.dumps(content))
        return path

    return write


class Peer:
    """A second person: a document of their own, kept the same by a real WebSocket."""

    def __init__(self, socket: Any) -> None:
        self.notebook = YNotebook()
        self._socket = socket
        self._changed = asyncio.Event()
        self._synced = asyncio.Event()
        doc = self.notebook.ydoc
        self._remote = False
        self._kept = [doc.observe(self._send)]
        self._reader = asyncio.create_task(self._read())

    def _send(self, event: Any) -> None:
        if not self._remote:
            self._socket.write_message(create_update_message(event.update), binary=True)

    async def _read(self) -> None:
        doc = self.notebook.ydoc
        await self._socket.write_message(create_sync_message(doc), binary=True)
        while (message := await self._socket.read_message()) is not None:
            if message[0] != YMessageType.SYNC:
                continue
            self._remote = True
            reply = handle_sync_message(message[1:], doc)
            self._remote = False
            if reply is not None:
                await self._socket.write_message(reply, binary=True)
            self._changed.set()

    def sources(self) -> list[str]:
        return [cell["source"] for cell in self.notebook.get()["cells"]]

    async def sees(self, condition: Callable[[], bool]) -> None:
        """Wait until what this person sees is so."""
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def close(self) -> None:
        self._reader.cancel()
        self._socket.close()
        await asyncio.gather(self._reader, return_exceptions=True)


@pytest.fixture
def open_room(
    jp_fetch: Any, jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str]
) -> Callable[..., Awaitable[Peer]]:
    """Opens the notebook as a browser does."""

    async def join(path: str = "n.ipynb") -> Peer:
        asked = {"format": "json", "type": "notebook"}
        answer = await jp_fetch(
            "api", "collaboration", "session", path, method="PUT", body=json.dumps(asked)
        )
        session = json.loads(answer.body)
        room = f"json:notebook:{session['fileId']}"
        # Not with jp_ws_fetch, which escapes the colons: the server wants them plain.
        address = f"ws://127.0.0.1:{jp_http_port}{jp_base_url}api/collaboration/room/{room}"
        request = HTTPRequest(f"{address}?sessionId={session['sessionId']}", headers=jp_auth_header)
        socket = await websocket_connect(request)
        peer = Peer(socket)
        await peer.sees(lambda: len(peer.notebook.ycells) > 0)
        return peer

    return join
