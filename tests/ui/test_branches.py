"""Branches in the workspace: chosen for a session, switched for a notebook, made, told apart."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.ui.test_conversation import open_session
from tests.ui.test_open_notebook import ask, editor, save

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"


@pytest.fixture
def branch(lab, project):
    """A branch of main, which no notebook was changed on."""
    return make(lab, project, "try-boosting")


def make(lab, project, name):
    return lab.api("POST", f"projects/{project['id']}/branches", {"name": name})


def branches(lab, project):
    items = lab.api("GET", f"projects/{project['id']}/branches")["items"]
    return {each["name"]: each for each in items}


def active(lab, project, session):
    return lab.api("GET", f"projects/{project['id']}/sessions/{session['id']}")["active_branch"]


def file_of(lab, project, branch):
    return lab.root / project["path"] / branch["folder"] / "explore.ipynb"


def stop_kernels_of_branches(lab):
    for each in lab.api("GET", "/api/sessions"):
        if "/branches/" in each["path"]:
            lab.api("DELETE", f"/api/sessions/{each['id']}")


def foot(page):
    return page.locator(".jps-Chats-foot button")


def composer(page):
    return page.locator(".jps-Composer-branch")


def toolbar(page):
    return page.locator(f"{PANEL} .jps-NotebookBranch button")


def field(page):
    return page.get_by_role("combobox", name="Find or name a branch")


def switch(page, name):
    """Switch the notebook that is shown to another branch."""
    toolbar(page).click()
    field(page).fill(name)
    page.get_by_role("option", name=re.compile(f"^{name}")).click()
    expect(toolbar(page)).to_have_accessible_name(f"Branch: {name}")


def toggle_authors(page):
    page.get_by_role("menuitem", name="View", exact=True).click()
    page.locator(".lm-Menu-item", has_text="Show Who Wrote Each Cell").click()


def test_branch_of_a_session_is_chosen_with_the_mouse(lab, project, session, branch, page):
    expect(foot(page)).to_be_disabled()
    expect(foot(page)).to_have_accessible_name(re.compile("main.*Open a session"))
    open_session(page, "First look")
    foot(page).click()
    option = page.get_by_role("option", name=re.compile("^try-boosting"))
    expect(option).to_contain_text("active")
    option.click()
    expect(foot(page)).to_contain_text("try-boosting")
    expect(page.locator(".jps-BranchPicker")).to_have_count(0)
    assert active(lab, project, session) == branch["id"]
    # The notebook that is looked at is on another branch: that is said in full.
    expect(composer(page)).to_have_text("on try-boosting")
    expect(toolbar(page)).to_have_text("main")
    assert page.errors == []


def test_branch_of_a_session_is_chosen_with_the_keyboard(lab, project, session, branch, page):
    open_session(page, "First look")
    composer(page).focus()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(composer(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("option", name=re.compile("^main"))).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_text("on try-boosting")
    expect(composer(page)).to_be_focused()
    assert active(lab, project, session) == branch["id"]


def test_switching_a_notebook_opens_the_file_of_the_other_branch(lab, project, branch, page):
    switch(page, "try-boosting")
    tabs = page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text="explore.ipynb")
    expect(tabs).to_have_count(2)
    expect(tabs.nth(1)).to_have_attribute("title", re.compile("Branch: try-boosting"))
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    editor(page, 1).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# only here\n")
    save(page)
    lab.until(lambda: "# only here" in file_of(lab, project, branch).read_text())
    assert "# only here" not in (lab.root / project["path"] / "explore.ipynb").read_text()

    switch(page, "main")
    expect(tabs).to_have_count(2)
    expect(editor(page, 1)).not_to_contain_text("# only here")
    toolbar(page).click()
    headings = page.locator(".jps-BranchPicker-heading")
    expect(headings).to_have_count(0)
    expect(page.get_by_role("option", name=re.compile("^try-boosting"))).to_be_visible()
    assert page.errors == []


def test_two_sessions_work_on_two_branches_of_one_notebook(lab, project, session, branch, page):
    other = lab.api("POST", f"projects/{project['id']}/sessions", {"name": "Second look"})
    lab.api(
        "PATCH",
        f"projects/{project['id']}/sessions/{other['id']}",
        {"active_branch": branch["id"]},
    )
    open_session(page, "First look")
    expect(foot(page)).to_contain_text("main")
    page.get_by_role("row", name=re.compile("^Second look")).first.click()
    expect(foot(page)).to_contain_text("try-boosting")
    ask(lab, project, session, "```python\nfirst = 1\n```")
    ask(lab, project, other, "```python\nsecond = 2\n```")

    on_main = (lab.root / project["path"] / "explore.ipynb").read_text()
    on_branch = file_of(lab, project, branch).read_text()
    assert ("first = 1" in on_main, "second = 2" in on_main) == (True, False)
    assert ("first = 1" in on_branch, "second = 2" in on_branch) == (False, True)
    # The call leads to the file of the branch that it worked on.
    page.get_by_role("button", name=re.compile("Ran cell")).last.click()
    page.get_by_role("button", name="Open explore.ipynb").last.click()
    expect(toolbar(page)).to_have_accessible_name("Branch: try-boosting")
    expect(editor(page, 3)).to_contain_text("second = 2")
    assert page.errors == []


def test_new_branch_says_when_a_name_is_taken_and_offers_a_free_one(
    lab, project, session, branch, page
):
    open_session(page, "First look")
    foot(page).click()
    field(page).fill("Idea")
    page.get_by_role("option", name="New branch “Idea”…").click()
    dialog = page.locator(".jp-Dialog")
    name = dialog.get_by_label("Name", exact=True)
    expect(name).to_have_value("Idea")
    name.fill("TRY-Boosting")
    expect(dialog.get_by_role("alert")).to_contain_text("This name is taken.")
    create = dialog.get_by_role("button", name="Create branch")
    expect(create).to_be_disabled()
    name.press("Enter")
    dialog.get_by_role("button", name="TRY-Boosting-2").click()
    expect(create).to_be_enabled()
    expect(dialog.get_by_label("Make it the active branch of “First look”")).to_be_checked()
    name.press("Enter")
    expect(dialog).to_have_count(0)
    expect(foot(page)).to_contain_text("TRY-Boosting-2")
    made = branches(lab, project)["TRY-Boosting-2"]
    assert (made["parent"], active(lab, project, session)) == ("main", made["id"])


def test_what_the_server_refuses_is_said_in_the_dialog(lab, project, session, branch, page):
    open_session(page, "First look")
    foot(page).click()
    page.get_by_role("option", name="New branch…").click()
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_label("Name", exact=True).fill(branch["id"])
    dialog.get_by_role("button", name="Create branch").click()
    expect(dialog.get_by_role("alert")).to_contain_text("looks like the id of a branch")
    dialog.get_by_label("Name", exact=True).fill("in words")
    expect(dialog.get_by_role("alert")).to_be_empty()
    dialog.get_by_role("button", name="Create branch").click()
    expect(dialog).to_have_count(0)
    assert "in words" in branches(lab, project)


def test_branch_is_renamed_put_aside_deleted_and_brought_back(lab, project, session, branch, page):
    open_session(page, "First look")

    def choose(item):
        foot(page).click()
        field(page).fill("boosting")
        field(page).press("Shift+F10")
        page.get_by_role("menuitem", name=item).click()
        expect(page.locator(".jps-BranchPicker")).to_have_count(0)

    choose("Rename…")
    page.locator(".jp-Dialog").get_by_label("Name", exact=True).fill("boosting 2")
    page.keyboard.press("Enter")
    lab.until(lambda: branches(lab, project).get("boosting 2"))
    choose(re.compile("^Dormant"))
    lab.until(lambda: branches(lab, project)["boosting 2"]["status"] == "dormant")
    stop_kernels_of_branches(lab)  # one of an earlier project may go on in a folder of that name
    choose("Delete")
    lab.until(lambda: branches(lab, project)["boosting 2"]["status"] == "deleted")
    foot(page).click()
    expect(page.get_by_role("option", name=re.compile("^boosting 2"))).to_have_count(0)
    page.get_by_role("option", name="Show deleted (1)").click()
    expect(page.get_by_role("option", name=re.compile("^boosting 2"))).to_contain_text("deleted")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    lab.until(lambda: branches(lab, project)["boosting 2"]["status"] == "dormant")
    assert branches(lab, project)["boosting 2"]["id"] == branch["id"]


def test_list_shows_a_thousand_branches_and_draws_a_few(lab, project, session, page):
    names = [f"experiment {number:03d}" for number in range(1000)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(partial(make, lab, project), names))
    open_session(page, "First look")
    foot(page).click()
    options = page.locator(".jps-BranchPicker-rows [role=option]")
    expect(options.first).to_have_attribute("aria-setsize", "1001")
    assert options.count() < 40
    field(page).press("ArrowUp")
    for _ in range(100):
        field(page).press("PageDown")
    expect(page.get_by_role("option", name=re.compile("^experiment 999"))).to_be_visible()
    field(page).fill("777")
    expect(options).to_have_count(1)
    field(page).press("Enter")
    expect(foot(page)).to_contain_text("experiment 777")


def test_what_is_made_elsewhere_is_seen_at_once(lab, project, session, page):
    open_session(page, "First look")
    foot(page).click()
    make(lab, project, "made elsewhere")
    expect(page.get_by_role("option", name=re.compile("^made elsewhere"))).to_be_visible()
    lab.api(
        "PATCH",
        f"projects/{project['id']}/sessions/{session['id']}",
        {"active_branch": "made elsewhere"},
    )
    expect(foot(page)).to_contain_text("made elsewhere")


def test_session_is_started_on_the_branch_that_the_form_names(lab, project, branch, page):
    page.get_by_role("button", name="New Session").first.click()
    form = page.get_by_role("form", name="New session")
    form.get_by_label("Request").fill("```python\nstarted = 1\n```")
    form.get_by_label("Branch").select_option("try-boosting")
    form.get_by_role("button", name="Start", exact=True).click()
    lab.until(
        lambda: (
            file_of(lab, project, branch).exists()
            and "started = 1" in file_of(lab, project, branch).read_text()
        )
    )
    assert "started = 1" not in (lab.root / project["path"] / "explore.ipynb").read_text()
    expect(foot(page)).to_contain_text("try-boosting")


def test_margin_tells_who_wrote_each_line(lab, project, session, page):
    ask(lab, project, session, "```python\nagents = 1\nmore = 2\n```")
    expect(editor(page, 3)).to_contain_text("agents = 1")
    before = (lab.root / project["path"] / "explore.ipynb").read_text()
    notes = page.locator(f"{PANEL} .jps-Authors")
    expect(notes).to_have_count(0)
    toggle_authors(page)
    cell = page.locator(f"{PANEL} .jp-Cell").nth(3)
    expect(cell.get_by_role("note")).to_have_text("agent")
    expect(cell.get_by_role("note")).to_have_attribute(
        "title", re.compile(r"^agent in “First look”, run of \d\d:\d\d$")
    )
    expect(cell.locator(".jps-AuthorLine.jps-mod-agent")).to_have_count(2)
    assert (lab.root / project["path"] / "explore.ipynb").read_text() == before

    editor(page, 3).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nmine = 3")
    save(page)
    expect(cell.get_by_role("note")).to_have_text("agent,you")
    expect(cell.locator(".jps-AuthorLine")).to_have_count(3)
    expect(cell.locator(".jps-AuthorLine.jps-mod-person")).to_have_text("mine = 3")
    source = json.loads((lab.root / project["path"] / "explore.ipynb").read_text())["cells"][3]
    assert "".join(source["source"]) == "agents = 1\nmore = 2\nmine = 3"

    toggle_authors(page)
    expect(notes).to_have_count(0)
    expect(cell.locator(".jps-AuthorLine")).to_have_count(0)
    assert page.errors == []
