"""Sessions side by side: what they decided and found, and which one is preferred."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.layout import reload_with
from tests.ui.test_chats import run_command
from tests.ui.test_key_results import EVIL

pytestmark = pytest.mark.alone

SCHEMA = {
    "type": "object",
    "properties": {
        "risk": {"enum": ["LOW", "HIGH"]},
        "ship": {"type": "boolean"},
        "why": {"type": "string"},
    },
    "required": ["risk"],
}
SCORES = "```python\n[{'auc': 0.86}, {'auc': 0.84}]\n```\n/promote last Boosting wins"


@pytest.fixture
def add_session(lab, project):
    """Make a session that has decided, from outside of the browser."""

    def add(name, value=None):
        base = f"projects/{project['id']}/sessions"
        made = lab.api("POST", base, {"name": name, "json_schema": SCHEMA})
        if value is not None:
            lab.api("PUT", f"{base}/{made['id']}/disposition", {"value": value})
        return made

    return add


@pytest.fixture
def decided(lab, project, add_session):
    """Two sessions that decided on the same question; the first has a key result."""
    careful = add_session("Careful", {"risk": "HIGH", "ship": False, "why": "too few rows"})
    bold = add_session("Bold", {"risk": "LOW", "ship": False})
    path = f"projects/{project['id']}/sessions/{careful['id']}"
    lab.api("POST", f"{path}/messages", {"text": SCORES})
    lab.until(lambda: lab.api("GET", path)["key_result_count"] == 1)
    lab.until(lambda: lab.api("GET", path)["status"] == "idle")
    return careful, bold


def session_row(page, name):
    return page.get_by_role("grid", name="Sessions").get_by_role("row", name=re.compile(f"^{name}"))


def compared_row(page, name):
    """The cells of a row, after its head."""
    head = page.get_by_role("rowheader", name=name)
    return page.locator(".jps-Compare-row").filter(has=head)


def choose(page, *names):
    dialog = page.locator(".jp-Dialog")
    for name in names:
        dialog.get_by_role("checkbox", name=name).check()
    dialog.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table", name="Compare sessions")).to_be_visible()


def compare_on_project_page(page, *names):
    run_command(page, "Open Project Page")
    page.locator(".jps-Project").get_by_role("button", name="Compare…").click()
    choose(page, *names)


def test_sessions_are_compared_and_the_preferred_one_is_marked_in_all_windows(
    page, lab, project, decided, open_lab
):
    compare_on_project_page(page, "Careful", "Bold")
    risk = compared_row(page, "risk")
    expect(risk.get_by_role("rowheader")).to_have_text("risk differs")
    expect(risk.get_by_role("cell")).to_contain_text(["HIGHdiffers", "LOWdiffers"])
    expect(compared_row(page, "ship").get_by_role("rowheader")).to_have_text("ship same")
    expect(compared_row(page, "why").get_by_role("rowheader")).to_have_text("why not in all")
    expect(compared_row(page, "why").get_by_role("cell").nth(1)).to_contain_text("not decided")
    results = compared_row(page, "Key results").locator("> [role=cell]")
    expect(results.nth(0).get_by_role("article", name=re.compile("Boosting wins$"))).to_be_visible()
    expect(results.nth(1)).to_contain_text("none yet")
    expect(compared_row(page, "Time at work").get_by_role("cell").nth(0)).to_contain_text(" s")
    expect(compared_row(page, "Price")).to_be_visible()

    other = open_lab(lab, f"/lab/tree/{project['path']}/explore.ipynb", keep=True)
    other.get_by_role("tab", name="Chats").click()
    page.get_by_role("button", name="Prefer this one: Bold").click()
    expect(page.get_by_role("button", name="Preferred: Bold")).to_be_focused()
    for window in (page, other):
        expect(session_row(window, "Bold").get_by_role("img", name="Preferred")).to_be_visible()
        expect(session_row(window, "Careful").get_by_role("img", name="Preferred")).to_have_count(0)

    page.get_by_role("button", name="Prefer this one: Careful").click()
    for window in (page, other):
        expect(session_row(window, "Careful").get_by_role("img", name="Preferred")).to_be_visible()
        expect(session_row(window, "Bold").get_by_role("img", name="Preferred")).to_have_count(0)
    listed = lab.api("GET", f"projects/{project['id']}/sessions")["items"]
    assert [each["name"] for each in listed if each["preferred"]] == ["Careful"]

    page.get_by_role("button", name="Preferred: Careful").click()
    expect(other.get_by_role("img", name="Preferred")).to_have_count(0)


def test_the_comparison_follows_what_changes_and_comes_back_after_a_reload(
    page, lab, project, decided
):
    careful, bold = (f"projects/{project['id']}/sessions/{each['id']}" for each in decided)
    session_row(page, "Bold").click(button="right")
    page.get_by_role("menuitem", name="Compare With…").click()
    expect(page.locator(".jp-Dialog").get_by_role("checkbox", name="Bold")).to_be_checked()
    choose(page, "Careful")
    expect(compared_row(page, "risk").get_by_role("rowheader")).to_have_text("risk differs")
    lab.api("PUT", f"{bold}/disposition", {"value": {"risk": "HIGH", "ship": True}})
    expect(compared_row(page, "risk").get_by_role("rowheader")).to_have_text("risk same")
    expect(compared_row(page, "ship").get_by_role("rowheader")).to_have_text("ship differs")
    lab.api("PATCH", bold, {"name": "Bolder"})
    heads = page.get_by_role("table", name="Compare sessions").get_by_role("columnheader")
    expect(heads.filter(has_text="Bolder")).to_be_visible()

    reload_with(page, "jupyter-sessions-compare")
    expect(heads.filter(has_text="Bolder")).to_be_visible()
    expect(compared_row(page, "ship").get_by_role("rowheader")).to_have_text("ship differs")
    lab.api("DELETE", f"{bold}?force=true")
    expect(heads.nth(1)).to_have_text("This session was deleted.")
    lab.api("DELETE", f"{careful}?force=true")
    expect(page.get_by_text("These sessions were deleted.")).to_be_visible()


def test_no_more_than_four_are_compared_and_no_fewer_than_two(page, add_session):
    for number in range(1, 11):
        add_session(f"Try {number:02}")
    expect(session_row(page, "Try 10")).to_be_visible()
    run_command(page, "Compare Sessions…")
    dialog = page.locator(".jp-Dialog")
    accept = dialog.get_by_role("button", name="Compare")
    expect(accept).to_be_disabled()
    dialog.get_by_role("checkbox", name="Try 01").check()
    expect(accept).to_be_disabled()
    dialog.get_by_role("searchbox", name="Filter by name").fill("try 1")
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    dialog.get_by_role("searchbox", name="Filter by name").fill("")
    for number in range(2, 5):
        dialog.get_by_role("checkbox", name=f"Try 0{number}").check()
    expect(dialog.get_by_role("checkbox", name="Try 05")).to_be_disabled()
    expect(dialog.get_by_role("status")).to_contain_text("4 of 4 chosen")
    accept.click()
    table = page.get_by_role("table", name="Compare sessions")
    expect(table.get_by_role("columnheader")).to_have_count(4)
    expect(compared_row(page, "Disposition")).to_contain_text("not decided yet")

    page.get_by_role("button", name="Choose others…").click()
    dialog.get_by_role("checkbox", name="Try 04").uncheck()
    dialog.get_by_role("checkbox", name="Try 03").uncheck()
    accept.click()
    expect(table.get_by_role("columnheader")).to_have_count(2)
    expect(table).to_have_count(1)


def test_what_is_hostile_is_text_and_a_narrow_tab_stacks_what_is_compared(
    page, lab, project, add_session
):
    evil = EVIL[0]
    first = add_session(evil)
    add_session("Second", {"risk": "LOW", "ship": True, "why": evil})
    path = f"projects/{project['id']}/sessions/{first['id']}/disposition"
    odd = {"type": "object", "properties": {key: {} for key in (evil, "__proto__", "constructor")}}
    lab.api("PUT", path, {"json_schema": odd})
    lab.api("PUT", path, {"value": {evil: EVIL[1], "constructor": {"a": [evil]}}})
    compare_on_project_page(page, evil, "Second")
    expect(compared_row(page, evil).get_by_role("cell").nth(0)).to_contain_text(EVIL[1])
    expect(compared_row(page, "constructor").get_by_role("cell").nth(1)).to_contain_text(
        "not decided"
    )
    expect(compared_row(page, "why").get_by_role("cell").nth(1)).to_contain_text(evil)
    assert page.locator(".jps-Compare :is(img, script)").count() == 0

    cells = compared_row(page, "risk").get_by_role("cell")
    wide = [cells.nth(index).bounding_box() for index in (0, 1)]
    assert wide[0]["y"] == wide[1]["y"]
    page.set_viewport_size({"width": 700, "height": 868})
    narrow = [cells.nth(index).bounding_box() for index in (0, 1)]
    assert narrow[0]["x"] == narrow[1]["x"]
    assert narrow[0]["y"] + narrow[0]["height"] <= narrow[1]["y"]
    expect(cells.nth(1)).to_contain_text("Second")
    table = page.locator(".jps-Compare")
    assert table.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.evaluate("window.hacked") is None
    assert page.outside == []
    assert page.errors == []
