"""A server killed while a run is undone, or done again: that can be taken back, or tried again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_sessions.actions.changes import list_undos, read_changes
from jupyter_sessions.actions.run_undo import redo_run, undo_run
from jupyter_sessions.actions.runs import Outcome, end_run
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.syncing import sync
from jupyter_sessions.storage import branches, operations
from jupyter_sessions.storage.database import open_database
from tests.branches.world import World, open_world, sqlite_url

from .killed import killed_at_each_step, recovered

NOTEBOOKS = ("a.ipynb", "b.ipynb")
OLD, NEW = {"x": "old", "y": "same"}, {"x": "new", "y": "same", "z": "more"}
ACT = """
from jupyter_sessions.actions.run_undo import {name}

async def act(world, run):
    await {name}(world.timeline, world.shelf, run)
"""


ONE_CELL = """
from jupyter_sessions.actions.run_undo import undo_run
from jupyter_sessions.models.version import CellRef, UndoRun

async def act(world, run):
    cells = [CellRef(notebook="a.ipynb", cell_id="x")]
    await undo_run(world.timeline, world.shelf, run, UndoRun(cells=cells))
"""


async def open_prepared(folder: Path) -> World:
    root = folder / "served" / "p"
    root.mkdir(parents=True)
    database = await open_database(sqlite_url(folder))
    manager = AsyncLargeFileManager(root_dir=str(root.parent))
    return await open_world(root, database, manager)


async def prepare(folder: Path, *, undone: bool) -> tuple[Any, str]:
    """Have a run that changed two notebooks; return whose it is, and the run."""
    world = await open_prepared(folder)
    main = await world.main()
    for path in NOTEBOOKS:
        await world.save(main, OLD, path)
    run = await world.run()
    for path in NOTEBOOKS:
        await world.save(main, NEW, path, By("agent", run.session_id, run.id))
    await end_run(world.timeline, world.scope, run.id, Outcome("completed"))
    if undone:
        await undo_run(world.timeline, world.shelf, run.id)
    await world.database.close()
    return world.scope, run.id


async def prepare_branches(folder: Path) -> tuple[Any, str]:
    """Have a run that changed one notebook on two branches."""
    world = await open_prepared(folder)
    main = await world.main()
    await world.save(main, OLD, "a.ipynb")
    run = await world.run()
    for branch in (main, await world.fork("other", main)):
        await world.save(branch, NEW, "a.ipynb", By("agent", run.session_id, run.id))
    await end_run(world.timeline, world.scope, run.id, Outcome("completed"))
    await world.database.close()
    return world.scope, run.id


@pytest.mark.parametrize("name", ["undo_run", "redo_run"])
def test_an_undo_that_was_killed_can_be_taken_back_or_made_again(tmp_path: Path, name: str):
    prepared = tmp_path / "prepared"
    scope, run = asyncio.run(prepare(prepared, undone=name == "redo_run"))

    async def check(world: World) -> str:
        """Tell whether the run stands undone; whichever, it is whole, and known."""
        main = await world.main()
        async with world.database.read() as conn:
            assert await operations.list_intents(conn) == []
        for path in NOTEBOOKS:
            assert await sync(world.shelf, main, path) is None

        def there() -> list[dict[str, str]]:
            return [world.sources(main, path) for path in NOTEBOOKS]

        undone = (await read_changes(world.timeline, world.shelf, run)).undone
        assert (undone, there()) in [("no", [NEW, NEW]), ("yes", [OLD, OLD])]
        # The other way, and back.
        for turn in [undo_run, redo_run, undo_run][undone == "yes" :][:2]:
            await turn(world.timeline, world.shelf, run)
            assert there() == [OLD, OLD] if turn is undo_run else [NEW, NEW]
        assert world.leftovers() == []
        return undone

    folders = killed_at_each_step(prepared, tmp_path / "killed", scope, ACT.format(name=name), run)
    outcomes = [asyncio.run(recovered(folder, scope, check)) for folder in folders]
    wanted = ["no", "yes"] if name == "undo_run" else ["yes", "no"]
    assert list(dict.fromkeys(outcomes)) == wanted  # from one step on it is done
    assert len(folders) > 8


def test_an_undo_of_two_branches_that_was_killed_says_what_it_did_and_goes_on(tmp_path: Path):
    prepared = tmp_path / "prepared"
    scope, run = asyncio.run(prepare_branches(prepared))

    async def check(world: World) -> str:
        async with world.database.read() as conn:
            found = await branches.list_branches(conn, scope)

        def there() -> list[dict[str, str]]:
            return [world.sources(each, "a.ipynb") for each in found]

        undone = (await read_changes(world.timeline, world.shelf, run)).undone
        states = {"no": [NEW, NEW], "partly": [OLD, NEW], "yes": [OLD, OLD]}
        assert there() == states[undone]
        # To the end, and all of it back in one go.
        for turn in [undo_run, redo_run, undo_run][undone == "yes" :]:
            changes = await turn(world.timeline, world.shelf, run)
            wanted = "yes" if turn is undo_run else "no"
            assert (changes.undone, there()) == (wanted, [states[wanted][0]] * 2)
        return undone

    act = ACT.format(name="undo_run")
    folders = killed_at_each_step(prepared, tmp_path / "killed", scope, act, run)
    outcomes = [asyncio.run(recovered(folder, scope, check)) for folder in folders]
    assert list(dict.fromkeys(outcomes)) == ["no", "partly", "yes"]


def test_a_recovered_undo_of_one_cell_leaves_the_others_of_the_run_standing(tmp_path: Path):
    prepared = tmp_path / "prepared"
    scope, run = asyncio.run(prepare(prepared, undone=False))

    async def check(world: World) -> str:
        main = await world.main()
        undone = (await read_changes(world.timeline, world.shelf, run)).undone
        taken_back = world.sources(main, "a.ipynb")["x"] == "old"
        assert undone == ("partly" if taken_back else "no")
        assert world.sources(main, "b.ipynb") == NEW
        async with world.database.read() as conn:
            made = await operations.list_run(conn, scope, run)
            undos = (await list_undos(conn, run)).stack
        assert not any(operation.undone for operation, _ in made)
        assert [each.partly for each in undos] == [True] * taken_back
        return undone

    folders = killed_at_each_step(prepared, tmp_path / "killed", scope, ONE_CELL, run)
    outcomes = [asyncio.run(recovered(folder, scope, check)) for folder in folders]
    assert list(dict.fromkeys(outcomes)) == ["no", "partly"]
