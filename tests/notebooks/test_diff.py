"""What changed between two versions of a notebook."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.notebooks.cells import Notebook, new_cell, new_notebook
from jupyter_sessions.notebooks.diff import CellDiff, Counts, counts, diff, moves
from jupyter_sessions.notebooks.manifest import Digest, Snapshot, snapshot

from .strategies import edited, notebooks


def book(*sources: str, **fields: Any) -> Notebook:
    cells = [new_cell(name, "code", f"{name} = 1") | fields for name in sources]
    return {**new_notebook(), "cells": cells}


def changes(before: Notebook, after: Notebook) -> list[CellDiff]:
    old, new = snapshot(before), snapshot(after)
    return diff(old.manifest, new.manifest, loader(old, new))


def loader(*taken: Snapshot) -> Any:
    pieces: dict[Digest, bytes] = {}
    for one in taken:
        pieces |= one.pieces
    return pieces.__getitem__


@given(st.data())
def test_every_cell_that_differs_is_named_once_and_no_other(data: st.DataObject) -> None:
    before = data.draw(notebooks())
    after = data.draw(edited(before, "new"))
    found = changes(before, after)
    old, new = ({cell["id"]: cell for cell in book["cells"]} for book in (before, after))
    if not found:
        assert [old[name]["source"] for name in old] == [new[name]["source"] for name in new]
    if len(old.keys() & new.keys()) * 2 < min(len(old), len(new)):
        return  # too few ids in common: cells are paired by what they say, see alignment
    assert len({cell.cell_id for cell in found}) == len(found)
    assert {cell.cell_id for cell in found if cell.added} == new.keys() - old.keys()
    assert {cell.cell_id for cell in found if cell.removed} == old.keys() - new.keys()
    for name in old.keys() & new.keys():
        one = next((cell for cell in found if cell.cell_id == name), None)
        wanted = old[name]["source"] != new[name]["source"]
        assert (one is not None and one.source) == wanted
        keys = ("outputs", "execution_count")
        ran = any(old[name].get(key) != new[name].get(key) for key in keys)
        if old[name]["cell_type"] == new[name]["cell_type"]:
            assert (one is not None and one.outputs) == ran


@given(st.data())
def test_what_did_not_move_keeps_its_order_and_nothing_moved_in_vain(data: st.DataObject) -> None:
    names = [f"c{n}" for n in range(data.draw(st.integers(1, 8)))]
    order = data.draw(st.permutations(names))
    moved = {cell.cell_id for cell in changes(book(*names), book(*order))}
    rest = [name for name in order if name not in moved]
    assert rest == sorted(rest)
    if data.draw(st.booleans()):
        one = data.draw(st.sampled_from(names))
        order = [name for name in names if name != one]
        order.insert(data.draw(st.integers(0, len(order))), one)
        assert len(changes(book(*names), book(*order))) <= 1


def test_cells_come_in_order_and_removed_ones_at_their_old_place() -> None:
    before, after = book("a", "b", "c", "d", "e"), book("new", "a", "d", "c", "e")
    after["cells"][4] = {**after["cells"][4], "source": "changed"}
    found = changes(before, after)
    assert [(cell.cell_id, cell.index_before, cell.index_after) for cell in found] == [
        ("new", None, 0),
        ("d", 3, 2),
        ("b", 1, None),
        ("e", 4, 4),
    ]
    assert [cell.moved for cell in found] == [False, True, False, False]


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({"collapsed": True}, False),
        ({"execution": {"iopub.status.idle": "now"}, "scrolled": "auto"}, False),
        ({"ExecuteTime": {"start_time": "now"}}, False),
        ({"jupyter_sessions": {"stale": True}}, False),
        ({"jupyter_sessions": {"key_result": "k"}}, True),
        ({"tags": ["parameters"]}, True),
    ],
)
def test_how_a_cell_looks_is_no_change(metadata: dict[str, Any], told: bool) -> None:
    found = changes(book("a", "b"), book("a", "b", metadata=metadata))
    assert [cell.details for cell in found] == [True, True] * told


def test_attachments_types_and_counts_are_told_apart() -> None:
    before = book("a", "b", "c")
    after = book("a", "b", "c")
    after["cells"][0]["execution_count"] = 3
    after["cells"][1] = new_cell("b", "markdown", "b = 1")
    after["cells"][2]["attachments"] = {"a.png": {"image/png": "AA"}}
    ran, retyped, attached = changes(before, after)
    assert (ran.outputs, ran.source, ran.details, ran.cell_type) == (True, False, False, False)
    assert (retyped.cell_type, retyped.source, retyped.details) == (True, False, False)
    assert (attached.details, attached.outputs) == (True, False)


def test_only_the_details_of_changed_cells_are_loaded() -> None:
    before = book(*(f"c{n}" for n in range(50)), metadata={"tags": ["x"]})
    after = {**before, "cells": [*before["cells"]]}
    after["cells"][7] = {**after["cells"][7], "metadata": {"tags": ["y"]}, "source": "new"}
    old, new = snapshot(before), snapshot(after)
    asked: list[Digest] = []

    def load(digest: Digest) -> bytes:
        asked.append(digest)
        return (old.pieces | new.pieces)[digest]

    assert [cell.cell_id for cell in diff(old.manifest, new.manifest, load)] == ["c7"]
    sides = (old.manifest.cells[7], new.manifest.cells[7])
    assert asked == [side.details for side in sides]


def test_cells_whose_ids_a_tool_rewrote_are_found_by_their_sources() -> None:
    before = book(*(f"c{n}" for n in range(1_000)))
    cells = [{**cell, "id": f"new{n}"} for n, cell in enumerate(before["cells"])]
    cells[500] = {**cells[500], "source": "edited too"}
    del cells[900]
    found = changes(before, {**before, "cells": cells})
    assert [(cell.index_before, cell.index_after, cell.source) for cell in found] == [
        (500, 500, True),
        (900, None, False),
    ]


def test_another_notebook_of_other_ids_is_all_new() -> None:
    before, after = book("a", "b", "c"), book("x", "y", "z")
    found = changes(before, after)
    assert [cell.added for cell in found] == [True] * 3 + [False] * 3
    assert [cell.removed for cell in found] == [False] * 3 + [True] * 3


def test_lines_are_counted() -> None:
    before, after = book("a", "b", "c"), book("a", "c", "d")
    after["cells"][0]["source"] = "a = 1\nmore\nlines"
    after["cells"][2]["source"] = "1\n2"
    after["cells"][1]["execution_count"] = 4
    old, new = snapshot(before), snapshot(after)
    load = loader(old, new)
    assert counts(diff(old.manifest, new.manifest, load), load) == Counts(4, 4, 1)


def test_a_cell_that_moved_far_is_the_only_one_that_moved() -> None:
    assert moves([*range(1, 1_000), 0]) == {0}
    assert moves([999, *range(999)]) == {999}
    assert moves([]) == set()
