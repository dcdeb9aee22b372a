"""The conversation: the hostile stays harmless, the long stays quick, the keyboard is enough."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ui.layout import reload_with

SEED = Path(__file__).with_name("seed.py")
HOSTILE = """Look at this.

<script>window.hacked = 1</script>
<img src="x" onerror="window.hacked = 2">
<img src="https://evil.example/pixel.png">
![pixel](https://evil.example/markdown.png)
<a href="javascript:window.hacked=3">click</a>
[link](javascript:window.hacked=4)
<svg onload="window.hacked=5"><image href="https://evil.example/svg.png"/></svg>
<iframe src="https://evil.example/frame"></iframe>
<style>@import url("https://evil.example/style.css"); body { display: none }</style>
<div style="background: url(https://evil.example/style.png); position: fixed; inset: 0">x</div>
<form action="https://evil.example/form"><button>Send</button></form>
$\\href{javascript:window.hacked=6}{math}$

The end.
"""


def open_session(page, name):
    page.get_by_role("row", name=re.compile(f"^{name}")).first.click()
    page.get_by_label("Message to the agent").wait_for()
    return page.get_by_role("log")


def send(page, text):
    box = page.get_by_label("Message to the agent")
    box.fill(text)
    box.press("Enter")


@pytest.fixture
def write_log(lab, project, session):
    """Write events into the session's log, as an agent's answer or a long conversation."""

    def write(count):
        user = lab.api("GET", "status")["user"]
        command = [
            sys.executable, str(SEED), f"sqlite:///{lab.database}", user,
            project["id"], session["id"], str(count),
        ]  # fmt: skip
        subprocess.run(command, check=True)

    return write


def test_what_is_hostile_runs_nothing_and_calls_nobody(open_lab, lab, project, session):
    page = open_lab(lab)  # with no notebook open: what that shows is JupyterLab's own affair
    page.get_by_role("tab", name="Chats").click()
    path = lab.root / project["path"] / "hostile.md"
    path.write_text(HOSTILE)
    code = f"from IPython.display import HTML, Markdown, display\ntext = {HOSTILE!r}\n"
    code += "display(HTML(text)); display(Markdown(text)); print(text)"
    log = open_session(page, "First look")
    send(page, f"{HOSTILE}\n/read hostile.md\n\n```python\n{code}\n```")
    expect(log.get_by_text(re.compile("Ran a new cell in"))).to_be_visible()
    for call in log.get_by_role("button", name=re.compile("^(Read file|Ran cell)")).all():
        call.click()
    expect(log.get_by_text("The end.").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.outside == []
    for tag in ("script", "iframe", "form", "style"):
        found = log.locator(tag).evaluate_all("nodes => nodes.map(node => node.outerHTML)")
        assert found == []
    assert log.locator("a[href^='javascript']").count() == 0


def test_ten_thousand_entries_open_as_ten_do(page, lab, write_log):
    write_log(10_000)
    log = open_session(page, "First look")
    expect(log.get_by_text("Answer 9999.")).to_be_visible()
    nodes = log.locator("*").count()
    assert nodes < 2_000
    log.hover()
    for _ in range(12):
        page.mouse.wheel(0, -2500)
        page.wait_for_timeout(50)
    expect(log.get_by_text("Answer 9999.")).not_to_be_visible()
    assert log.locator("*").count() < 2 * nodes + 500


def test_messages_wait_in_a_queue_and_can_be_taken_back(page, lab, session, gate):
    log = open_session(page, "First look")
    gate.hold(page)
    expect(page.get_by_role("button", name="Interrupt", exact=True)).to_be_visible()
    send(page, "/list first")
    send(page, "/list second")
    queue = page.get_by_role("list", name="Messages that wait")
    expect(queue.get_by_role("listitem")).to_have_count(2)
    queue.get_by_role("listitem").nth(1).get_by_role("button", name=re.compile("Remove")).click()
    expect(queue.get_by_role("listitem")).to_have_count(1)
    gate.open()
    expect(log.locator(".jps-User").filter(has_text="/list first")).to_be_visible()
    expect(page.get_by_role("button", name="Interrupt", exact=True)).to_have_count(0)
    expect(log.get_by_text("/list second")).to_have_count(0)


@pytest.mark.alone
def test_what_two_tabs_show_stays_in_both(page, session, write_log):
    write_log(20)
    page.reload()  # which the other program that wrote did not tell
    log = open_session(page, "First look")
    expect(log.get_by_text("Answer 19.")).to_be_visible()
    page.get_by_role("button", name="More about this session").click()
    page.get_by_role("menuitem", name="Fork Session").click()
    page.get_by_role("tab", name=re.compile("^First look .*fork")).wait_for()
    expect(log.get_by_text("Answer 19.")).to_be_visible()
    page.get_by_role("tab", name="First look", exact=True).click()
    expect(log.get_by_text("Answer 19.")).to_be_visible()


def test_interrupt_then_the_cell_too_and_the_session_goes_on(page, session):
    log = open_session(page, "First look")
    send(page, "```python\nimport time\nprint('begun', flush=True)\ntime.sleep(300)\n```")
    expect(page.locator(".jp-Notebook .jp-Cell").last.locator(".jp-OutputArea")).to_contain_text(
        "begun"
    )
    page.get_by_role("button", name="Interrupt", exact=True).click()
    expect(page.get_by_text("Stopping after this step…")).to_be_visible()
    page.get_by_role("button", name="Stop the cell too").click()
    expect(log.get_by_text("How should I go on?")).to_be_visible()
    send(page, "/list")
    expect(log.get_by_text("Listed files").last).to_be_visible()


def test_the_agent_asks_and_the_answer_is_given(page, lab, project, session):
    open_session(page, "First look")
    send(page, "/ask Which column?")
    expect(page.get_by_text("The agent asks", exact=True)).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^First look"))
    expect(row).to_contain_text("Waits for your answer")
    answer = page.get_by_label("Your answer")
    answer.fill("/list data")
    answer.press("Enter")
    expect(page.get_by_role("log").get_by_text("Listed files")).to_be_visible()


def test_the_keyboard_is_enough(page, session, lab, project):
    lab.api("POST", f"projects/{project['id']}/sessions", {"name": "Second"})
    grid = page.get_by_role("grid", name="Sessions")
    expect(grid.get_by_role("row")).to_have_count(2)
    grid.get_by_role("row").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("Renamed")
    page.keyboard.press("Enter")
    expect(grid.get_by_role("row", name=re.compile("^Renamed"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message to the agent")).to_be_visible()
    page.get_by_label("Message to the agent").focus()
    page.keyboard.type("/list")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Listed files")).to_be_visible()
    assert page.errors == []


@pytest.mark.alone
def test_what_was_typed_and_not_sent_survives_a_reload(page, session):
    open_session(page, "First look")
    page.get_by_label("Message to the agent").fill("half a thought")
    reload_with(page, "jupyter-sessions-conversation")
    expect(page.get_by_label("Message to the agent")).to_have_value("half a thought")


def test_nothing_hangs_over_the_edge_of_a_small_window(page, session):
    open_session(page, "First look")
    page.set_viewport_size({"width": 700, "height": 600})
    box = page.get_by_label("Message to the agent")
    expect(box).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
