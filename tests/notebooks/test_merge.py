"""Three-way merge of notebooks, by examples: what is taken, and what is a conflict."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_sessions.errors import BadRequest
from jupyter_sessions.models.merge_choice import Decision
from jupyter_sessions.notebooks.cells import Notebook, new_cell, new_notebook
from jupyter_sessions.notebooks.file import read_notebook
from jupyter_sessions.notebooks.manifest import CellEntry, snapshot
from jupyter_sessions.notebooks.merge import merge

from .merging import book, by_id, merged, names, ran, sources


def test_edits_of_different_cells_and_lines_are_both_taken() -> None:
    base = ran(book(a="1", b="one\ntwo\nthree", c="3"), 1, "old")
    ours = by_id(base) | {"a": {**base["cells"][0], "source": "ours"}}
    ours["b"] = {**ours["b"], "source": "ONE\ntwo\nthree", "execution_count": 7}
    theirs = by_id(base) | {"c": {**base["cells"][2], "source": "theirs"}}
    theirs["b"] = {**theirs["b"], "source": "one\ntwo\nTHREE", "execution_count": 8}
    result, done = merged(
        base, *({**base, "cells": list(side.values())} for side in (ours, theirs))
    )
    assert sources(result) == {"a": "ours", "b": "ONE\ntwo\nTHREE", "c": "theirs"}
    assert result["cells"][1]["metadata"] == {"jupyter_sessions": {"stale": True}}
    assert result["cells"][1]["execution_count"] == 7
    assert result["cells"][2]["metadata"] == {}
    assert [(item.cell_id, item.change, item.merged_text) for item in done.items] == [
        ("b", "edited", True),
        ("c", "edited", False),
    ]


def test_outputs_follow_the_side_whose_source_won() -> None:
    base = ran(book(a="1", b="2"), 1, "old")
    ours = ran(book(a="ours", b="2"), 2, "ours")
    theirs = ran(book(a="1", b="theirs"), 3, "theirs")
    result, done = merged(base, ours, theirs)
    assert [cell["outputs"][0]["text"] for cell in result["cells"]] == ["ours", "theirs"]
    assert [item.cell_id for item in done.items] == ["b"]


def test_what_only_theirs_ran_is_taken_and_told_as_outputs() -> None:
    base = book(a="1", b="2")
    theirs = ran(base, 3, "theirs")
    result, done = merged(base, base, theirs)
    assert result == theirs
    assert [item.change for item in done.items] == ["outputs", "outputs"]


CLASH = (book(a="x\nb\nz"), book(a="x\nours\nz"), book(a="x\ntheirs\nz"))


@pytest.mark.parametrize(
    ("decision", "source"),
    [
        (None, "x\nours\nz"),
        ({"choice": "ours"}, "x\nours\nz"),
        ({"choice": "reject"}, "x\nours\nz"),
        ({"choice": "theirs"}, "x\ntheirs\nz"),
        ({"choice": "accept"}, "x\ntheirs\nz"),
        ({"choice": "both"}, "x\nours\ntheirs\nz"),
        ({"choice": "edit", "text": "mine"}, "mine"),
    ],
)
def test_a_conflict_of_sources_is_decided(decision: dict[str, str] | None, source: str) -> None:
    decisions = {"a": Decision.model_validate(decision)} if decision else {}
    result, done = merged(*CLASH, decisions=decisions)
    assert sources(result) == {"a": source}
    (item,) = done.items
    assert (item.change, item.kind) == ("conflict", "source")
    assert item.decided == (decision["choice"] if decision else None)
    assert done.conflicts == ([] if decision else [item])


@pytest.mark.parametrize("choice", ["ours", "theirs", "accept", "reject"])
@pytest.mark.parametrize("ours_deleted", [True, False])
def test_a_cell_that_one_side_deleted_and_the_other_edited_is_decided(
    choice: str, ours_deleted: bool
) -> None:
    base, short, changed = (
        book(a="1", b="2", c="3"),
        book(a="1", c="3"),
        book(a="1", b="new", c="3"),
    )
    ours, theirs = (short, changed) if ours_deleted else (changed, short)
    result, done = merged(base, ours, theirs)
    assert result == ours
    assert [(item.kind, item.index) for item in done.items] == [("deleted", 1)]
    result, _ = merged(
        base, ours, theirs, decisions={"b": Decision.model_validate({"choice": choice})}
    )
    assert result == (theirs if choice in ("theirs", "accept") else ours)
    edit = Decision(choice="edit", text="mine")
    assert sources(merged(base, ours, theirs, decisions={"b": edit})[0])["b"] == "mine"
    with pytest.raises(BadRequest, match="'both'"):
        merged(base, ours, theirs, decisions={"b": Decision(choice="both")})


def test_one_id_that_both_sides_added_is_a_conflict_unless_it_is_one_cell() -> None:
    base, ours, theirs = book(a="1"), book(a="1", n="ours"), book(a="1", n="theirs")
    result, done = merged(base, ours, theirs)
    assert [item.kind for item in done.items] == ["added"]
    assert names(result) == ["a", "n"]
    both = merged(base, ours, theirs, decisions={"n": Decision(choice="both")})[0]
    assert sources(both)["n"] == "ours\ntheirs"
    assert merged(base, ours, ran(ours, 1, "x"))[1].conflicts == []


def test_a_type_that_changed_where_the_other_side_edited_is_a_conflict() -> None:
    base = book(a="1", b="2")
    theirs = {**base, "cells": [new_cell("a", "markdown", "1"), new_cell("b", "raw", "2")]}
    ours = ran(book(a="edited", b="2"), 1, "x")
    result, done = merged(base, ours, theirs)
    assert [(item.cell_id, item.kind) for item in done.items] == [("a", "type"), ("b", None)]
    assert result["cells"] == [ours["cells"][0], theirs["cells"][1]]


def test_attachments_merge_by_name_and_clash_by_name() -> None:
    cell = {
        **new_cell("a", "markdown", "![](a.png)"),
        "attachments": {"a.png": {"image/png": "AA"}},
    }
    sides = []
    for name, data in (("a.png", "AA"), ("o.png", "BB"), ("t.png", "CC")):
        images = cell["attachments"] | {name: {"image/png": data}}
        sides.append({**new_notebook(), "cells": [{**cell, "attachments": images}]})
    result, done = merged(*sides)
    assert sorted(result["cells"][0]["attachments"]) == ["a.png", "o.png", "t.png"]
    assert [item.change for item in done.items] == ["details"]
    for side, data in zip(sides[1:], ("11", "22"), strict=True):
        side["cells"][0]["attachments"]["a.png"] = {"image/png": data}
    for choice, data in ((None, "11"), ("theirs", "22"), ("ours", "11")):
        decisions = {"a": Decision.model_validate({"choice": choice})} if choice else {}
        result, done = merged(*sides, decisions=decisions)
        assert [item.kind for item in done.items] == ["attachments"]
        assert result["cells"][0]["attachments"]["a.png"] == {"image/png": data}
        assert len(result["cells"][0]["attachments"]) == 3


def test_metadata_merges_key_by_key_and_never_conflicts() -> None:
    def with_metadata(cell: dict[str, Any], notebook: dict[str, Any]) -> Notebook:
        return {**book(a="1"), "metadata": notebook} | {
            "cells": [{**new_cell("a", "code", "1"), "metadata": cell}]
        }

    base = with_metadata({"tags": [], "x": 1}, {"language_info": {"version": "3.11.1"}, "k": 1})
    ours = with_metadata({"tags": ["o"], "x": 1}, {"language_info": {"version": "3.12.0"}, "k": 1})
    theirs = with_metadata(
        {"tags": ["t"], "y": 2}, {"language_info": {"version": "3.13.0"}, "k": 2}
    )
    result, done = merged(base, ours, theirs)
    assert result["cells"][0]["metadata"] == {"tags": ["o"], "y": 2}
    assert result["metadata"] == {"language_info": {"version": "3.12.0"}, "k": 2}
    assert [(item.change, item.kind) for item in done.items] == [("details", None)]


def test_insertions_at_one_place_are_both_kept_the_targets_first() -> None:
    base = book(a="", b="")
    ours, theirs = (
        book(a="", o1="", o2="", b="", o3=""),
        book(t0="", a="", t1="", t2="", b="", t3=""),
    )
    result, _ = merged(base, ours, theirs)
    assert names(result) == ["t0", "a", "o1", "o2", "t1", "t2", "b", "o3", "t3"]


def test_a_move_on_one_side_meets_an_edit_on_the_other() -> None:
    base, ours = book(a="1", b="2", c="3", d="4"), book(a="new", b="2", c="3", d="4")
    theirs = book(b="2", c="3", a="1", d="4")
    result, done = merged(base, ours, theirs)
    assert list(sources(result).items()) == [("b", "2"), ("c", "3"), ("a", "new"), ("d", "4")]
    assert [(item.cell_id, item.change, item.index) for item in done.items] == [("a", "moved", 2)]
    result, done = merged(base, theirs, ours)
    assert list(sources(result).items()) == [("b", "2"), ("c", "3"), ("a", "new"), ("d", "4")]
    assert [(item.change, item.also_moved) for item in done.items] == [("edited", False)]


def test_rejected_cells_leave_their_neighbours_in_order() -> None:
    base = book(a="1", b="2", c="3")
    theirs = book(n1="", a="1", n2="", n3="", c="3", b="2")
    reject = Decision(choice="reject")
    result, done = merged(base, base, theirs, decisions={"n2": reject, "c": reject})
    assert [item.cell_id for item in done.items if item.change == "moved"] == ["c"]
    assert names(result) == ["n1", "a", "n3", "b", "c"]
    assert names(merged(book(a="1"), book(a="1"), book(), decisions={"a": reject})[0]) == ["a"]


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ({"b": {"choice": "accept"}}, "nothing to decide about cell 'b'"),
        ({"a": {"choice": "edit"}}, "needs a text"),
        ({"a": {"choice": "ours", "text": "x"}}, "needs a text"),
        ({"c": {"choice": "ours"}}, "choose accept, reject or edit"),
        ({"d": {"choice": "edit", "text": "x"}}, "choose accept or reject"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(decision: dict[str, Any], said: str) -> None:
    base, ours = book(a="1", b="2", c="3", d="4"), book(a="ours", b="2", c="3", d="4")
    theirs = book(a="theirs", b="2", c="4")
    decisions = {name: Decision.model_validate(value) for name, value in decision.items()}
    with pytest.raises(BadRequest, match=said):
        merged(base, ours, theirs, decisions=decisions)


def test_only_what_both_sides_changed_is_loaded() -> None:
    base = ran(book(**{f"c{n}": f"{n}" for n in range(1_000)}), 1, "old")
    ours, theirs = (
        {**base, "cells": [{**c, "source": f"{c['source']} {side}"} if n % 100 in at else c
                           for n, c in enumerate(base["cells"])]}
        for side, at in (("ours", (1, 2)), ("theirs", (2, 3)))
    )  # fmt: skip
    taken = [snapshot(side) for side in (base, ours, theirs)]
    pieces = {digest: piece for one in taken for digest, piece in one.pieces.items()}
    asked = []
    done = merge(*(one.manifest for one in taken), lambda d: asked.append(d) or pieces[d])
    assert [item.cell_id for item in done.conflicts] == [f"c{n}" for n in range(2, 1_000, 100)]
    outputs = {entry.outputs for one in taken for entry in one.manifest.cells}
    assert len(asked) <= 30
    assert not outputs & set(asked)


def test_files_without_ids_merge_by_those_they_were_given() -> None:
    old = {**book(a="1", b="2", c="1"), "nbformat_minor": 4}
    for cell in old["cells"]:
        del cell["id"]
    base = read_notebook(json.dumps(old))
    theirs = {**base, "cells": [*base["cells"][:2], {**base["cells"][2], "source": "edited"}]}
    result, done = merged(base, ran(base, 1, "x"), theirs)
    assert [cell["source"] for cell in result["cells"]] == ["1", "2", "edited"]
    assert not done.conflicts


def test_entries_tell_what_each_side_has() -> None:
    _, done = merged(*CLASH)
    (item,) = done.items
    assert isinstance(item.base, CellEntry)
    assert item.result == item.ours != item.theirs
