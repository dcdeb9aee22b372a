"""Branches of a notebook side by side: what their cells gave, numbers and key results."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import Branched, code, prose, run_command
from tests.ui.layout import reload_with

pytestmark = pytest.mark.alone

EVIL = "<img src=x onerror='window.hacked=1'>"


@pytest.fixture
def branched(lab, project):
    """A notebook on main, and on a branch that has gone another way."""
    made = Branched(lab, project)
    same = [prose("title", "# Model"), code("load", "data = 1", 1)]
    made.write("model.ipynb", *same, code("fit", "fit(1)", 2, "accuracy: 0.84\n"),
               code("show", "show()", 3, EVIL), code("old", "old()", 4))  # fmt: skip
    made.fork("model.ipynb")
    made.write_there("model.ipynb", *same, code("fit", "fit(2)", 2, "accuracy: 0.91\n"),
                     code("show", "show()", 3, "a plot"))  # fmt: skip
    return made


def look(lab, branched):
    """Have what was written on the branch recorded: listing the versions looks at the files."""
    where = f"notebook=model.ipynb&branch={branched.branch['id']}"
    lab.api("GET", f"{branched.address}/versions?{where}")


def compare(page, branched):
    look(branched.lab, branched)
    branches = ["main", branched.branch["id"]]
    place = {"project": branched.project["id"], "notebook": "model.ipynb"}
    run_command(page, "jupyter-sessions:compare-branches", **place, branches=branches)
    table = page.get_by_role("table", name="Compare branches")
    expect(table).to_be_visible()
    return table


def row(page, name):
    head = page.get_by_role("rowheader", name=name)
    return page.get_by_role("table", name="Compare branches").get_by_role("row").filter(has=head)


def promote(lab, branched, session, cell, title):
    """Promote what a cell of both notebooks shows."""
    path = f"{branched.address}/sessions/{session['id']}/key-results"
    for file in ("model.ipynb", f"{branched.branch['folder']}/model.ipynb"):
        lab.api("POST", path, {"notebook": file, "cell_id": cell, "title": title})


def test_cells_numbers_and_key_results_stand_beside_each_other(
    page, lab, branched, session, folder
):
    promote(lab, branched, session, "fit", "How good")
    table = compare(page, branched)
    expect(table.get_by_role("columnheader")).to_contain_text(["main", "try-boosting"])
    expect(row(page, re.compile("^accuracy")).get_by_role("cell")).to_contain_text(["0.84", "0.91"])
    expect(row(page, re.compile("^How good")).get_by_role("cell")).to_contain_text(["0.84", "0.91"])
    expect(row(page, re.compile(r"^cell \[2\]")).get_by_role("cell")).to_contain_text(
        ["fit(1)", "fit(2)"]
    )
    # The same source stands once, at the head of its row; what is not on a branch is said.
    expect(row(page, re.compile(r"^cell \[3\].*show\(\)"))).to_contain_text("a plot")
    expect(row(page, re.compile(r"^cell \[4\]")).get_by_role("cell").nth(1)).to_have_text(
        re.compile("not on this branch")
    )
    expect(page.get_by_text("2 cells are the same on all.")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    # It follows what is saved.
    branched.write_there("model.ipynb", code("fit", "fit(3)", 5, "accuracy: 0.95\n"))
    look(lab, branched)
    expect(row(page, re.compile("^accuracy"))).to_contain_text("0.95")
    assert page.errors == []


def test_a_comparison_comes_back_after_a_reload_and_opens_its_notebooks(page, branched):
    compare(page, branched)
    reload_with(page, "compare-branches")
    table = page.get_by_role("table", name="Compare branches")
    expect(table).to_be_visible()
    table.get_by_role("button", name="try-boosting", exact=True).click()
    expect(page.get_by_role("tab", name="model.ipynb — try-boosting")).to_be_visible()
    assert page.errors == []


def test_in_little_room_the_branches_stand_below_each_other(page, branched):
    table = compare(page, branched)
    page.set_viewport_size({"width": 620, "height": 800})
    first, second = table.get_by_role("columnheader").all()
    expect(first).to_be_visible()
    assert first.bounding_box()["x"] == second.bounding_box()["x"]
    assert table.evaluate("node => node.scrollWidth <= node.clientWidth")
