"""A branch is merged into a notebook that someone has open with others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.merges import propose, read_preview
from jupyter_sessions.actions.undo import undo_operation
from jupyter_sessions.branches.applying import Target, apply
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.settling import settle_notebooks
from jupyter_sessions.branches.syncing import sync
from jupyter_sessions.errors import Conflict, StorageFull
from jupyter_sessions.ids import MAIN
from jupyter_sessions.storage import operations
from jupyter_sessions.storage.database import Database
from jupyter_sessions.timeline import Timeline
from tests.branches.world import USER, World
from tests.projects import add_project_rows, shelf_of


@pytest.fixture
def world(sqlite: Database, documents: Documents, jp_root_dir: Path, jp_asyncio_loop: Any) -> World:
    """A project that is the server's root."""
    row = jp_asyncio_loop.run_until_complete(add_project_rows(sqlite, jp_root_dir))
    shelf = shelf_of(sqlite, row, ProjectFolder(jp_root_dir), documents)
    return World(Timeline(sqlite), shelf)


async def merging(world: World, theirs: dict[str, str]) -> Any:
    """Record the notebook, change it on a branch, and ask for the merge."""
    main = await world.main()
    await sync(world.shelf, main, "n.ipynb")
    branch = await world.fork("b", main)
    await world.save(branch, theirs)
    return await propose(world.timeline, world.scope, branch.id, MAIN)


async def merged(world: World, merge: Any) -> Any:
    token = (await read_preview(world.shelf, merge.id)).token
    return await approve(world.timeline, world.shelf, merge.id, token)


async def test_a_merge_reaches_everyone_with_what_they_have_typed_and_so_does_its_undo(
    world: World, notebook: Callable[..., Path], open_room: Any
) -> None:
    path = notebook("one", "two", "three")
    merge = await merging(world, {"a": "ONE", "new": "4", "b": "two", "c": "three"})
    peer = await open_room()
    peer.notebook.set_cell(2, source="typed, not saved yet")
    async with asyncio.timeout(10):
        while "typed" not in str((await world.shelf.documents.read("n.ipynb")).content):
            await asyncio.sleep(0.01)
    done = await merged(world, merge)
    expected = ["ONE", "4", "two", "typed, not saved yet"]
    await peer.sees(lambda: peer.sources() == expected)
    assert [cell.source for cell in nbformat.read(path, as_version=4).cells] == expected
    main = await world.main()
    assert await sync(world.shelf, main, "n.ipynb") is None
    assert list((await world.head(main) or {}).values()) == expected
    await undo_operation(world.timeline, world.shelf, done.operation)
    await peer.sees(lambda: peer.sources() == ["one", "two", "typed, not saved yet"])
    await peer.close()


async def test_a_notebook_that_is_open_with_others_is_not_removed_under_their_hands(
    world: World, notebook: Callable[..., Path], open_room: Any
) -> None:
    path = notebook("one")
    main = await world.main()
    peer = await open_room()
    await world.shelf.documents.saved("n.ipynb")
    await sync(world.shelf, main, "n.ipynb")
    branch = await world.fork("b", main)
    await world.delete(branch)
    merge = await propose(world.timeline, world.scope, branch.id, MAIN)
    with pytest.raises(Conflict, match="close it there"):
        await merged(world, merge)
    assert path.exists()
    assert await world.head(main) == {"a": "one"}
    await peer.close()


async def test_a_merge_that_fails_while_someone_deletes_a_merged_cell_is_taken_back_elsewhere(
    world: World, open_room: Any
) -> None:
    main, run = await world.main(), await world.run()
    agent = By("agent", run.session_id, run.id)
    await world.save(main, {"x": "old"}, "m.ipynb")
    await world.save(main, {"a": "one", "b": "two", "c": "three"})
    paths = ("m.ipynb", "n.ipynb")
    old = {path: await world.state(main, path) for path in paths}
    await world.save(main, {"x": "new"}, "m.ipynb", agent)
    await world.save(main, {"a": "ONE", "b": "TWO", "c": "THREE"}, by=agent)
    peer = await open_room()
    await settle_notebooks(world.shelf, main, paths)
    now = {path: await world.state(main, path) for path in paths}
    targets = [
        Target(now[path].notebook_id, now[path], path, old[path].version_id) for path in paths
    ]

    async def commit(*_: Any) -> None:
        assert world.sources(main, "m.ipynb") == {"x": "old"}
        await peer.sees(lambda: peer.sources() == ["one", "two", "three"])
        del peer.notebook.ycells[0]
        async with asyncio.timeout(10):
            while "a" in (await world.shelf.documents.read("n.ipynb")).hashes():
                await asyncio.sleep(0.01)
        raise StorageFull("The disk is full.")

    with pytest.raises(StorageFull):
        await apply(world.shelf, main, "restore", USER, targets, commit=commit)
    assert world.sources(main, "m.ipynb") == {"x": "new"}
    await peer.sees(lambda: peer.sources() == ["TWO", "THREE"])
    async with world.database.read() as conn:
        assert await operations.list_intents(conn) == []
    await peer.close()
