"""The history of a notebook, and the page of branches."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import run_command
from tests.ui.layout import reload_with
from tests.ui.test_open_notebook import NOTEBOOK, ask, editor, save, sources

AGENT = "```python\nagents = 1\n```"
RUN = "Agent\N{RIGHT SINGLE QUOTATION MARK}s run"
HOSTILE = "<img src=x onerror='throw 1'>"


@pytest.fixture
def add_branch(lab, project):
    """Make a branch, from outside of the browser."""

    def add(name, **body):
        return lab.api("POST", f"projects/{project['id']}/branches", {"name": name, **body})

    return add


def open_history(page, project, branch="main"):
    args = {"project": project["id"], "notebook": "explore.ipynb", "branch": branch}
    run_command(page, "jupyter-sessions:notebook-history", **args)
    versions = page.get_by_role("grid", name="Versions")
    expect(versions).to_be_visible()
    return versions


def open_branches(page, project, **args):
    run_command(page, "jupyter-sessions:open-branches", project=project["id"], **args)
    branches = page.get_by_role("grid", name="Branches")
    expect(branches).to_be_visible()
    return branches


def version(page, title):
    return page.locator(".jps-Version", has=page.get_by_text(title, exact=True))


def row_of(branches, name):
    named = branches.page.get_by_text(name, exact=True)
    return branches.locator(".jps-Branch", has=named)


def difference(page):
    return page.get_by_role("region", name="Changes")


def test_saves_and_runs_become_versions_while_one_looks(page, lab, project, session):
    versions = open_history(page, project)
    expect(version(page, "Found")).to_be_visible()
    ask(lab, project, session, AGENT)
    expect(version(page, RUN)).to_contain_text("by agent in First look")
    expect(version(page, RUN)).to_contain_text("1 cell +1")
    run_command(page, "docmanager:open", path=f"{project['path']}/explore.ipynb")
    editor(page, 1).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# mine\n")
    save(page)
    open_history(page, project)
    expect(versions.locator(".jps-Version").first).to_contain_text("Saved")
    # Another one may be what JupyterLab noted of the kernel, saved before the run.
    saved = version(page, "Saved").first
    expect(saved).to_contain_text("by you · 1 cell +1")
    expect(saved).to_contain_text("present")
    assert page.errors == []


def test_the_history_follows_a_notebook_that_is_renamed(page, lab, project, session):
    ask(lab, project, session, AGENT)
    open_history(page, project)
    expect(version(page, RUN)).to_be_visible()
    folder = project["path"]
    rename = "([from, to]) => jupyterapp.serviceManager.contents.rename(from, to)"
    page.evaluate(rename, [f"{folder}/explore.ipynb", f"{folder}/model.ipynb"])
    expect(page.get_by_role("tab", name="History · model.ipynb")).to_be_visible()
    expect(version(page, RUN)).to_be_visible()
    expect(version(page, "Renamed")).to_be_visible()
    assert page.errors == []


def test_the_selected_version_shows_what_it_changed(page, lab, project, session):
    ask(lab, project, session, AGENT)
    open_history(page, project)
    version(page, RUN).click()
    expect(difference(page)).to_contain_text("agents = 1")
    page.get_by_role("button", name="With present").click()
    expect(page.get_by_text("This is the notebook as it is now.")).to_be_visible()
    version(page, "Found").click()
    expect(difference(page)).to_contain_text("agents = 1")
    page.get_by_role("button", name="With previous").click()
    expect(difference(page)).not_to_contain_text("agents = 1")


def test_restoring_brings_the_old_text_into_the_open_notebook_and_can_be_undone(
    page, lab, project, session
):
    ask(lab, project, session, AGENT)
    cells = page.locator(f"{NOTEBOOK} .jp-Cell")
    expect(cells).to_have_count(4)
    open_history(page, project)
    version(page, "Found").click()
    page.get_by_role("button", name="Restore this version").click()
    expect(version(page, "Restored")).to_contain_text("present")
    assert "agents = 1" not in sources(lab, project)
    notice = page.locator(".jp-Notification-Toast, .Toastify__toast").filter(has_text="Restored")
    notice.get_by_role("button", name="Undo").click()
    expect(version(page, "Undone")).to_contain_text("present")
    expect(version(page, "Restored")).to_contain_text("taken back")
    lab.until(lambda: "agents = 1" in sources(lab, project))
    run_command(page, "docmanager:open", path=f"{project['path']}/explore.ipynb")
    expect(cells).to_have_count(4)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    assert page.errors == []


def test_r_asks_before_it_restores_and_escape_keeps_the_notebook(page, lab, project, session):
    ask(lab, project, session, AGENT)
    versions = open_history(page, project)
    expect(version(page, RUN)).to_be_visible()
    versions.locator("[tabindex='0']").focus()
    page.keyboard.press("End")
    expect(version(page, "Found")).to_be_focused()
    page.keyboard.press("r")
    question = page.get_by_role("alertdialog", name=re.compile("Restore the version of"))
    expect(question.get_by_role("button", name="Keep it as it is")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(version(page, "Found")).to_be_focused()
    assert "agents = 1" in sources(lab, project)
    page.keyboard.press("r")
    question.get_by_role("button", name="Restore", exact=True).press("Enter")
    expect(version(page, "Restored")).to_be_visible()
    expect(version(page, "Found")).to_be_focused()
    lab.until(lambda: "agents = 1" not in sources(lab, project))


@pytest.mark.alone
def test_a_named_version_stays_named_after_a_reload(page, lab, project, session):
    ask(lab, project, session, AGENT)
    open_history(page, project)
    version(page, RUN).click()
    page.keyboard.press("n")
    field = page.get_by_role("textbox", name="Name of the version")
    expect(field).to_be_focused()
    field.fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(version(page, HOSTILE)).to_contain_text(f"Named · {RUN} by agent in First look")
    expect(version(page, HOSTILE)).to_be_focused()
    page.wait_for_function("!document.querySelector('.jp-Dialog')")
    reload_with(page, "jupyter-sessions-history")
    expect(page.get_by_role("tab", name="History · explore.ipynb")).to_be_visible()
    page.get_by_role("tab", name="History · explore.ipynb").click()
    expect(version(page, HOSTILE)).to_contain_text("Named")
    assert page.errors == []


def test_a_branch_made_from_an_old_version_has_its_content(page, lab, project, session):
    ask(lab, project, session, AGENT)
    open_history(page, project)
    version(page, "Found").click()
    page.get_by_role("button", name="New branch from here…").click()
    field = page.get_by_role("textbox", name=re.compile("New branch from the version of"))
    expect(field).to_be_focused()
    field.fill("main")
    expect(page.get_by_text("This name is taken. Free: main-2")).to_be_visible()
    field.fill("before the agent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="New branch from here…")).to_be_focused()
    notice = page.locator(".Toastify__toast").filter(has_text="before the agent")
    notice.get_by_role("button", name="Open notebook").click()
    expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(3)
    branches = lab.api("GET", f"projects/{project['id']}/branches")["items"]
    made = next(each for each in branches if each["name"] == "before the agent")
    versions = open_history(page, project, made["id"])
    expect(versions).to_contain_text("Forked here from main")
    version(page, "Found").click()
    expect(page.get_by_text("A version of main, which this branch was made from")).to_be_visible()
    expect(page.get_by_role("button", name="Restore this version")).to_have_count(0)


def test_a_branch_is_deleted_and_restored_by_keyboard(page, lab, project, add_branch):
    made = add_branch("try-boosting")
    branches = open_branches(page, project)
    expect(row_of(branches, "main")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row_of(branches, "try-boosting")).to_be_focused()
    page.keyboard.press("Delete")
    question = page.get_by_role("alertdialog", name="Delete try-boosting?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(row_of(branches, "try-boosting")).to_have_count(0)
    expect(row_of(branches, "main")).to_be_focused()
    address = f"projects/{project['id']}/branches/{made['id']}"
    assert lab.api("GET", address)["status"] == "deleted"

    page.get_by_label("Show deleted (1)").check()
    expect(row_of(branches, "try-boosting")).to_contain_text("deleted")
    row_of(branches, "try-boosting").focus()
    page.keyboard.press("Enter")
    expect(row_of(branches, "try-boosting")).to_contain_text("active")
    assert lab.api("GET", address)["status"] == "active"


def test_a_branch_is_renamed_in_place_and_its_status_set(page, lab, project, session, add_branch):
    made = add_branch("try-boosting", session=session["id"])
    branches = open_branches(page, project)
    row = row_of(branches, "try-boosting")
    expect(row).to_contain_text("from main · just now · by you")
    expect(row).to_contain_text("First look")
    row.focus()
    page.keyboard.press("F2")
    page.get_by_role("textbox", name="Name of the branch").fill(HOSTILE)
    page.keyboard.press("Enter")
    row = row_of(branches, HOSTILE)
    expect(row).to_be_focused()
    row.hover()
    row.get_by_role("button", name="More about").click()
    page.locator(".lm-Menu-item", has_text="Status").click()
    page.locator(".lm-Menu-item", has_text="completed").click()
    expect(row).to_contain_text("completed")
    now = lab.api("GET", f"projects/{project['id']}/branches/{made['id']}")
    assert (now["name"], now["status"]) == (HOSTILE, "completed")
    assert page.errors == []


def test_the_branches_of_one_notebook_are_those_that_changed_it(
    page, lab, project, session, add_branch
):
    add_branch("untouched")
    add_branch("changed", session=session["id"])
    ask(lab, project, session, AGENT)
    branches = open_branches(page, project)
    expect(row_of(branches, "untouched")).to_be_visible()
    page.get_by_role("toolbar", name="Branches").get_by_role("button", name="All notebooks").click()
    page.get_by_role("menuitem", name="explore.ipynb").click()
    expect(row_of(branches, "untouched")).to_have_count(0)
    expect(row_of(branches, "changed")).to_contain_text("1")
    row_of(branches, "changed").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(4)
    assert "agents = 1" not in sources(lab, project)


def test_of_many_branches_only_those_in_view_are_drawn(page, project, add_branch):
    for number in range(150):
        add_branch(f"branch-{number:03}")
    branches = open_branches(page, project)
    expect(row_of(branches, "main")).to_be_focused()
    assert int(branches.get_attribute("aria-rowcount")) == 152
    page.keyboard.press("End")
    expect(row_of(branches, "branch-000")).to_be_focused()
    expect(row_of(branches, "branch-000")).to_be_in_viewport()
    assert branches.locator(".jps-Branch").count() < 60
    page.get_by_role("searchbox", name="Find a branch").fill("branch-07")
    expect(branches.locator(".jps-Branch")).to_have_count(10)


def test_the_file_browser_offers_the_history_of_notebooks_alone(page, project):
    page.get_by_role("tab", name=re.compile("File Browser")).click()
    item = page.locator(".jp-DirListing-item", has_text="README.md")
    item.click(button="right")
    expect(page.locator(".lm-Menu")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Notebook History")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator(".jp-DirListing-item", has_text="explore.ipynb").click(button="right")
    page.get_by_role("menuitem", name="Notebook History").click()
    expect(page.get_by_role("grid", name="Versions")).to_be_visible()
    expect(page.get_by_role("toolbar", name="History")).to_contain_text("explore.ipynb")


def test_from_a_branch_one_gets_to_its_difference_and_to_its_merge(
    page, lab, project, session, add_branch
):
    add_branch("try-boosting", session=session["id"])
    ask(lab, project, session, AGENT)
    branches = open_branches(page, project)
    row = row_of(branches, "try-boosting")
    row.hover()
    row.get_by_role("button", name="Compare try-boosting with main").click()
    expect(page.get_by_role("tab", name="Changes of explore.ipynb")).to_be_visible()
    expect(difference(page)).to_contain_text("agents = 1")
    open_branches(page, project)
    row.hover()
    row.get_by_role("button", name="Merge try-boosting into main").click()
    expect(page.get_by_role("button", name="Approve and merge")).to_be_visible()
