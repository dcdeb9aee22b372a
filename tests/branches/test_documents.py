"""Notebooks changed through the contents manager of a real server."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

from jupyter_sessions.branches import contents
from jupyter_sessions.branches.cell_edits import CellEdits
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.errors import (
    BadRequest,
    Conflict,
    NotFound,
    StaleCell,
    StorageFull,
    StorageReadOnly,
    TooLarge,
)
from jupyter_sessions.models.live import CellEdit, CellOutputs, NotebookChanged
from jupyter_sessions.notebooks.cells import source_hash

from .conftest import PROJECT

Write = Callable[..., Path]


@pytest.fixture
def edits(documents: Documents) -> CellEdits:
    return CellEdits(documents)


def sources(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


async def test_an_edit_is_in_the_file_and_front_ends_are_told(
    edits: CellEdits, notebook: Write, news: list[NotebookChanged], jp_fetch: Any
) -> None:
    path = notebook("x = 1", "y")
    edited = await edits.edit(PROJECT, "n.ipynb", "a", "x = 2\nz", source_hash("x = 1"))
    assert (edited.lines_added, edited.lines_removed, edited.index) == (2, 1, 0)
    assert sources(path) == ["x = 2\nz", "y"]
    assert [change.ops for change in news] == [
        [CellEdit(cell_id="a", before="x = 1", source="x = 2\nz")]
    ]
    asked = await jp_fetch("api", "contents", "n.ipynb", params={"content": 0, "hash": 1})
    model = json.loads(asked.body)
    assert news[0].hash == model["hash"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert news[0].hash_algorithm == model["hash_algorithm"]
    assert news[0].last_modified == model["last_modified"]
    assert not news[0].shared


async def test_a_stale_edit_changes_nothing(
    edits: CellEdits, notebook: Write, news: list[NotebookChanged]
) -> None:
    path = notebook("x = 1")
    before = path.read_bytes()
    with pytest.raises(StaleCell, match="'a' was changed since"):
        await edits.edit(PROJECT, "n.ipynb", "a", "x = 2", source_hash("x = 0"))
    with pytest.raises(StaleCell):
        await edits.delete(PROJECT, "n.ipynb", "a", source_hash("x = 0"))
    assert path.read_bytes() == before
    assert news == []


async def test_cells_are_inserted_moved_and_deleted(
    edits: CellEdits, notebook: Write, news: list[NotebookChanged]
) -> None:
    path = notebook("a", "b")
    top = await edits.insert(PROJECT, "n.ipynb", "top", cell_type="markdown", after=None)
    await edits.insert(PROJECT, "n.ipynb", "end")
    await edits.insert(PROJECT, "n.ipynb", "mid", after="a")
    assert sources(path) == ["top", "a", "mid", "b", "end"]
    moved = await edits.move(PROJECT, "n.ipynb", "b", None)
    assert moved.index == 0
    await edits.delete(PROJECT, "n.ipynb", top.cell_id, source_hash("top"))
    assert sources(path) == ["b", "a", "mid", "end"]
    assert len(news) == 5
    nbformat.validate(nbformat.read(path, as_version=4))


async def test_missing_cells_are_said(edits: CellEdits, notebook: Write) -> None:
    notebook("a")
    with pytest.raises(NotFound, match="'zz'"):
        await edits.edit(PROJECT, "n.ipynb", "zz", "", "x")
    with pytest.raises(NotFound, match="'zz'"):
        await edits.insert(PROJECT, "n.ipynb", "", after="zz")


async def test_what_was_saved_meanwhile_is_kept(
    documents: Documents, notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = notebook("a", "b")
    tries = 0

    def change(content: Any) -> list[Any]:
        nonlocal tries
        tries += 1
        if tries == 1:  # someone saves between our look and our writing
            notebook("a", "b by someone")
        before = content["cells"][0]["source"]
        return [CellEdit(cell_id="a", before=before, source="a by us")]

    await documents.edit(PROJECT, "n.ipynb", change)
    assert tries == 2
    assert sources(path) == ["a by us", "b by someone"]


async def test_edits_at_the_same_time_are_all_there(edits: CellEdits, notebook: Write) -> None:
    path = notebook("0")
    await asyncio.gather(*(edits.insert(PROJECT, "n.ipynb", str(n)) for n in range(1, 20)))
    assert sorted(map(int, sources(path))) == list(range(20))


async def test_a_notebook_without_ids_gets_stable_ones(
    documents: Documents, edits: CellEdits, jp_root_dir: Path
) -> None:
    old = nbformat.v4.new_notebook(nbformat_minor=4)
    old.cells = [nbformat.v4.new_code_cell(source) for source in ("a", "a", "b")]
    for cell in old.cells:
        del cell["id"]
    path = jp_root_dir / "n.ipynb"
    path.write_text(json.dumps(old))
    first = [cell["id"] for cell in (await documents.read("n.ipynb")).content["cells"]]
    again = [cell["id"] for cell in (await documents.read("n.ipynb")).content["cells"]]
    assert first == again
    assert len(set(first)) == 3
    await edits.edit(PROJECT, "n.ipynb", first[2], "c", source_hash("b"))
    saved = nbformat.read(path, as_version=4)
    assert [cell.id for cell in saved.cells] == first
    assert saved.nbformat_minor == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "not json",
        '{"cells": 3}',
        '{"nbformat": 4, "cells": [{"cell_type": "weird"}]}',
        '{"nbformat": 9, "cells": []}',
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}',
        "[" * 100_000,
    ],
)
async def test_what_is_no_notebook_is_left_as_it_is(
    edits: CellEdits, jp_root_dir: Path, text: str
) -> None:
    path = jp_root_dir / "n.ipynb"
    path.write_text(text)
    with pytest.raises(BadRequest, match=r"'n.ipynb' cannot be used, and was left as it is"):
        await edits.insert(PROJECT, "n.ipynb", "x")
    assert path.read_text() == text


async def test_missing_large_and_odd_files_are_said(
    documents: Documents, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound, match=r"notebook 'gone.ipynb'"):
        await documents.read("gone.ipynb")
    (jp_root_dir / "folder.ipynb").mkdir()
    with pytest.raises(BadRequest, match="is a folder"):
        await documents.read("folder.ipynb")
    (jp_root_dir / "bytes.ipynb").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadRequest):
        await documents.read("bytes.ipynb")
    large = contents.Contents(documents._contents.manager)
    (jp_root_dir / "large.ipynb").write_text(" " * 1000)
    with pytest.raises(TooLarge, match="1 kB"):
        await large.read("large.ipynb", max_size=999)


@pytest.mark.parametrize(
    ("code", "kind"), [(errno.ENOSPC, StorageFull), (errno.EROFS, StorageReadOnly)]
)
async def test_a_full_or_read_only_disk_loses_nothing(
    edits: CellEdits,
    notebook: Write,
    news: list[NotebookChanged],
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    kind: type[Exception],
) -> None:
    path = notebook("a")
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    # A disk that is full cannot be had in a test without mounting one.
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(kind, match=r"n\.ipynb"):
        await edits.insert(PROJECT, "n.ipynb", "x")
    assert path.read_bytes() == before
    assert [name for name in os.listdir(path.parent) if name.endswith(".tmp")] == []
    assert news == []


async def test_hooks_events_and_checkpoints_are_those_of_the_server(
    edits: CellEdits, notebook: Write, jp_serverapp: Any, jp_root_dir: Path
) -> None:
    notebook("a")
    manager, seen = jp_serverapp.contents_manager, []
    manager.register_pre_save_hook(lambda model, path, **more: seen.append(("pre", path)))
    manager.register_post_save_hook(lambda model, os_path, **more: seen.append(("post", os_path)))

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        seen.append((data["action"], data["path"]))

    schema = "https://events.jupyter.org/jupyter_server/contents_service/v1"
    jp_serverapp.event_logger.add_listener(schema_id=schema, listener=listen)
    await edits.insert(PROJECT, "n.ipynb", "x")
    assert ("pre", "n.ipynb") in seen
    assert ("post", str(jp_root_dir / "n.ipynb")) in seen
    while ("save", "n.ipynb") not in seen:
        await asyncio.sleep(0.01)
    assert len(await manager.list_checkpoints("n.ipynb")) == 1


async def test_trust_survives_an_edit_and_is_given_to_what_was_run(
    edits: CellEdits, documents: Documents, notebook: Write, jp_serverapp: Any
) -> None:
    html = [{"output_type": "display_data", "data": {"text/html": "<b>"}, "metadata": {}}]
    notebook("a")
    await edits.set_outputs(PROJECT, "n.ipynb", "a", html, 1)

    async def trusted() -> bool:
        model = await jp_serverapp.contents_manager.get("n.ipynb")
        return all(cell.metadata.trusted for cell in model["content"].cells)

    assert await trusted()
    await edits.insert(PROJECT, "n.ipynb", "x")
    assert await trusted()


async def test_a_file_cannot_trust_itself(
    edits: CellEdits, notebook: Write, jp_serverapp: Any
) -> None:
    path = notebook("a")
    content = json.loads(path.read_text())
    content["cells"][0]["metadata"]["trusted"] = True
    content["cells"][0]["outputs"] = [
        {"output_type": "display_data", "data": {"text/html": "<script>"}, "metadata": {}}
    ]
    path.write_text(json.dumps(content))
    await edits.insert(PROJECT, "n.ipynb", "x")
    model = await jp_serverapp.contents_manager.get("n.ipynb")
    assert not model["content"].cells[0].metadata.trusted


async def test_the_file_is_as_jupyter_writes_it(edits: CellEdits, notebook: Write) -> None:
    path = notebook("a\nb", "ünï\n")
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "1\n2"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "x\ny", "application/json": {"a": ["b"]}, "image/png": "aGk=\n"},
            "metadata": {},
            "execution_count": 3,
        },
    ]
    await edits.set_outputs(PROJECT, "n.ipynb", "a", outputs, 3)
    text = path.read_text()
    assert text == nbformat.writes(nbformat.read(path, as_version=4)) + "\n"


async def test_the_mode_of_the_file_and_a_link_to_it_stay(
    edits: CellEdits, notebook: Write, jp_root_dir: Path
) -> None:
    path = notebook("a", name="real.ipynb")
    path.chmod(0o640)
    (jp_root_dir / "n.ipynb").symlink_to("real.ipynb")
    await edits.insert(PROJECT, "n.ipynb", "x")
    assert (jp_root_dir / "n.ipynb").is_symlink()
    assert sources(path) == ["a", "x"]
    assert path.stat().st_mode & 0o777 == 0o640


async def test_a_manager_with_its_own_way_to_save_is_left_to_it(
    edits: CellEdits, notebook: Write, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = notebook("a"), []
    kind = type(jp_serverapp.contents_manager)

    class Own(kind):  # type: ignore[misc,valid-type]
        async def save(self, model: Any, path: str = "") -> Any:
            seen.append(path)
            return await super().save(model, path)

    own = Own(parent=jp_serverapp, root_dir=jp_serverapp.root_dir)
    await CellEdits(Documents(own, publish=lambda *news: None)).insert(PROJECT, "n.ipynb", "x")
    assert seen == ["n.ipynb"]
    assert sources(path) == ["a", "x"]


async def test_outputs_that_are_coming_are_shown_and_not_written(
    documents: Documents, notebook: Write, news: list[NotebookChanged]
) -> None:
    path = notebook("a")
    before = path.read_bytes()
    op = CellOutputs(cell_id="a", outputs=[], execution_count=None, running=True)
    await documents.show(PROJECT, "n.ipynb", op)
    assert news == [NotebookChanged(path="n.ipynb", ops=[op])]
    assert path.read_bytes() == before


async def test_a_new_notebook_is_empty_and_valid(documents: Documents, jp_root_dir: Path) -> None:
    await documents.create("new.ipynb", {"name": "python3", "display_name": "Python 3"})
    nbformat.validate(nbformat.read(jp_root_dir / "new.ipynb", as_version=4))
    with pytest.raises(Conflict, match="already a file"):
        await documents.create("new.ipynb")


async def test_a_notebook_that_is_made_is_there_whole_or_not_at_all(
    documents: Documents, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is killed just before the last step leaves what a full disk leaves there."""

    def full(*_: Any, **__: Any) -> None:
        assert not (jp_root_dir / "new.ipynb").exists()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(StorageFull):
            await documents.create("new.ipynb")
    assert os.listdir(jp_root_dir) == []
    await documents.create("new.ipynb")
    nbformat.validate(nbformat.read(jp_root_dir / "new.ipynb", as_version=4))


