"""A server killed in the middle of a merge: afterwards all of it is there, or nothing."""

from __future__ import annotations

import asyncio
import copy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.merges import list_page, propose, read_merge, read_preview
from jupyter_sessions.branches import replacing
from jupyter_sessions.branches.syncing import sync
from jupyter_sessions.ids import MAIN
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.storage import operations
from jupyter_sessions.storage.database import open_database
from tests.branches.world import World, open_world, sqlite_url

from .killed import killed_at_each_step, recovered

NOTEBOOKS = ("a.ipynb", "b.ipynb")
OLD, NEW = {"x": "old", "y": "same"}, {"x": "new", "y": "same", "z": "more"}

MERGE = """
from jupyter_sessions.actions.approvals import approve

async def act(world, merge, token):
    await approve(world.timeline, world.shelf, merge, token)
"""


@pytest.fixture
def loop() -> Any:
    with asyncio.Runner() as runner:
        yield runner


class Setting:
    """A merge of two notebooks that waits for its approval."""

    def __init__(self, folder: Path, runner: asyncio.Runner, there: int) -> None:
        """``there``: how many of the notebooks the target has already."""
        self.there = there
        self.place(folder)
        self.run = runner.run
        self.root.mkdir(parents=True)
        self.scope, self.merge, self.token = self.run(self._prepare())

    def place(self, folder: Path) -> None:
        self.folder = folder
        self.root, self.url = folder / "served" / "p", sqlite_url(folder)

    def killed(self, folder: Path) -> list[Setting]:
        """Approve, killed one step later each time; the last one got to the end."""
        made = []
        for each in killed_at_each_step(self.folder, folder, self.scope, MERGE, *self.asked):
            made.append(copy.copy(self))
            made[-1].place(each)
        return made

    @property
    def asked(self) -> tuple[str, str]:
        return self.merge, self.token

    async def _open(self) -> tuple[World, Any]:
        database = await open_database(self.url)
        manager = AsyncLargeFileManager(root_dir=str(self.root.parent))
        return database, manager

    async def _prepare(self) -> tuple[Scope, str, str]:
        database, manager = await self._open()
        world = await open_world(self.root, database, manager)
        main = await world.main()
        for path in NOTEBOOKS[: self.there]:
            await world.save(main, OLD, path)
        branch = await world.fork("b", main)
        for path in NOTEBOOKS:
            await world.save(branch, NEW, path)
        merge = await propose(world.timeline, world.scope, branch.id, MAIN)
        token = (await read_preview(world.shelf, merge.id)).token
        await database.close()
        return world.scope, merge.id, token

    def recovered(self, check: Any) -> Any:
        """Start again, and look."""
        return self.run(recovered(self.folder, self.scope, check))


def present(setting: Setting) -> list[dict[str, str] | None]:
    """Return what is in the files, which are valid."""
    found: list[dict[str, str] | None] = []
    for path in NOTEBOOKS:
        file = setting.root / path
        if not file.exists():
            found.append(None)
            continue
        content = nbformat.read(file, as_version=4)
        nbformat.validate(content)
        found.append({cell.id: cell.source for cell in content.cells})
    return found


async def check(world: World) -> tuple[str, Any]:
    """Return the status of the merge, and whether all that is recorded is what lies there."""
    main = await world.main()
    async with world.database.read() as conn:
        assert await operations.list_intents(conn) == []
    [merge] = await all_merges(world)
    for path in NOTEBOOKS:
        assert await sync(world.shelf, main, path) is None
        there = world.sources(main, path) if world.file(main, path).exists() else None
        assert await world.head(main, path) == there
    assert world.leftovers() == []
    return merge.status, merge.operation


async def all_merges(world: World) -> list[Any]:
    return await list_page(world.timeline, world.scope)


async def merge_again(world: World) -> str:
    [merge] = await all_merges(world)
    token = (await read_preview(world.shelf, merge.id)).token
    await approve(world.timeline, world.shelf, merge.id, token)
    return (await read_merge(world.timeline, world.scope, merge.id)).status


def test_a_merge_is_all_there_or_not_at_all_wherever_it_was_killed(tmp_path: Path, loop: Any):
    outcomes = set()
    all_of_them = Setting(tmp_path / "prepared", loop, there=1).killed(tmp_path / "killed")
    for setting in all_of_them:
        before = present(setting)
        assert all(each in (OLD, NEW, None) for each in before)
        status, operation = setting.recovered(check)
        after = present(setting)
        assert (status, operation is not None, after) in [
            ("open", False, [OLD, None]),
            ("merged", True, [NEW, NEW]),
        ]
        outcomes.add((status, before == after))
        if status == "open":
            assert setting.recovered(merge_again) == "merged"
            assert present(setting) == [NEW, NEW]
    # Some were taken back, some were finished that were half done, one had ended.
    assert outcomes >= {("open", True), ("merged", False), ("merged", True)}
    assert len(all_of_them) > 8


def half_done(folder: Path, loop: Any) -> Setting:
    """Return a merge whose server was killed between the first notebook and the second."""
    prepared = Setting(folder / "prepared", loop, there=2)
    return next(each for each in prepared.killed(folder / "killed") if present(each) == [NEW, OLD])


def test_what_a_person_wrote_before_the_server_came_back_is_kept(tmp_path: Path, loop: Any):
    setting = half_done(tmp_path, loop)
    file = setting.root / "b.ipynb"
    file.write_text(file.read_text().replace('"same"', '"typed while the server was down"'))

    async def look(world: World) -> Any:
        main = await world.main()
        await sync(world.shelf, main, "b.ipynb")
        return [await world.head(main, path) for path in NOTEBOOKS]

    heads = setting.recovered(look)
    both = NEW | {"y": "typed while the server was down"}
    assert present(setting) == heads == [NEW, both]


@pytest.mark.parametrize("saves", [1, 100])
def test_a_notebook_that_is_saved_while_it_is_recovered_keeps_no_server_from_starting(
    tmp_path: Path, loop: Any, monkeypatch: pytest.MonkeyPatch, saves: int
):
    setting = half_done(tmp_path, loop)
    file = setting.root / "b.ipynb"
    replace, sources = replacing.replace, ["same"]

    def saved_before(swap: Any) -> None:
        if swap.file == file and len(sources) <= saves:
            sources.append(f"saved {len(sources)}")
            file.write_text(file.read_text().replace(*(f'"{each}"' for each in sources[-2:])))
        replace(swap)

    async def look(world: World) -> str:
        [merge] = await all_merges(world)
        return str(merge.status)

    # A save at exactly this moment cannot be had otherwise.
    monkeypatch.setattr(replacing, "replace", saved_before)
    assert setting.recovered(look) == ("merged" if saves == 1 else "open")
    monkeypatch.undo()
    assert setting.recovered(look) == "merged"
    assert present(setting) == [NEW, NEW | {"y": sources[-1]}]
