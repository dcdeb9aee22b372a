"""Dispositions on the screen: the card, its evidence, deciding by hand, what is stale."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.ui.test_conversation import open_session, send
from tests.ui.test_key_results import EVIL

pytestmark = pytest.mark.alone

SCHEMA = {
    "type": "object",
    "properties": {
        "risk": {"enum": ["LOW", "MEDIUM", "HIGH"]},
        "ship": {"type": "boolean"},
        "savings": {"type": "number"},
        "notes": {"type": "string"},
    },
    "required": ["risk"],
}


@pytest.fixture
def path(lab, project, session):
    """A session that must decide."""
    base = f"projects/{project['id']}/sessions/{session['id']}"
    lab.api("PUT", f"{base}/disposition", {"json_schema": SCHEMA})
    return base


def card(part):
    return part.get_by_role("article", name="Disposition", exact=True)


def row(part, key):
    return card(part).locator("dl > div").filter(has=part.page.get_by_text(key, exact=True))


def test_the_agent_decides_and_a_person_corrects_with_evidence(page, lab, path):
    log = open_session(page, "First look")
    send(page, '```python\n[{\'n\': 1}]\n```\n/promote last Counted\n/dispose {"risk": "LOW"}')
    expect(row(log, "risk")).to_contain_text("LOW")
    card(log).get_by_role("button", name="Edit the disposition").click()
    form = card(log).get_by_role("form")
    form.get_by_label("risk", exact=True).select_option("HIGH")
    form.get_by_label("ship", exact=True).select_option("yes")
    form.get_by_label("savings", exact=True).fill("many")
    form.get_by_label("Evidence for risk").select_option("Key result 1: Counted")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_have_text("“savings” must be a number.")
    form.get_by_label("savings", exact=True).fill("0.5")
    form.get_by_role("button", name="Save").click()

    expect(row(log, "risk")).to_contain_text("HIGH")
    expect(row(log, "ship")).to_contain_text("yes")
    expect(
        row(log, "risk").get_by_role("button", name=re.compile(r"^cell \[\d+\]$"))
    ).to_be_visible()
    expect(log.get_by_text(re.compile("^Disposition of .*, decided anew since.$"))).to_be_visible()
    stored = lab.api("GET", f"{path}/disposition")
    assert stored["value"] == {"risk": "HIGH", "ship": True, "savings": 0.5}
    assert list(stored["evidence"]) == ["risk"]
    row(log, "risk").get_by_role("button", name="key result 1").click()
    expect(row(page.get_by_role("feed", name="Key results"), "risk")).to_contain_text("HIGH")
    assert page.errors == []


def test_it_is_stale_when_its_evidence_is_or_the_schema_has_changed(page, lab, path):
    log = open_session(page, "First look")
    send(page, "```python\n[{'n': 1}]\n```\n/promote last Counted")
    expect(log.get_by_role("article", name="Key result 1: Counted")).to_be_visible()
    [result] = lab.api("GET", f"{path}/key-results")["items"]
    decided = {"value": {"risk": "LOW"}, "evidence": {"risk": result["id"]}}
    lab.api("PUT", f"{path}/disposition", decided)
    expect(row(log, "risk")).to_contain_text("LOW")
    lab.api("DELETE", f"{path}/key-results/{result['id']}")
    expect(card(log).get_by_text("Disposition, stale")).to_be_visible()
    expect(row(log, "risk")).to_contain_text("removed")
    expect(row(log, "risk")).to_contain_text("LOW")
    card(log).get_by_role("button", name="Decide again").click()
    expect(log.get_by_text("decide again").last).to_be_visible()
    expect(log.get_by_text("I am the offline agent")).to_be_visible()


def test_a_person_decides_in_the_tab(page, lab, path):
    open_session(page, "First look")
    page.get_by_role("button", name="0 key results", exact=True).click()
    pane = page.get_by_role("feed", name="Key results")
    expect(card(pane).get_by_text("not decided yet")).to_be_visible()
    card(pane).get_by_role("button", name="Decide…").click()
    card(pane).get_by_role("button", name="Save").click()
    expect(card(pane).get_by_role("alert")).to_contain_text("risk")
    card(pane).get_by_label("risk", exact=True).select_option("MEDIUM")
    card(pane).get_by_role("button", name="Save").click()
    expect(row(pane, "risk")).to_contain_text("MEDIUM")
    assert lab.api("GET", f"{path}/disposition")["value"] == {"risk": "MEDIUM"}


def test_hostile_keys_and_values_run_nothing_and_call_nobody(open_lab, lab, path):
    page = open_lab(lab)
    page.get_by_role("tab", name="Chats").click()
    keys = {key: {"type": "string", "description": EVIL[1]} for key in EVIL}
    lab.api("PUT", f"{path}/disposition", {"json_schema": {"type": "object", "properties": keys}})
    log = open_session(page, "First look")
    send(page, f"/dispose {json.dumps(dict.fromkeys(EVIL, EVIL[0]))}")
    expect(card(log).locator("dd").nth(5)).to_have_text(EVIL[0])
    card(log).get_by_role("button", name="Edit the disposition").click()
    expect(card(log).get_by_role("textbox").first).to_have_value(EVIL[0])
    assert page.evaluate("window.hacked") is None
    assert page.outside == []
    assert log.locator("script, iframe, img").count() == 0
