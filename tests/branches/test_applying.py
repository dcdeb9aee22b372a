"""Several notebooks brought to versions together: all of them or none, through a real manager."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest

from jupyter_sessions.branches import replacing, staging
from jupyter_sessions.branches.applying import Target, apply
from jupyter_sessions.branches.contents import Moved
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.syncing import sync
from jupyter_sessions.errors import Conflict, StorageFull
from jupyter_sessions.models.live import CellEdit, NotebookChanged, VersionAdded
from jupyter_sessions.storage import operations

from .world import USER, World

OLD, NEW = {"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}


async def two_versions(world: World, path: str = "n.ipynb") -> tuple[Any, Any]:
    """Return the present state (NEW) and the one before (OLD) of a notebook on main."""
    main = await world.main()
    await world.save(main, OLD, path)
    old = await world.state(main, path)
    run = await world.run()
    await world.save(main, NEW, path, run_by(run))
    return old, await world.state(main, path)


def run_by(run: Any) -> Any:
    return By("agent", run.session_id, run.id)


def back(old: Any, now: Any) -> Target:
    return Target(now.notebook_id, now, old.path, old.version_id)


async def test_a_version_comes_back_as_a_new_one_in_file_history_and_open_views(world: World):
    old, now = await two_versions(world)
    main = await world.main()
    world.news.clear()
    made = await apply(world.shelf, main, "restore", USER, [back(old, now)])
    assert world.sources(main) == OLD
    assert await world.head(main) == OLD
    changed, added = world.news
    assert isinstance(changed, NotebookChanged)
    assert CellEdit(cell_id="b", before="3", source="2") in changed.ops
    assert changed.hash is not None
    assert added == VersionAdded(branch=main.id, notebook="n.ipynb", version=made)
    async with world.database.read() as conn:
        operation = await operations.get_operation(conn, world.scope, made)
        [change] = await operations.list_changes(conn, made)
    assert (operation.kind, operation.writer, operation.intent) == ("restore", "user", False)
    assert (change.cells, change.lines_added, change.lines_removed) == (2, 1, 2)
    assert world.leftovers() == []


async def test_what_was_applied_is_known_and_not_taken_for_an_edit_from_outside(world: World):
    old, now = await two_versions(world)
    main = await world.main()
    await apply(world.shelf, main, "restore", USER, [back(old, now)])
    assert await sync(world.shelf, main, "n.ipynb") is None


async def test_a_notebook_that_someone_wrote_meanwhile_leaves_all_as_it_was(world: World):
    targets = [back(*await two_versions(world, path)) for path in ("a.ipynb", "b.ipynb")]
    main = await world.main()
    file = world.file(main, "b.ipynb")
    outside = file.read_text().replace('"3"', '"from outside"')
    file.write_text(outside)
    with pytest.raises(Moved):
        await apply(world.shelf, main, "restore", USER, targets)
    assert world.sources(main, "a.ipynb") == NEW
    assert file.read_text() == outside
    assert world.leftovers() == []


async def test_versions_that_are_no_longer_the_newest_are_not_applied_upon(world: World):
    old, now = await two_versions(world)
    main = await world.main()
    await world.save(main, {"a": "newer"})
    with pytest.raises(Moved):
        await apply(world.shelf, main, "restore", USER, [back(old, now)])
    assert world.sources(main) == {"a": "newer"}


@pytest.mark.parametrize("step", ["write_draft", "replace"])
async def test_a_disk_that_fails_at_the_second_notebook_leaves_both(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch
):
    targets = [back(*await two_versions(world, path)) for path in ("a.ipynb", "b.ipynb")]
    main = await world.main()
    real, calls = getattr(os, "open" if step == "write_draft" else step), []

    def failing(name: Any, *rest: Any, **more: Any) -> Any:
        if str(name).startswith(".b.ipynb.jupyter-sessions") and str(name).endswith(".new"):
            calls.append(name)
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(name, *rest, **more)

    # A full disk at exactly this step cannot be had otherwise; tests/faults fills a real one.
    monkeypatch.setattr(os, "open" if step == "write_draft" else step, failing)
    with pytest.raises(StorageFull, match="Free some space"):
        await apply(world.shelf, main, "restore", USER, targets)
    monkeypatch.undo()
    assert calls
    for path in ("a.ipynb", "b.ipynb"):
        assert world.sources(main, path) == NEW
        assert await world.head(main, path) == NEW
    assert world.leftovers() == []
    async with world.database.read() as conn:
        assert await operations.list_intents(conn) == []
    await apply(world.shelf, main, "restore", USER, targets)
    assert world.sources(main, "b.ipynb") == OLD


async def test_a_database_that_fails_at_the_end_takes_the_files_back(world: World):
    old, now = await two_versions(world)
    main = await world.main()

    async def commit(*_: Any) -> None:
        assert world.sources(main) == OLD
        raise StorageFull("The disk is full.")

    with pytest.raises(StorageFull):
        await apply(world.shelf, main, "restore", USER, [back(old, now)], commit=commit)
    assert world.sources(main) == NEW
    assert await world.head(main) == NEW
    assert world.leftovers() == []
    # Open views were told of both ways.
    told = [news for news in world.news if isinstance(news, NotebookChanged)]
    assert len(told) == 2


async def test_a_file_that_someone_deletes_right_after_it_was_replaced_undoes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    targets = [back(*await two_versions(world, path)) for path in ("a.ipynb", "b.ipynb")]
    main = await world.main()
    replace = replacing.replace

    def deleted_after(swap: Any) -> None:
        replace(swap)
        world.file(main, "a.ipynb").unlink(missing_ok=True)

    # A deletion at exactly this moment cannot be had otherwise.
    monkeypatch.setattr(replacing, "replace", deleted_after)
    await apply(world.shelf, main, "restore", USER, targets)
    assert not world.file(main, "a.ipynb").exists()
    assert world.sources(main, "b.ipynb") == OLD
    for path in ("a.ipynb", "b.ipynb"):
        assert await world.head(main, path) == OLD
    assert world.leftovers() == []


async def test_notebooks_come_go_and_change_their_names_together(world: World):
    main = await world.main()
    await world.save(main, OLD, "goes.ipynb")
    await world.save(main, OLD, "moves.ipynb")
    goes, moves = await world.state(main, "goes.ipynb"), await world.state(main, "moves.ipynb")
    branch = await world.fork("b", main)
    await world.save(branch, NEW, "new.ipynb")
    comes = await world.state(branch, "new.ipynb")
    await apply(
        world.shelf,
        main,
        "merge",
        USER,
        [
            Target(goes.notebook_id, goes, None, None),
            Target(moves.notebook_id, moves, "folder/moved.ipynb", moves.version_id),
            Target(comes.notebook_id, None, "new.ipynb", comes.version_id),
        ],
    )
    assert not world.file(main, "goes.ipynb").exists()
    assert not world.file(main, "moves.ipynb").exists()
    assert world.sources(main, "folder/moved.ipynb") == OLD
    assert world.sources(main, "new.ipynb") == NEW
    assert (await world.state(main, "folder/moved.ipynb")).notebook_id == moves.notebook_id
    assert await world.state(main, "goes.ipynb") is None


async def test_a_name_that_is_taken_is_refused_and_nothing_happens(world: World):
    main = await world.main()
    await world.save(main, OLD, "one.ipynb")
    await world.save(main, NEW, "two.ipynb")
    one = await world.state(main, "one.ipynb")
    target = Target(one.notebook_id, one, "two.ipynb", one.version_id)
    with pytest.raises(Conflict, match="already a notebook"):
        await apply(world.shelf, main, "merge", USER, [target])
    assert world.sources(main, "one.ipynb") == OLD
    assert world.sources(main, "two.ipynb") == NEW


async def test_a_branch_without_the_file_gets_the_version_and_no_file(world: World):
    old, _ = await two_versions(world)
    branch = await world.fork("b", await world.main())
    state = await world.state(branch)
    target = Target(state.notebook_id, state, "n.ipynb", old.version_id)
    await apply(world.shelf, branch, "merge", USER, [target])
    assert not world.file(branch).exists()
    assert await world.head(branch) == OLD
    assert world.sources(await world.main()) == NEW


async def test_the_old_file_keeps_a_second_name_only_while_it_is_needed(world: World):
    old, now = await two_versions(world)
    main = await world.main()
    mode = 0o640
    world.file(main).chmod(mode)
    await apply(world.shelf, main, "restore", USER, [back(old, now)])
    assert world.file(main).stat().st_mode & 0o777 == mode
    assert world.file(main).stat().st_nlink == 1
    assert staging.Swap(world.file(main), "t", None, None).new == ".n.ipynb.t.new"
