"""The list of sessions in the Chats tab: order, names, the edit panel, archive, search, files."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

STILL = "() => document.querySelector('.jps-List').getAnimations({subtree: true}).length === 0"
NAMES = ["Cleaning", "Features", "Model", "Segment by contract", "Write-up"]


@pytest.fixture
def churn(lab):
    """A project with five sessions that are not started."""
    made = lab.api("POST", "projects", {"name": "Churn analysis"})
    path = f"projects/{made['id']}"
    made["sessions"] = {
        name: lab.api("POST", f"{path}/sessions", {"name": name})["id"] for name in NAMES
    }
    yield made
    lab.api("DELETE", f"{path}?confirm=Churn%20analysis")


@pytest.fixture
def window(open_lab, lab, churn):
    """Opens a browser window that shows the project's sessions."""

    def open_window(**options):
        page = open_lab(lab, f"/lab?sessions-project={churn['id']}", keep=True, **options)
        # JupyterLab gives it the focus when it comes
        page.locator(".jp-LauncherCard").first.wait_for()
        expect(page.get_by_role("grid", name="Sessions").get_by_role("row").first).to_be_visible()
        return page

    return open_window


def at(churn, name):
    return f"projects/{churn['id']}/sessions/{churn['sessions'][name]}"


def row(page, name):
    return page.get_by_role("grid", name="Sessions").get_by_role(
        "row", name=re.compile(f"^{re.escape(name)}")
    )


def shown(page):
    """The names of the rows from the top down."""
    return page.locator(".jps-Row").evaluate_all(
        """rows => rows.map(row => [row.getBoundingClientRect().top,
          row.querySelector('.jps-Row-text')?.textContent])
          .sort((a, b) => a[0] - b[0]).map(([, name]) => name)"""
    )


def order(lab, churn):
    items = lab.api("GET", f"projects/{churn['id']}/sessions")["items"]
    return [each["name"] for each in items if each["archived_at"] is None]


def expect_order(page, names):
    """Wait until the rows stand, and move no more, in this order."""
    page.wait_for_function(
        """names => {
          const rows = [...document.querySelectorAll('.jps-Row')].map(row =>
            [row.getBoundingClientRect().top, row.querySelector('.jps-Row-text')?.textContent]);
          const now = rows.sort((a, b) => a[0] - b[0]).map(([, name]) => name).join('\\n');
          return now === names.join('\\n')
            && document.querySelector('.jps-List').getAnimations({subtree: true}).length === 0;
        }""",
        arg=names,
    )


def lift(page, name, before):
    """Drag the row by its grip over the upper half of another one, and hold it."""
    row(page, name).hover()
    grip = row(page, name).locator(".jps-Row-grip").bounding_box()
    page.mouse.move(grip["x"] + 8, grip["y"] + 22)
    page.mouse.down()
    target = row(page, before).bounding_box()
    page.mouse.move(grip["x"] + 12, grip["y"] + 30, steps=3)
    expect(page.locator(".jps-mod-lifted")).to_have_count(1)
    page.mouse.move(grip["x"] + 12, target["y"] + 12, steps=8)


def edit(page, name):
    row(page, name).hover()
    page.get_by_role("button", name=f"Edit {name}").click()
    panel = page.get_by_role("form", name=f"Edit {name}")
    expect(panel).to_be_visible()
    return panel


def open_menu(page, name, *items):
    row(page, name).click(button="right")
    for item in items[:-1]:
        page.locator(".lm-Menu-item", has_text=item).hover()
    page.get_by_role("menuitem", name=items[-1], exact=True).click()


@pytest.mark.alone
def test_a_drag_is_seen_saved_and_shown_in_the_other_window(window, lab, churn):
    here, there = window(), window()
    lift(here, "Write-up", "Features")
    expect(here.locator(".jps-List-place")).to_be_visible()
    assert order(lab, churn) == NAMES
    here.mouse.up()
    after = ["Cleaning", "Write-up", "Features", "Model", "Segment by contract"]
    expect_order(here, after)
    expect_order(there, after)
    assert order(lab, churn) == after
    here.reload()
    here.wait_for_selector("#jupyterlab-splash", state="detached")
    row(here, "Cleaning").wait_for()
    assert shown(here) == after
    assert here.get_by_label("Message to the agent").count() == 0
    assert here.errors == there.errors == []


