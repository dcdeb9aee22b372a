"""A disk that gets full in the middle of a merge: all is as it was, and can be merged later."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.merges import propose, read_merge, read_preview
from jupyter_sessions.branches import replacing
from jupyter_sessions.errors import Conflict, HalfDone, StorageFull
from jupyter_sessions.ids import MAIN, MergeId
from jupyter_sessions.storage import operations
from jupyter_sessions.storage.database import open_database
from tests.branches.world import World, open_world, sqlite_url

from .killed import recovered
from .test_disk import small_disk as small_disk

PATHS = ("a.ipynb", "b.ipynb")
OLD = {"x": "old", "y": "same"}
NEW = {"x": "new" * 100_000, "y": "same"}


@pytest.fixture
def run() -> Iterator[Any]:
    with asyncio.Runner() as runner:
        yield runner.run


async def prepared(root: Path, data: Path) -> tuple[World, MergeId, str]:
    """Return a merge of two notebooks that waits for its approval."""
    os.makedirs(root)
    database = await open_database(sqlite_url(data))
    manager = AsyncLargeFileManager(root_dir=str(root))
    world = await open_world(root / "p", database, manager)
    main = await world.main()
    for path in PATHS:
        await world.save(main, OLD, path)
    branch = await world.fork("b", main)
    for path in PATHS:
        await world.save(branch, NEW, path)
    merge = await propose(world.timeline, world.scope, branch.id, MAIN)
    return world, merge.id, (await read_preview(world.shelf, merge.id)).token


def fill(disk: Path, leave: int) -> Path:
    """Fill a disk but for some bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
        file.truncate(max(file.tell() - leave, 0))
    return filler


async def unchanged(world: World) -> None:
    main = await world.main()
    for path in PATHS:
        assert world.sources(main, path) == await world.head(main, path) == OLD
    assert world.leftovers() == []
    async with world.database.read() as conn:
        assert await operations.list_intents(conn) == []


@pytest.mark.parametrize("room", [0, 450_000], ids=["for none", "for the first notebook"])
def test_a_merge_into_a_full_disk_changes_nothing(
    tmp_path: Path, small_disk: Path, room: int, run: Any
) -> None:
    world, merge, token = run(prepared(small_disk / "served", tmp_path))
    filler = fill(small_disk, room)
    with pytest.raises(StorageFull, match="Free some space"):
        run(approve(world.timeline, world.shelf, merge, token))
    run(unchanged(world))
    os.unlink(filler)
    assert run(approve(world.timeline, world.shelf, merge, token)).status == "merged"
    main = run(world.main())
    assert [world.sources(main, path) for path in PATHS] == [NEW, NEW]
    run(world.database.close())


def test_a_merge_with_a_full_database_changes_nothing(
    tmp_path: Path, small_disk: Path, run: Any
) -> None:
    world, merge, token = run(prepared(tmp_path / "served", small_disk))
    filler = fill(small_disk, 0)
    with pytest.raises(StorageFull):
        run(approve(world.timeline, world.shelf, merge, token))
    os.unlink(filler)
    run(unchanged(world))
    assert run(approve(world.timeline, world.shelf, merge, token)).status == "merged"
    main = run(world.main())
    assert [world.sources(main, path) for path in PATHS] == [NEW, NEW]
    run(world.database.close())


def test_a_merge_that_cannot_be_taken_back_is_finished_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any
) -> None:
    world, merge, token = run(prepared(tmp_path / "served", tmp_path))
    replace, calls = replacing.replace, [0]

    def fails(_: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def fails_the_second_time(swap: Any) -> None:
        calls[0] += 1
        (fails if calls[0] == 2 else replace)(swap)

    # A disk that breaks between two files cannot be had otherwise.
    monkeypatch.setattr(replacing, "replace", fails_the_second_time)
    monkeypatch.setattr(replacing, "take_back", fails)
    with pytest.raises(HalfDone, match="finished at the server's next start"):
        run(approve(world.timeline, world.shelf, merge, token))
    monkeypatch.undo()
    with pytest.raises(Conflict, match="being made at this moment"):
        run(approve(world.timeline, world.shelf, merge, token))
    run(world.database.close())

    async def check(world: World) -> Any:
        main = await world.main()
        for path in PATHS:
            assert world.sources(main, path) == await world.head(main, path) == NEW
        assert world.leftovers() == []
        return (await read_merge(world.timeline, world.scope, merge)).status

    assert run(recovered(tmp_path, world.scope, check)) == "merged"
