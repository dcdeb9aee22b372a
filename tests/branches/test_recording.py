"""Every state that a notebook gets becomes a version, whoever made it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import nbformat
import pytest

from jupyter_sessions.branches import recording
from jupyter_sessions.branches.checkout import checkout
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.scanning import scan
from jupyter_sessions.branches.shelf import Shelf, load_notebook
from jupyter_sessions.branches.syncing import USER, sync
from jupyter_sessions.errors import BadRequest, NotFound
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.notebooks.file import read_notebook, write_notebook
from jupyter_sessions.notebooks.manifest import snapshot
from jupyter_sessions.storage.authored import get_lines
from jupyter_sessions.storage.heads import FileStat
from jupyter_sessions.storage.states import find_state
from tests.branches.shelves import add_branch, edit, history, kinds, sources

Write = Callable[..., Path]
T = TypeVar("T")


def git(root: Path, *command: str) -> str:
    who = ["-c", "user.name=m", "-c", "user.email=m@x", "-C", str(root)]
    done = subprocess.run(["git", *who, *command], check=True, capture_output=True, text=True)
    return done.stdout


async def test_a_file_that_is_seen_first_is_found_and_then_changed_outside(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    notebook("1", "2")
    await sync(shelf, main, "n.ipynb")
    assert await sync(shelf, main, "n.ipynb") is None
    notebook("1", "two", "3")
    await sync(shelf, main, "n.ipynb")
    found, outside = await history(shelf, main)
    assert (found[0].kind, outside[0].kind, outside[0].writer) == ("found", "outside", "outside")
    assert (outside[1].cells, outside[1].lines_added, outside[1].lines_removed) == (2, 2, 1)


async def test_each_version_gives_the_file_back_byte_for_byte(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1", "x = 'ä'\ny", language="r", metadata={"kernelspec": {"name": "ir"}})
    raw = write_notebook(read_notebook(path.read_text()))
    path.write_bytes(raw)
    await sync(shelf, main, "n.ipynb")
    [(_, change)] = await history(shelf, main)
    assert change.new_version is not None
    again = await load_notebook(shelf, change.new_version)
    assert write_notebook(again) == raw
    assert nbformat.reads(raw.decode(), as_version=4) == nbformat.from_dict(again)


async def test_the_edits_of_one_run_are_one_version_until_someone_else_edits(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1", "2")
    await edit(shelf, main, "a", "one")
    await edit(shelf, main, "b", "two")
    content = json.loads(path.read_text())
    content["cells"][0]["source"] = "mine"
    path.write_text(json.dumps(content))
    await edit(shelf, main, "b", "three")
    assert await kinds(shelf, main) == ["found", "run", "outside", "run"]
    last = (await history(shelf, main))[-1][1]
    assert (last.lines_added, last.lines_removed) == (1, 1)


async def test_saves_of_a_person_within_two_minutes_are_one_version(
    shelf: Shelf, main: Branch, notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("1", "2", "3"):
        notebook(text)
        await sync(shelf, main, "n.ipynb", USER, "save")
    assert await kinds(shelf, main) == ["save"]
    monkeypatch.setattr(recording, "TOGETHER", timedelta(0))
    notebook("4")
    await sync(shelf, main, "n.ipynb", USER, "save")
    assert await kinds(shelf, main) == ["save", "save"]


async def test_a_save_after_a_fork_does_not_change_what_the_branch_shares(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1")
    await sync(shelf, main, "n.ipynb", USER, "save")
    branch = await add_branch(shelf, "try")
    notebook("2")
    await sync(shelf, main, "n.ipynb", USER, "save")
    file = await checkout(shelf, branch, "n.ipynb")
    assert sources(path.parent / file) == ["1"]
    assert await kinds(shelf, main) == ["save", "save"]


async def test_a_notebook_that_nobody_recorded_before_a_fork_is_shared_as_it_was_found(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1")
    branch = await add_branch(shelf, "try")
    file = await checkout(shelf, branch, "n.ipynb")
    assert sources(path.parent / file) == ["1"]


async def test_branches_never_touch_each_other(shelf: Shelf, main: Branch, notebook: Write) -> None:
    path = notebook("1", "2")
    one, other = await add_branch(shelf, "one"), await add_branch(shelf, "other")
    await edit(shelf, one, "a", "on one")
    await edit(shelf, other, "a", "on other")
    assert sources(path) == ["1", "2"]
    assert sources(path.parent / "branches/one/n.ipynb") == ["on one", "2"]
    assert sources(path.parent / "branches/other/n.ipynb") == ["on other", "2"]
    assert await kinds(shelf, one) == ["run"]


async def test_a_branch_of_a_branch_shares_what_that_one_had(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1", "2")
    one = await add_branch(shelf, "one")
    await edit(shelf, one, "a", "first")
    two = await add_branch(shelf, "two", one)
    await edit(shelf, one, "a", "second")
    await checkout(shelf, two, "n.ipynb")
    assert sources(path.parent / "branches/two/n.ipynb") == ["first", "2"]


async def test_a_file_that_git_cleaned_away_is_made_again(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    root = notebook("1", "2").parent
    for command in (["init", "-q"], ["add", "n.ipynb"], ["commit", "-qm", "first"]):
        git(root, *command)
    branch = await add_branch(shelf, "try")
    await edit(shelf, branch, "a", "on the branch")
    assert "branches" not in git(root, "status", "--porcelain")
    git(root, "clean", "-fdxq")
    assert not (root / "branches").exists()
    await scan(shelf)
    file = await checkout(shelf, branch, "n.ipynb")
    assert sources(root / file) == ["on the branch", "2"]


async def test_a_notebook_that_was_moved_outside_keeps_its_history(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1")
    await scan(shelf)
    (path.parent / "deep").mkdir()
    path.rename(path.parent / "deep" / "moved.ipynb")
    await scan(shelf)
    assert await kinds(shelf, main, "deep/moved.ipynb") == ["found", "rename"]


async def test_a_deleted_notebook_stays_on_the_branch_and_comes_back_with_its_history(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1")
    await scan(shelf)
    branch = await add_branch(shelf, "try")
    path.unlink()
    await scan(shelf)
    async with shelf.database.read() as conn:
        assert await find_state(conn, shelf.scope, main, "n.ipynb") is None
    with pytest.raises(NotFound):
        await checkout(shelf, main, "n.ipynb")
    assert sources(path.parent / await checkout(shelf, branch, "n.ipynb")) == ["1"]
    notebook("1", "2")
    await scan(shelf)
    assert await kinds(shelf, main) == ["found", "delete", "outside"]


async def test_a_file_that_is_no_notebook_leaves_the_versions_as_they_are(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1")
    await sync(shelf, main, "n.ipynb")
    path.write_text('{"cells": [')
    with pytest.raises(BadRequest, match="left as it is"):
        await sync(shelf, main, "n.ipynb")
    await scan(shelf)
    assert await kinds(shelf, main) == ["found"]


async def test_an_old_notebook_that_is_malformed_does_not_end_the_look_at_the_others(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1")
    for name in ("a.ipynb", "z.ipynb"):
        (path.parent / name).write_text('{"nbformat": 3, "worksheets": []}')
    await scan(shelf)
    assert await kinds(shelf, main) == ["found"]


async def test_a_notebook_whose_name_is_not_utf8_does_not_end_the_look_at_the_others(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    path = notebook("1")
    for name in (b"caf\xe9.ipynb", b"\xe9.ipynb"):
        notebook("2", name=os.fsdecode(name))
    await scan(shelf)
    assert await kinds(shelf, main) == ["found"]
    path.rename(path.parent / os.fsdecode(b"moved-\xe9.ipynb"))
    notebook("3", name="later.ipynb")
    await scan(shelf)
    assert await kinds(shelf, main, "later.ipynb") == ["found"]
    async with shelf.database.read() as conn:
        assert await find_state(conn, shelf.scope, main, "n.ipynb") is None


class FailsOnce(Documents):
    """Fails in an unexpected way on the first notebook that it is to look at."""

    failed: str | None = None

    async def look(self, path: str, take: Callable[[Any], T]) -> tuple[T, FileStat | None]:
        if self.failed is None:
            self.failed = path
            raise RuntimeError("a bug of ours")
        return await super().look(path, take)


async def test_an_error_with_one_notebook_does_not_end_the_look_at_the_others(
    shelf: Shelf, main: Branch, notebook: Write, jp_serverapp: Any, caplog: Any
) -> None:
    names = {"a.ipynb", "b.ipynb", "c.ipynb"}
    for name in names:
        notebook("1", name=name)
    failing = FailsOnce(jp_serverapp.contents_manager, publish=lambda project_id, live: None)
    await scan(replace(shelf, documents=failing))
    assert f"'{failing.failed}' on main was not looked at" in caplog.text
    for name in names - {failing.failed}:
        assert await kinds(shelf, main, name) == ["found"]


async def test_who_wrote_a_line_stays_with_it_on_every_branch(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    notebook("1\n2\n3")
    branch = await add_branch(shelf, "try")
    await edit(shelf, branch, "a", "1\ntwo\n3")
    [(_, change)] = await history(shelf, branch)
    assert change.new_version is not None
    content = await load_notebook(shelf, change.new_version)
    digest = snapshot(content).manifest.cells[0].source
    async with shelf.database.read() as conn:
        known = await get_lines(conn, change.notebook_id, [digest])
    assert [(count, key[0]) for count, key in known["a", digest]] == [(1, "u"), (1, "a"), (1, "u")]
