"""A whole investigation: a triage decides, a deep-dive may start, another one may not any more."""

from __future__ import annotations

import re

from playwright.sync_api import expect

TRIAGE = """```python
import pandas as pd

pd.DataFrame({"segment": ["new", "old"], "churn": [0.561, 0.094]})
```
/promote last Churn by segment
/dispose {"risk": "CERTAIN"}"""


def needs(triage, value):
    return [{"session_id": triage["id"], "kind": "decided", "field": "risk", "value": value}]


def show(page, name):
    """Open a session in a tab, or go to its tab; return its log."""
    page.get_by_role("row", name=re.compile(f"^{name}")).first.click()
    expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    return page.get_by_role("log").filter(visible=True)


def send(page, text=None):
    """Send this, or what is written already."""
    box = page.get_by_label("Message to the agent").filter(visible=True)
    if text is not None:
        box.fill(text)
    box.press("Enter")


def test_a_triage_lets_the_deep_dive_start_and_closes_the_other_way(page, lab, project):
    sessions = f"projects/{project['id']}/sessions"
    schema = {"risk": "LOW|MEDIUM|HIGH"}
    triage = lab.api("POST", sessions, {"name": "Triage", "json_schema": schema})
    deep = lab.api("POST", sessions, {"name": "Deep dive", "dependencies": needs(triage, "HIGH")})
    lab.api("POST", sessions, {"name": "All clear", "dependencies": needs(triage, "LOW")})

    show(page, "Deep dive")
    send(page, "/list data")
    # Not the notification that a session is done whose tab is hidden.
    alert = page.get_by_role("tabpanel").get_by_role("alert").filter(visible=True)
    expect(alert).to_contain_text("Cannot start yet: needs Triage (risk = HIGH)")

    log = show(page, "Triage")
    send(page, TRIAGE)
    expect(log.get_by_role("article", name="Key result 1: Churn by segment")).to_be_visible()
    decided = log.get_by_role("article", name="Disposition", exact=True)
    expect(log.get_by_text("CERTAIN").last).to_be_visible()
    expect(decided).to_have_count(0)  # what does not fit is not stored
    send(page, '/dispose {"risk": "HIGH"}')
    expect(decided).to_contain_text("riskHIGH")

    log = show(page, "Deep dive")
    send(page)  # the message was kept when it was refused
    expect(log.get_by_text("Listed files")).to_be_visible()
    events = lab.events(f"{sessions}/{deep['id']}")
    [imported] = [event["data"] for event in events if event["type"] == "context.imported"]
    assert [each["title"] for each in imported["key_results"]] == ["Churn by segment"]
    assert imported["disposition"] == {"risk": "HIGH"}
    prompt = lab.api("GET", f"projects/{project['id']}/prompt?session={deep['id']}")
    assert "Churn by segment" in str(prompt)
    assert "0.561" in str(prompt)

    show(page, "All clear")
    send(page, "/list data")
    expect(alert).to_contain_text("Triage decided risk = HIGH")
    expect(alert).to_contain_text("needs LOW")
    assert page.errors == []
