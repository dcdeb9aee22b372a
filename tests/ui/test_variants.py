"""Variants of a cell: written beside each other, run at once, and shown side by side."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, prose, run_command, write
from tests.ui.test_fork import cells, choose, loads, run_all

# What takes a second is worth a checkpoint, from which the variants are forked.
LOAD = (
    "import time; time.sleep(1.2)\n"
    "with open('loads', 'a') as log: log.write('x')\n"
    "data = list(range(10))"
)


@pytest.fixture
def page(lab, project, folder, open_lab):
    """A notebook whose last cell is worth variants."""
    write(
        folder / "model.ipynb",
        prose("title", "# Model"),
        code("load", LOAD),
        code("fit", "k = 1\nprint('score:', k)"),
    )
    opened = open_lab(lab, f"/lab/tree/{project['path']}/model.ipynb")
    cells(opened).first.wait_for()
    yield opened
    for each in lab.api("GET", "/api/sessions"):
        lab.api("DELETE", f"/api/sessions/{each['id']}")


def open_variants(page, index=1):
    """Ask for variants of a code cell."""
    choose(page, index)
    run_command(page, "jupyter-sessions:run-variants")
    form = page.get_by_role("form", name=re.compile("^Variants of cell "))
    expect(form).to_be_visible()
    return form


def write_variant(page, form, number, name, source):
    variant = form.get_by_role("group", name=f"Variant {number}", exact=True)
    variant.get_by_label("Branch name").fill(name)
    variant.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(source)


def compared(page):
    return page.get_by_role("table", name="Compare branches")


def test_variants_run_at_once_and_one_of_them_wins(page, lab, project, folder):
    run_all(page)
    form = open_variants(page)
    expect(form.get_by_label("Branch name").first).to_be_focused()
    expect(form.get_by_role("status")).to_contain_text("Shares memory")
    write_variant(page, form, 1, "small", "print('score:', sum(data))")
    write_variant(page, form, 2, "large", "print('score:', 2 * sum(data))")
    page.keyboard.press("Control+Enter")
    expect(form).to_have_count(0)
    table = compared(page)
    expect(table.get_by_role("columnheader")).to_contain_text(
        [re.compile("small.*Ran 1 cell", re.S), re.compile("large.*Ran 1 cell", re.S)]
    )
    score = table.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name=re.compile("^score"))
    )
    expect(score.get_by_role("cell")).to_have_text([re.compile("45"), re.compile("90")])
    expect(table.get_by_role("cell").filter(has_text="2 * sum(data)")).to_have_count(1)
    assert loads(folder) == "x"

    table.get_by_role("button", name="Converge on large…").click()
    expect(page.get_by_role("combobox", name="Winner")).to_have_value(re.compile("."))
    page.get_by_role("dialog").get_by_role("button", name="Converge").click()
    page.get_by_role("button", name="Approve and merge").click()
    expect(page.get_by_text(re.compile("^Merged . cells? into main"))).to_be_visible()
    stands = {
        each["name"]: each["status"]
        for each in lab.api("GET", f"projects/{project['id']}/branches")["items"]
    }
    assert stands["small"] == "completed"
    assert page.errors == []


def test_names_are_checked_and_rows_are_added_and_removed_with_the_keyboard(page):
    form = open_variants(page)
    run = form.get_by_role("button", name=re.compile("^Run . Variant"))
    names = form.get_by_label("Branch name")
    names.nth(1).fill("Variant-1")
    expect(form.get_by_role("alert").first).to_contain_text("Another variant has this name.")
    expect(run).to_be_disabled()
    names.nth(1).fill("other")
    expect(run).to_be_enabled()
    form.get_by_role("button", name="Add a Variant").focus()
    page.keyboard.press("Enter")
    expect(names.nth(2)).to_be_focused()
    expect(run).to_have_text("Run 3 Variants")
    form.get_by_role("button", name="Remove other").press("Enter")
    expect(names).to_have_count(2)
    expect(form.get_by_role("button", name="Add a Variant")).to_be_focused()
    expect(form.get_by_text("is the same as another one")).to_be_visible()
    assert page.errors == []


def test_one_that_runs_for_long_is_stopped_and_one_that_fails_says_why(page):
    run_all(page)
    form = open_variants(page)
    write_variant(page, form, 1, "endless", "import time; time.sleep(600)")
    write_variant(page, form, 2, "broken", "1 / 0")
    form.get_by_role("button", name="Run 2 Variants").click()
    head = compared(page).get_by_role("columnheader")
    expect(head.nth(1)).to_contain_text("ZeroDivisionError")
    expect(head.nth(0)).to_contain_text("Running cell 1 of 1")
    head.nth(0).get_by_role("button", name="Stop endless").click()
    expect(head.nth(0)).to_contain_text("Stopped")
    expect(compared(page)).to_contain_text("ZeroDivisionError: division by zero")
    assert page.errors == []
