"""The branches of a notebook as a tree: lanes, walked with the keyboard, compared and converged."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, edit, prose, run_command, write
from tests.ui.layout import reload_with


@pytest.fixture
def fork(lab, project, folder):
    """Fork the notebook at a cell, from outside of the browser; without a kernel."""

    def fork(name, cell, *, source="main", edits=(), below="keep"):
        body = {"notebook": "model.ipynb", "cell_id": cell, "name": name, "below": below}
        place = f"projects/{project['id']}/branches/{source}/fork"
        made = lab.api("POST", place, {**body, "kernel": "none"})
        file = folder / made["opened"]["file"]
        for cell_id, text in edits:
            edit(file, cell_id, text)
        where = f"notebook=model.ipynb&branch={made['branch']['id']}"
        lab.api("GET", f"projects/{project['id']}/versions?{where}")
        return made["branch"]["id"]

    return fork


@pytest.fixture
def model(folder):
    """A notebook of ten cells."""
    cells = [code(f"c{count}", f"step_{count} = {count}", count) for count in range(1, 10)]
    write(folder / "model.ipynb", prose("title", "# Model"), *cells)


def open_tree(page, project, **args):
    args = {"project": project["id"], "notebook": "model.ipynb", "view": "tree", **args}
    run_command(page, "jupyter-sessions:open-branches", **args)
    tree = page.get_by_role("tree", name="Branches of model.ipynb")
    expect(tree).to_be_visible()
    return tree


def lane(tree, name):
    return tree.get_by_role("treeitem", name=re.compile(f"^{name}, "))


def test_a_notebook_that_was_forked_is_shown_as_a_tree(lab, project, model, fork, page):
    fork("boosting", "c6", edits=[("c7", "boosting = 1")])
    tree = open_tree(page, project, view=None)
    expect(page.get_by_role("button", name="Tree")).to_have_attribute("aria-pressed", "true")
    expect(lane(tree, "main")).to_contain_text("active")
    expect(lane(tree, "boosting")).to_contain_text("without state")
    expect(tree.get_by_role("treeitem", name="cell [6]: step_6 = 6")).to_be_visible()
    expect(tree.get_by_role("treeitem", name="cell [7]: boosting = 1")).to_be_visible()
    folded = tree.get_by_text(re.compile("^1.5$"))
    folded.click()
    expect(tree.get_by_role("treeitem", name="text: # Model")).to_be_visible()
    page.get_by_role("button", name="Linear").click()
    expect(page.get_by_role("grid", name="Branches")).to_be_visible()
    assert page.errors == []


def test_arrows_walk_enter_opens_and_space_selects_two_to_compare(lab, project, model, fork, page):
    fork("boosting", "c6", edits=[("c7", "boosting = 1")])
    fork("smote", "c6", edits=[("c7", "smote = 1")])
    tree = open_tree(page, project)
    lane(tree, "main").focus()
    page.keyboard.press("ArrowDown")
    expect(tree.get_by_role("treeitem", name=re.compile("^1.5 *5 cells"))).to_be_focused()
    lane(tree, "main").focus()
    page.keyboard.press("End")
    expect(tree.get_by_role("treeitem", name="cell [9]: step_9 = 9")).to_be_focused()
    tree.get_by_role("treeitem", name="cell [6]: step_6 = 6").focus()
    page.keyboard.press("ArrowRight")
    expect(lane(tree, "boosting")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(lane(tree, "smote")).to_be_focused()
    page.keyboard.press("Space")
    expect(tree.locator("[aria-selected='true']")).to_have_count(2)
    page.get_by_role("button", name="Compare").click()
    compared = page.get_by_role("table", name="Compare branches")
    expect(compared.get_by_role("columnheader")).to_contain_text(["boosting", "smote"])
    expect(compared).to_contain_text("boosting = 1")
    expect(compared).to_contain_text("smote = 1")
    page.get_by_role("button", name="Show Changes").click()
    expect(page.get_by_role("region", name="Changes")).to_contain_text("smote = 1")

    open_tree(page, project)
    tree.get_by_role("treeitem", name="cell [7]: smote = 1").focus()
    page.keyboard.press("Enter")
    toolbar = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jps-NotebookBranch button")
    expect(toolbar).to_have_accessible_name("Branch: smote")
    assert page.errors == []


def test_a_deleted_branch_is_shown_on_demand_and_restored(lab, project, model, fork, page):
    gone = fork("log-tenure", "c3")
    fork("boosting", "c6")
    lab.api("DELETE", f"projects/{project['id']}/branches/{gone}")
    tree = open_tree(page, project)
    expect(lane(tree, "boosting")).to_be_visible()
    expect(lane(tree, "log-tenure")).to_have_count(0)
    page.get_by_role("checkbox", name="Show deleted (1)").check()
    expect(lane(tree, "log-tenure")).to_contain_text("deleted")
    tree.get_by_role("button", name="Restore").click()
    expect(lane(tree, "log-tenure")).to_contain_text("active")
    branches = lab.api("GET", f"projects/{project['id']}/branches")["items"]
    assert [each["status"] for each in branches if each["id"] == gone] == ["active"]


@pytest.mark.alone
def test_a_tree_comes_back_after_a_reload(lab, project, model, fork, page):
    fork("boosting", "c6")
    run_command(page, "jupyter-sessions:open-branches", project=project["id"], view="linear")
    page.get_by_role("button", name="All notebooks").click()
    page.get_by_role("menuitem", name="model.ipynb").click()
    page.get_by_role("button", name="Tree").click()
    tree = page.get_by_role("tree", name="Branches of model.ipynb")
    expect(lane(tree, "boosting")).to_be_visible()
    reload_with(page, '"view":"tree"')
    expect(lane(tree, "boosting")).to_be_visible()
    assert page.errors == []


def test_branches_meet_and_the_meeting_is_drawn(lab, project, model, fork, page):
    fork("boosting", "c6", edits=[("c7", "boosting = 1")])
    fork("smote", "c6", edits=[("c7", "smote = 1")])
    tree = open_tree(page, project)
    for name in ("boosting", "smote"):
        lane(tree, name).locator(".jps-Tree-name").click(modifiers=["Control"])
    page.get_by_role("button", name="Converge…").click()
    expect(page.get_by_role("radio", name=re.compile("^One wins"))).to_be_focused()
    for name, below in (("One wins", "Choose cells"), ("Choose cells", "Compare")):
        page.get_by_role("radio", name=re.compile(f"^{name}")).press("ArrowDown")
        expect(page.get_by_role("radio", name=re.compile(f"^{below}"))).to_be_checked()
    page.get_by_role("dialog").get_by_role("button", name="Converge").click()
    compared = page.get_by_role("table", name="Compare branches")
    expect(compared).to_contain_text("boosting = 1")
    page.get_by_role("tab", name="Compare boosting, smote").locator(".jp-icon-hover").click()
    open_tree(page, project)
    # What was compared is shown again from where it is drawn.
    tree.get_by_role("button", name="Comparison: both kept").click()
    expect(compared).to_contain_text("smote = 1")
    open_tree(page, project)

    expect(tree.locator("[aria-selected='true']")).to_have_count(2)
    page.get_by_role("button", name="Converge…").click()
    page.get_by_role("combobox", name="Winner").select_option("boosting")
    page.get_by_role("dialog").get_by_role("button", name="Converge").click()
    page.get_by_role("button", name=re.compile("^(Approve|Merge)")).first.click()
    expect(page.get_by_text("Merged 1 cell into main")).to_be_visible()
    open_tree(page, project)
    expect(tree.get_by_text("Winner: boosting")).to_be_visible()
    expect(lane(tree, "smote")).to_contain_text("completed")
    assert page.errors == []


def test_the_map_goes_where_there_is_little_room(lab, project, model, fork, page):
    fork("boosting", "c6")
    tree = open_tree(page, project)
    plan = page.get_by_role("img", name="Map of the tree")
    expect(plan).to_be_visible()
    page.set_viewport_size({"width": 620, "height": 600})
    expect(plan).to_be_hidden()
    expect(lane(tree, "main")).to_be_visible()
    expect(page.get_by_role("button", name="Converge…")).to_be_visible()
