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
from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError

from jupyter_sessions.branches import recording, watching
from jupyter_sessions.branches.cell_edits import CellEdits
from jupyter_sessions.branches.checkout import checkout
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.scanning import scan
from jupyter_sessions.branches.shelf import Shelf, load_notebook
from jupyter_sessions.branches.syncing import USER, keeper, sync
from jupyter_sessions.branches.watching import EVENTS, Watch
from jupyter_sessions.errors import BadRequest, NotFound
from jupyter_sessions.ids import RunId, SessionId
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.notebooks.file import read_notebook, write_notebook
from jupyter_sessions.notebooks.manifest import snapshot
from jupyter_sessions.storage.authored import get_lines
from jupyter_sessions.storage.heads import FileStat, find_head
from jupyter_sessions.storage.operations import list_history
from jupyter_sessions.storage.states import find_state, list_states
from tests.branches.shelves import add_branch, history, kinds, sources

AGENT = By("agent", SessionId("s"), RunId("r"))
Write = Callable[..., Path]
T = TypeVar("T")


async def edit(shelf: Shelf, branch: Branch, cell_id: str, source: str, by: By = AGENT) -> None:
    """Change a cell as the agent does."""
    file = await checkout(shelf, branch, "n.ipynb")
    name = shelf.folder.api(file)
    edits = CellEdits(shelf.documents, keeper(shelf, branch, "n.ipynb", by))
    present = (await shelf.documents.read(name)).hashes()[cell_id]
    await edits.edit(shelf.scope.project_id, name, cell_id, source, present)


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
    content = await load_notebook(shelf, change.new_version)  # type: ignore[arg-type]
    digest = snapshot(content).manifest.cells[0].source
    async with shelf.database.read() as conn:
        known = await get_lines(conn, change.notebook_id, [digest])
    assert [(count, key[0]) for count, key in known["a", digest]] == [(1, "u"), (1, "a"), (1, "u")]


@pytest.fixture
def shelves(shelf: Shelf) -> list[Shelf]:
    """The projects that hold what is saved."""
    return [shelf]


@pytest.fixture
def watch(shelves: list[Shelf], jp_serverapp: Any) -> Any:
    async def shelves_of(path: str) -> list[Shelf]:
        return list(shelves)

    manager = jp_serverapp.contents_manager
    made = Watch(shelves_of, manager._get_os_path)
    manager.register_pre_save_hook(lambda model, path, contents_manager: made.before_save(path))
    jp_serverapp.event_logger.add_listener(schema_id=EVENTS, listener=made.on_event)
    yield made
    jp_serverapp.event_logger.remove_listener(listener=made.on_event)


async def save(jp_fetch: Any, path: str, *texts: str) -> None:
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in texts])
    for index, cell in enumerate(node.cells):
        cell["id"] = chr(97 + index)
    body = json.dumps({"type": "notebook", "format": "json", "content": node})
    await jp_fetch("api", "contents", path, method="PUT", body=body)


async def test_a_save_through_the_server_keeps_what_the_file_held_before(
    shelf: Shelf, main: Branch, notebook: Write, watch: Watch, jp_fetch: Any
) -> None:
    notebook("never seen")
    await save(jp_fetch, "n.ipynb", "1")
    await watch.settled()
    found, saved = await history(shelf, main)
    assert (found[0].kind, saved[0].kind, saved[0].writer) == ("found", "save", "user")
    before = await load_notebook(shelf, found[1].new_version)  # type: ignore[arg-type]
    assert [cell["source"] for cell in before["cells"]] == ["never seen"]


