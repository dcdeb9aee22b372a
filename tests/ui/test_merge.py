"""Merging a branch in the browser: look, decide cell by cell, approve, undo."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import Branched, code, prose, run_command
from tests.ui.layout import reload_with

PICK = "threshold = pick(\n    model, X_test{ours}\n)\nreport(model{theirs})"
EVIL = "<img src=x onerror=\"window.hacked = 'yes'\"><script>window.hacked = 'yes'</script>"


def cell(name, **parts):
    """The source of the cell that both sides edit."""
    return PICK.format(**{"ours": "", "theirs": "", **parts})


@pytest.fixture
def branched(lab, project):
    """A notebook of which both sides changed one cell, and the branch some others."""
    made = Branched(lab, project)
    shared = [code("setup", "import os", 1), code("moved", "x = 1", 2)]
    made.write(
        "model.ipynb",
        *shared,
        code("fit", "fit(C=1.0)\nscore()", 3),
        code("old", "plot()", 4),
        code("clash", cell("base"), 5),
        code("run", "x", 6, "1\n"),
    )
    made.fork("model.ipynb")
    made.write_there(
        "model.ipynb",
        shared[1],
        shared[0],
        code("fit", "fit(C=0.5)\nscore()", 3),
        code("new", f"# {EVIL}\nboost()", 7, EVIL),
        code("clash", cell("there", ours=", cost=8", theirs=", by='contract'"), 5),
        code("run", "x", 9, "2\n"),
    )
    made.write(
        "model.ipynb",
        *shared,
        code("fit", "fit(C=1.0)\nscore()", 3),
        code("old", "plot()", 4),
        code("clash", cell("here", ours=", cost=5"), 5),
        code("run", "x", 6, "1\n"),
    )
    return made


@pytest.fixture
def merge_page(open_lab, lab, project, branched):
    """The tab of the merge."""

    def show(**options):
        opened = open_lab(lab, keep=True, **options)
        args = {"project": project["id"], "source": branched.name}
        run_command(opened, "jupyter-sessions:merge-branch", **args)
        opened.locator(".jps-Merge").wait_for()
        return opened

    return show


def box(page, name):
    return page.get_by_role("group", name=name, exact=True).first


def pressed(scope, name):
    return scope.get_by_role("button", name=name, pressed=True)


def test_merge_is_decided_cell_by_cell_approved_and_undone(merge_page, branched):
    page = merge_page()
    before = branched.sources("model.ipynb")
    expect(page.locator(".jps-Changes-count")).to_have_text("5 cells to decide · 1 conflict")
    rows = page.get_by_role("navigation", name="Cells of the merge")
    expect(rows.get_by_role("button")).to_have_count(5)
    expect(rows).to_contain_text("1 only run again")
    approve = page.get_by_role("button", name="Approve and merge")
    expect(approve).to_be_disabled()
    foot = page.locator(".jps-Merge-said")
    expect(foot).to_contain_text("4 of 5 decided.")
    expect(foot).to_contain_text("Cell [5] is left.")

    edited = box(page, "Edited cell [3]")
    expect(edited.locator("mark")).to_have_text(["1.0", "0.5"])
    # In the size of the line numbers beside it, and not in the theme's colour for numbers.
    lines = edited.locator(".jps-DiffLine > code")
    expect(lines.first).to_have_css("font-size", "12px")
    plain = lines.first.evaluate("code => getComputedStyle(code).color")
    expect(edited.locator("mark").first).to_have_css("color", plain)
    box(page, "Removed cell [4]").get_by_role("button", name="Reject").click()
    expect(rows).to_contain_text("Removed, rejected")

    conflict = box(page, "Conflict cell [5]")
    expect(conflict).to_contain_text("both sides edited line 2")
    conflict.get_by_role("button", name=f"Use {branched.name}").click()
    editor = conflict.get_by_role("textbox", name="Result of cell [5]")
    expect(editor).to_contain_text("cost=8")
    editor.press("Control+Home")
    editor.press("ArrowDown")
    editor.press("End")
    editor.press_sequentially(" + 1")
    conflict.get_by_role("button", name="Mark as decided").click()
    expect(conflict.get_by_text("Decided", exact=True)).to_be_visible()
    expect(foot).to_contain_text("5 of 5 decided.")
    assert branched.sources("model.ipynb") == before

    approve.click()
    expect(page.locator(".jps-Merge")).to_have_count(0)
    expect(page.get_by_text("Merged 4 cells into main")).to_be_visible()
    sources = branched.sources("model.ipynb")
    assert cell("both", ours=", cost=8 + 1", theirs=", by='contract'") in sources
    assert {"plot()", "fit(C=0.5)\nscore()", f"# {EVIL}\nboost()"} <= set(sources)
    assert page.evaluate("window.hacked") is None

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("The merge into main is undone")).to_be_visible()
    assert branched.sources("model.ipynb") == before
    assert page.errors == []


@pytest.mark.alone
def test_decisions_are_there_after_a_reload(merge_page, branched):
    page = merge_page()
    box(page, "Edited cell [3]").get_by_role("button", name="Reject").click()
    added = box(page, "Added cell [7]")
    added.get_by_role("button", name="Edit").click()
    added.get_by_role("textbox", name="Your text of cell [7]").press("Control+a")
    page.keyboard.type("boost(rounds=3)")
    added.get_by_role("button", name="Use this text").click()
    conflict = box(page, "Conflict cell [5]")
    conflict.get_by_role("button", name="Mark as decided").click()
    expect(page.get_by_role("button", name="Approve and merge")).to_be_enabled()
    reload_with(page, "jupyter-sessions-merge")
    expect(pressed(box(page, "Edited cell [3]"), "Reject")).to_be_visible()
    expect(box(page, "Added cell [7]")).to_contain_text("With your text")
    expect(box(page, "Added cell [7]")).to_contain_text("boost(rounds=3)")
    conflict = box(page, "Conflict cell [5]")
    expect(conflict.get_by_text("Decided", exact=True)).to_be_visible()
    expect(conflict.get_by_role("textbox", name="Result of cell [5]")).to_contain_text("cost=5")
    conflict.get_by_role("button", name="Change").click()
    expect(conflict.get_by_text("Not decided")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and merge")).to_be_disabled()


@pytest.mark.alone
def test_text_that_is_typed_into_a_conflict_outlives_a_reload(merge_page):
    page = merge_page()
    conflict = box(page, "Conflict cell [5]")
    conflict.get_by_role("textbox").press("Control+a")
    page.keyboard.type("mine = 'not decided yet'")
    reload_with(page, "jupyter-sessions-merge")
    conflict = box(page, "Conflict cell [5]")
    expect(conflict.get_by_role("textbox")).to_contain_text("mine = 'not decided yet'")
    expect(conflict).to_contain_text("Not decided")
    assert page.errors == []


def test_an_own_text_that_is_not_used_yet_holds_the_approval_up(merge_page, branched):
    page = merge_page()
    before = branched.sources("model.ipynb")
    conflict = box(page, "Conflict cell [5]")
    conflict.get_by_role("button", name=f"Use {branched.name}").click()
    conflict.get_by_role("button", name="Mark as decided").click()
    edited = box(page, "Edited cell [3]")
    edited.get_by_role("button", name="Edit", exact=True).click()
    own = edited.get_by_role("textbox", name="Your text of cell [3]")
    own.press("Control+End")
    own.press_sequentially("  # mine")
    own.press("Control+Enter")
    expect(page.get_by_text("You have written a text for cell [3]")).to_be_visible()
    assert branched.sources("model.ipynb") == before
    edited.get_by_role("button", name="Use this text").click()
    expect(edited.get_by_text("With your text")).to_be_visible()
    page.get_by_role("button", name="Approve and merge").click()
    expect(page.locator(".jps-Merge")).to_have_count(0)
    assert any(source.endswith("  # mine") for source in branched.sources("model.ipynb"))
    assert page.errors == []


def test_an_own_text_that_could_not_be_saved_is_still_there(merge_page):
    page = merge_page()
    edited = box(page, "Edited cell [3]")
    edited.get_by_role("button", name="Edit", exact=True).click()
    own = edited.get_by_role("textbox", name="Your text of cell [3]")
    own.press("Control+End")
    own.press_sequentially("  # mine")
    page.route("**/decisions*", lambda route: route.abort())
    edited.get_by_role("button", name="Use this text").click()
    expect(own).to_contain_text("# mine")
    page.unroute("**/decisions*")
    edited.get_by_role("button", name="Use this text").click()
    expect(edited.get_by_text("With your text")).to_be_visible()
    expect(edited).to_contain_text("# mine")
    assert page.errors == []


def test_merge_that_is_discarded_changes_nothing_and_can_be_asked_for_again(
    merge_page, branched, lab
):
    page = merge_page()
    before = branched.sources("model.ipynb")
    page.get_by_role("button", name="Discard this merge").click()
    foot = page.locator(".jps-Merge-foot")
    expect(foot).to_contain_text("This merge was closed; nothing was merged.")
    expect(page.get_by_role("button", name="Approve and merge")).to_have_count(0)
    assert branched.sources("model.ipynb") == before
    foot.get_by_role("button", name="Close").click()
    args = {"project": branched.project["id"], "source": branched.name}
    run_command(page, "jupyter-sessions:merge-branch", **args)
    expect(page.get_by_role("button", name="Approve and merge")).to_be_visible()


def test_merge_works_with_the_keyboard_alone(merge_page, branched):
    page = merge_page()
    page.locator(".jps-Changes-parts").press("n")
    expect(box(page, "Moved cell [2]")).to_be_focused()
    page.keyboard.press("r")
    expect(pressed(box(page, "Moved cell [2]"), "Reject")).to_be_visible()
    page.keyboard.press("n")
    expect(box(page, "Edited cell [3]")).to_be_focused()
    page.keyboard.press("p")
    page.keyboard.press("a")
    expect(pressed(box(page, "Moved cell [2]"), "Accept")).to_be_visible()
    page.keyboard.press("Control+Enter")
    conflict = box(page, "Conflict cell [5]")
    expect(conflict).to_be_focused()
    expect(page.locator(".jps-Merge > [role=status]")).to_have_text("Cell [5] is left.")
    editor = conflict.get_by_role("textbox", name="Result of cell [5]")
    editor.focus()
    page.keyboard.press("a")
    expect(editor).to_contain_text("athreshold")
    page.keyboard.press("Escape")
    expect(conflict).to_be_focused()
    conflict.get_by_role("button", name="Mark as decided").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".jps-Merge-said")).to_contain_text("5 of 5 decided.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Merged 5 cells into main")).to_be_visible()


def test_branch_that_moves_keeps_decisions_and_shows_what_is_new(merge_page, branched, lab):
    page = merge_page()
    with page.expect_response(re.compile("/decisions")):  # shown at once, saved a moment later
        box(page, "Edited cell [3]").get_by_role("button", name="Reject").click()
    expect(pressed(box(page, "Edited cell [3]"), "Reject")).to_be_visible()
    branched.write_there(
        "model.ipynb",
        code("moved", "x = 1", 2),
        code("setup", "import os", 1),
        code("fit", "fit(C=0.5)\nscore()", 3),
        code("new", "boost(again=True)", 7),
        code("clash", cell("there", ours=", cost=8"), 5),
        code("run", "x", 9, "2\n"),
    )
    branched.open("model.ipynb")
    foot = page.locator(".jps-Merge-said")
    expect(foot).to_contain_text("Your decisions are kept.")
    page.get_by_role("button", name=re.compile("Look at 2 cells")).click()
    expect(box(page, "Added cell [7]")).to_contain_text("boost(again=True)")
    expect(pressed(box(page, "Edited cell [3]"), "Reject")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and merge")).to_be_visible()


def test_branch_without_changes_says_so_until_it_has_some(lab, project, open_lab):
    branched = Branched(lab, project)
    branched.write("model.ipynb", code("fit", "fit(C=1.0)", 3))
    branched.fork("model.ipynb")
    page = open_lab(lab, keep=True)
    args = {"project": project["id"], "source": branched.name}
    run_command(page, "jupyter-sessions:merge-branch", **args)
    nothing = page.get_by_text(f"Everything on {branched.name} is on main already.")
    expect(nothing).to_be_visible()
    expect(page.get_by_role("button", name="Approve and merge")).to_be_disabled()
    branched.write_there("model.ipynb", code("fit", "fit(C=0.5)", 3))
    branched.open("model.ipynb")
    expect(box(page, "Edited cell [3]")).to_contain_text("fit(C=0.5)")
    expect(nothing).to_have_count(0)
    assert page.errors == []


def test_outputs_are_shown_on_demand_and_never_run(merge_page, branched):
    page = merge_page()
    page.get_by_label("Hide outputs").uncheck()
    added = box(page, "Added cell [7]")
    expect(added.get_by_role("group", name=f"Output: {branched.name}")).to_contain_text("<img")
    page.get_by_role("button", name="Split").click()
    edited = box(page, "Edited cell [3]")
    expect(edited.locator(".jps-DiffPair").first).to_contain_text("fit(C=1.0)")
    expect(edited.locator(".jps-DiffPair").first).to_contain_text("fit(C=0.5)")
    assert page.evaluate("window.hacked") is None
    assert page.outside == []


@pytest.mark.parametrize("width", [760, 320])
def test_narrow_merge_has_a_picker_and_stacks_its_columns(merge_page, branched, width):
    page = merge_page()
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_role("navigation", name="Cells of the merge")).to_be_hidden()
    page.get_by_role("combobox", name="Cells of the merge").select_option(label="! [5] Conflict")
    conflict = box(page, "Conflict cell [5]")
    expect(conflict).to_be_focused()
    result = conflict.locator(".jps-Result").bounding_box()
    target = conflict.get_by_role("group", name="main").bounding_box()
    base = conflict.get_by_role("group", name="Base").bounding_box()
    assert result["y"] < target["y"] < base["y"]
    wide = page.locator(".jps-Changes-items")
    assert wide.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_thousand_cells_are_drawn_only_where_they_are_seen(lab, project, open_lab):
    many = Branched(lab, project, "many")
    ids = [f"c{index}" for index in range(1000)]
    many.write("many.ipynb", *[code(each, f"x = '{each}'") for each in ids])
    many.fork("many.ipynb")
    changed = [code(each, f"x = '{each}'\ny = 2") for each in ids[:-1]]
    huge = "\n".join(f"line_{index} = {index}" for index in range(20_000))
    many.write_there("many.ipynb", *changed, code(ids[-1], huge), prose("text", "# End"))
    merge = many.merge()
    page = open_lab(lab)
    run_command(page, "jupyter-sessions:open-merge", project=project["id"], merge=merge)
    page.locator(".jps-Changes-item").first.wait_for()
    expect(page.locator(".jps-Changes-item")).to_have_count(1001)
    assert page.locator(".jps-Change").count() < 60
    rows = page.get_by_role("navigation", name="Cells of the merge").get_by_role("button")
    rows.nth(999).click()
    last = page.locator(".jps-Changes-item").nth(999)
    expect(last.get_by_role("button", name="19,991 more lines")).to_be_visible()
    last.get_by_role("button", name="19,991 more lines").click()
    expect(last.get_by_role("button", name="19,791 more lines")).to_be_visible()
    assert last.locator(".jps-DiffLine").count() < 250
    assert page.locator(".jps-Change").count() < 100
    assert page.errors == []
