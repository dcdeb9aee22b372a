"""Cells, their ids and their hashes, for any notebook."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.errors import BadRequest, NotFound, StaleCell
from jupyter_sessions.models.live import CellDelete, CellEdit, CellInsert, CellMove, CellOutputs
from jupyter_sessions.notebooks.cells import (
    Notebook,
    cell_hash,
    find,
    new_cell,
    new_notebook,
    normalize,
    source_hash,
)
from jupyter_sessions.notebooks.file import read_notebook, write_notebook
from jupyter_sessions.notebooks.ops import apply, diff_lines

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ids = st.sampled_from(["a", "b", "c-1", "", "no good", "x" * 65, None])
outputs = st.one_of(
    st.fixed_dictionaries(
        {"output_type": st.just("stream"), "name": st.just("stdout"), "text": text}
    ),
    st.fixed_dictionaries(
        {
            "output_type": st.just("display_data"),
            "metadata": st.just({}),
            "data": st.fixed_dictionaries(
                {"text/plain": text}, optional={"application/json": st.just({"a": ["b", 1]})}
            ),
        }
    ),
)


@st.composite
def raw_notebooks(draw: st.DrawFn) -> dict[str, Any]:
    """Notebooks as files have them: with and without ids, sources as text or as lines."""
    cells = []
    for _ in range(draw(st.integers(0, 6))):
        source = draw(text)
        kind = draw(st.sampled_from(["code", "markdown", "raw"]))
        cell: dict[str, Any] = {"cell_type": kind, "metadata": {}}
        cell["source"] = source.splitlines(True) if draw(st.booleans()) else source
        if (name := draw(ids)) is not None:
            cell["id"] = name
        if kind == "code":
            cell |= {"execution_count": None, "outputs": draw(st.lists(outputs, max_size=2))}
        cells.append(cell)
    minor = draw(st.integers(0, 5))
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": cells}


notebooks = raw_notebooks().map(normalize)


@given(raw_notebooks())
def test_every_cell_has_an_id_of_its_own_and_the_notebook_is_valid(raw: dict[str, Any]) -> None:
    before = deepcopy(raw)
    notebook = read_notebook(json.dumps(raw))
    names = [cell["id"] for cell in notebook["cells"]]
    assert len(set(names)) == len(names)
    nbformat.validate(nbformat.from_dict(notebook), relax_add_props=False)
    assert normalize(raw)["cells"] is not raw["cells"]
    assert raw == before


@given(raw_notebooks())
def test_ids_are_the_same_each_time_and_stay(raw: dict[str, Any]) -> None:
    once = normalize(raw)
    assert normalize(deepcopy(raw)) == once
    assert normalize(once) == once


@given(raw_notebooks())
def test_writing_and_reading_changes_nothing(raw: dict[str, Any]) -> None:
    notebook = read_notebook(json.dumps(raw))
    written = write_notebook(notebook)
    assert read_notebook(written.decode()) == notebook
    assert written.decode() == nbformat.writes(nbformat.from_dict(notebook)) + "\n"


def test_good_ids_are_kept_and_later_doubles_renamed() -> None:
    cells = [new_cell(name, "code", "same") for name in ("a", "a", "b", "not good")]
    names = [cell["id"] for cell in normalize({**new_notebook(), "cells": cells})["cells"]]
    assert (names[0], names[2]) == ("a", "b")
    assert len(set(names)) == 4


def test_a_hash_follows_the_source_alone() -> None:
    cell = new_cell("a", "code", "x = 1")
    assert cell_hash(cell) == source_hash("x = 1") == cell_hash({**cell, "outputs": [1]})
    assert len(cell_hash(cell)) == 12
    assert source_hash("x = 1") != source_hash("x = 2")


def test_a_cell_cannot_say_that_it_is_trusted() -> None:
    cell = {**new_cell("a", "code", ""), "metadata": {"trusted": True, "tags": ["x"]}}
    notebook = normalize({**new_notebook(), "cells": [cell]})
    assert notebook["cells"][0]["metadata"] == {"tags": ["x"]}


def test_old_notebooks_are_upgraded() -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input="x")])]
    )
    notebook = read_notebook(nbformat.v3.writes_json(old))
    assert [cell["source"] for cell in notebook["cells"]] == ["x"]
    assert notebook["nbformat_minor"] >= 5


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ('{"nbformat": 3, "worksheets": []}', "missing a key: metadata"),
        ('{"nbformat": 2}', "worksheets"),
        ('{"nbformat": 1, "cells": [3]}', "cell_type"),
        (
            '{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": '
            '[{"cell_type": "code", "input": "x", "language": "python"}]}]}',
            "missing a key: outputs",
        ),
        (
            '{"nbformat": 3, "nbformat_minor": "x", "metadata": {}, "worksheets": []}',
            "AssertionError",
        ),
    ],
)
def test_what_is_wrong_with_an_old_notebook_is_said(raw: str, problem: str) -> None:
    with pytest.raises(BadRequest, match=f"old notebook that cannot be upgraded: .*{problem}"):
        read_notebook(raw)


def test_halves_of_surrogate_pairs_can_be_written() -> None:
    raw = {**new_notebook(), "cells": [{**new_cell("a", "code", ""), "source": "\ud83d!"}]}
    raw["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "\ud83d"}]
    notebook = read_notebook(json.dumps(raw))
    assert notebook["cells"][0]["source"] == "?!"
    assert read_notebook(write_notebook(notebook).decode())["cells"][0]["source"] == "?!"


@given(notebooks, st.data())
def test_an_inserted_cell_is_behind_the_one_that_was_named(
    notebook: Notebook, data: st.DataObject
) -> None:
    after = data.draw(st.sampled_from([None, *(cell["id"] for cell in notebook["cells"])]))
    changed = apply(notebook, CellInsert(cell=new_cell("new", "code", "x"), after=after))
    place = find(changed, "new")
    assert place is not None
    assert (changed["cells"][place[0] - 1]["id"] if place[0] else None) == after
    assert len(changed["cells"]) == len(notebook["cells"]) + 1
    assert apply(changed, CellDelete(cell_id="new")) == notebook


@given(notebooks.filter(lambda notebook: notebook["cells"]), st.data())
def test_a_move_changes_the_order_alone(notebook: Notebook, data: st.DataObject) -> None:
    names = [cell["id"] for cell in notebook["cells"]]
    name = data.draw(st.sampled_from(names))
    after = data.draw(st.sampled_from([None, *names]))
    moved = apply(notebook, CellMove(cell_id=name, after=after))
    assert sorted(names) == sorted(cell["id"] for cell in moved["cells"])
    if after != name:
        index = [cell["id"] for cell in moved["cells"]].index(name)
        assert (moved["cells"][index - 1]["id"] if index else None) == after
    assert [cell["id"] for cell in notebook["cells"]] == names


@given(notebooks.filter(lambda notebook: notebook["cells"]), text)
def test_an_edit_changes_one_source_and_can_be_undone(notebook: Notebook, source: str) -> None:
    cell = notebook["cells"][0]
    edit = CellEdit(cell_id=cell["id"], before=cell["source"], source=source)
    changed = apply(notebook, edit)
    assert changed["cells"][0] == {**cell, "source": source}
    assert changed["cells"][1:] == notebook["cells"][1:]
    back = CellEdit(cell_id=cell["id"], before=source, source=cell["source"])
    assert apply(changed, back) == notebook


def test_changes_of_what_is_not_there_are_refused() -> None:
    notebook = {**new_notebook(), "cells": [new_cell("a", "code", "x")]}
    with pytest.raises(StaleCell):
        apply(notebook, CellEdit(cell_id="a", before="y", source="z"))
    for op in (
        CellEdit(cell_id="b", before="", source=""),
        CellDelete(cell_id="b"),
        CellMove(cell_id="b", after=None),
        CellMove(cell_id="a", after="b"),
        CellInsert(cell=new_cell("c", "code", ""), after="b"),
        CellOutputs(cell_id="b", outputs=[], execution_count=1, running=False),
    ):
        with pytest.raises(NotFound):
            apply(notebook, op)


def test_outputs_go_to_code_cells_only() -> None:
    cells = [new_cell("a", "code", "x"), new_cell("b", "markdown", "y")]
    notebook = {**new_notebook(), "cells": cells}
    for name in ("a", "b"):
        op = CellOutputs(cell_id=name, outputs=[{"x": 1}], execution_count=4, running=False)
        notebook = apply(notebook, op)
    assert notebook["cells"][0]["outputs"] == [{"x": 1}]
    assert "outputs" not in notebook["cells"][1]


@given(text, text)
def test_counted_lines_add_up(before: str, after: str) -> None:
    added, removed = diff_lines(before, after)
    assert len(after.splitlines()) - len(before.splitlines()) == added - removed
    assert diff_lines(before, before) == (0, 0)


def test_long_sources_are_counted_quickly() -> None:
    before = "\n".join(str(n) for n in range(50_000))
    assert diff_lines(before, before + "\nx") == (1, 0)


@pytest.mark.parametrize("raw", ["", "{", "3", '{"nbformat": 4}', '{"cells": [], "nbformat": 5}'])
def test_what_is_no_notebook_is_said(raw: str) -> None:
    with pytest.raises(BadRequest, match="notebook"):
        read_notebook(raw)