def test_escape_puts_the_row_back(window, lab, churn):
    page = window()
    lift(page, "Write-up", "Features")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect_order(page, NAMES)
    assert order(lab, churn) == NAMES


def test_a_row_drops_where_it_is_seen_although_the_list_changes_meanwhile(window, lab, churn):
    page = window()
    lift(page, "Write-up", "Segment by contract")
    lab.api("DELETE", at(churn, "Features"))
    expect(row(page, "Features")).to_have_count(0)
    page.wait_for_function(STILL)
    target = row(page, "Model").bounding_box()
    page.mouse.move(target["x"] + 12, target["y"] + 12, steps=4)
    page.mouse.up()
    after = ["Cleaning", "Write-up", "Model", "Segment by contract"]
    expect_order(page, after)
    lab.until(lambda: order(lab, churn) == after)


def test_a_row_that_is_deleted_while_it_is_dragged_is_gone(window, lab, churn):
    page = window()
    lift(page, "Write-up", "Features")
    lab.api("DELETE", at(churn, "Write-up"))
    expect(row(page, "Write-up")).to_have_count(0)
    page.mouse.up()
    expect_order(page, NAMES[:-1])
    assert page.errors == []


def test_two_windows_that_reorder_at_once_agree_and_lose_neither_move(window, lab, churn):
    here, there = window(), window()
    row(here, "Write-up").focus()
    row(there, "Cleaning").focus()
    for _ in range(2):
        here.keyboard.press("Alt+ArrowUp")
        there.keyboard.press("Alt+ArrowDown")
    lift(here, "Segment by contract", "Write-up")
    lift(there, "Features", "Model")
    here.mouse.up()
    there.mouse.up()
    quiet = """() => !document.querySelector('.jps-mod-lifted')"""
    for page in (here, there):
        page.wait_for_function(quiet)
    lab.until(lambda: shown(here) == shown(there) == order(lab, churn))
    after = order(lab, churn)
    assert sorted(after) == sorted(NAMES)
    assert after.index("Write-up") < NAMES.index("Write-up")


def test_a_move_that_is_not_saved_goes_back_and_is_tried_again(window, lab, churn):
    page = window()
    page.route("**/sessions/order*", lambda route: route.abort())
    row(page, "Features").focus()
    page.keyboard.press("Alt+ArrowUp")
    failed = page.get_by_role("alert")
    expect(failed).to_contain_text("Order not saved")
    expect_order(page, NAMES)
    page.unroute("**/sessions/order*")
    failed.get_by_role("button", name="Try again").click()
    after = ["Features", "Cleaning", *NAMES[2:]]
    expect_order(page, after)
    lab.until(lambda: order(lab, churn) == after)
    expect(failed).to_have_count(0)


def test_a_place_that_is_gone_is_said_and_the_list_is_read_anew(window, lab, churn):
    page = window()

    def late(route):
        lab.api("DELETE", at(churn, "Cleaning"))
        route.continue_()

    page.route("**/sessions/order*", late)
    row(page, "Features").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("alert")).to_contain_text("The list has to be read anew")
    expect_order(page, NAMES[1:])
    assert order(lab, churn) == NAMES[1:]


