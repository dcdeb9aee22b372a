"""A file that was written just now is recorded in one step, and as by any other look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.branches import syncing
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.recording import Moved, record, retake, take
from jupyter_sessions.branches.shelf import Shelf, load_notebook
from jupyter_sessions.branches.syncing import OUTSIDE, QUICK_BYTES, SMALL_BYTES, sync, sync_written
from jupyter_sessions.errors import BadRequest, Denied
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.notebooks.file import read_notebook, write_notebook
from jupyter_sessions.notebooks.rereading import NOTHING, reread
from tests.branches.shelves import history, kinds

Write = Callable[..., Path]
STATES = [
    ["1", "2"],
    ["1", "two"],
    ["1", "two", "3"],
    ["3", "1"],
    ["1", "two"],  # as it was once
    [],
    ["1"],
]


def forgetful(shelf: Shelf, manager: Any) -> Shelf:
    """The same project in a server that was started just now."""
    return replace(shelf, documents=Documents(manager, publish=lambda project, live: None))


async def states(shelf: Shelf, branch: Branch, path: str) -> list[bytes]:
    """Return the notebook after each of its changes, as it is stored."""
    found = []
    for _, change in await history(shelf, branch, path):
        assert change.new_version is not None
        found.append(write_notebook(await load_notebook(shelf, change.new_version)))
    return found


@pytest.mark.parametrize("size", [0, SMALL_BYTES, QUICK_BYTES])
async def test_it_is_recorded_as_by_any_other_look(
    shelf: Shelf, main: Branch, notebook: Write, jp_serverapp: Any, size: int
) -> None:
    files = []
    for sources in STATES[: 3 if size else None]:
        large = ["x" * size, *sources]
        files.append(notebook(*large).read_bytes())
        notebook(*large, name="m.ipynb")
        await sync_written(shelf, main, "n.ipynb")
        await sync(forgetful(shelf, jp_serverapp.contents_manager), main, "m.ipynb")
    assert await states(shelf, main, "n.ipynb") == files
    assert await states(shelf, main, "m.ipynb") == files
    counted = [
        [(c.cells, c.lines_added, c.lines_removed) for _, c in await history(shelf, main, path)]
        for path in ("n.ipynb", "m.ipynb")
    ]
    assert counted[0] == counted[1]
    assert await kinds(shelf, main) == await kinds(shelf, main, "m.ipynb")


async def test_a_small_file_takes_one_step_to_the_database(
    shelf: Shelf, main: Branch, notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook("1")
    await sync_written(shelf, main, "n.ipynb")

    async def never(*_: Any) -> None:
        raise AssertionError("a second step")

    monkeypatch.setattr(shelf.database, "query", never)
    notebook("2")
    assert await sync_written(shelf, main, "n.ipynb") is not None
    assert await sync_written(shelf, main, "n.ipynb") is None


async def test_a_disk_behind_a_network_is_not_waited_for_in_a_transaction(
    shelf: Shelf, main: Branch, notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook("1")
    await sync_written(shelf, main, "n.ipynb")
    monkeypatch.setattr(syncing, "is_remote", lambda root: root == shelf.folder.root)
    looked: list[str] = []
    query = shelf.database.query

    async def counted(work: Any) -> Any:
        looked.append("query")
        return await query(work)

    monkeypatch.setattr(shelf.database, "query", counted)
    notebook("2")
    assert await sync_written(shelf, main, "n.ipynb") is not None
    assert looked == ["query"]


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"cells": 1}'])
async def test_a_file_that_is_no_notebook_is_refused_and_no_version_changes(
    shelf: Shelf, main: Branch, notebook: Write, raw: bytes
) -> None:
    file = notebook("1")
    await sync_written(shelf, main, "n.ipynb")
    before = await states(shelf, main, "n.ipynb")
    file.write_bytes(raw)
    with pytest.raises(BadRequest):
        await sync_written(shelf, main, "n.ipynb")
    assert await states(shelf, main, "n.ipynb") == before
    file.unlink()
    assert await sync_written(shelf, main, "n.ipynb") is None


async def test_a_path_that_leads_outside_is_denied(shelf: Shelf, main: Branch) -> None:
    with pytest.raises(Denied):
        await sync_written(shelf, main, "../n.ipynb")


async def test_what_was_read_after_a_version_is_not_recorded_after_another(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    """It has not the pieces that it shares with the version that is the branch's no more."""
    raw = notebook("1", "2").read_bytes()
    await sync(shelf, main, "n.ipynb")
    [(_, change)] = await history(shelf, main)
    known = reread(raw, NOTHING).known
    again = retake(notebook("1", "2", "3").read_bytes(), change.new_version, known)
    other = take(read_notebook(notebook("other").read_text()))
    await record(shelf, main, "n.ipynb", other, None, OUTSIDE, "outside")
    with pytest.raises(Moved):
        await record(shelf, main, "n.ipynb", again, None, OUTSIDE, "outside")
    assert await kinds(shelf, main) == ["found", "outside"]


async def test_two_servers_that_see_each_save_lose_none(
    shelf: Shelf, main: Branch, notebook: Write, jp_serverapp: Any
) -> None:
    manager = jp_serverapp.contents_manager
    servers = [forgetful(shelf, manager), forgetful(shelf, manager)]
    filler = "x" * SMALL_BYTES
    for number in range(12):
        sources = [filler if number % 3 == 2 else "", f"{number}", *STATES[number % len(STATES)]]
        raw = notebook(*sources).read_bytes()
        made = await asyncio.gather(*(sync_written(each, main, "n.ipynb") for each in servers))
        assert [each for each in made if each is not None], "nobody recorded it"
        assert (await states(shelf, main, "n.ipynb"))[-1] == raw


async def test_the_root_of_the_server_may_be_a_link(
    shelf: Shelf, main: Branch, notebook: Write, jp_root_dir: Path, tmp_path: Path
) -> None:
    from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

    link = tmp_path / "link"
    link.symlink_to(jp_root_dir)
    linked = forgetful(shelf, AsyncLargeFileManager(root_dir=str(link)))
    notebook("1")
    await sync(linked, main, "n.ipynb")
    notebook("2")
    await sync_written(linked, main, "n.ipynb")
    assert await kinds(shelf, main) == ["found", "outside"]
    assert (await linked.documents.read("n.ipynb")).content["cells"][0]["source"] == "2"
