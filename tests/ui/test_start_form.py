"""The form that starts a session: schema, dependencies, the reason why one cannot start yet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.test_chats import reload

RISK = {"risk": "LOW|HIGH", "usable": "Boolean"}


@pytest.fixture
def add_session(lab, project):
    """Make a session of the project from outside of the browser."""
    return lambda **body: lab.api("POST", f"projects/{project['id']}/sessions", body)


@pytest.fixture
def decide(lab, project):
    """Set the disposition of a session, as its owner may."""

    def put(session, value):
        path = f"projects/{project['id']}/sessions/{session['id']}/disposition"
        lab.api("PUT", path, {"value": value})

    return put


def open_form(page):
    page.get_by_role("button", name="New Session").click()
    form = page.get_by_role("form", name="New session")
    expect(form.get_by_label("Request")).to_be_focused()
    return form


def add_field(form, number, name, kind, detail=""):
    form.get_by_role("button", name="Add field").click()
    form.get_by_label(f"Name of field {number}").fill(name)
    form.get_by_label(f"Type of {name}").select_option(kind)
    form.get_by_label(re.compile(f"^(Allowed values|Range or note) of {name}$")).fill(detail)


def choose(page, listbox, option):
    listbox.click()
    page.get_by_role("option", name=re.compile(f"^{option}")).click()


def sessions_of(lab, project):
    return lab.api("GET", f"projects/{project['id']}/sessions")["items"]


def test_a_request_alone_starts_a_session_by_ctrl_enter(page, lab, project):
    form = open_form(page)
    start = form.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_disabled()
    expect(form.get_by_text("Write the request first.")).to_be_visible()
    expect(form.get_by_role("combobox", name="Model", exact=True)).to_be_visible()
    page.keyboard.type("/list data")
    expect(start).to_be_enabled()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("log").get_by_text("Listed files")).to_be_visible()
    expect(form).to_have_count(0)
    [made] = sessions_of(lab, project)
    assert (made["name"], made["started"]) == ("/list data", True)


def test_the_agent_is_told_which_notebook_is_looked_at(page, lab, project):
    form = open_form(page)
    page.keyboard.type("/list data")
    page.keyboard.press("Control+Enter")
    expect(form).to_have_count(0)
    [made] = sessions_of(lab, project)
    path = f"projects/{project['id']}/sessions/{made['id']}/events"
    [queued] = lab.api("GET", f"{path}?types=run.queued")["items"]
    assert queued["data"]["notebook"] == "explore.ipynb"


def test_rows_become_the_schema_that_the_session_must_decide(page, lab, project):
    form = open_form(page)
    form.get_by_label("Request").fill("Compare the models")
    form.get_by_label("Name", exact=True).fill("Model")
    add_field(form, 1, "ship", "boolean")
    add_field(form, 2, "best_model", "enum", "logistic, random_forest")
    add_field(form, 3, "auc", "number", "0 to 1")
    add_field(form, 4, "reason", "string", "One sentence a manager understands")
    form.get_by_label("reason is required").uncheck()
    grip = form.get_by_role("button", name=re.compile("^Move field auc"))
    grip.focus()
    page.keyboard.press("ArrowUp")
    expect(form.get_by_label("Name of field 2")).to_have_value("auc")
    expect(grip).to_be_focused()
    form.get_by_role("button", name="Save without starting").click()
    expect(form).to_have_count(0)
    [made] = sessions_of(lab, project)
    assert (made["name"], made["started"], made["request"]) == (
        "Model", False, "Compare the models",
    )  # fmt: skip
    schema = lab.api("GET", f"projects/{project['id']}/sessions/{made['id']}/disposition")
    assert schema["json_schema"]["required"] == ["ship", "auc", "best_model"]
    assert list(schema["json_schema"]["properties"].items()) == [
        ("ship", {"type": "boolean"}),
        ("auc", {"type": "number", "minimum": 0, "maximum": 1}),
        ("best_model", {"type": "string", "enum": ["logistic", "random_forest"]}),
        ("reason", {"type": "string", "description": "One sentence a manager understands"}),
    ]


def test_text_takes_the_short_form_and_says_the_line_of_a_mistake(page, lab, project):
    form = open_form(page)
    form.get_by_label("Request").fill("Decide")
    rows = form.get_by_role("button", name="Rows", exact=True)
    form.get_by_role("button", name="Text", exact=True).click()
    text = form.get_by_label("Schema of the disposition, as JSON")

    text.fill('{\n  "risk": "LOW|HIGH"\n  "usable": "Boolean"\n}')
    expect(form.get_by_text("Line 2: a comma or } was expected")).to_be_visible()
    expect(rows).to_be_disabled()
    expect(form.get_by_role("button", name="Start", exact=True)).to_be_disabled()

    text.fill(
        '{"type": "object",\n"properties": {\n"auc": {"type": "number",\n"maximum": "1"}\n}\n}'
    )
    expect(
        form.get_by_text(re.compile("^Line 4: .*Rows are off until this is valid"))
    ).to_be_visible()
    expect(form.locator(".jps-CodeField pre .jps-mod-wrong")).to_contain_text('"maximum": "1"')

    text.fill('{"risk": "LOW|HIGH", "usable": "Boolean?"}')
    expect(rows).to_be_enabled()
    rows.click()
    expect(form.get_by_label("Allowed values of risk")).to_have_value("LOW, HIGH")
    expect(form.get_by_label("usable is required")).not_to_be_checked()
    form.get_by_role("button", name="Start", exact=True).click()
    expect(form).to_have_count(0)
    assert [each["has_schema"] for each in sessions_of(lab, project)] == [True]


def test_what_rows_cannot_show_is_kept_and_edited_as_text_only(page):
    form = open_form(page)
    form.get_by_role("button", name="Text", exact=True).click()
    text = form.get_by_label("Schema of the disposition, as JSON")
    address = '{"type": "object", "properties": {"city": {"type": "string"}}}'
    text.fill(
        f'{{"type": "object", "properties": {{"ok": {{"type": "boolean"}}, "at": {address}}}}}'
    )
    form.get_by_role("button", name="Rows", exact=True).click()
    expect(form.get_by_text("Edited as text only")).to_have_count(1)
    form.get_by_label("Name of field 1").fill("fine")
    form.get_by_role("button", name="Text", exact=True).click()
    expect(text).to_have_value(re.compile(r'"fine"[\s\S]*"city"'))


def test_start_is_refused_with_the_reason_until_the_dependency_is_met(
    page, lab, project, add_session, decide
):
    triage = add_session(name="Triage", json_schema=RISK)
    decide(triage, {"risk": "LOW", "usable": True})
    form = open_form(page)
    form.get_by_label("Request").fill("/list data")
    form.get_by_role("button", name="Add dependency").click()
    expect(form.get_by_text("Met", exact=True)).to_be_visible()
    form.get_by_label("What is needed of Triage").select_option("decided")
    form.get_by_label("Value of risk").select_option("HIGH")
    expect(form.get_by_text("Not met: LOW")).to_be_visible()
    reason = "Cannot start: Triage decided risk = LOW, this session needs HIGH."
    expect(form.get_by_text(reason)).to_be_visible()
    start = form.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_disabled()
    page.keyboard.press("Control+Enter")
    expect(form.get_by_role("button", name="Open Triage")).to_be_visible()

    decide(triage, {"risk": "HIGH", "usable": True})
    expect(form.get_by_text("Met", exact=True)).to_be_visible()
    expect(form.get_by_text(reason)).to_have_count(0)
    start.click()
    expect(page.get_by_role("log").get_by_text("Listed files")).to_be_visible()
    made = sessions_of(lab, project)[-1]
    assert [(each["name"], each["state"]) for each in made["dependencies"]] == [("Triage", "met")]


def test_a_session_that_must_wait_can_be_saved(page, lab, project, add_session):
    add_session(name="Cleaning")
    form = open_form(page)
    form.get_by_label("Request").fill("Go on from there")
    form.get_by_role("button", name="Add dependency").click()
    expect(form.get_by_text("Cannot start yet: Cleaning has no key result")).to_be_visible()
    form.get_by_role("button", name="Save without starting").click()
    expect(page.get_by_role("row", name=re.compile("^Go on from there"))).to_contain_text(
        "(Not started)"
    )
    assert [each["started"] for each in sessions_of(lab, project)] == [False, False]


def test_a_session_is_offered_once_and_by_keyboard(page, add_session):
    add_session(name="Cleaning")
    add_session(name="Features")
    form = open_form(page)
    add = form.get_by_role("button", name="Add dependency")
    add.click()
    add.click()
    expect(add).to_be_disabled()
    second = form.get_by_role("combobox", name="Session that is needed").nth(1)
    expect(second).to_have_text("Features")
    second.focus()
    page.keyboard.press("Enter")
    option = page.get_by_role("option", name=re.compile("^Cleaning"))
    expect(option).to_have_attribute("aria-disabled", "true")
    expect(option).to_contain_text("is listed already")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(second).to_have_text("Features")
    page.keyboard.press("Escape")
    expect(option).not_to_be_visible()
    expect(form).to_be_visible()


def layout_with_form(response):
    """JupyterLab has stored its layout, with the form in it."""
    request = response.request
    stored = request.method == "PUT" and "/api/workspaces/" in request.url
    return stored and "jupyter-sessions-start" in (request.post_data or "")


@pytest.mark.alone
def test_the_form_is_kept_over_a_reload_and_gone_after_cancel(page):
    with page.expect_response(layout_with_form):
        form = open_form(page)
        form.get_by_label("Request").fill("Do not lose this")
        add_field(form, 1, "risk", "enum", "LOW, HIGH")
    reload(page)
    expect(form.get_by_label("Request")).to_have_value("Do not lose this")
    expect(form.get_by_label("Allowed values of risk")).to_have_value("LOW, HIGH")
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_have_count(0)
    form = open_form(page)
    expect(form.get_by_label("Request")).to_have_value("")


def test_what_the_server_refuses_is_said_at_its_field(page, lab, project):
    form = open_form(page)
    form.get_by_label("Request").fill("Decide")
    name = form.get_by_label("Name", exact=True)
    name.fill("turned \u202e round")
    form.get_by_role("button", name="Save without starting").click()
    expect(form.get_by_text("marks that change the direction of text")).to_be_visible()
    expect(name).to_have_attribute("aria-invalid", "true")
    assert sessions_of(lab, project) == []
    form.get_by_role("button", name="Add field").click()
    form.get_by_role("button", name="Add field").click()
    expect(form.get_by_text("A field needs a name.")).to_be_visible()
    expect(form.get_by_text("The disposition is not valid yet.")).to_be_visible()


def test_names_of_sessions_and_fields_are_text(page, add_session):
    evil = '<img src=x onerror="window.hacked=1">'
    add_session(name=evil, json_schema={evil: f"{evil}|b"})
    form = open_form(page)
    form.get_by_role("button", name="Add dependency").click()
    form.get_by_label(re.compile("^What is needed of")).select_option("decided")
    expect(form.get_by_label("Value of")).to_be_visible()
    form.get_by_role("combobox", name="Session that is needed").click()
    expect(page.get_by_role("option").first).to_contain_text(evil)
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Text", exact=True).click()
    form.get_by_label("Schema of the disposition, as JSON").fill(f'{{"{evil[:9]}": "String"}}')
    expect(form.locator("img")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
    assert page.outside == []


def test_a_narrow_form_takes_two_lines_for_a_field(page):
    form = open_form(page)
    add_field(form, 1, "risk", "enum", "LOW, HIGH")
    name, detail = form.get_by_label("Name of field 1"), form.get_by_label("Allowed values of risk")
    assert name.bounding_box()["y"] == detail.bounding_box()["y"]
    page.set_viewport_size({"width": 760, "height": 700})
    expect(form.locator(".jps-Fields-head")).not_to_be_visible()
    assert detail.bounding_box()["y"] > name.bounding_box()["y"] + 20
    assert form.evaluate("form => form.scrollWidth <= form.clientWidth")
