"""What the server does to notebooks is recorded: saves, renames, deletions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import nbformat
import pytest
from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError

from jupyter_sessions.branches import watching
from jupyter_sessions.branches.scanning import scan
from jupyter_sessions.branches.shelf import Shelf, load_notebook
from jupyter_sessions.branches.syncing import sync
from jupyter_sessions.branches.watching import EVENTS, Watch
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.storage.heads import find_head
from jupyter_sessions.storage.operations import list_history
from jupyter_sessions.storage.states import find_state, list_states
from tests.branches.shelves import edit, history, kinds

Write = Callable[..., Path]
T = TypeVar("T")


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
    assert found[1].new_version is not None
    before = await load_notebook(shelf, found[1].new_version)
    assert [cell["source"] for cell in before["cells"]] == ["never seen"]


async def test_a_notebook_outside_any_project_is_not_read_before_each_save(
    shelves: list[Shelf], watch: Watch, jp_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelves.clear()
    read: list[Any] = []
    monkeypatch.setattr(watch, "_stash", read.append)  # it is given whatever is read
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
