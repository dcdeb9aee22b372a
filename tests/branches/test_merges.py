"""Branches merged as people do it: looked at, decided, approved; on real files and a database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.merges import close, decide, propose, read_merge, read_preview
from jupyter_sessions.branches.authorship import list_authors
from jupyter_sessions.branches.history import list_versions
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.syncing import rename
from jupyter_sessions.errors import BadRequest, Conflict, NotFound
from jupyter_sessions.ids import MAIN, MergeId, StreamId
from jupyter_sessions.models.merge import CellDecision, MergeDecisions
from jupyter_sessions.storage import operations
from jupyter_sessions.storage.branches import update_branch

from .world import World

START = {"a": "one", "b": "two", "c": "three"}


async def forked(world: World, start: dict[str, str] = START) -> tuple[Any, Any]:
    main = await world.main()
    await world.save(main, start)
    return main, await world.fork("try-boosting", main)


async def asked(world: World, source: str = "try-boosting", target: str = MAIN) -> MergeId:
    return (await propose(world.timeline, world.scope, source, target)).id


async def put(world: World, merge: MergeId, *choices: tuple[str, Any], text: Any = None) -> Any:
    decisions = [
        CellDecision(notebook="n.ipynb", cell_id=cell, choice=choice, text=text)
        for cell, choice in choices
    ]
    return await decide(world.shelf, merge, MergeDecisions(decisions=decisions))


async def merged(world: World, merge: MergeId) -> Any:
    token = (await read_preview(world.shelf, merge)).token
    return await approve(world.timeline, world.shelf, merge, token)


async def both(world: World, ours: Any, theirs: Any) -> tuple[Any, Any, MergeId]:
    """Save two sides of START, and ask for the merge."""
    main, branch = await forked(world)
    await world.save(branch, theirs)
    await world.save(main, ours)
    return main, branch, await asked(world)


async def test_edits_of_both_sides_come_together_and_the_history_says_so(world: World):
    theirs = {"a": "ONE", "b": "two", "new": "4", "c": "three"}
    main, branch, merge = await both(world, START | {"c": "THREE"}, theirs)
    shown = await read_preview(world.shelf, merge)
    [notebook] = shown.notebooks
    assert (notebook.notebook, notebook.change) == ("n.ipynb", "changed")
    assert [(each.cell_id, each.change) for each in notebook.items] == [
        ("a", "edited"), ("new", "added"),
    ]  # fmt: skip
    assert (shown.to_decide, shown.undecided, shown.moved) == (2, 0, False)
    assert (notebook.lines_added, notebook.lines_removed) == (2, 1)
    done = await approve(world.timeline, world.shelf, merge, shown.token)
    assert done.status == "merged"
    assert world.sources(main) == {"a": "ONE", "b": "two", "new": "4", "c": "THREE"}
    assert world.sources(branch) == theirs
    async with world.database.read() as conn:
        operation = await operations.get_operation(conn, world.scope, done.operation)
    assert (operation.kind, operation.writer) == ("merge", "user")
    newest, *older = await list_versions(world.shelf, "n.ipynb", MAIN)
    assert (newest.kind, newest.merged_from) == ("merge", "try-boosting")
    assert {each.merged_from for each in older} == {None}
    log = await world.timeline.read(StreamId(world.scope.project_id))
    assert [event.type for event in log] == ["merge.proposed", "merge.applied"]
    assert (log[1].data.cells, log[1].data.target_name) == (2, "main")


async def test_merging_again_brings_only_what_is_new_in_both_directions(world: World):
    main, branch, merge = await both(world, START, START | {"a": "ONE"})
    await merged(world, merge)
    again = await asked(world)
    assert again != merge
    assert (await read_preview(world.shelf, again)).notebooks == []
    with pytest.raises(Conflict, match="nothing to merge"):
        await merged(world, again)
    await world.save(branch, START | {"a": "ONE", "b": "TWO"})
    await world.save(main, START | {"a": "ONE", "c": "THREE"})
    [notebook] = (await read_preview(world.shelf, again)).notebooks
    assert [each.cell_id for each in notebook.items] == ["b"]
    await merged(world, again)
    await merged(world, await asked(world, MAIN, "try-boosting"))
    assert await world.head(branch) == {"a": "ONE", "b": "TWO", "c": "THREE"}
    assert world.sources(main) == world.sources(branch)


async def test_of_two_approvals_at_once_one_is_made_and_the_other_refused(world: World):
    main, _, merge = await both(world, START, START | {"a": "ONE"})
    token = (await read_preview(world.shelf, merge)).token
    results = await asyncio.gather(
        *(approve(world.timeline, world.shelf, merge, token) for _ in range(2)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in results) == ["Conflict", "Merge"]
    assert world.sources(main)["a"] == "ONE"
    async with world.database.read() as conn:
        merge_row = await read_merge(world.timeline, world.scope, merge)
        last = await operations.last_operation(conn, world.scope)
    assert (merge_row.status, merge_row.operation) == ("merged", last)


@pytest.mark.parametrize("side", ["source", "target"])
async def test_a_branch_that_moved_since_makes_the_approval_void(world: World, side: str):
    main, branch, merge = await both(world, START, START | {"a": "ONE"})
    token = (await read_preview(world.shelf, merge)).token
    moved = main if side == "target" else branch
    cells = world.sources(moved) | {"b": "changed"}
    # Another program writes the file: nobody has told us.
    text = world.file(moved).read_text().replace('"two"', '"changed"')
    world.file(moved).write_text(text)
    with pytest.raises(Conflict, match="not what you looked at"):
        await approve(world.timeline, world.shelf, merge, token)
    assert world.sources(moved) == cells
    assert world.sources(main)["a"] == "one"
    assert (await merged(world, merge)).status == "merged"
    assert world.sources(main) == {"a": "ONE", "b": "changed", "c": "three"}


async def test_notebooks_are_added_renamed_and_removed_by_a_merge(world: World):
    main, branch = await forked(world)
    await world.save(main, START, "gone.ipynb")
    await world.save(main, START, "old.ipynb")
    branch = await world.fork("second", main)
    await world.save(branch, {"x": "1"}, "deep/new.ipynb")
    await world.delete(branch, "gone.ipynb")
    await rename(world.shelf, branch, "old.ipynb", "better.ipynb")
    await world.save(main, START | {"a": "ONE"}, "old.ipynb")
    merge = await asked(world, "second")
    shown = await read_preview(world.shelf, merge)
    assert {each.notebook: each.change for each in shown.notebooks} == {
        "deep/new.ipynb": "added",
        "gone.ipynb": "removed",
        "better.ipynb": "renamed",
    }
    renamed = next(each for each in shown.notebooks if each.change == "renamed")
    assert renamed.renamed_from == "old.ipynb"
    await merged(world, merge)
    assert world.sources(main, "deep/new.ipynb") == {"x": "1"}
    assert not world.file(main, "gone.ipynb").exists()
    assert not world.file(main, "old.ipynb").exists()
    assert world.sources(main, "better.ipynb") == START | {"a": "ONE"}


async def test_what_was_edited_on_the_target_is_not_removed_with_the_source(world: World):
    main, branch = await forked(world)
    await world.delete(branch)
    await world.save(main, START | {"a": "ONE"})
    merge = await asked(world)
    assert (await read_preview(world.shelf, merge)).notebooks == []
    assert world.sources(main)["a"] == "ONE"


async def test_two_notebooks_of_one_name_stay_two(world: World):
    main, branch = await forked(world)
    await world.save(branch, {"x": "theirs"}, "same.ipynb")
    await world.save(main, {"y": "ours"}, "same.ipynb")
    merge = await asked(world)
    [notebook] = (await read_preview(world.shelf, merge)).notebooks
    assert (notebook.notebook, notebook.change) == ("same-2.ipynb", "added")
    await merged(world, merge)
    assert world.sources(main, "same.ipynb") == {"y": "ours"}
    assert world.sources(main, "same-2.ipynb") == {"x": "theirs"}


async def test_a_branch_of_a_branch_brings_what_both_have_changed(world: World):
    main, branch = await forked(world)
    await world.save(branch, START | {"a": "ONE"})
    deeper = await world.fork("deeper", branch)
    await world.save(deeper, {"x": "1"}, "other.ipynb")
    await world.save(branch, START | {"a": "ONE", "b": "later"})
    merge = await asked(world, "deeper")
    await merged(world, merge)
    assert world.sources(main) == START | {"a": "ONE"}
    assert world.sources(main, "other.ipynb") == {"x": "1"}


async def test_siblings_merge_from_where_they_parted(world: World):
    main, one = await forked(world)
    await world.save(main, START | {"c": "THREE"})
    two = await world.fork("two", main)
    await world.save(one, START | {"a": "ONE"})
    await world.save(two, START | {"b": "TWO", "c": "THREE"})
    await merged(world, await asked(world, "two", "try-boosting"))
    assert await world.head(one) == {"a": "ONE", "b": "TWO", "c": "THREE"}
    assert world.sources(main) == START | {"c": "THREE"}


async def test_only_run_on_both_sides_is_no_conflict(world: World):
    main, branch = await forked(world)
    await world.save(branch, START, outputs={"a": "theirs"})
    await world.save(main, START, outputs={"a": "ours"})
    merge = await asked(world)
    shown = await read_preview(world.shelf, merge)
    assert (shown.undecided, shown.to_decide) == (0, 0)


async def test_the_notebook_that_is_no_notebook_is_said_and_left(world: World):
    main, branch, merge = await both(world, START, START | {"a": "ONE"})
    file = world.file(main)
    half = file.read_text()[:100]
    file.write_text(half)
    with pytest.raises(BadRequest, match="cannot be used"):
        await read_preview(world.shelf, merge)
    assert file.read_text() == half
    assert await world.head(branch) == START | {"a": "ONE"}


async def test_what_cannot_be_merged_is_refused_with_a_sentence(world: World):
    _, branch = await forked(world)
    with pytest.raises(BadRequest, match="into itself"):
        await asked(world, MAIN, MAIN)
    with pytest.raises(NotFound):
        await asked(world, "nowhere")
    await world.write_rows(
        lambda conn: update_branch(conn, world.scope, branch.id, status="deleted")
    )
    with pytest.raises(Conflict, match="deleted"):
        await asked(world, branch.id)


async def test_asking_again_answers_the_open_merge_and_a_closed_one_is_over(world: World):
    _, _, merge = await both(world, START, START | {"a": "ONE"})
    assert await asked(world) == merge
    token = (await read_preview(world.shelf, merge)).token
    await close(world.timeline, world.scope, merge)
    await close(world.timeline, world.scope, merge)
    with pytest.raises(Conflict, match="was closed"):
        await approve(world.timeline, world.shelf, merge, token)
    assert await asked(world) != merge
    log = await world.timeline.read(StreamId(world.scope.project_id))
    assert [each.type for each in log].count("merge.closed") == 1


async def test_a_merge_that_an_agent_asked_for_is_told_in_its_session_too(world: World):
    _, branch = await forked(world)
    run = await world.run()
    await world.save(branch, START | {"a": "ONE"}, by=By("agent", run.session_id, run.id))
    merge = await propose(
        world.timeline, world.scope, branch.id, MAIN,
        created_by="agent", session_id=run.session_id, run_id=run.id,
    )  # fmt: skip
    [item] = (await read_preview(world.shelf, merge.id)).notebooks[0].items
    assert (item.source.author.by, item.source.author.run_id) == ("agent", run.id)
    assert item.target.author.by == "user"
    await merged(world, merge.id)
    log = await world.timeline.read(StreamId(run.session_id))
    assert [each.type for each in log] == ["merge.proposed", "merge.applied"]


async def test_merged_lines_keep_who_wrote_them(world: World):
    start = {"a": "1\n2\n3\n4\n5"}
    main, branch = await forked(world, start)
    run = await world.run()
    agent = By("agent", run.session_id, run.id)
    await world.save(branch, {"a": "1\nagent\n3\n4\n5"}, by=agent)
    await world.save(main, {"a": "1\n2\n3\nuser\n5"})
    await merged(world, await asked(world))
    assert world.sources(main) == {"a": "1\nagent\n3\nuser\n5"}
    [cell] = await list_authors(world.shelf, "n.ipynb", MAIN)
    lines = [each.author.by for each in cell.lines for _ in range(each.count)]
    assert lines == ["user", "agent", "user", "user", "user"]
