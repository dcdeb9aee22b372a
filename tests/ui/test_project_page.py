"""The page of a project: sessions, the graph, what sessions are told and may use; and models."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.test_chats import make_project, run_command

RISK = {"risk": "LOW|HIGH"}


@pytest.fixture
def add_session(lab, project):
    """Make a session of the project from outside of the browser."""
    return lambda **body: lab.api("POST", f"projects/{project['id']}/sessions", body)


@pytest.fixture
def change(lab, project):
    """Change the project from outside of the browser; answers the project as it is then."""
    made = lab.api("GET", f"projects/{project['id']}")
    yield lambda **patch: lab.api("PATCH", f"projects/{project['id']}", patch)
    kept = {"system_prompt": made["system_prompt"], "tools": made["tools"]}
    lab.api("PATCH", f"projects/{project['id']}", kept)


def open_page(page):
    run_command(page, "Open Project Page")
    shown = page.locator(".jps-Project")
    expect(shown.get_by_role("heading", name="Diabetes example")).to_be_visible()
    expect(shown.get_by_role("checkbox", name=re.compile("^run_cell"))).to_be_visible()
    return shown


def test_the_page_lists_sessions_in_order_and_opens_them(page, lab, project, add_session):
    first = add_session(name="Triage")
    add_session(name="Deep dive")
    shown = open_page(page)
    rows = shown.locator("ol > li")
    expect(rows).to_have_text([re.compile("^Triage.*Not started"), re.compile("^Deep dive")])
    lab.api("PUT", f"projects/{project['id']}/sessions/order", {"move": first["id"]})
    lab.api("PATCH", f"projects/{project['id']}/sessions/{first['id']}", {"name": "Last"})
    expect(rows.filter(has_text="Last")).to_have_count(1)
    rows.filter(has_text="Deep dive").get_by_role("button").click()
    expect(page.get_by_label("Message to the agent")).to_be_visible()


def test_the_system_prompt_is_saved_on_demand_and_stands_first_in_the_preview(
    page, lab, project, change
):
    shown = open_page(page)
    prompt = shown.get_by_label("System prompt")
    save = shown.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    prompt.fill("Give numbers with their spread. 😀")
    expect(shown.get_by_text("33 of 100,000 characters")).to_be_visible()
    expect(shown.get_by_text("Not saved yet.")).to_be_visible()
    save.click()
    expect(save).to_be_disabled()
    assert change()["system_prompt"] == "Give numbers with their spread. 😀"
    part = shown.locator("details").first
    expect(part.locator("summary")).to_contain_text("33 characters")
    part.locator("summary").click()
    expect(part.locator("pre")).to_have_text("Give numbers with their spread. 😀")

    prompt.fill("x" * 100_001)
    expect(shown.get_by_text("1 character too long")).to_be_visible()
    expect(save).to_be_disabled()
    shown.get_by_role("button", name="Undo changes").click()
    expect(prompt).to_have_value("Give numbers with their spread. 😀")


def test_a_prompt_that_changes_elsewhere_is_not_replaced_unseen(page, change):
    shown = open_page(page)
    shown.get_by_label("System prompt").fill("Mine")
    change(system_prompt="Theirs")
    expect(shown.get_by_text("It was changed elsewhere meanwhile.")).to_be_visible()
    shown.get_by_role("button", name="Undo changes").click()
    expect(shown.get_by_label("System prompt")).to_have_value("Theirs")


def test_a_tool_that_is_switched_off_is_not_in_the_prompt(page, lab, project, change):
    shown = open_page(page)
    terminal = shown.get_by_role("checkbox", name=re.compile("^run_terminal"))
    expect(terminal).to_be_checked()
    expect(shown.get_by_role("checkbox", name=re.compile("^prompt_user"))).to_be_disabled()
    offered = shown.get_by_text(re.compile("characters in all, and"))
    expect(offered).to_contain_text("run_terminal")
    terminal.uncheck()
    shown.get_by_role("checkbox", name=re.compile("^write_file")).uncheck()
    expect(offered).not_to_contain_text("run_terminal")
    expect(offered).not_to_contain_text("write_file")
    tools = change()["tools"]
    assert "run_cell" in tools
    assert not {"run_terminal", "write_file"} & set(tools)
    terminal.check()
    shown.get_by_role("checkbox", name=re.compile("^write_file")).check()
    expect(offered).to_contain_text("write_file")
    lab.until(lambda: change()["tools"] is None)


def test_the_prompt_of_a_session_holds_what_its_upstream_decided(page, lab, project, add_session):
    triage = add_session(name="Triage", json_schema=RISK)
    path = f"projects/{project['id']}/sessions/{triage['id']}/disposition"
    lab.api("PUT", path, {"value": {"risk": "HIGH"}})
    needs = {"session_id": triage["id"], "kind": "decided", "field": "risk", "value": "HIGH"}
    add_session(name="Deep dive", request="Look closer", dependencies=[needs])
    shown = open_page(page)
    shown.get_by_label("Session whose prompt is shown").select_option("Deep dive")
    upstream = shown.locator("details", has_text="Triage")
    expect(upstream).to_have_count(1)
    expect(upstream.locator("pre")).to_contain_text("HIGH")


def test_the_graph_names_what_each_session_needs_and_how_that_stands(
    page, lab, project, add_session
):
    triage = add_session(name="Triage", json_schema=RISK)
    shown = open_page(page)
    graph = shown.get_by_role("region", name="Which sessions need which")
    expect(graph).to_have_count(0)
    needs = {"session_id": triage["id"], "kind": "decided", "field": "risk", "value": "HIGH"}
    add_session(name="Deep dive", request="Look closer", dependencies=[needs])
    node = graph.get_by_role("button", name="Deep dive, needs Triage: risk = HIGH, not met yet")
    expect(node).to_be_visible()
    expect(graph.locator("path.jps-mod-waiting")).to_have_count(1)
    path = f"projects/{project['id']}/sessions/{triage['id']}/disposition"
    lab.api("PUT", path, {"value": {"risk": "LOW"}})
    node = graph.get_by_role("button", name="Deep dive, needs Triage: risk = HIGH, not met: LOW")
    expect(node).to_be_visible()
    lab.api("PUT", path, {"value": {"risk": "HIGH"}})
    node = graph.get_by_role("button", name="Deep dive, needs Triage: risk = HIGH, met")
    node.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message to the agent")).to_be_visible()


def test_what_is_hostile_on_the_page_is_text(page, add_session, change):
    evil = '<img src=x onerror="window.hacked=1">'
    change(system_prompt=evil)
    first = add_session(name=evil, json_schema={"risk": f"{evil}|b"})
    needs = {"session_id": first["id"], "kind": "decided", "field": "risk", "value": evil}
    add_session(name="Second", dependencies=[needs])
    shown = open_page(page)
    expect(shown.get_by_role("region", name="Which sessions need which")).to_contain_text(evil)
    shown.locator("summary").first.click()
    expect(shown.locator("pre").first).to_have_text(evil)
    expect(shown.locator("img")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
    assert page.outside == []


def test_a_page_of_a_project_that_is_deleted_says_so(page):
    make_project(page, "Short")
    run_command(page, "Open Project Page")
    expect(page.get_by_role("heading", name="Short")).to_be_visible()
    page.get_by_role("button", name="More about this project").click()
    page.get_by_role("menuitem", name="Delete Project…").click()
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_role("textbox").fill("Short")
    dialog.get_by_role("button", name="Delete project").click()
    expect(page.get_by_text("This project was deleted.")).to_be_visible()


@pytest.mark.alone
def test_the_models_page_says_what_there_is_and_what_to_do(page, lab, session):
    page.get_by_role("row", name=re.compile("^First look")).click()
    page.get_by_role("button", name="Set up a model").click()
    offline = page.get_by_role("group", name="Offline agent")
    expect(offline).to_contain_text("Ready")
    expect(offline.get_by_text("in use")).to_be_visible()
    anthropic = page.get_by_role("group", name=re.compile("^Anthropic"))
    expect(anthropic).to_contain_text("No key")
    expect(anthropic).to_contain_text("ANTHROPIC_API_KEY")
    page.get_by_role("button", name="Probe again").click()
    expect(page.get_by_text(re.compile(r"^Asked at \d\d:\d\d"))).to_be_visible()
    expect(offline).to_be_visible()


def test_the_picker_leads_to_the_models_page(page, session):
    page.get_by_role("row", name=re.compile("^First look")).click()
    page.get_by_label("Message to the agent").wait_for()
    page.get_by_title(re.compile("^Model:")).click()
    page.get_by_role("menuitem", name="Set up a model…").click()
    expect(page.get_by_role("heading", name="Models")).to_be_visible()
