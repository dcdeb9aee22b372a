"""Notebooks that are open together in ``jupyter_collaboration``: the live document of a room.

The file below a room is the room's to write. Everything here runs on the event loop, as the shared
documents themselves do. ``YNotebook`` is https://jupyter-ydoc.readthedocs.io/en/latest/schema.html.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from ..errors import Conflict
from ..models.live import (
    CellDelete,
    CellDetails,
    CellEdit,
    CellInsert,
    CellMove,
    CellOp,
    CellOutputs,
    NotebookDetails,
)
from ..notebooks.cells import Notebook, normalize

SAVE_SECONDS = 10.0
LOAD_SECONDS = 30.0


class Rooms:
    """The rooms of ``jupyter_server_ydoc``; none when it is not there."""

    def __init__(self, extension: Callable[[], Any]) -> None:
        """``extension`` returns the ``YDocExtension`` of the server, or ``None``."""
        self._extension = extension

    @asynccontextmanager
    async def document(self, path: str) -> AsyncIterator[Room | None]:
        """Give the live document of a path; or ``None``, and keep a room from opening meanwhile."""
        extension = self._extension()
        if extension is None or extension.disable_rtc:
            yield None
            return
        if (room := await self._find(extension, path)) is not None:
            yield room
            return
        async with extension._room_locks[_room_id(extension, path)]:
            opened = extension.ywebsocket_server.rooms.get(_room_id(extension, path))
            if opened is None:
                yield None
                return
        # It was opened between the two looks.
        yield await self._find(extension, path)

    async def _find(self, extension: Any, path: str) -> Room | None:
        live = await extension.get_document(
            path=path, content_type="notebook", file_format="json", copy=False
        )
        if live is None:
            return None
        room = extension.ywebsocket_server.rooms.get(_room_id(extension, path))
        if room is None:
            return None
        try:
            async with asyncio.timeout(LOAD_SECONDS):
                # The room has no event for it.
                while not room.ready or room._update_lock.locked():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise Conflict(
                f"{path!r} is open with others, but its shared document does not load. "
                "Close and open it again."
            ) from None
        return Room(live, room)


def _room_id(extension: Any, path: str) -> str:
    settings = extension.serverapp.web_app.settings
    return f"json:notebook:{settings['file_id_manager'].index(path)}"


class Room:
    """One open room."""

    def __init__(self, document: Any, room: Any) -> None:
        self._document, self._room = document, room

    async def read(self) -> Notebook:
        """Return the notebook as everyone sees it now."""
        content = await self._document.aget()
        if content.get("nbformat_minor", 5) < 5:
            # The ids that everyone there uses, which older formats cannot write down.
            for cell, live in zip(content["cells"], self._document.ycells, strict=True):
                cell["id"] = live.get("id")
        return normalize(content)

    def apply(self, ops: list[CellOp], *, trusted: bool = True) -> None:
        """Change the live document, in one transaction.

        ``trusted``: new outputs may be shown as they are, as those of a run may.
        """
        with self._document.ydoc.transaction():
            if (self._document._ymeta.get("nbformat_minor") or 0) < 5:
                self._document._ymeta["nbformat_minor"] = 5
            for op in ops:
                self._apply(op, trusted)

    async def saved(self, seconds: float = SAVE_SECONDS) -> bool:
        """Wait until the room has written its file; tell whether it has.

        The room saves a second after the last change. Where everyone there has turned saving off,
        it is theirs to save.
        """
        states = [state for state in self._room.awareness.states.values() if state]
        if states and not any(state.get("autosave", True) for state in states):
            return False
        task = self._room._save_to_disc()
        if task is None:
            task = self._room._saving_document
        end = asyncio.get_running_loop().time() + seconds
        while task is not None:
            left = end - asyncio.get_running_loop().time()
            done, _ = await asyncio.wait({task}, timeout=max(left, 0))
            if not done:
                return False
            # A later change replaces the task that waits to save.
            if self._room._saving_document is task:
                return True
            task = self._room._saving_document
        return False

    def _apply(self, op: CellOp, trusted: bool) -> None:
        cells, document = self._document.ycells, self._document
        match op:
            case CellInsert():
                cells.insert(self._place(op.after), document.create_ycell(op.cell))
            case CellEdit():
                document.set_cell(self._index(op.cell_id), source=op.source)
            case CellDelete():
                del cells[self._index(op.cell_id)]
            case CellMove():
                if op.after != op.cell_id:
                    index = self._index(op.cell_id)
                    cell = document.get_cell(index)
                    del cells[index]
                    cells.insert(self._place(op.after), document.create_ycell(cell))
            case CellOutputs():
                self._set_outputs(cells[self._index(op.cell_id)], op, trusted)
            case CellDetails():
                self._set_details(cells[self._index(op.cell_id)], op)
            case NotebookDetails():
                _set_keys(document._ymeta["metadata"], op.metadata)

    def _set_details(self, cell: Any, op: CellDetails) -> None:
        # Whether a cell is trusted is known here alone: files do not say it.
        trusted = {key: value for key, value in cell["metadata"].items() if key == "trusted"}
        _set_keys(cell["metadata"], op.metadata | trusted)
        if op.attachments is not None:
            cell["attachments"] = op.attachments
        elif "attachments" in cell:
            del cell["attachments"]

    def _set_outputs(self, cell: Any, op: CellOutputs, trusted: bool) -> None:
        """Change only what is new: a growing text is one insertion, not the whole anew."""
        cell["execution_state"] = "running" if op.running else "idle"
        if op.execution_count is not None or not op.running:
            cell["execution_count"] = op.execution_count
        if not trusted or "trusted" not in cell["metadata"]:
            cell["metadata"]["trusted"] = trusted
        shared = cell["outputs"]
        for index, output in enumerate(op.outputs):
            if index == len(shared):
                break
            old = shared[index].to_py()
            if old == output:
                continue
            text = output.get("text")
            grown = _is_stream(old) and _is_stream(output) and old["name"] == output["name"]
            if not (grown and isinstance(text, str) and text.startswith(old["text"])):
                del shared[index:]
                break
            live = shared[index]["text"]
            live += text[len(old["text"]) :]
        if len(shared) > len(op.outputs):
            del shared[len(op.outputs) :]
        shared.extend(self._document._create_youtputs(op.outputs[len(shared) :]))

    def _index(self, cell_id: str) -> int:
        for index, cell in enumerate(self._document.ycells):
            if cell.get("id") == cell_id:
                return index
        raise LookupError(cell_id)

    def _place(self, after: str | None) -> int:
        return 0 if after is None else self._index(after) + 1


def _set_keys(shared: Any, wanted: dict[str, Any]) -> None:
    """Change only the keys that differ: others may be changing the rest."""
    present = shared.to_py()
    for key in present.keys() - wanted.keys():
        del shared[key]
    for key, value in wanted.items():
        if key not in present or present[key] != value:
            shared[key] = value


def _is_stream(output: Any) -> bool:
    return bool(output.get("output_type") == "stream" and isinstance(output.get("text"), str))
