"""An open notebook follows the agent: at once, no dialog, no lost edit, no jump."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Lab

pytestmark = pytest.mark.alone

NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook"


def ask(lab, project, session, text):
    """Send a message from outside of the browser, and wait until its run has ended."""
    base = f"projects/{project['id']}"
    body = {"text": text, "notebook": "explore.ipynb"}
    run = lab.api("POST", f"{base}/sessions/{session['id']}/messages", body)
    return lab.until(
        lambda: (now := lab.api("GET", f"{base}/runs/{run['id']}"))["completed_at"] and now
    )


def sources(lab, project):
    path = lab.root / project["path"] / "explore.ipynb"

    def read():
        try:
            return json.loads(path.read_text())
        except json.JSONDecodeError:  # JupyterLab's own save writes in place
            return None

    return ["".join(cell["source"]) for cell in lab.until(read)["cells"]]


def editor(page, index):
    return page.locator(f"{NOTEBOOK} .jp-Cell").nth(index).locator(".cm-content")


def save(page):
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")


def test_agent_edits_user_edits_saves_and_no_dialog_comes(page, lab, project, session):
    ask(lab, project, session, "```python\nagents = 1\n```")
    cells = page.locator(f"{NOTEBOOK} .jp-Cell")
    expect(cells).to_have_count(4)
    expect(editor(page, 3)).to_contain_text("agents = 1")
    editor(page, 1).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# mine\n")
    save(page)
    lab.until(lambda: sources(lab, project)[1].startswith("# mine"))
    assert sources(lab, project)[3] == "agents = 1"
    expect(page.locator(".jp-Dialog")).to_have_count(0)

    ask(lab, project, session, "```python\nagents = 2\n```")
    expect(cells).to_have_count(5)
    editor(page, 2).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# mine too\n")
    save(page)
    lab.until(lambda: sources(lab, project)[2].startswith("# mine too"))
    assert [source for source in sources(lab, project) if "agents" in source] == [
        "agents = 1",
        "agents = 2",
    ]
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    assert page.errors == []


def test_unsaved_edits_are_saved_before_the_agent_begins(page, lab, project, session):
    editor(page, 1).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# not saved yet\n")
    ask(lab, project, session, "```python\nagents = 1\n```")
    expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(4)
    assert sources(lab, project)[1].startswith("# not saved yet")
    assert sources(lab, project)[3] == "agents = 1"
    expect(editor(page, 1)).to_contain_text("# not saved yet")


def test_outputs_stream_into_the_open_notebook(page, lab, project, session, gate):
    base = f"projects/{project['id']}/sessions/{session['id']}"
    lab.api("POST", f"{base}/messages", {"text": gate.message, "notebook": "explore.ipynb"})
    output = page.locator(f"{NOTEBOOK} .jp-Cell").last.locator(".jp-OutputArea")
    expect(output).to_contain_text("begun")
    assert lab.api("GET", base)["status"] == "running"
    gate.open()
    expect(output).to_contain_text("ended")


def test_the_focus_and_the_caret_stay_where_they_are(page, lab, project, session):
    editor(page, 1).click()
    page.keyboard.press("Control+Home")
    ask(lab, project, session, "```python\n1\n```")
    expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(4)
    page.keyboard.type("# here\n")
    expect(editor(page, 1)).to_contain_text("# here")
    assert page.evaluate("document.activeElement.classList.contains('cm-content')")


def test_the_user_runs_a_cell_in_the_kernel_that_the_agent_used(page, lab, project, session):
    ask(lab, project, session, "```python\nshared = 41\n```")
    expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(4)
    editor(page, 2).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("shared + 1")
    page.keyboard.press("Shift+Enter")
    output = page.locator(f"{NOTEBOOK} .jp-Cell").nth(2).locator(".jp-OutputArea")
    expect(output).to_contain_text("42")


def test_an_edit_that_comes_during_a_save_is_not_lost(page, lab, project, session):
    held = []

    def hold(route):
        if route.request.method == "PUT" and not held:
            held.append(ask(lab, project, session, "```python\nagents = 1\n```"))
        route.continue_()

    editor(page, 1).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# mine\n")
    page.route(re.compile("/api/contents/.*explore"), hold)
    save(page)
    expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(4)
    page.unroute_all()
    lab.until(lambda: sources(lab, project)[1].startswith("# mine"))
    lab.until(lambda: sources(lab, project)[3:] == ["agents = 1"])
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    assert held[0]["status"] == "completed"


def test_an_old_notebook_without_cell_ids_is_followed(open_lab, lab, project, session):
    path = lab.root / project["path"] / "explore.ipynb"
    old = json.loads(path.read_text())
    old["nbformat_minor"] = 4
    for cell in old["cells"]:
        del cell["id"]
    path.write_text(json.dumps(old))
    page = open_lab(lab, f"/lab/tree/{project['path']}/explore.ipynb")
    expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(3)
    page.get_by_role("tab", name="Chats").click()
    page.get_by_role("grid", name="Sessions").wait_for()
    for number in (1, 2):
        ask(lab, project, session, f"```python\nagents = {number}\n```")
        expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(3 + number)
    expect(page.locator(".jp-Dialog")).to_have_count(0)


@pytest.fixture(scope="module")
def shared_lab(tmp_path_factory):
    made = Lab(tmp_path_factory.mktemp("shared"), collaboration=True)
    made.start()
    yield made
    made.stop()


def test_with_collaboration_two_browsers_and_the_agent_share_one_document(shared_lab, open_lab):
    lab = shared_lab
    project = lab.api("POST", "projects/example")
    session = lab.api("POST", f"projects/{project['id']}/sessions", {})
    pages = [open_lab(lab, f"/lab/tree/{project['path']}/explore.ipynb") for _ in range(2)]
    for page in pages:
        expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(3)
    ask(lab, project, session, "```python\nagents = 1\n```")
    for page in pages:
        expect(page.locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(4)
        expect(editor(page, 3)).to_contain_text("agents = 1")
    editor(pages[0], 1).click()
    pages[0].keyboard.press("Control+Home")
    pages[0].keyboard.type("# mine\n")
    expect(editor(pages[1], 1)).to_contain_text("# mine")
    ask(lab, project, session, "```python\nagents = 2\n```")
    expect(pages[1].locator(f"{NOTEBOOK} .jp-Cell")).to_have_count(5)
    lab.until(lambda: sources(lab, project)[1].startswith("# mine"))
    lab.until(lambda: sources(lab, project)[3:] == ["agents = 1", "agents = 2"])
    for page in pages:
        expect(page.locator(".jp-Dialog")).to_have_count(0)