async def test_a_notebook_outside_any_project_is_not_read_before_each_save(
    shelves: list[Shelf], watch: Watch, jp_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelves.clear()
    read: list[str] = []

    # Counts what the hook reads; nothing else tells from outside whether it did.
    class Counted(type(Path())):  # type: ignore[misc]
        def read_bytes(self) -> bytes:
            read.append(self.name)
            return super().read_bytes()

    monkeypatch.setattr(watching, "Path", Counted)
    for text in ("1", "2", "3"):
        await save(jp_fetch, "n.ipynb", text)
        await watch.settled()
    assert read == []


async def test_what_a_file_held_before_it_lay_in_a_project_is_kept_at_its_next_save(
    shelves: list[Shelf], shelf: Shelf, main: Branch, watch: Watch, jp_fetch: Any
) -> None:
    shelves.clear()
    await save(jp_fetch, "n.ipynb", "1")
    await watch.settled()
    shelves.append(shelf)
    watch.projects_changed()
    await save(jp_fetch, "n.ipynb", "2")
    await watch.settled()
    assert await kinds(shelf, main) == ["found", "save"]


@pytest.fixture
def fail_saves(watch: Watch, jp_serverapp: Any) -> list[str]:
    """While something is in it, saves fail behind our hook, as those of others can."""
    failing: list[str] = []

    def refuse(**_: Any) -> None:
        if failing:
            raise HTTPError(500, failing[0])

    jp_serverapp.contents_manager.register_pre_save_hook(refuse)
    return failing


async def test_what_came_after_a_save_that_failed_is_kept_too(
    shelf: Shelf, main: Branch, notebook: Write, watch: Watch, jp_fetch: Any, fail_saves: list[str]
) -> None:
    notebook("first")
    await sync(shelf, main, "n.ipynb")
    notebook("from git")
    fail_saves.append("not now")
    with pytest.raises(HTTPClientError):
        await save(jp_fetch, "n.ipynb", "mine")
    fail_saves.clear()
    await scan(shelf)
    notebook("from another program")
    await save(jp_fetch, "n.ipynb", "mine")
    await watch.settled()
    versions = [change.new_version for _, change in await history(shelf, main)]
    kept = [await load_notebook(shelf, each) for each in versions if each is not None]
    assert [each["cells"][0]["source"] for each in kept] == [
        "first", "from git", "from another program", "mine",
    ]  # fmt: skip


async def test_what_saves_that_failed_leave_in_memory_is_bounded(
    notebook: Write, watch: Watch, jp_fetch: Any, fail_saves: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(watching, "MAX_ALL_STASHED", 5_000)
    fail_saves.append("not now")
    for number in range(10):
        notebook("x" * 1_000 + str(number))
        with pytest.raises(HTTPClientError):
            await save(jp_fetch, "n.ipynb", "mine")
    texts = [each.raw.decode() for each in watch._stashed]
    assert len(texts) > 1
    assert sum(map(len, texts)) <= 5_000
    assert "x9" in texts[-1]


async def test_renames_and_deletions_through_the_server_are_recorded(
    shelf: Shelf, main: Branch, watch: Watch, jp_fetch: Any, jp_root_dir: Path
) -> None:
    (jp_root_dir / "a").mkdir()
    await save(jp_fetch, "a/n.ipynb", "1")
    await watch.settled()
    await jp_fetch("api", "contents", "a", method="PATCH", body=json.dumps({"path": "b"}))
    await watch.settled()
    assert await kinds(shelf, main, "b/n.ipynb") == ["save", "rename"]
    await jp_fetch("api", "contents", "b/n.ipynb", method="DELETE")
    await watch.settled()
    async with shelf.database.read() as conn:
        assert await find_state(conn, shelf.scope, main, "b/n.ipynb") is None


@pytest.mark.parametrize("names", [("a.ipynb", "b.ipynb"), ("b.ipynb", "a.ipynb")])
async def test_a_notebook_may_take_the_path_of_one_that_was_deleted_outside(
    shelf: Shelf, main: Branch, watch: Watch, jp_fetch: Any, jp_root_dir: Path, names: Any
) -> None:
    for name in names:
        await save(jp_fetch, name, name)
        await watch.settled()
    async with shelf.database.read() as conn:
        old = await find_head(conn, shelf.scope, main.id, "a.ipynb")
    assert old is not None
    (jp_root_dir / "a.ipynb").unlink()
    body = json.dumps({"path": "a.ipynb"})
    await jp_fetch("api", "contents", "b.ipynb", method="PATCH", body=body)
    await watch.settled()
    await save(jp_fetch, "a.ipynb", "changed")
    await watch.settled()
    assert (await kinds(shelf, main, "a.ipynb"))[:2] == ["save", "rename"]
    async with shelf.database.read() as conn:
        [state] = await list_states(conn, shelf.scope, main)
        deleted = (await list_history(conn, main.id, old.notebook_id))[0][0]
    assert state.notebook_id != old.notebook_id
    assert (deleted.kind, deleted.writer) == ("delete", "outside")


async def test_an_agents_edit_is_the_agents_although_the_server_tells_of_the_save(
    shelf: Shelf, main: Branch, notebook: Write, watch: Watch
) -> None:
    notebook("1", "2")
    await edit(shelf, main, "a", "one")
    await watch.settled()
    assert await kinds(shelf, main) == ["found", "run"]
