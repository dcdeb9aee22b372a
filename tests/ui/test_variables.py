"""The panel with a kernel's variables: it follows the notebook, compares, shows what is kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, prose, run_command, write
from tests.ui.test_fork import cells, on, run_all, run_in

LOAD = "import numpy, time\ndata = numpy.arange(1000.0)\nname = 'churn'\ntime.sleep(1.1)"


@pytest.fixture
def page(lab, project, folder, open_lab):
    """A notebook that holds data."""
    write(
        folder / "model.ipynb", prose("title", "# Model"), code("load", LOAD), code("fit", "k = 1")
    )
    opened = open_lab(lab, f"/lab/tree/{project['path']}/model.ipynb")
    cells(opened).first.wait_for()
    yield opened
    for each in lab.api("GET", "/api/sessions"):
        lab.api("DELETE", f"/api/sessions/{each['id']}")


@pytest.fixture
def fork(lab, project, page):
    """Fork the notebook below its cells, and open the branch."""

    def fork(name, cell="fit"):
        body = {"notebook": "model.ipynb", "cell_id": cell, "name": name}
        made = lab.api("POST", f"projects/{project['id']}/branches/main/fork", body)
        run_command(page, "docmanager:open", path=made["opened"]["path"])
        expect(on(page, name)).to_be_visible()
        return made

    return fork


def panel(page):
    return page.get_by_role("region", name="Variables")


def show(page):
    run_command(page, "jupyter-sessions:show-variables")
    expect(panel(page)).to_contain_text("model.ipynb")
    return panel(page)


def row(shown, name):
    head = shown.page.get_by_role("rowheader", name=name, exact=True)
    return shown.get_by_role("row").filter(has=head)


def test_the_variables_follow_each_cell_and_are_put_in_order(page):
    shown = show(page)
    expect(shown.get_by_role("status")).to_have_text(re.compile("holds no variables|no kernel"))
    run_all(page)
    expect(row(shown, "data")).to_contain_text("ndarray 1,000")
    expect(row(shown, "name")).to_contain_text("'churn'")
    expect(row(shown, "k")).to_contain_text("1")
    run_in(page, "main", "extra = 2; print(extra)")
    expect(row(shown, "extra")).to_be_visible()
    size = shown.get_by_role("columnheader", name="Size")
    size.get_by_role("button").click()
    expect(size).to_have_attribute("aria-sort", "descending")
    expect(shown.get_by_role("rowheader").first).to_have_text("data")
    shown.get_by_role("searchbox", name="Filter by name").fill("NAM")
    expect(shown.get_by_role("rowheader")).to_have_text(["name"])
    assert page.errors == []


def test_what_was_saved_on_the_disk_is_listed_and_removed(page, project, folder, fork):
    nowhere = code("fit", "k = 1; import sys; sys.platform = 'darwin'")  # where nothing is forked
    write(folder / "model.ipynb", prose("title", "# Model"), code("load", LOAD), nowhere)
    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    run_all(page)
    fork("copied")
    run_command(page, "docmanager:open", path=f"{project['path']}/model.ipynb")
    expect(on(page, "main")).to_be_visible()
    shown = show(page)
    shown.get_by_role("button", name="Checkpoints").click()
    saved = shown.get_by_role("list", name="Saved on the disk (1)")
    expect(saved.get_by_role("listitem")).to_contain_text(re.compile(r"\d+ variables"))
    shown.get_by_role("button", name="Remove from the disk").click()
    expect(saved).to_have_count(0)
    assert page.errors == []


def test_the_variables_are_shown_while_a_cell_runs(page):
    run_all(page)
    shown = show(page)
    expect(row(shown, "k")).to_be_visible()
    here = on(page, "main")
    here.locator(".jp-CodeCell .jp-InputPrompt").last.click()
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("import time; seen = 1; time.sleep(600)")
    page.keyboard.press("Control+Enter")
    expect(row(shown, "seen")).to_be_visible()
    expect(shown.get_by_text("A cell runs")).to_be_attached()
    run_command(page, "notebook:interrupt-kernel")
    expect(shown.get_by_text("A cell runs")).to_have_count(0)


def test_two_branches_are_compared_and_the_panel_follows_the_notebook(page, fork):
    run_all(page)
    fork("boosting")
    expect(page.get_by_role("tab", name="model.ipynb — boosting")).to_be_visible()
    shown = show(page)
    expect(shown).to_contain_text("boosting")
    expect(row(shown, "data")).to_be_visible()
    shown.get_by_label("Compare with a branch").select_option("Compare with main")
    expect(shown.get_by_role("status")).to_contain_text("No differences found.")
    expect(shown.get_by_role("status")).to_contain_text("3 names are the same.")
    run_in(page, "boosting", "data[5] = 0; mine = 1; print(mine)")
    expect(shown.get_by_role("rowheader", name="data value")).to_be_visible()
    expect(shown.get_by_role("rowheader", name="mine only here")).to_be_visible()
    expect(shown.get_by_role("columnheader")).to_have_text(["Name", "boosting", "main"])
    assert page.errors == []


def test_checkpoints_are_shown_and_dropped_with_the_keyboard(page):
    run_all(page)
    shown = show(page)
    shown.get_by_role("button", name="Checkpoints").focus()
    page.keyboard.press("Enter")
    expect(shown.get_by_role("button", name="Checkpoints (1)")).to_have_attribute(
        "aria-expanded", "true"
    )
    kept = shown.get_by_role("listitem")
    expect(kept).to_contain_text("cell [1]")
    expect(kept).to_contain_text(re.compile(r"saves 1\.\d s"))
    expect(shown.get_by_role("progressbar")).to_have_accessible_name(re.compile("All notebooks"))
    page.keyboard.press("Tab")
    drop = kept.get_by_role("button", name="Drop the checkpoint after cell [1]")
    expect(drop).to_be_focused()
    page.keyboard.press("Enter")
    expect(shown.get_by_text("None yet")).to_be_visible()
    assert page.errors == []


def test_a_notebook_without_a_project_or_a_kernel_says_so(page, lab):
    write(lab.root / "elsewhere.ipynb", code("a", "1"))
    shown = show(page)
    run_command(page, "docmanager:open", path="elsewhere.ipynb")
    expect(shown.get_by_text("belongs to no project")).to_be_visible()
