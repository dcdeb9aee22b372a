"""Projects and sessions in the Chats tab; commands, the launcher, settings, the place."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.ui.layout import reload_with
from tests.ui.test_conversation import open_session, send, write_log

__all__ = ["write_log"]

pytestmark = pytest.mark.alone

# Ends when nothing has moved for ten frames.
SCROLLED = """() => new Promise(done => {
  const log = document.querySelector('[role=log]');
  let [top, still] = [log.scrollTop, 0];
  const look = () => {
    still = log.scrollTop === top ? still + 1 : 0;
    top = log.scrollTop;
    return still < 10 ? requestAnimationFrame(look) : done();
  };
  look();
})"""


def reload(page):
    """Reload, and show the Chats tab, whatever else the page's address opens."""
    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(state="attached")
    while not page.locator(".jps-Chats-head .jps-Picker").is_visible():
        page.keyboard.press("Control+Shift+A")
        page.wait_for_timeout(200)


def menu(page, item):
    page.get_by_role("button", name="More about this project").click()
    page.get_by_role("menuitem", name=item).click()


def run_command(page, label):
    """Run a command as the palette offers it; what takes the focus late may close it again."""
    palette = page.locator(".jp-ModalCommandPalette")
    done = False
    while not done:
        page.keyboard.press("Control+Shift+C")
        try:
            palette.locator("input").fill(label, timeout=5_000)
            item = palette.locator(".lm-CommandPalette-item", has_text=label).first
            item.click(timeout=5_000)
            done = True
        except TimeoutError:
            page.keyboard.press("Escape")


def make_project(page, name):
    page.locator(".jps-Chats-head .jps-Picker").click()
    page.get_by_role("menuitem", name="New Project…").click()
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_role("textbox").fill(name)
    dialog.get_by_role("button", name="Create").click()
    expect(page.locator(".jps-Chats-head .jps-Picker-name")).to_have_text(name)


def test_a_project_is_made_renamed_and_deleted_with_its_folder(page, lab):
    make_project(page, "Churn")
    dialog = page.locator(".jp-Dialog")
    assert (lab.root / "churn").is_dir()

    menu(page, "Rename Project…")
    dialog.get_by_role("textbox").fill("Churn analysis")
    dialog.get_by_role("button", name="Rename").click()
    expect(page.locator(".jps-Chats-head .jps-Picker-name")).to_have_text("Churn analysis")

    menu(page, "Delete Project…")
    expect(dialog).to_contain_text("The folder “churn” goes too")
    confirm = dialog.get_by_role("button", name="Delete project")
    expect(confirm).to_be_disabled()
    dialog.get_by_role("textbox").fill("Churn analysis")
    confirm.click()
    expect(page.locator(".jps-Chats-head .jps-Picker-name")).to_have_text("Diabetes example")
    assert not (lab.root / "churn").exists()
    names = [each["name"] for each in lab.api("GET", "projects")["items"]]
    assert "Churn analysis" not in names


def test_a_projects_files_can_be_kept(page, lab):
    make_project(page, "Keep me")
    menu(page, "Delete Project…")
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("textbox").fill("Keep me")
    dialog.get_by_role("button", name="Delete project").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".jps-Chats-head .jps-Picker-name")).not_to_have_text("Keep me")
    assert (lab.root / "keep-me").is_dir()


def test_the_list_says_how_sessions_stand_in_every_window(page, lab, project, session, gate):
    row = page.get_by_role("row", name=re.compile("^First look"))
    expect(row).to_contain_text("(Not started)")
    path = f"projects/{project['id']}/sessions/{session['id']}"
    lab.api("POST", f"{path}/messages", {"text": gate.message})
    expect(row).to_contain_text("Running")
    gate.open()
    expect(row).to_contain_text("Updated")
    lab.api("PATCH", path, {"name": "Elsewhere"})
    expect(page.get_by_role("row", name=re.compile("^Elsewhere"))).to_be_visible()
    lab.api("DELETE", path)
    expect(page.get_by_role("row", name=re.compile("^Elsewhere"))).to_have_count(0)


def test_the_palette_and_the_launcher_start_a_session(page):
    run_command(page, "New Session from a Message")
    expect(page.get_by_label("Message to the agent")).to_be_visible()
    expect(page.get_by_role("grid", name="Sessions").get_by_role("row")).to_have_count(1)
    page.keyboard.press("Control+Shift+L")
    page.locator(".jp-LauncherCard", has_text="Session").click()
    expect(page.get_by_role("form", name="New session")).to_be_visible()


def test_a_reload_comes_back_to_the_same_place(page, write_log):
    write_log(2_000)
    log = open_session(page, "First look")
    expect(log.get_by_text("Answer 1999.")).to_be_visible()
    log.hover()
    while not log.get_by_text(re.compile(r"^Answer 17\d\d\.")).first.is_visible():
        page.mouse.wheel(0, -800)
        page.wait_for_timeout(50)
    page.evaluate(SCROLLED)
    top = page.evaluate(
        "() => { const log = document.querySelector('[role=log]');"
        " const box = log.getBoundingClientRect();"
        " return document.elementFromPoint(box.left + 60, box.top + 60).textContent }"
    )
    reload_with(page, "jupyter-sessions-conversation")
    log = page.get_by_role("log")
    log.wait_for()
    expect(log.get_by_text(re.compile(r"^Answer 17\d\d\.")).first).to_be_visible()
    words = top.strip()[:40]
    assert words
    expect(log).to_contain_text(words)
    expect(log.get_by_text("Answer 1999.")).not_to_be_visible()


def test_the_address_that_the_demo_prints_opens_everything(open_lab, lab, project, session):
    query = {
        "sessions-project": project["id"],
        "sessions-session": session["id"],
        "sessions-notebook": f"{project['path']}/explore.ipynb",
    }
    page = open_lab(lab, f"/lab?{urlencode(query)}")
    expect(page.get_by_role("row", name=re.compile("^First look"))).to_be_visible()
    expect(page.get_by_label("Message to the agent")).to_be_visible()
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)


def test_a_setting_moves_conversations_to_the_sidebar(page, lab, session):
    request = json.dumps({"raw": json.dumps({"area": "right"})})
    page.evaluate(
        """async body => {
          const xsrf = document.cookie.match(/_xsrf=([^;]*)/)[1];
          await fetch('/lab/api/settings/jupyter-sessions:conversation', {method: 'PUT', body,
            headers: {'X-XSRFToken': xsrf, 'Content-Type': 'application/json'}});
        }""",
        request,
    )
    reload(page)
    open_session(page, "First look")
    expect(page.locator("#jp-right-stack").get_by_label("Message to the agent")).to_be_visible()
    send(page, "/list")
    expect(page.locator("#jp-right-stack").get_by_text("Listed files")).to_be_visible()
