"""Deciding about cells of a merge: what counts, how long, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.merges import decide, read_preview
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.shelf import Shelf
from jupyter_sessions.errors import BadRequest, Conflict
from jupyter_sessions.models.merge import CellDecision, MergeDecisions

from .test_merges import START, asked, both, merged, put
from .world import World


async def test_rejected_cells_stay_out_and_are_not_asked_about_again(world: World):
    main, _, merge = await both(world, START, {"a": "ONE", "b": "TWO", "c": "three"})
    shown = await put(world, merge, ("a", "reject"), ("b", "accept"))
    items = {each.cell_id: each for each in shown.notebooks[0].items}
    assert (items["a"].result, items["b"].result) == ("one", "TWO")
    assert items["a"].decision.choice == "reject"
    await merged(world, merge)
    assert world.sources(main) == {"a": "one", "b": "TWO", "c": "three"}
    again = await asked(world)
    assert (await read_preview(world.shelf, again)).notebooks == []


@pytest.mark.parametrize(
    ("choice", "text", "result"),
    [
        ("ours", None, "mine"),
        ("theirs", None, "yours"),
        ("both", None, "mine\nyours"),
        ("edit", "together", "together"),
    ],
)
async def test_a_conflict_is_decided_and_never_leaves_a_mark(
    world: World, choice: str, text: str | None, result: str
):
    main, _, merge = await both(world, START | {"a": "mine"}, START | {"a": "yours"})
    shown = await read_preview(world.shelf, merge)
    [item] = shown.notebooks[0].items
    assert (item.change, item.conflict, shown.undecided) == ("conflict", "source", 1)
    assert (item.base.source, item.target.source, item.source.source) == ("one", "mine", "yours")
    assert [(hunk.lines, hunk.target, hunk.source) for hunk in item.hunks] == [
        (None, ["mine"], ["yours"])
    ]
    with pytest.raises(Conflict, match="1 conflict is not decided"):
        await approve(world.timeline, world.shelf, merge, shown.token)
    assert world.sources(main)["a"] == "mine"
    await put(world, merge, ("a", choice), text=text)
    await merged(world, merge)
    assert world.sources(main) == START | {"a": result}


async def test_decisions_outlive_the_server_and_moves_of_other_cells(world: World):
    ours, theirs = START | {"a": "mine"}, START | {"a": "yours"}
    main, branch, merge = await both(world, ours, theirs)
    await put(world, merge, ("a", "theirs"))
    await world.save(branch, theirs | {"b": "TWO"})
    other = Documents(world.shelf.documents._contents.manager, publish=lambda *_: None)
    again = Shelf(world.database, world.scope, world.shelf.folder, other)
    shown = await read_preview(again, merge)
    items = {each.cell_id: each for each in shown.notebooks[0].items}
    assert (items["a"].decision.choice, items["a"].new) == ("theirs", False)
    assert (items["b"].decision, items["b"].new, shown.moved) == (None, True, True)
    await merged(world, merge)
    assert world.sources(main) == {"a": "yours", "b": "TWO", "c": "three"}


async def test_a_decision_does_not_count_for_a_cell_that_changed_since(world: World):
    _, branch, merge = await both(world, START | {"a": "mine"}, START | {"a": "yours"})
    await put(world, merge, ("a", "ours"))
    await world.save(branch, START | {"a": "yours, better"})
    shown = await read_preview(world.shelf, merge)
    [item] = shown.notebooks[0].items
    assert (item.decision, item.new, shown.undecided, shown.moved) == (None, True, 1, True)
    shown = await put(world, merge, ("a", "theirs"))
    assert (shown.undecided, shown.moved) == (0, False)


async def test_a_decision_is_about_what_was_seen(world: World):
    """The branch moves between the look and the decision, at the first one and later."""
    theirs = {"a": "ONE", "b": "TWO", "c": "three"}
    _, branch, merge = await both(world, START, theirs)

    async def decided(cell: str) -> Any:
        choice = CellDecision(notebook="n.ipynb", cell_id=cell, choice="reject")
        return await decide(world.shelf, merge, MergeDecisions(decisions=[choice], place=place))

    place = (await read_preview(world.shelf, merge)).place
    await world.save(branch, theirs | {"b": "two more"})
    with pytest.raises(Conflict, match="Look at the merge again"):
        await decided("a")  # nobody knows whether the other cell was seen
    shown = await read_preview(world.shelf, merge)
    assert [each.decision for each in shown.notebooks[0].items] == [None, None]
    place = shown.place
    assert (await decided("a")).moved is False
    await world.save(branch, theirs | {"b": "two again"})
    with pytest.raises(Conflict, match="Look at the merge again"):
        await decided("b")
    # A cell that did not move is decided about; the other stays to be looked at.
    shown = await decided("a")
    assert [(each.cell_id, each.new) for each in shown.notebooks[0].items] == [
        ("a", False), ("b", True),
    ]  # fmt: skip
    assert shown.moved is True
    place = shown.place
    assert (await decided("b")).moved is False


async def test_a_decision_counts_still_after_the_cell_was_only_run(world: World):
    _, branch, merge = await both(world, START | {"a": "mine"}, START | {"a": "yours"})
    await put(world, merge, ("a", "theirs"))
    await world.save(branch, START | {"a": "yours"}, outputs={"a": "42"})
    [item] = (await read_preview(world.shelf, merge)).notebooks[0].items
    assert (item.decision.choice, item.source.has_outputs) == ("theirs", True)


async def test_taking_a_decision_back_opens_the_conflict_again(world: World):
    _, _, merge = await both(world, START | {"a": "mine"}, START | {"a": "yours"})
    await put(world, merge, ("a", "ours"))
    assert (await put(world, merge, ("a", None))).undecided == 1


@pytest.mark.parametrize(
    ("cell", "choice", "text", "says"),
    [
        ("a", "both", None, "cannot be decided as"),
        ("nowhere", "accept", None, "nothing to decide about cell 'nowhere'"),
        ("a", "edit", None, "belongs to the choice 'edit'"),
        ("a", "accept", "x", "belongs to the choice 'edit'"),
    ],
)
async def test_a_decision_that_does_not_fit_is_refused_and_none_is_kept(
    world: World, cell: str, choice: str, text: str | None, says: str
):
    _, _, merge = await both(world, START, START | {"a": "ONE", "b": "TWO"})
    with pytest.raises(BadRequest, match=says):
        await decide(
            world.shelf,
            merge,
            MergeDecisions(
                decisions=[
                    CellDecision(notebook="n.ipynb", cell_id="b", choice="reject"),
                    CellDecision(notebook="n.ipynb", cell_id=cell, choice=choice, text=text),
                ]
            ),
        )
    shown = await read_preview(world.shelf, merge)
    assert [each.decision for each in shown.notebooks[0].items] == [None, None]