def test_the_keyboard_moves_renames_and_deletes(window, lab, churn):
    page = window()
    row(page, "Cleaning").focus()
    page.keyboard.press("f")
    expect(row(page, "Features")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("status").get_by_text("Features, 4 of 5")).to_be_attached()
    expect(row(page, "Features")).to_be_focused()
    after = ["Cleaning", "Model", "Segment by contract", "Features", "Write-up"]
    expect_order(page, after)
    lab.until(lambda: order(lab, churn) == after)
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("Columns")
    page.keyboard.press("Enter")
    expect(row(page, "Columns")).to_be_focused()
    page.keyboard.press("Delete")
    question = page.get_by_role("alertdialog", name="Delete this session?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(row(page, "Segment by contract").or_(row(page, "Write-up")).first).to_be_visible()
    expect(row(page, "Columns")).to_have_count(0)
    expect(row(page, "Write-up")).to_be_focused()
    page.keyboard.press("Home")
    expect(row(page, "Cleaning")).to_be_focused()
    page.keyboard.press("Shift+F10")
    page.keyboard.press("Escape")
    expect(row(page, "Cleaning")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message to the agent")).to_be_visible()
    assert page.errors == []


def test_a_rename_reaches_the_other_window(window, lab, churn):
    here, there = window(), window()
    panel = edit(here, "Model")
    expect(panel.get_by_label("Name", exact=True)).to_be_focused()
    here.keyboard.type("Gradient boosting")
    here.keyboard.press("Enter")
    expect(row(here, "Gradient boosting")).to_be_focused()
    expect(row(there, "Gradient boosting")).to_be_visible()
    assert "Gradient boosting" in order(lab, churn)


@pytest.mark.parametrize("keep", [True, False])
def test_two_windows_that_rename_at_once_ask_the_later_one(window, lab, churn, keep):
    page = window()
    row(page, "Model").focus()
    page.keyboard.press("F2")
    page.keyboard.type("Mine")
    lab.api("PATCH", at(churn, "Model"), {"name": "Theirs"})
    page.keyboard.press("Enter")
    conflict = page.get_by_role("alert")
    expect(conflict).to_contain_text("In another window this session was named “Theirs”")
    expect(conflict.get_by_role("button", name="Keep “Theirs”")).to_be_focused()
    conflict.get_by_role("button", name="Keep “Theirs”" if keep else "Use “Mine”").click()
    expect(conflict).to_have_count(0)
    name = "Theirs" if keep else "Mine"
    expect(row(page, name)).to_be_focused()
    lab.until(lambda: lab.api("GET", at(churn, "Model"))["name"] == name)


def test_the_edit_panel_asks_the_same_and_saves_the_rest(window, lab, churn):
    page = window()
    panel = edit(page, "Model")
    panel.get_by_label("Name", exact=True).fill("Mine")
    lab.api("PATCH", at(churn, "Model"), {"name": "Theirs"})
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("named “Theirs”")
    panel.get_by_role("button", name="Use “Mine”").click()
    expect(row(page, "Mine")).to_be_focused()
    assert lab.api("GET", at(churn, "Model"))["name"] == "Mine"


def test_what_a_session_decides_and_needs_is_edited_later(window, lab, churn):
    page = window()
    panel = edit(page, "Write-up")
    panel.get_by_role("button", name="Text").click()
    panel.get_by_label("Schema of the disposition").fill('{"risk": "LOW|HIGH"}')
    panel.get_by_role("button", name="Add dependency").click()
    panel.get_by_role("button", name="Save").click()
    expect(row(page, "Write-up")).to_contain_text("(Not started) · needs Cleaning")
    asked = lab.api("GET", f"{at(churn, 'Write-up')}/disposition")["json_schema"]
    assert asked["properties"]["risk"]["enum"] == ["LOW", "HIGH"]

    panel = edit(page, "Write-up")
    expect(panel.get_by_text("one of 2")).to_be_visible()
    remove = panel.get_by_role("button", name="Remove the dependency on Cleaning")
    remove.click()
    expect(remove).to_have_count(0)
    expect(panel.locator(":focus")).to_have_count(1)  # it goes on to what is left
    page.keyboard.press("Escape")
    question = panel.get_by_role("alertdialog", name="Keep changes?")
    expect(question.get_by_role("button", name="Save")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, "Write-up").locator(".jps-Row-line2")).to_have_text("(Not started)")
    assert lab.api("GET", f"{at(churn, 'Write-up')}/dependencies")["items"] == []


def test_a_circle_is_refused_with_a_sentence_and_the_panel_stays(window, lab, churn):
    page = window()
    panel = edit(page, "Cleaning")
    panel.get_by_role("button", name="Add dependency").click()
    needs = {"items": [{"session_id": churn["sessions"]["Cleaning"]}]}
    lab.api("PUT", f"{at(churn, 'Features')}/dependencies", needs)
    panel.get_by_label("Name", exact=True).fill("Cleaner")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text(re.compile("cycle|circle"))
    assert lab.api("GET", at(churn, "Cleaning"))["name"] == "Cleaner"
    panel.get_by_role("button", name="Cancel").click()
    expect(row(page, "Cleaner")).to_be_visible()


def test_deleting_names_those_that_depend_and_goes_on_only_then(window, lab, churn):
    for name in ("Model", "Segment by contract"):
        needs = {"items": [{"session_id": churn["sessions"]["Features"]}]}
        lab.api("PUT", f"{at(churn, name)}/dependencies", needs)
    page = window()
    panel = edit(page, "Features")
    panel.get_by_role("button", name="Delete…").click()
    question = panel.get_by_role("alertdialog", name="Delete this session?")
    expect(question).to_contain_text("Model and Segment by contract depend on it.")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_have_count(0)
    panel.get_by_role("button", name="Delete…").click()
    question.get_by_role("button", name="Delete session").click()
    expect(row(page, "Features")).to_have_count(0)
    expect(row(page, "Model")).to_contain_text("needs Features, which was deleted")
    assert "Features" not in order(lab, churn)


def test_a_session_deleted_elsewhere_says_so_in_the_panel(window, lab, churn):
    page = window()
    panel = edit(page, "Model")
    lab.api("DELETE", at(churn, "Model"))
    expect(panel).to_contain_text("This session was deleted in another window")
    page.keyboard.press("Enter")
    expect(row(page, "Segment by contract")).to_be_focused()


def test_a_decision_to_the_contrary_is_said_in_the_list(window, lab, churn):
    schema = {"json_schema": {"risk": "LOW|HIGH"}}
    lab.api("PUT", f"{at(churn, 'Model')}/disposition", schema)
    needed = {"session_id": churn["sessions"]["Model"], "kind": "decided", "field": "risk"}
    needs = {"items": [needed | {"value": "LOW"}]}
    lab.api("PUT", f"{at(churn, 'Write-up')}/dependencies", needs)
    page = window()
    expect(row(page, "Write-up")).to_contain_text("(Not started) · needs Model")
    lab.api("PUT", f"{at(churn, 'Model')}/disposition", {"value": {"risk": "HIGH"}})
    expect(row(page, "Write-up")).to_contain_text("(Not started) · Model decided otherwise")
    lab.api("PUT", f"{at(churn, 'Model')}/disposition", {"value": {"risk": "LOW"}})
    expect(row(page, "Write-up").locator(".jps-Row-line2")).to_have_text("(Not started)")


def test_archived_sessions_are_folded_away_and_come_back(window, lab, churn):
    here, there = window(), window()
    open_menu(here, "Features", "Archive")
    for page in (here, there):
        expect(row(page, "Features")).to_have_count(0)
        expect(row(page, "Archived")).to_contain_text("1")
    row(here, "Write-up").focus()
    here.keyboard.press("ArrowDown")
    expect(row(here, "Archived")).to_be_focused()
    here.keyboard.press("Enter")
    expect(row(here, "Archived")).to_have_attribute("aria-expanded", "true")
    expect(row(here, "Features")).to_be_visible()
    open_menu(here, "Features", "Restore")
    for page in (here, there):
        expect(row(page, "Archived")).to_have_count(0)
        expect(row(page, "Features")).to_be_visible()
    lab.until(lambda: order(lab, churn) == NAMES)


def test_search_filters_names_and_finds_places_in_conversations(window, lab, churn):
    for name in ("Cleaning", "Model"):
        lab.api("POST", f"{at(churn, name)}/messages", {"text": "/list and count the zebras"})
        lab.until(lambda name=name: lab.api("GET", at(churn, name))["status"] == "idle")
    page = window()
    page.get_by_role("button", name="Search", exact=True).click()
    field = page.get_by_role("combobox", name="Search names and conversations")
    expect(field).to_be_focused()
    field.fill("model")
    names = page.get_by_role("group", name="Names")
    expect(names.get_by_role("option")).to_have_count(1)
    expect(names.locator("mark")).to_have_text("Model")
    field.fill("zebras")
    places = page.get_by_role("group", name="In conversations")
    expect(places.get_by_role("option").filter(has_text="You:")).to_have_count(2)
    expect(places.locator("mark").first).to_have_text("zebras")
    field.press("ArrowDown")
    expect(places.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(page.get_by_role("log").get_by_text("count the zebras").first).to_be_visible()
    field.fill("smote")
    expect(page.get_by_text("Nothing found for “smote”.")).to_be_visible()
    field.press("Escape")
    expect(field).to_have_value("")
    expect(row(page, "Write-up")).to_be_visible()
    field.press("Escape")
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_focused()


def test_search_reaches_the_other_projects_when_asked(window, lab, churn):
    other = lab.api("POST", "projects", {"name": "Elsewhere"})
    lab.api("POST", f"projects/{other['id']}/sessions", {"name": "Giraffes of the south"})
    page = window()
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("combobox").fill("giraffes")
    expect(page.get_by_text("Nothing found for “giraffes”.")).to_be_visible()
    page.get_by_label("All projects").check()
    found = page.get_by_role("option", name=re.compile("Giraffes"))
    expect(found).to_contain_text("Elsewhere")
    found.click()
    expect(page.get_by_label("Message to the agent")).to_be_visible()
    lab.api("DELETE", f"projects/{other['id']}?confirm=Elsewhere")


def test_a_search_that_fails_keeps_the_names_and_is_tried_again(window, lab, churn):
    page = window()
    page.route("**/search?*", lambda route: route.abort())
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("combobox").fill("model")
    expect(page.get_by_role("alert")).to_contain_text("Conversations not searched")
    expect(page.get_by_role("option", name="Model")).to_be_visible()
    page.unroute("**/search?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_exported_is_imported_again(window, lab, churn, tmp_path):
    lab.api("POST", f"{at(churn, 'Model')}/messages", {"text": "/list of zebras"})
    lab.until(lambda: lab.api("GET", at(churn, "Model"))["status"] == "idle")
    page = window()
    with page.expect_download() as markdown:
        open_menu(page, "Model", "Export As", "Markdown")
    assert markdown.value.suggested_filename == "Model.md"
    assert "/list of zebras" in markdown.value.path().read_text()
    with page.expect_download() as lines:
        open_menu(page, "Model", "Export As", "JSON Lines, Everything")
    file = tmp_path / "model.jsonl"
    lines.value.save_as(file)
    assert all(json.loads(line) for line in file.read_text().splitlines())
    page.get_by_role("button", name="More about this project").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Import Session…").click()
    chooser.value.set_files(file)
    expect(page.get_by_role("log").get_by_text("/list of zebras").first).to_be_visible()
    expect(page.locator(".jps-Row")).to_have_count(len(NAMES) + 1)


def test_a_file_that_is_no_log_is_refused_with_a_sentence(window, tmp_path):
    file = tmp_path / "photo.jsonl"
    file.write_bytes(b"\x89PNG\r\n\x00 no log")
    page = window()
    page.get_by_role("button", name="More about this project").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Import Session…").click()
    chooser.value.set_files(file)
    expect(page.locator(".Toastify__toast")).to_be_visible()
    expect(page.locator(".jps-Row")).to_have_count(len(NAMES))
    assert page.errors == []


def test_of_many_sessions_few_are_drawn_and_the_keyboard_reaches_all(window, lab, churn):
    for number in range(200):
        lab.api("POST", f"projects/{churn['id']}/sessions", {"name": f"Number {number}"})
    page = window()
    grid = page.get_by_role("grid", name="Sessions")
    expect(grid).to_have_attribute("aria-rowcount", "205")
    assert page.locator(".jps-Row").count() < 60
    row(page, "Cleaning").focus()
    page.keyboard.press("End")
    expect(row(page, "Number 199")).to_be_focused()
    expect(row(page, "Number 199")).to_have_attribute("aria-rowindex", "205")
    page.keyboard.type("number 42")
    expect(row(page, "Number 42")).to_be_focused()
    expect(row(page, "Number 42")).to_be_in_viewport()
    grid.hover()
    page.mouse.wheel(0, 6_000)
    expect(row(page, "Number 42")).not_to_be_in_viewport()
    expect(row(page, "Number 42")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row(page, "Number 43")).to_be_in_viewport()
    assert page.locator(".jps-Row").count() < 60


def test_names_that_are_long_or_hostile_stay_in_their_row(window, lab, churn):
    hostile = '<img src=x onerror="window.hacked=1"> ' + "long " * 30
    lab.api("PATCH", at(churn, "Model"), {"name": hostile.strip()})
    page = window(viewport={"width": 800, "height": 600})
    expect(row(page, "<img")).to_be_visible()
    panel = page.locator("#jupyter-sessions-chats")
    assert panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    edit(page, hostile.strip())
    assert panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.evaluate("window.hacked") is None
