"""The line of a conversation: its queue, steering, edits, forks, pins, and places in it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.test_conversation import open_session, send, write_log

__all__ = ["write_log"]


def queue_of(page):
    return page.get_by_role("list", name="Messages that wait")


def texts_of(queue):
    return [text.strip() for text in queue.locator(".jps-Queued-text").all_inner_texts()]


def waiting(lab, project, session):
    path = f"projects/{project['id']}/runs?session={session['id']}&status=queued"
    items = lab.api("GET", path)["items"]
    return [run["prompt"] for run in sorted(items, key=lambda run: run["queue_position"])]


def block(page, text):
    return page.get_by_role("log").locator("[data-block]").filter(has_text=text).first


@pytest.mark.alone
def test_a_queue_is_edited_reordered_kept_over_a_reload_and_steered(
    page, lab, project, session, gate
):
    log = open_session(page, "First look")
    gate.hold(page)
    for text in ("/list first", "/list second", "/list third"):
        send(page, text)
    queue = queue_of(page)
    rows = queue.get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Next")

    rows.nth(2).get_by_role("button", name="Edit").click()
    box = queue.get_by_label("Message that waits")
    box.fill("/list data")
    box.press("Enter")
    expect(box).to_have_count(0)
    expect(page.get_by_label("Message to the agent")).to_be_focused()
    expect(queue).to_contain_text("/list data")

    rows.nth(2).focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect(rows.first).to_contain_text("/list data")
    expect(rows.first).to_be_focused()
    wanted = ["/list data", "/list first", "/list second"]
    lab.until(lambda: waiting(lab, project, session) == wanted)

    rows.nth(2).hover()
    grip = rows.nth(2).locator(".jps-Queued-grip").bounding_box()
    target = rows.nth(0).bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 5, target["y"] + 30, steps=5)
    page.mouse.move(target["x"] + 5, target["y"] + 6, steps=3)
    page.mouse.up()
    wanted = ["/list second", "/list data", "/list first"]
    lab.until(lambda: waiting(lab, project, session) == wanted)

    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    expect(queue.get_by_role("listitem")).to_have_count(3)
    assert texts_of(queue) == wanted

    rows.nth(1).get_by_role("button", name="Send now").click()
    expect(rows.first).to_contain_text("At the next step")
    rows.nth(2).get_by_role("button", name="Remove").click()
    expect(rows).to_have_count(2)
    gate.open()
    steered = log.locator(".jps-User").filter(has_text="/list data")
    expect(steered).to_contain_text("Steered")
    expect(queue).to_have_count(0)
    expect(log.locator(".jps-User").filter(has_text="/list second")).to_be_visible()
    assert page.errors == []


def test_the_message_that_is_dragged_moves_although_another_leaves_meanwhile(
    page, lab, project, session, gate
):
    open_session(page, "First look")
    gate.hold(page)
    for text in ("/list first", "/list second", "/list third"):
        send(page, text)
    rows = queue_of(page).get_by_role("listitem")
    expect(rows).to_have_count(3)
    rows.nth(2).hover()
    grip = rows.nth(2).locator(".jps-Queued-grip").bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, grip["y"] - 5, steps=3)
    path = f"projects/{project['id']}/runs?session={session['id']}&status=queued"
    [first] = [each for each in lab.api("GET", path)["items"] if each["prompt"] == "/list first"]
    lab.api("DELETE", f"projects/{project['id']}/runs/{first['id']}")
    expect(rows).to_have_count(2)
    page.mouse.move(grip["x"] + 5, rows.nth(0).bounding_box()["y"] + 6, steps=3)
    page.mouse.up()
    lab.until(lambda: waiting(lab, project, session) == ["/list third", "/list second"])


def test_a_message_that_is_edited_stays_so_while_the_one_before_is_saved(page, session, gate):
    open_session(page, "First look")
    gate.hold(page)
    for text in ("/list first", "/list second"):
        send(page, text)
    queue = queue_of(page)
    rows = queue.get_by_role("listitem")
    expect(rows).to_have_count(2)
    held = []
    page.route("**/runs/*", lambda route: held.append(route))
    rows.nth(0).get_by_role("button", name="Edit").click()
    box = queue.get_by_label("Message that waits")
    box.fill("/list data")
    with page.expect_request("**/runs/*"):
        box.press("Enter")
    rows.nth(1).get_by_role("button", name="Edit").click()
    box.fill("/list mine")
    with page.expect_response("**/runs/*"):
        held[0].continue_()
    expect(rows.nth(0)).to_contain_text("/list data")
    expect(box).to_be_focused()
    expect(box).to_have_value("/list mine")


def test_control_enter_sends_into_the_run(page, lab, session, gate):
    log = open_session(page, "First look")
    gate.hold(page)
    expect(page.get_by_text("waits for the run to end")).to_be_visible()
    box = page.get_by_label("Message to the agent")
    box.fill("/list data")
    box.press("Control+Enter")
    expect(queue_of(page)).to_contain_text("At the next step")
    gate.open()
    expect(log.locator(".jps-User").filter(has_text="/list data")).to_contain_text("Steered")
    expect(log.get_by_text("Listed files")).to_be_visible()
    expect(log.locator(".jps-User")).to_have_count(2)


@pytest.mark.alone
def test_an_earlier_message_is_edited_and_the_old_line_folds(page, lab, project, session):
    log = open_session(page, "First look")
    for text in ("/list data", "/read data/nothing.csv"):
        send(page, text)
        expect(log.locator(".jps-User").filter(has_text=text)).to_be_visible()
        expect(page.get_by_role("button", name="Interrupt", exact=True)).to_have_count(0)
    expect(log.get_by_text("Read file")).to_be_visible()

    block(page, "/list data").hover()
    block(page, "/list data").get_by_role("button", name="Edit and run again").click()
    box = log.get_by_label("Message, edited")
    expect(box).to_be_focused()
    box.fill("/search patients")
    box.press("Enter")
    fold = log.get_by_role("button", name=re.compile("Earlier version · 6 entries"))
    expect(fold).to_be_visible()
    expect(log.get_by_text("Searched")).to_be_visible()
    expect(log.get_by_text("/read data/nothing.csv")).to_have_count(0)
    expect(page.get_by_role("button", name="Interrupt", exact=True)).to_have_count(0)

    # ↑ in an empty box edits the last message: a fold beside the first one.
    page.get_by_label("Message to the agent").press("ArrowUp")
    box = log.get_by_label("Message, edited")
    expect(box).to_have_value("/search patients")
    box.fill("/list .")
    box.press("Enter")
    expect(log.get_by_role("button", name=re.compile("Earlier version"))).to_have_count(2)
    fold.click()
    old = log.locator(".jps-mod-old")
    expect(old.get_by_text("/read data/nothing.csv").first).to_be_visible()
    expect(old.get_by_role("button", name="Edit and run again")).to_have_count(0)

    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    expect(log.get_by_role("button", name=re.compile("Earlier version"))).to_have_count(2)
    expect(log.locator(".jps-mod-old").first).to_be_visible()
    assert page.errors == []


def test_a_fork_of_a_session_opens_and_leads_back_to_its_source(page, lab, project, session):
    log = open_session(page, "First look")
    send(page, "/list data")
    expect(log.get_by_text("Listed files")).to_be_visible()
    send(page, "/list .")
    expect(log.locator(".jps-User")).to_have_count(2)
    expect(page.get_by_role("button", name="Interrupt", exact=True)).to_have_count(0)
    # By keyboard alone: the block, then its tools.
    block(page, "/list data").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Fork session from here").first).to_be_focused()
    page.keyboard.press("Enter")
    tab = page.get_by_role("tab", name=re.compile("First look .fork"))
    expect(tab).to_be_visible()
    shown = page.locator(".jps-Conversation:visible")
    expect(shown.get_by_text("Forked from “First look” at this point")).to_be_visible()
    expect(shown.locator(".jps-User")).to_have_count(1)
    shown.get_by_role("button", name="First look").click()
    expect(page.locator(".jps-Conversation:visible").locator(".jps-User")).to_have_count(2)


def test_a_message_is_pinned_and_says_so_in_every_window(page, open_lab, lab, project, session):
    log = open_session(page, "First look")
    send(page, "/list data")
    expect(log.get_by_text("Listed files")).to_be_visible()
    block(page, "/list data").hover()
    block(page, "/list data").get_by_role("button", name=re.compile("^Pin")).click()
    expect(block(page, "/list data")).to_contain_text("Pinned")
    query = f"?sessions-project={project['id']}&sessions-session={session['id']}"
    other = open_lab(lab, f"/lab{query}")
    expect(block(other, "/list data")).to_contain_text("Pinned")
    block(other, "/list data").hover()
    block(other, "/list data").get_by_role("button", name="Unpin").click()
    expect(block(page, "/list data")).not_to_contain_text("Pinned")


def test_a_place_in_a_long_log_opens_there(open_lab, lab, project, session, write_log):
    write_log(4000)
    base = f"projects/{project['id']}/sessions/{session['id']}"
    [hit] = [
        event
        for event in lab.api("GET", f"{base}/events?after=3000&limit=1000")["items"]
        if event["type"] == "message.agent" and event["data"]["text"].startswith("Answer 1301.")
    ]
    query = f"?sessions-project={project['id']}&sessions-session={session['id']}"
    page = open_lab(lab, f"/lab{query}&sessions-at={hit['seq']}")
    log = page.get_by_role("log")
    answer = log.locator("[data-block]").filter(has_text="Answer 1301.")
    expect(answer).to_be_in_viewport()
    expect(answer).to_be_focused()
    expect(page.get_by_role("button", name="To the end")).to_be_visible()
    expect(page.get_by_text("Moved to the place that was found")).to_have_count(1)


def test_the_composer_suggests_files_cells_and_commands(page, lab, project, session):
    open_session(page, "First look")
    box = page.get_by_label("Message to the agent")
    box.press_sequentially("/li")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_count(1)
    box.press("Enter")
    expect(box).to_have_value("/list ")
    box.press_sequentially("@diab")
    expect(options.first).to_contain_text("data/diabetes.csv")
    active = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    box.press("Escape")
    expect(options).to_have_count(0)
    box.fill("")
    box.press_sequentially("see @")
    expect(options.first).to_contain_text("explore.ipynb")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("Tab")
    expect(box).to_have_value(re.compile(r"^see explore\.ipynb#[\w-]+ $"))
    box.fill("")
    box.press_sequentially("/usage")
    box.press("Enter")
    expect(page.locator(".jp-Dialog")).to_contain_text("The offline agent needs none")


def test_a_session_that_needs_another_starts_once_that_is_complete(page, lab, project, session):
    base = f"projects/{project['id']}/sessions"
    triage = lab.api("POST", base, {"name": "Triage", "json_schema": {"risk": "LOW|HIGH"}})
    need = {"session_id": triage["id"], "kind": "decided", "field": "risk", "value": "HIGH"}
    body = {"name": "Deep dive", "request": "/list data", "dependencies": [need]}
    lab.api("POST", base, body)
    open_session(page, "Deep dive")
    expect(page.get_by_text("Cannot start yet: needs Triage (risk = HIGH)")).to_be_visible()
    box = page.get_by_label("Message to the agent")
    expect(box).to_have_value("/list data")
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_disabled()
    lab.api("PUT", f"{base}/{triage['id']}/disposition", {"value": {"risk": "LOW"}})
    wrong = "Cannot start: Triage decided risk = LOW, this session needs HIGH."
    expect(page.get_by_text(wrong)).to_be_visible()
    lab.api("PUT", f"{base}/{triage['id']}/disposition", {"value": {"risk": "HIGH"}})
    expect(start).to_be_enabled()
    start.click()
    log = page.get_by_role("log")
    expect(log.get_by_text("Listed files")).to_be_visible()
    got = log.get_by_role("button", name="Got the decision of “Triage”")
    got.click()
    expect(log.get_by_text("HIGH").first).to_be_visible()

    lab.api("PUT", f"{base}/{triage['id']}/disposition", {"value": {"risk": "LOW"}})
    moved = page.get_by_text("Triage has moved on since: it decided risk = LOW")
    expect(moved).to_be_visible()
    expect(page.get_by_role("button", name="Import again")).to_have_count(0)


def test_a_session_says_that_another_has_moved_on_and_imports_again(page, lab, project, session):
    base = f"projects/{project['id']}/sessions"
    schema = {"risk": "LOW|HIGH", "notes": "String"}
    triage = lab.api("POST", base, {"name": "Triage", "json_schema": schema})
    decision = f"{base}/{triage['id']}/disposition"
    lab.api("PUT", decision, {"value": {"risk": "HIGH", "notes": "first"}})
    body = {"name": "Deep dive", "request": "/list data"}
    lab.api("POST", base, {**body, "dependencies": [{"session_id": triage["id"]}]})
    log = open_session(page, "Deep dive")
    page.get_by_role("button", name="Start", exact=True).click()
    got = log.get_by_role("button", name="Got the decision of “Triage”")
    expect(got).to_have_count(1)
    moved = page.get_by_text("Triage has moved on since: now a decision")
    expect(moved).to_have_count(0)
    lab.api("PUT", decision, {"value": {"risk": "HIGH", "notes": "second"}})
    expect(moved).to_be_visible()
    page.get_by_role("button", name="Import again").click()
    expect(moved).to_have_count(0)
    expect(got).to_have_count(2)
    got.last.click()
    expect(log.get_by_text("second").first).to_be_visible()


def test_an_interrupt_offers_ways_on(page, session, gate):
    log = open_session(page, "First look")
    gate.hold(page)
    page.get_by_role("button", name="Interrupt", exact=True).click()
    page.get_by_role("button", name="Stop the cell too").click()
    expect(
        log.get_by_text(re.compile("You interrupted after .* The run is cancelled"))
    ).to_be_visible()
    log.get_by_role("button", name="Edit and run again").last.click()
    box = log.get_by_label("Message, edited")
    box.fill("/list")
    box.press("Enter")
    expect(log.get_by_text("Listed files")).to_be_visible()
    expect(log.get_by_role("button", name="Leave it")).to_have_count(0)


def test_what_is_typed_into_a_message_that_is_sent_meanwhile_is_not_lost(page, session, gate):
    open_session(page, "First look")
    gate.hold(page)
    send(page, "/list waits")
    queue = page.get_by_role("list", name="Messages that wait")
    queue.get_by_role("listitem").hover()
    queue.get_by_role("button", name="Edit").click()
    queue.get_by_role("textbox").fill("/list changed")
    gate.open()
    expect(page.get_by_role("alert")).to_contain_text("that message does not wait any more")
    expect(page.get_by_label("Message to the agent")).to_have_value("/list changed")
    expect(page.get_by_label("Message to the agent")).to_be_focused()
    assert page.errors == []
