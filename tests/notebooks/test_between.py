"""From one notebook to another, by operations."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.errors import NotFound
from jupyter_sessions.models.live import CellDetails, CellOp, NotebookDetails
from jupyter_sessions.notebooks.between import between
from jupyter_sessions.notebooks.cells import Notebook, new_cell, new_notebook
from jupyter_sessions.notebooks.ops import apply

from .strategies import edited, notebooks


def after_all(notebook: Notebook, ops: list[CellOp]) -> Notebook:
    for op in ops:
        notebook = apply(notebook, op)
    return notebook


def book(*names: str) -> Notebook:
    return {**new_notebook(), "cells": [new_cell(name, "code", name) for name in names]}


def kinds(before: Notebook, after: Notebook) -> list[str]:
    return [op.op for op in between(before, after)]


@given(st.data())
def test_applying_what_is_between_two_notebooks_gives_the_other(data: st.DataObject) -> None:
    before = data.draw(notebooks())
    after = data.draw(st.one_of(edited(before, "n"), notebooks()))
    assert after_all(before, between(before, after)) == after
    assert after_all(after, between(after, before)) == before
    assert between(before, before) == []


@given(st.permutations([f"c{n}" for n in range(7)]), st.integers(0, 6), st.integers(0, 6))
def test_an_order_takes_few_moves(order: list[str], here: int, there: int) -> None:
    before = book(*sorted(order))
    assert len(between(before, book(*order))) < len(order)
    moved = sorted(order)
    moved.insert(there, moved.pop(here))
    assert kinds(before, book(*moved)) == ["move"] * (here != there)


def test_each_change_is_one_operation() -> None:
    before = book("a", "b", "c")
    cells: dict[str, dict[str, Any]] = {
        "edit": {"source": "new"},
        "outputs": {"execution_count": 3},
        "details": {"metadata": {"tags": ["x"]}},
    }
    for kind, change in cells.items():
        after = {**before, "cells": [before["cells"][0], {**before["cells"][1], **change}]}
        after["cells"].append(before["cells"][2])
        assert kinds(before, after) == [kind]
    assert kinds(before, {**before, "metadata": {"a": 1}}) == ["notebook"]


@pytest.mark.parametrize("change", [{"unknown": 1}, {"execution_count": "7"}])
def test_what_no_operation_can_change_is_inserted_anew(change: dict[str, Any]) -> None:
    before = book("a", "b")
    after = {**before, "cells": [{**before["cells"][0], **change}, before["cells"][1]]}
    assert kinds(before, after) == ["delete", "insert"]
    assert after_all(before, between(before, after)) == after


def test_a_cell_whose_type_changed_keeps_its_id_and_place() -> None:
    before = book("a", "b", "c")
    after = {**before, "cells": [*before["cells"]]}
    after["cells"][1] = new_cell("b", "markdown", "b")
    assert kinds(before, after) == ["delete", "insert"]
    assert after_all(before, between(before, after)) == after


def test_details_are_set_whole_and_attachments_can_go() -> None:
    image = {"a.png": {"image/png": "AA"}}
    notebook = {**new_notebook(), "cells": [new_cell("a", "markdown", "x")]}
    op = CellDetails(cell_id="a", metadata={"tags": ["x"]}, attachments=image)
    there = apply(notebook, op)
    assert there["cells"][0]["metadata"] == {"tags": ["x"]}
    assert there["cells"][0]["attachments"] == image
    gone = apply(there, CellDetails(cell_id="a", metadata={}, attachments=None))
    assert gone == notebook
    with pytest.raises(NotFound):
        apply(notebook, CellDetails(cell_id="b", metadata={}, attachments=None))
    named = apply(notebook, NotebookDetails(metadata={"a": 1}))
    assert (named["metadata"], notebook["metadata"]) == ({"a": 1}, {})
