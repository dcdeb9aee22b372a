"""Looking into a kernel while a cell runs: a console on a copy, and the cell goes on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, run_command, write
from tests.ui.layout import reload_with

PANEL = ".jp-NotebookPanel"
STATUS = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
ENABLED = "() => window.jupyterapp.commands.isEnabled('jupyter-sessions:peek')"
TRAIN = """\
import os, time
losses, enough = [], {}
open("began", "w").close()
while not os.path.exists(GO):
    time.sleep(0.01)
    losses.append(0.5 ** len(losses))
    enough[len(losses)] = True
print("trained", len(enough) == len(losses))
open("trained", "w").write(str(len(enough) == len(losses)))"""


@pytest.fixture
def page(lab, project, folder, open_lab):
    """A notebook that trains as long as one likes."""
    write(folder / "train.ipynb", code("train", TRAIN.replace("GO", repr(str(folder / "go")))))
    opened = open_lab(lab, f"/lab/tree/{project['path']}/train.ipynb")
    opened.locator(f"{PANEL} .jp-CodeCell").first.wait_for()
    opened.wait_for_function(f"{STATUS} === 'idle'")
    opened.wait_for_function(ENABLED.replace("isEnabled", "isVisible"))
    yield opened
    for each in lab.api("GET", "/api/sessions"):
        lab.api("DELETE", f"/api/sessions/{each['id']}")


def console(page):
    return page.locator(".jp-ConsolePanel")


def ask(page, source):
    """Run code in the console; return the text that it shows."""
    console(page).locator(".jp-CodeConsole-input .cm-content").click()
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")
    output = console(page).locator(".jp-CodeConsole-content .jp-CodeCell").last
    return output.locator(".jp-OutputArea-output")


def kernels(lab):
    return {each["name"]: each["kernel"]["id"] for each in lab.api("GET", "/api/sessions")}


def begin(page, lab, folder):
    """Begin to run the cell. JupyterLab's own requests may have it say that the kernel is idle."""
    page.wait_for_function(f"{STATUS} === 'idle'")  # a cell that is run before starts a kernel
    run_command(page, "notebook:run-all-cells")
    lab.until((folder / "began").exists)
    page.wait_for_function(ENABLED)


def peek_at(page, lab, folder):
    """Begin to run the cell, and look into it by the palette's way."""
    begin(page, lab, folder)
    run_command(page, "jupyter-sessions:peek")


def test_a_console_looks_into_the_cell_that_runs_and_ends_with_its_tab(page, lab, project, folder):
    peek_at(page, lab, folder)
    console(page).wait_for()
    expect(page.get_by_role("tab", name="Peek at train.ipynb")).to_be_visible()
    expect(console(page)).to_contain_text(
        re.compile(r"Peek at train\.ipynb: a copy of its kernel, made in the middle of a cell")
    )
    expect(console(page)).to_contain_text("The cell goes on in the notebook.")
    expect(ask(page, "len(losses) > 0, losses[0]")).to_have_text("(True, 1.0)")
    ask(page, "losses.clear(); enough.clear()")
    assert set(kernels(lab)) == {"train.ipynb", "Peek at train.ipynb"}
    # A reload brings the console back, and it still ends its kernel.
    reload_with(page, "peek-")
    expect(console(page)).to_contain_text("The cell goes on in the notebook.")
    page.get_by_role("tab", name="Peek at train.ipynb").click()
    page.wait_for_function(f"{STATUS} === 'idle'")
    run_command(page, "application:close")
    expect(console(page)).to_have_count(0)
    lab.until(lambda: set(kernels(lab)) == {"train.ipynb"})
    (folder / "go").touch()  # what a cell prints after a reload does not reach the notebook
    lab.until(lambda: (folder / "trained").exists() and (folder / "trained").read_text() == "True")
    assert page.errors == [], page.errors


def test_the_kernel_menu_offers_it_while_a_cell_runs(page, lab, project, folder):
    page.wait_for_function(ENABLED.replace("=> ", "=> !"))
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    item = page.get_by_role("menuitem", name="Peek at the Running Cell")
    expect(item).to_have_class(re.compile("lm-mod-disabled"))
    page.keyboard.press("Escape")
    begin(page, lab, folder)
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    expect(item).not_to_have_class(re.compile("lm-mod-disabled"))
    item.click()
    expect(ask(page, "losses[1]")).to_have_text("0.5")
    (folder / "go").touch()
    expect(page.locator(f"{PANEL} .jp-OutputArea-output").first).to_have_text("trained True")
    assert page.errors == [], page.errors


def test_it_is_offered_when_the_end_of_a_request_is_taken_for_the_end_of_the_cell(
    page, lab, folder
):
    begin(page, lab, folder)
    ask_beside = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    page.evaluate(f"async () => {{ await {ask_beside}.requestCreateSubshell({{}}).done; }}")
    page.wait_for_function(f"{STATUS} === 'idle'")
    assert page.evaluate(ENABLED)
    run_command(page, "jupyter-sessions:peek")
    expect(ask(page, "losses[1]")).to_have_text("0.5")
    (folder / "go").touch()
    expect(page.locator(f"{PANEL} .jp-OutputArea-output").first).to_have_text("trained True")
    page.wait_for_function(ENABLED.replace("=> ", "=> !"))
    assert page.errors == [], page.errors


def test_a_cell_that_cannot_be_looked_into_says_why(page, lab, project, folder):
    source = (
        "import hashlib\nopen('began', 'w').close()\n"
        "for _ in range(3): hashlib.pbkdf2_hmac('sha256', b'', b'', 20_000_000)"
    )
    write(folder / "train.ipynb", code("train", source))
    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    peek_at(page, lab, folder)
    expect(
        page.get_by_text(re.compile("Threads compute, and a fork in the middle"))
    ).to_be_visible()
    expect(console(page)).to_have_count(0)
