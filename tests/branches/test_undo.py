"""What a run, a merge or a restore did is taken back, whatever was done since."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_sessions.actions.changes import read_changes, read_run_diff
from jupyter_sessions.actions.run_undo import redo_run, undo_run
from jupyter_sessions.actions.runs import Outcome, close_orphans, end_run
from jupyter_sessions.actions.undo import restore_version, undo_operation
from jupyter_sessions.branches.recording import By
from jupyter_sessions.errors import BadRequest, Conflict, NotFound
from jupyter_sessions.ids import OperationId, StreamId
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.models.version import CellRef, UndoRun
from jupyter_sessions.storage import operations
from jupyter_sessions.storage.servers import Presence

from .test_merges import asked, both, merged, read_preview
from .world import World

START = {"a": "one", "b": "two", "c": "three"}
RAN = {"a": "ONE", "new": "4", "b": "two"}
"""What the agent makes of START: one cell edited, one added, one deleted."""


def by(run: Any) -> By:
    return By("agent", run.session_id, run.id)


async def ended(world: World, run: Any) -> Any:
    return await end_run(world.timeline, world.scope, run.id, Outcome("completed"))


async def ran(world: World, cells: dict[str, str] = RAN, path: str = "n.ipynb") -> tuple[Any, Any]:
    """Return main and a run that has made RAN of START."""
    main = await world.main()
    await world.save(main, START, path)
    run = await world.run()
    await world.save(main, cells, path, by(run))
    await ended(world, run)
    return main, run


async def undone(world: World, run: Any, **what: Any) -> Any:
    return await undo_run(world.timeline, world.shelf, run.id, UndoRun(**what))


async def test_a_run_is_undone_and_done_again(world: World):
    main, run = await ran(world)
    changes = await undone(world, run)
    assert world.sources(main) == START
    assert (changes.undone, changes.left) == ("yes", [])
    async with world.database.read() as conn:
        operation = await operations.get_operation(conn, world.scope, changes.undo)
        [(first, _)] = await operations.list_run(conn, world.scope, run.id)
    assert (operation.kind, operation.undoes, first.undone) == ("undo", first.id, True)
    changes = await redo_run(world.timeline, world.shelf, run.id)
    assert world.sources(main) == RAN
    assert (changes.undone, changes.undo) == ("no", None)
    with pytest.raises(Conflict, match="no undo"):
        await redo_run(world.timeline, world.shelf, run.id)
    assert (await undone(world, run)).undone == "yes"
    assert world.sources(main) == START
    log = await world.timeline.read(StreamId(run.session_id), types={"run.undone"})
    assert [(each.data.redo, each.data.partly, each.data.cells) for each in log] == [
        (False, False, 3), (True, False, 3), (False, False, 3),
    ]  # fmt: skip


async def test_what_a_person_wrote_since_in_other_cells_stays(world: World):
    main, run = await ran(world)
    await world.save(main, RAN | {"b": "TWO", "mine": "5"})
    changes = await undone(world, run)
    assert world.sources(main) == {"a": "one", "b": "TWO", "c": "three", "mine": "5"}
    assert (changes.undone, changes.left) == ("yes", [])


async def test_cells_that_were_changed_since_are_left_and_named_unless_it_is_forced(world: World):
    main, run = await ran(world)
    await world.save(main, RAN | {"a": "ONE, better"}, outputs={"a": "1"})
    changes = await undone(world, run)
    assert world.sources(main) == {"a": "ONE, better", "b": "two", "c": "three"}
    [left] = changes.left
    assert (left.notebook, left.cell_id, left.author.by) == ("n.ipynb", "a", "user")
    assert changes.undone == "partly"
    [diff] = await read_run_diff(world.timeline, world.shelf, run.id)
    assert {cell.cell_id: cell.state for cell in diff.cells} == {
        "a": "changed_since", "new": "taken_back", "c": "taken_back",
    }  # fmt: skip
    changes = await undone(world, run, force=True)
    assert world.sources(main) == START
    assert changes.undone == "yes"
    # What was taken away is a version still.
    async with world.database.read() as conn:
        state = await world.state(main)
        history = await operations.list_history(conn, main.id, state.notebook_id)
    assert [operation.kind for operation, _ in history] == [
        "undo", "undo", "save", "run", "save",
    ]  # fmt: skip


async def test_lines_of_a_cell_that_a_person_did_not_touch_are_taken_back(world: World):
    main = await world.main()
    await world.save(main, {"a": "1\n2\n3\n4\n5"})
    run = await world.run()
    await world.save(main, {"a": "1\nagent\n3\n4\n5"}, by=by(run))
    await ended(world, run)
    await world.save(main, {"a": "1\nagent\n3\n4\nuser"})
    await undone(world, run)
    assert world.sources(main) == {"a": "1\n2\n3\n4\nuser"}


async def test_single_cells_of_a_run_are_taken_back(world: World):
    main, run = await ran(world)
    changes = await undone(world, run, cells=[CellRef(notebook="n.ipynb", cell_id="a")])
    assert world.sources(main) == {"a": "one", "new": "4", "b": "two"}
    assert changes.undone == "partly"
    [diff] = await read_run_diff(world.timeline, world.shelf, run.id)
    assert {cell.cell_id: cell.state for cell in diff.cells} == {
        "a": "taken_back", "new": "open", "c": "open",
    }  # fmt: skip
    cells = [CellRef(notebook="n.ipynb", cell_id=name) for name in ("new", "c")]
    assert (await undone(world, run, cells=cells)).undone == "yes"
    assert world.sources(main) == START
    await redo_run(world.timeline, world.shelf, run.id)
    assert world.sources(main) == {"a": "one", "new": "4", "b": "two"}
    await redo_run(world.timeline, world.shelf, run.id)
    assert world.sources(main) == RAN


async def test_a_run_that_a_person_wrote_in_between_of_is_taken_back_as_a_whole(world: World):
    main = await world.main()
    await world.save(main, START)
    run = await world.run()
    await world.save(main, START | {"a": "agent 1"}, by=by(run))
    await world.save(main, START | {"a": "agent 1", "b": "person"})
    await world.save(main, START | {"a": "agent 2", "b": "person"}, by=by(run))
    await ended(world, run)
    await undone(world, run)
    assert world.sources(main) == START | {"b": "person"}


async def test_notebooks_that_a_run_made_and_changed_are_as_before(world: World):
    main = await world.main()
    await world.save(main, START, "kept.ipynb")
    run = await world.run()
    await world.save(main, {"x": "1"}, "made.ipynb", by(run))
    await world.save(main, RAN, "kept.ipynb", by(run))
    await ended(world, run)
    await undone(world, run)
    assert world.sources(main, "kept.ipynb") == START
    assert not world.file(main, "made.ipynb").exists()


async def test_a_notebook_of_the_run_that_a_person_went_on_with_stays_with_their_cells(
    world: World,
):
    main = await world.main()
    run = await world.run()
    await world.save(main, {"x": "1", "y": "2"}, "made.ipynb", by(run))
    await ended(world, run)
    await world.save(main, {"x": "1", "y": "mine", "z": "3"}, "made.ipynb")
    changes = await undone(world, run)
    assert world.sources(main, "made.ipynb") == {"y": "mine", "z": "3"}
    assert [left.cell_id for left in changes.left] == ["y"]


async def ran_on_two(world: World) -> tuple[Branch, Branch, Any]:
    """Let a run change a notebook on main and on another branch."""
    main = await world.main()
    await world.save(main, START)
    branch = await world.fork("b", main)
    run = await world.run()
    await world.save(main, RAN, by=by(run))
    await world.save(branch, START | {"b": "agent"}, by=by(run))
    await ended(world, run)
    return main, branch, run


async def test_a_run_on_two_branches_is_taken_back_on_both(world: World):
    main, branch, run = await ran_on_two(world)
    changes = await read_changes(world.timeline, world.shelf, run.id)
    assert [(each.branch_name, each.cells) for each in changes.notebooks] == [("main", 3), ("b", 1)]
    await undone(world, run)
    assert world.sources(main) == world.sources(branch) == START


async def test_an_undo_that_fails_on_the_second_branch_says_what_it_did_on_the_first(world: World):
    main, branch, run = await ran_on_two(world)
    file = world.file(branch)
    kept = file.read_text()
    file.write_text(kept[:100])
    with pytest.raises(BadRequest, match="cannot be used"):
        await undone(world, run)
    changes = await read_changes(world.timeline, world.shelf, run.id)
    assert (world.sources(main), changes.undone) == (START, "partly")
    file.write_text(kept)
    changes = await redo_run(world.timeline, world.shelf, run.id)
    assert (world.sources(main), changes.undone) == (RAN, "no")
    assert (await undone(world, run)).undone == "yes"
    assert world.sources(main) == world.sources(branch) == START
    changes = await redo_run(world.timeline, world.shelf, run.id)
    assert (world.sources(main), changes.undone) == (RAN, "no")
    assert world.sources(branch) == START | {"b": "agent"}


async def test_a_run_at_work_cannot_be_undone_and_one_of_nobody_is_not_found(world: World):
    run = await world.run()
    with pytest.raises(Conflict, match="still at work"):
        await undone(world, run)
    with pytest.raises(NotFound):
        await undo_run(world.timeline, world.shelf, "01J0000000000000000000NONE", UndoRun())


async def test_undoing_twice_does_nothing_the_second_time(world: World):
    main, run = await ran(world)
    await undone(world, run)
    async with world.database.read() as conn:
        last = await operations.last_operation(conn, world.scope)
    assert (await undone(world, run)).undone == "yes"
    async with world.database.read() as conn:
        assert await operations.last_operation(conn, world.scope) == last
    assert world.sources(main) == START


async def test_the_run_of_a_server_that_died_says_what_it_had_changed(world: World):
    main = await world.main()
    await world.save(main, START)
    run = await world.run()
    await world.save(main, RAN, by=by(run))
    assert await close_orphans(world.timeline, Presence(world.database)) == 1
    log = await world.timeline.read(StreamId(run.session_id))
    assert [each.type for each in log] == ["notebooks.changed", "run.failed"]
    [said] = log[0].data.notebooks
    assert (said.notebook, said.cells, said.lines_added, said.lines_removed) == (
        "n.ipynb", 3, 2, 2,
    )  # fmt: skip
    await undone(world, run)
    assert world.sources(main) == START


async def test_an_undone_merge_can_be_merged_again(world: World):
    main, _, merge = await both(world, START | {"c": "THREE"}, START | {"a": "ONE"})
    done = await merged(world, merge)
    result = await undo_operation(world.timeline, world.shelf, done.operation)
    assert (world.sources(main), result.left) == (START | {"c": "THREE"}, [])
    again = await asked(world)
    [notebook] = (await read_preview(world.shelf, again)).notebooks
    assert [item.cell_id for item in notebook.items] == ["a"]
    redo = await undo_operation(world.timeline, world.shelf, result.version)
    assert world.sources(main) == {"a": "ONE", "b": "two", "c": "THREE"}
    assert (await read_preview(world.shelf, again)).notebooks == []
    assert redo.version is not None
    with pytest.raises(Conflict, match="taken back already"):
        await undo_operation(world.timeline, world.shelf, result.version)
    log = await world.timeline.read(StreamId(world.scope.project_id), types={"operation.undone"})
    assert [each.data.redo for each in log] == [False, True]


@pytest.mark.parametrize("writer", ["user", "agent"])
@pytest.mark.parametrize("order", ["save undo redo", "undo save redo", "save merge undo"])
async def test_what_was_saved_right_after_a_merge_is_offered_whatever_is_taken_back(
    world: World, order: str, writer: str
):
    main = await world.main()
    await world.save(main, START)
    branch = await world.fork("try-boosting", main)
    who = by(await world.run()) if writer == "agent" else By("user")
    await world.save(branch, START | {"a": "ONE"}, by=who)
    last = (await merged(world, await asked(world))).operation
    for step in order.split():
        if step == "save":
            await world.save(branch, START | {"a": "ONE", "b": "TWO"}, by=who)
        elif step == "merge":
            last = (await merged(world, await asked(world))).operation
        else:
            last = (await undo_operation(world.timeline, world.shelf, last)).version
    assert world.sources(main) == START | {"a": "ONE"}
    [notebook] = (await read_preview(world.shelf, await asked(world))).notebooks
    assert [item.cell_id for item in notebook.items] == ["b"]


async def test_undoing_a_merge_brings_back_what_it_removed_and_takes_what_it_added(world: World):
    main = await world.main()
    await world.save(main, START, "gone.ipynb")
    branch = await world.fork("try-boosting", main)
    await world.save(branch, {"x": "1"}, "new.ipynb")
    await world.delete(branch, "gone.ipynb")
    done = await merged(world, await asked(world))
    assert not world.file(main, "gone.ipynb").exists()
    await undo_operation(world.timeline, world.shelf, done.operation)
    assert world.sources(main, "gone.ipynb") == START
    assert not world.file(main, "new.ipynb").exists()
    assert await world.head(branch, "new.ipynb") == {"x": "1"}


async def test_an_earlier_version_is_restored_as_a_new_one_and_that_undone(world: World):
    main = await world.main()
    first = await world.save(main, START)
    run = await world.run()
    await world.save(main, RAN, by=by(run))
    made = await restore_version(world.timeline, world.shelf, first, "n.ipynb")
    assert world.sources(main) == START
    with pytest.raises(Conflict, match="in this version now"):
        await restore_version(world.timeline, world.shelf, first, "n.ipynb")
    await undo_operation(world.timeline, world.shelf, made)
    assert world.sources(main) == RAN


async def test_a_deleted_notebook_is_restored_from_its_last_version(world: World):
    main = await world.main()
    first = await world.save(main, START)
    await world.delete(main)
    await restore_version(world.timeline, world.shelf, first, "n.ipynb")
    assert world.sources(main) == START


async def test_versions_that_cannot_be_undone_say_why(world: World):
    main = await world.main()
    await world.save(main, START)
    async with world.database.read() as conn:
        first = await operations.last_operation(conn, world.scope)
    with pytest.raises(NotFound):
        await undo_operation(world.timeline, world.shelf, OperationId(first + 1))
