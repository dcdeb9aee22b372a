"""Notebooks that are open in jupyter_collaboration: real rooms, a real second person."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from pycrdt import Assoc

from jupyter_sessions.actions.notebooks import NotebookEditor
from jupyter_sessions.actions.places import Call
from jupyter_sessions.branches.cell_edits import CellEdits
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.syncing import keeper, sync
from jupyter_sessions.errors import NotFound, StaleCell
from jupyter_sessions.models.live import (
    CellDetails,
    CellInsert,
    CellOutputs,
    NotebookChanged,
    NotebookDetails,
)
from jupyter_sessions.notebooks.cells import source_hash
from jupyter_sessions.storage.database import Database
from jupyter_sessions.workspace.kernels import Kernels
from tests.branches.shelves import get_branch, kinds
from tests.projects import add_project_rows, add_run_rows, shelf_of

from .conftest import PROJECT


@pytest.fixture
def edits(documents: Documents) -> CellEdits:
    return CellEdits(documents)


def sources(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


async def test_an_edit_reaches_everyone_and_the_file(
    edits: CellEdits, notebook: Callable[..., Path], open_room: Any, news: list[NotebookChanged]
) -> None:
    path = notebook("x = 1", "y")
    peer = await open_room()
    await edits.edit(PROJECT, "n.ipynb", "a", "x = 2", source_hash("x = 1"))
    assert sources(path) == ["x = 2", "y"]
    await peer.sees(lambda: peer.sources() == ["x = 2", "y"])
    assert [(change.shared, change.hash) for change in news] == [(True, None)]
    await peer.close()


async def test_what_the_peer_types_is_seen_before_it_is_saved(
    edits: CellEdits, documents: Documents, notebook: Callable[..., Path], open_room: Any
) -> None:
    path = notebook("x = 1")
    peer = await open_room()
    peer.notebook.set_cell(0, source="x = 10")
    async with asyncio.timeout(10):
        while (await documents.read("n.ipynb")).cell("a")["source"] != "x = 10":
            await asyncio.sleep(0.01)
    with pytest.raises(StaleCell):
        await edits.edit(PROJECT, "n.ipynb", "a", "x = 2", source_hash("x = 1"))
    await edits.insert(PROJECT, "n.ipynb", "new")
    assert sources(path) == ["x = 10", "new"]
    await peer.close()


async def test_the_peers_caret_stays_where_it_is(
    edits: CellEdits, notebook: Callable[..., Path], open_room: Any
) -> None:
    notebook("first\nsecond\nthird")
    peer = await open_room()
    text = peer.notebook.ycells[0]["source"]
    caret = text.sticky_index(len("first\nsecond\nth"), Assoc.BEFORE)
    await edits.edit(
        PROJECT, "n.ipynb", "a", "FIRST LINE\nsecond\nthird", source_hash("first\nsecond\nthird")
    )
    await peer.sees(lambda: peer.sources()[0].startswith("FIRST"))
    assert caret.get_index() == len("FIRST LINE\nsecond\nth")
    await peer.close()


async def test_cells_are_inserted_moved_and_deleted_for_everyone(
    edits: CellEdits, notebook: Callable[..., Path], open_room: Any
) -> None:
    path = notebook("a", "b", "c")
    peer = await open_room()
    await edits.insert(PROJECT, "n.ipynb", "top", cell_type="markdown", after=None)
    await edits.move(PROJECT, "n.ipynb", "a", "c")
    await edits.delete(PROJECT, "n.ipynb", "b", source_hash("b"))
    await peer.sees(lambda: peer.sources() == ["top", "c", "a"])
    assert sources(path) == ["top", "c", "a"]
    nbformat.validate(nbformat.read(path, as_version=4))
    await peer.close()


async def test_outputs_grow_for_everyone_and_are_saved_at_the_end(
    edits: CellEdits, documents: Documents, notebook: Callable[..., Path], open_room: Any
) -> None:
    path = notebook("a")
    peer = await open_room()

    def outputs() -> Any:
        return peer.notebook.get()["cells"][0]["outputs"]

    grown = ""
    for n in range(5):
        grown += f"{n}\n"
        stream = {"output_type": "stream", "name": "stdout", "text": grown}
        op = CellOutputs(cell_id="a", outputs=[stream], execution_count=1, running=True)
        await documents.show(PROJECT, "n.ipynb", op)
    await peer.sees(lambda: outputs() == [stream])
    assert peer.notebook.ycells[0]["execution_state"] == "running"
    last = [stream, {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}]
    assert await edits.set_outputs(PROJECT, "n.ipynb", "a", last, 7)
    await peer.sees(lambda: outputs() == last)
    assert peer.notebook.ycells[0]["execution_state"] == "idle"
    cell = nbformat.read(path, as_version=4).cells[0]
    assert (cell.execution_count, len(cell.outputs)) == (7, 2)
    shorter = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    await edits.set_outputs(PROJECT, "n.ipynb", "a", shorter, 8)
    await peer.sees(lambda: outputs() == shorter)
    await peer.close()


async def test_outputs_of_a_cell_that_is_gone_are_dropped(
    edits: CellEdits, documents: Documents, notebook: Callable[..., Path], open_room: Any
) -> None:
    notebook("a")
    peer = await open_room()
    op = CellOutputs(cell_id="zz", outputs=[], execution_count=1, running=True)
    await documents.show(PROJECT, "n.ipynb", op)
    assert not await edits.set_outputs(PROJECT, "n.ipynb", "zz", [], 1)
    with pytest.raises(NotFound):
        await edits.move(PROJECT, "n.ipynb", "a", "zz")
    assert peer.sources() == ["a"]
    await peer.close()


async def test_people_and_agent_at_once_lose_nothing(
    edits: CellEdits, notebook: Callable[..., Path], open_room: Any
) -> None:
    path = notebook("a", "")
    peer = await open_room()

    async def type_in() -> None:
        text = peer.notebook.ycells[1]["source"]
        for n in range(50):
            text += f"{n} "
            await asyncio.sleep(0.01)

    async def insert() -> None:
        for n in range(10):
            await edits.insert(PROJECT, "n.ipynb", f"agent {n}")

    await asyncio.gather(type_in(), insert())
    typed = "".join(f"{n} " for n in range(50))
    wanted = ["a", typed, *(f"agent {n}" for n in range(10))]
    await peer.sees(lambda: peer.sources() == wanted)
    async with asyncio.timeout(10):
        while sources(path) != wanted:
            await asyncio.sleep(0.05)
    await peer.close()


async def test_without_a_room_the_file_is_written_and_a_later_room_reads_it(
    edits: CellEdits, notebook: Callable[..., Path], open_room: Any, news: list[NotebookChanged]
) -> None:
    path = notebook("a")
    await edits.insert(PROJECT, "n.ipynb", "before")
    assert news[0].hash is not None
    assert not news[0].shared
    peer = await open_room()
    assert peer.sources() == ["a", "before"]
    await edits.insert(PROJECT, "n.ipynb", "after")
    await peer.sees(lambda: peer.sources() == ["a", "before", "after"])
    assert sources(path) == ["a", "before", "after"]
    await peer.close()


async def test_a_room_reads_a_file_that_was_written_while_its_people_were_away(
    edits: CellEdits, notebook: Callable[..., Path], open_room: Any, ydoc: Any
) -> None:
    notebook("a")
    peer = await open_room()
    await edits.insert(PROJECT, "n.ipynb", "together")
    await peer.close()
    await edits.insert(PROJECT, "n.ipynb", "alone")
    peer = await open_room()
    await peer.sees(lambda: peer.sources() == ["a", "together", "alone"])
    await peer.close()


async def test_a_notebook_without_ids_keeps_those_of_the_room(
    edits: CellEdits, documents: Documents, jp_root_dir: Path, open_room: Any
) -> None:
    old = nbformat.v4.new_notebook(nbformat_minor=4)
    old.cells = [nbformat.v4.new_code_cell(source) for source in ("a", "b")]
    for cell in old.cells:
        del cell["id"]
    path = jp_root_dir / "n.ipynb"
    path.write_text(json.dumps(old))
    peer = await open_room()
    seen = [cell["id"] for cell in (await documents.read("n.ipynb")).content["cells"]]
    assert seen == [str(cell["id"]) for cell in peer.notebook.ycells]
    await edits.edit(PROJECT, "n.ipynb", seen[1], "c", source_hash("b"))
    assert sources(path) == ["a", "c"]
    await peer.close()


async def test_where_saving_is_off_the_room_saves_when_people_do(
    edits: CellEdits, notebook: Callable[..., Path], open_room: Any, ydoc: Any
) -> None:
    path = notebook("a")
    peer = await open_room()
    room = next(iter(ydoc.ywebsocket_server.rooms.values()))
    room.awareness.set_local_state({"autosave": False})
    await asyncio.wait_for(edits.insert(PROJECT, "n.ipynb", "x"), 2)
    await peer.sees(lambda: peer.sources() == ["a", "x"])
    assert sources(path) == ["a"]
    await peer.close()


async def test_collaboration_that_is_switched_off_is_left_alone(
    edits: CellEdits, notebook: Callable[..., Path], ydoc: Any, news: list[NotebookChanged]
) -> None:
    ydoc.disable_rtc = True
    path = notebook("a")
    await edits.insert(PROJECT, "n.ipynb", "x")
    assert sources(path) == ["a", "x"]
    assert news[0].hash is not None


async def test_a_cell_that_runs_is_followed_by_everyone(
    documents: Documents,
    notebook: Callable[..., Path],
    open_room: Any,
    jp_serverapp: Any,
    sqlite: Database,
) -> None:
    path = notebook("print('one', flush=True)\nimport time; time.sleep(60)")
    app, events = jp_serverapp, []
    kernels = Kernels(app.session_manager, app.kernel_manager)
    row = await add_project_rows(sqlite, path.parent)
    shelf = shelf_of(sqlite, row, ProjectFolder(path.parent), documents)
    run = await add_run_rows(sqlite, shelf)
    editor = NotebookEditor(shelf, kernels)

    async def append(kind: Any, data: Any, /, *, actor: str = "agent") -> Any:
        events.append(data)

    peer = await open_room()
    call = Call(run.session_id, run.id, "c", append)
    work = asyncio.create_task(editor.run(call, "n.ipynb", "a"))

    def text() -> str:
        return "".join(o.get("text", "") for o in peer.notebook.get()["cells"][0]["outputs"])

    await peer.sees(lambda: text() == "one\n")
    assert peer.notebook.ycells[0]["execution_state"] == "running"
    peer.notebook.set_cell(0, source="typed while it runs")
    assert await editor.interrupt(run.session_id)
    run = await work
    assert (run.kept, run.executed.status) == (True, "interrupted")
    await peer.sees(lambda: peer.notebook.ycells[0]["execution_state"] == "idle")
    cell = nbformat.read(path, as_version=4).cells[0]
    assert [output.output_type for output in cell.outputs] == ["stream", "error"]
    assert cell.source == "typed while it runs"
    assert events[0].source.startswith("print('one'")
    await peer.close()


async def test_details_reach_everyone_and_leave_trust_as_it_is(
    documents: Documents, notebook: Callable[..., Path], open_room: Any
) -> None:
    path = notebook("a", "b")
    peer = await open_room()
    cells, meta = peer.notebook.ycells, peer.notebook.get()["metadata"]
    cells[0]["metadata"]["trusted"] = True
    cells[0]["metadata"]["tags"] = ["old"]
    async with asyncio.timeout(10):
        while (await documents.read("n.ipynb")).cell("a")["metadata"] != {"tags": ["old"]}:
            await asyncio.sleep(0.01)
    image = {"a.png": {"image/png": "AAAA"}}
    markdown = {"id": "m", "cell_type": "markdown", "metadata": {}, "source": "![](a.png)"}
    await documents.edit(
        PROJECT,
        "n.ipynb",
        lambda _: [
            CellInsert(cell=markdown, after="b"),
            CellDetails(cell_id="a", metadata={"name": "x"}, attachments=None),
            CellDetails(cell_id="m", metadata={}, attachments=image),
            NotebookDetails(metadata=meta | {"toc": {"depth": 2}}),
        ],
    )
    await peer.sees(lambda: peer.notebook.get()["metadata"].get("toc") == {"depth": 2})
    seen = peer.notebook.get()["cells"]
    assert seen[0]["metadata"] == {"name": "x", "trusted": True}
    assert seen[2]["attachments"] == image
    written = nbformat.read(path, as_version=4)
    assert written.cells[0].metadata == {"name": "x"}
    assert written.metadata["toc"] == {"depth": 2}
    nbformat.validate(written)
    gone = CellDetails(cell_id="m", metadata={}, attachments=None)
    await documents.edit(PROJECT, "n.ipynb", lambda _: [gone])
    await peer.sees(lambda: "attachments" not in peer.notebook.get()["cells"][2])
    await peer.close()


async def test_the_file_that_a_room_has_not_saved_yet_is_not_taken_for_a_change(
    documents: Documents, notebook: Callable[..., Path], open_room: Any, sqlite: Database
) -> None:
    path = notebook("a")
    row = await add_project_rows(sqlite, path.parent)
    shelf = shelf_of(sqlite, row, ProjectFolder(path.parent), documents)
    main = await get_branch(shelf)
    peer = await open_room()
    edits = CellEdits(documents, keeper(shelf, main, "n.ipynb", By("agent")))
    editing = asyncio.create_task(edits.insert(row.id, "n.ipynb", "x"))
    await peer.sees(lambda: peer.sources() == ["a", "x"])
    await sync(shelf, main, "n.ipynb")
    await editing
    await sync(shelf, main, "n.ipynb")
    assert await kinds(shelf, main) == ["save", "run"]
    await peer.close()