async def test_nothing_is_written_when_nothing_changes(
    edits: CellEdits, notebook: Write, news: list[NotebookChanged]
) -> None:
    path = notebook("a")
    before = path.stat().st_mtime_ns
    await edits.edit(PROJECT, "n.ipynb", "a", "a", source_hash("a"))
    assert path.stat().st_mtime_ns == before
    assert news == []


async def test_a_cell_that_is_moved_behind_itself_stays(edits: CellEdits, notebook: Write) -> None:
    path = notebook("a", "b")
    await edits.move(PROJECT, "n.ipynb", "a", "a")
    assert sources(path) == ["a", "b"]


async def test_a_user_who_saves_all_the_time_disturbs_nobody(
    edits: CellEdits, notebook: Write, jp_fetch: Any
) -> None:
    path = notebook("x" * 500_000)
    content = json.loads(path.read_text())
    done = asyncio.Event()

    async def save() -> None:
        body = json.dumps({"type": "notebook", "format": "json", "content": content})
        while not done.is_set():
            await jp_fetch("api", "contents", "n.ipynb", method="PUT", body=body)

    async def edit() -> None:
        for n in range(8):
            await edits.insert(PROJECT, "n.ipynb", str(n))
        done.set()

    await asyncio.gather(save(), edit())
    nbformat.validate(nbformat.read(path, as_version=4))


async def test_a_manager_that_is_not_async_works_too(
    notebook: Write, jp_serverapp: Any, news: list[NotebookChanged]
) -> None:
    path = notebook("a")
    manager = FileContentsManager(parent=jp_serverapp, root_dir=jp_serverapp.root_dir)
    documents = Documents(manager, publish=lambda project_id, changed: news.append(changed))
    await CellEdits(documents).insert(PROJECT, "n.ipynb", "x")
    assert sources(path) == ["a", "x"]
    assert news[0].hash == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(NotFound):
        await documents.read("gone.ipynb")


async def test_a_hook_that_fails_after_the_save_undoes_nothing(
    edits: CellEdits, notebook: Write, jp_serverapp: Any, news: list[NotebookChanged]
) -> None:
    path = notebook("a")

    def fail(model: Any, os_path: str, **more: Any) -> None:
        raise RuntimeError("hook")

    jp_serverapp.contents_manager.register_post_save_hook(fail)
    await edits.insert(PROJECT, "n.ipynb", "x")
    assert sources(path) == ["a", "x"]
    assert len(news) == 1
