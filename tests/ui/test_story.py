"""The whole story, as a newcomer lives it; then the server is killed in the middle of a run."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Lab

PLOT = """Load the patients and draw them.

```python
import pandas as pd
import matplotlib.pyplot as plt

patients = pd.read_csv("data/diabetes.csv")
patients.plot.scatter(x="bmi", y="progression")
print(len(patients), "patients")
```
"""
SLOW = "```python\nimport time\nprint('begun', flush=True)\ntime.sleep(300)\n```"


def send(page, text):
    box = page.get_by_label("Message to the agent")
    box.fill(text)
    box.press("Enter")


@pytest.fixture
def empty_lab(tmp_path):
    made = Lab(tmp_path / "lab")
    made.start()
    yield made
    made.stop()


def test_from_an_empty_server_to_a_plot_over_a_reload_and_a_crash(open_lab, empty_lab):
    lab = empty_lab
    page = open_lab(lab)

    page.get_by_role("tab", name="Chats").click()
    page.get_by_role("button", name="Open the example").click()
    page.get_by_text("Diabetes example").first.wait_for()
    [project] = lab.api("GET", "projects")["items"]
    page.goto(f"{page.url.split('?')[0]}/tree/{project['path']}/explore.ipynb")
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.get_by_role("tab", name="Chats").click()
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")
    notebook.locator(".jp-Cell").nth(2).wait_for()
    cells = notebook.locator(".jp-Cell").count()

    page.get_by_role("button", name="More ways to start").click()
    page.get_by_role("menuitem", name="Start with a Message").click()
    send(page, PLOT)
    expect(notebook.locator(".jp-Cell")).to_have_count(cells + 1)
    last = notebook.locator(".jp-Cell").last
    expect(last.locator(".jp-InputArea-editor")).to_contain_text("patients.plot.scatter")
    expect(last.locator(".jp-OutputArea img")).to_be_visible()
    expect(last.locator(".jp-OutputArea")).to_contain_text("442 patients")

    log = page.get_by_role("log")
    expect(log.get_by_text("Ran cell")).to_be_visible()
    expect(log.get_by_text(re.compile("Ran a new cell in"))).to_be_visible()
    expect(page.locator(".jp-Dialog")).to_have_count(0)

    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    log = page.get_by_role("log")
    expect(log.get_by_text("Load the patients and draw them.")).to_be_visible()
    expect(log.get_by_text("Ran cell")).to_be_visible()
    expect(log.get_by_text(re.compile("Ran a new cell in"))).to_be_visible()

    send(page, SLOW)
    expect(page.get_by_role("button", name="Interrupt")).to_be_visible()
    [session] = lab.api("GET", f"projects/{project['id']}/sessions")["items"]
    path = f"projects/{project['id']}/sessions/{session['id']}"
    lab.until(lambda: [e for e in lab.events(path) if e["type"] == "tool.called"][3:])
    before = lab.events(path)
    lab.kill()
    lab.start(port=lab.port)
    assert lab.events(path)[: len(before)] == before

    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    log = page.get_by_role("log")
    expect(log.get_by_text("The server stopped while this ran")).to_be_visible()
    expect(log.get_by_text("Load the patients and draw them.")).to_have_count(1)
    send(page, "/list")
    expect(log.get_by_text("Listed files").last).to_be_visible()
    assert page.outside == []
