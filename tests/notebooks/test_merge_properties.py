"""Properties of three-way merges: nothing is lost, and nothing is written that nobody wrote."""

from __future__ import annotations

from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.models.merge_choice import Decision
from jupyter_sessions.notebooks.cells import Notebook
from jupyter_sessions.notebooks.details import lasting

from .merging import by_id, merged, names, ran
from .strategies import edited, notebooks


@st.composite
def sides(draw: st.DrawFn) -> tuple[Notebook, Notebook, Notebook]:
    base = draw(notebooks())
    return base, draw(edited(base, "o")), draw(edited(base, "t"))


@given(sides())
def test_what_only_one_side_changed_is_taken_whole(three: Any) -> None:
    base, ours, theirs = three
    assert merged(base, base, theirs)[0] == theirs
    result, done = merged(base, ours, base)
    assert (result, done.items, done.pieces) == (ours, [], {})


@given(sides())
def test_a_merge_with_oneself_changes_nothing(three: Any) -> None:
    base, ours, _ = three
    result, done = merged(base, ours, ours)
    assert (result, done.items, done.pieces) == (ours, [], {})


@given(sides())
def test_the_inverse_merge_undoes(three: Any) -> None:
    before, after, _ = three
    assert merged(after, after, before)[0] == before


@given(sides())
def test_every_result_is_a_valid_notebook_with_ids_of_its_own(three: Any) -> None:
    result, _ = merged(*three)
    assert len(set(names(result))) == len(names(result))
    nbformat.validate(nbformat.from_dict(result), relax_add_props=False)


@given(sides())
def test_no_text_is_written_that_no_side_wrote(three: Any) -> None:
    result, _ = merged(*three)
    lines = {
        line for side in three for cell in side["cells"] for line in cell["source"].split("\n")
    }
    assert {line for cell in result["cells"] for line in cell["source"].split("\n")} <= lines


@given(sides())
def test_without_conflicts_the_sides_can_be_exchanged_up_to_order_and_outputs(three: Any) -> None:
    base, ours, theirs = three
    result, done = merged(base, ours, theirs)
    turned, other = merged(base, theirs, ours)
    assert {item.cell_id: item.kind for item in done.conflicts} == {
        item.cell_id: item.kind for item in other.conflicts
    }
    if not done.conflicts:
        kinds = [
            {c["id"]: (c["cell_type"], c["source"]) for c in b["cells"]} for b in (result, turned)
        ]
        assert kinds[0] == kinds[1]


@given(sides())
def test_no_cell_is_lost_unless_the_other_side_deleted_it_unchanged(three: Any) -> None:
    base, ours, theirs = (by_id(side) for side in three)
    result, done = merged(*three)
    left = set(names(result)) | {item.cell_id for item in done.conflicts}
    for side, other in ((ours, theirs), (theirs, ours)):
        for name, cell in side.items():
            if name not in left:
                assert name not in other
                assert cell["source"] == base[name]["source"]
                assert cell["cell_type"] == base[name]["cell_type"]
                parts = [
                    {k: c.get(k) for k in ("attachments", "metadata")} for c in (cell, base[name])
                ]
                assert lasting(parts[0]) == lasting(parts[1])


@given(sides())
def test_when_all_is_rejected_the_cells_of_the_target_stay(three: Any) -> None:
    _, done = merged(*three)
    reject = {item.cell_id: Decision(choice="reject") for item in done.items}
    result, again = merged(*three, decisions=reject)
    wanted = {cell["id"]: cell for cell in three[1]["cells"]}
    assert names(result) == names(three[1])
    for cell in result["cells"]:
        if not any(item.cell_id == cell["id"] and item.kind for item in again.items):
            assert cell == wanted[cell["id"]]
        assert cell["source"] == wanted[cell["id"]]["source"]
    assert not again.conflicts


@given(sides(), st.data())
def test_any_fitting_decisions_give_a_valid_notebook(three: Any, data: st.DataObject) -> None:
    _, done = merged(*three)
    decisions = {}
    for item in done.items:
        choice = data.draw(st.sampled_from(["accept", "reject", "ours", "theirs"]))
        if item.kind or choice in ("accept", "reject"):
            decisions[item.cell_id] = Decision(choice=choice)
    result, again = merged(*three, decisions=decisions)
    assert {item.cell_id: item.decided for item in again.items} == {
        item.cell_id: decision.choice if (decision := decisions.get(item.cell_id)) else None
        for item in done.items
    }
    nbformat.validate(nbformat.from_dict(result), relax_add_props=False)
    places = {name: n for n, name in enumerate(names(result))}
    for item in again.items:
        assert (item.result is None) == (item.cell_id not in places)
        assert item.index == places.get(item.cell_id, item.index)
    assert [item.index for item in again.items] == sorted(item.index for item in again.items)


@given(notebooks(), st.data())
def test_a_rerun_of_everything_on_both_sides_conflicts_nowhere(
    base: Notebook, data: st.DataObject
) -> None:
    rerun = []
    for count, text in ((1, "ours"), (2, "theirs")):
        code = [cell for cell in base["cells"] if cell["cell_type"] == "code"]
        again = {cell["id"]: cell for cell in ran({**base, "cells": code}, count, text)["cells"]}
        rerun.append({**base, "cells": [again.get(cell["id"], cell) for cell in base["cells"]]})
    result, done = merged(base, *rerun)
    assert not done.conflicts
    assert result == rerun[0]
