"""Forking a notebook from a cell: the kernel's variables come along, the original stays."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.error import HTTPError

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, prose, run_command, write
from tests.ui.layout import reload_with

LOAD = "import os\nwith open('loads', 'a') as log: log.write('x')\ndata = list(range(1000))"
IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext.session?.kernel?.status === 'idle'"
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"


@pytest.fixture
def page(lab, project, folder, open_lab):
    """A notebook that loads data, beside nothing else."""
    write(
        folder / "model.ipynb",
        prose("title", "# Model"),
        code("load", LOAD),
        code("fit", "total = sum(data)"),
        code("show", "print(total)"),
    )
    opened = open_lab(lab, f"/lab/tree/{project['path']}/model.ipynb")
    cells(opened, "model.ipynb").first.wait_for()
    opened.wait_for_function(IDLE)  # JupyterLab has done with the focus, too
    yield opened
    for each in lab.api("GET", "/api/sessions"):
        with suppress(HTTPError):  # it went meanwhile, or with another session of its kernel
            lab.api("DELETE", f"/api/sessions/{each['id']}")


def panel(page, name):
    """The notebook that is in the tab of this title."""
    return page.locator(PANEL, has=page.locator(f".jps-NotebookBranch button:has-text('{name}')"))


def cells(page, _name=None):
    return page.locator(f"{PANEL} .jp-Cell")


def on(page, branch):
    """The open notebook of a branch."""
    return page.locator(PANEL).filter(
        has=page.get_by_role("button", name=f"Branch: {branch}", exact=True)
    )


def run_all(page, branch="main"):
    """Run the cells from the top, one after the other, until the last has its number."""
    here = on(page, branch)
    page.wait_for_function(IDLE)
    run_command(page, "notebook:run-all-cells")
    expect(here.locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text(re.compile(r"\[\d+\]:"))


def choose(page, index, branch="main"):
    """Make a code cell the active one, without writing in it."""
    on(page, branch).locator(".jp-CodeCell").nth(index).locator(".jp-InputPrompt").click()


def fork_button(page, branch="main"):
    return on(page, branch).locator("[data-jp-item-name='fork'] [data-command]")


def popover(page):
    return page.get_by_role("dialog", name=re.compile("^Fork from "))


def loads(folder):
    return (folder / "loads").read_text()


def run_in(page, branch, source):
    """Run code in a new last cell of a branch's notebook, and return the text that it prints."""
    here = on(page, branch)
    here.locator(".jp-CodeCell .jp-InputPrompt").last.click()
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type(source)
    page.keyboard.press("Control+Enter")
    output = here.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")
    expect(output).to_be_visible()
    return output.inner_text().strip()


def test_a_fork_has_the_variables_without_running_the_cells_again(page, lab, project, folder):
    run_all(page)
    assert loads(folder) == "x"
    choose(page, 2)
    fork_button(page).click()
    expect(popover(page)).to_contain_text("Shares memory, ready in 0.1 s")
    page.keyboard.type("boosting")
    popover(page).get_by_role("button", name="Fork", exact=True).click()
    there = on(page, "boosting")
    expect(there.locator(".jp-CodeCell")).to_have_count(3)
    expect(page.get_by_text(re.compile("^Forked in "))).to_be_visible()
    assert run_in(page, "boosting", "print(total, len(data))") == "499500 1000"
    assert loads(folder) == "x"
    # Nothing of the fork is seen in the original.
    expect(on(page, "main").locator(".jp-OutputArea-output")).to_have_text(["499500"])
    assert page.errors == []


def test_a_cell_whose_menu_was_closed_long_ago_is_not_the_one_that_is_meant(page):
    cell = on(page, "main").locator(".jp-CodeCell .jp-InputPrompt")
    entry = page.get_by_role("menuitem", name="Fork from This Cell…")
    cell.nth(0).click(button="right")
    entry.click()
    expect(popover(page)).to_contain_text("from cell at place 2")
    page.keyboard.press("Escape")
    choose(page, 1)
    page.keyboard.press("Alt+b")
    expect(popover(page)).to_contain_text("from cell at place 3")
    page.keyboard.press("Escape")
    # One of several that are selected, and not the active one.
    cell.nth(2).click(modifiers=["Shift"])
    cell.nth(1).click(button="right")
    entry.click()
    expect(popover(page)).to_contain_text("from cell at place 3")


def test_the_list_of_branches_offers_it_and_no_key_is_for_the_notebook_meanwhile(page):
    choose(page, 1)
    page.evaluate("window.requestIdleCallback = () => 0")  # a browser without a free moment
    page.get_by_role("button", name="Branch: main", exact=True).click()
    page.get_by_role("option", name="Fork from the selected cell…").click()
    expect(popover(page)).to_contain_text("from cell at place 3")
    page.keyboard.type("boosting")  # where each "b" would add a cell
    expect(popover(page).get_by_label("Branch name")).to_have_value("boosting")
    expect(on(page, "main").locator(".jp-Cell")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(popover(page)).to_have_count(0)


def test_it_stays_when_jupyterlab_gives_the_focus_to_the_notebook_by_itself(page):
    """As it does late, when a kernel was shut down or the page was loaded."""
    choose(page, 1)
    fork_button(page).click()
    name = popover(page).get_by_label("Branch name")
    expect(name).to_be_focused()
    page.keyboard.type("boos")
    page.evaluate("window.jupyterapp.shell.currentWidget.activate()")
    page.evaluate("new Promise(requestAnimationFrame)")  # what was posted is done
    page.keyboard.type("ting")
    expect(name).to_have_value("boosting")
    page.locator(f"{PANEL} .jp-CodeCell .cm-content").last.click()
    expect(popover(page)).to_have_count(0)
    assert page.errors == []


class Held:
    """Requests about the server's sessions that wait until they are let go."""

    def __init__(self, page, *methods):
        self.waiting = {method: [] for method in methods}
        page.route(re.compile(r"/api/sessions\?"), self._hold)

    def _hold(self, route):
        if route.request.method in self.waiting:
            self.waiting[route.request.method].append(route)
        else:
            route.continue_()

    def let_go(self, method):
        for route in self.waiting.pop(method):
            route.continue_()


def fork_and_run_at_once(page, *methods):
    """Fork, and run the last cell there while requests of these methods wait; return both."""
    choose(page, 2)
    fork_button(page).click()
    expect(popover(page)).to_contain_text("Shares memory")
    held = Held(page, *methods)
    popover(page).get_by_role("button", name="Fork", exact=True).click()
    here = on(page, "try-1")
    here.locator(".jp-CodeCell .jp-InputPrompt").last.click()
    with page.expect_request(
        lambda asked: asked.method == "POST" and "/api/sessions?" in asked.url
    ):
        page.keyboard.press("Control+Enter")
    return held, here.locator(".jp-CodeCell").last


def test_a_cell_that_is_run_at_once_has_the_variables(page, lab, project):
    """JupyterLab has not found the kernel of the new notebook yet, and starts one in its place."""
    run_all(page)
    held, cell = fork_and_run_at_once(page, "GET")
    assert held.waiting["GET"]
    held.let_go("GET")
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[4]:")
    expect(cell.locator(".jp-OutputArea-output")).to_have_text("499500")


def test_a_cell_that_is_run_while_jupyterlab_finds_the_kernel_leaves_it_the_variables(page):
    """It makes a second session for the kernel, and deletes the one that it has found by then."""
    run_all(page)
    held, cell = fork_and_run_at_once(page, "GET", "POST")
    held.let_go("GET")
    page.wait_for_function(IDLE)
    held.let_go("POST")
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[4]:")
    assert run_in(page, "try-1", "print(total, len(data))") == "499500 1000"


def test_the_keyboard_alone_forks_and_escape_leads_back(page, lab, project):
    run_all(page)
    choose(page, 1)
    expect(fork_button(page)).to_be_visible()
    page.keyboard.press("Alt+b")
    name = popover(page).get_by_label("Branch name")
    expect(name).to_be_focused()
    expect(name).to_have_value("try-1")
    page.keyboard.press("Escape")
    expect(popover(page)).to_have_count(0)
    expect(fork_button(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(name).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(popover(page).get_by_role("checkbox", name="Open beside main")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(name).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(popover(page).get_by_role("radio", name=re.compile("^Drop it"))).to_be_checked()
    page.keyboard.press("Enter")
    expect(on(page, "try-1").locator(".jp-CodeCell")).to_have_count(2)
    expect(on(page, "main").locator(".jp-CodeCell")).to_have_count(3)
    assert page.errors == []


def test_a_name_that_is_taken_is_told_while_one_types(page, lab, project):
    lab.api("POST", f"projects/{project['id']}/branches", {"name": "boosting"})
    choose(page, 1)
    fork_button(page).click()
    expect(popover(page).get_by_label("Branch name")).to_be_focused()
    page.keyboard.type("Boosting")
    expect(popover(page)).to_contain_text("This name is taken. Free: Boosting-2")
    expect(popover(page).locator("[type=submit]")).to_be_disabled()
    page.keyboard.press("Enter")
    popover(page).get_by_role("button", name="Boosting-2").click()
    expect(popover(page).get_by_label("Branch name")).to_have_value("Boosting-2")
    popover(page).get_by_role("button", name="Fork without state").click()
    expect(on(page, "Boosting-2").locator(".jp-CodeCell")).to_have_count(3)


def test_without_state_the_shared_cells_run_again(page, lab, project, folder):
    run_all(page)
    run_command(page, "kernelmenu:shutdown")
    page.wait_for_function(f"!({IDLE})")
    choose(page, 1)
    fork_button(page).click()
    expect(popover(page)).to_contain_text("Runs 2 cells again")
    popover(page).get_by_role("button", name="Fork and run").click()
    expect(page.get_by_text("Ran 2 cells again")).to_be_visible()
    assert loads(folder) == "xx"
    assert run_in(page, "try-1", "print(total)") == "499500"
    expect(on(page, "try-1").locator(".jps-ForkLine")).to_contain_text("cells run again")


def test_a_fork_waits_for_the_cell_that_runs(page, lab, project, folder):
    run_all(page)
    go = folder / "go"
    run = f"import time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)"
    here = on(page, "main")
    here.locator(".jp-CodeCell .jp-InputPrompt").last.click()
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(run)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(IDLE.replace("idle", "busy"))
    page.keyboard.press("Escape")
    fork_button(page).click()
    expect(popover(page)).to_contain_text("Waits for cell [*]")
    popover(page).get_by_role("button", name="Fork when it ends").click()
    expect(page.get_by_text("try-1 is forked when the running cell ends")).to_be_visible()
    go.touch()
    expect(on(page, "try-1").locator(".jp-CodeCell")).to_have_count(4)
    assert run_in(page, "try-1", "print(total)") == "499500"


def test_the_line_tells_the_shared_cells_from_those_of_the_branch(page, lab, project):
    choose(page, 1)
    fork_button(page).click()
    popover(page).get_by_role("button", name="Fork without state").click()
    there = on(page, "try-1")
    expect(there.locator(".jps-ForkLine")).to_contain_text("Shared with main up to here")
    shared = there.locator(".jp-Cell.jps-mod-shared")
    expect(shared).to_have_count(3)
    there.locator(".jp-CodeCell").first.locator(".cm-content").click()
    page.keyboard.type("# mine\n")
    page.keyboard.press("Control+s")
    expect(shared).to_have_count(2)
    assert page.errors == []


def test_what_is_not_carried_over_is_named_before_and_after(page, lab, project, folder):
    source = (
        "import sqlite3, threading\n"
        "con = sqlite3.connect(':memory:')\n"
        "wait = threading.Event().wait\n"
        "threading.Thread(target=wait, name='prefetch', daemon=True).start()"
    )
    run_all(page)
    run_in(page, "main", f"exec({source!r}); print('ready')")
    page.keyboard.press("Escape")
    # A long line hides the toolbar of the cell.
    expect(fork_button(page)).to_be_hidden()
    page.keyboard.press("Alt+b")
    lost = popover(page).get_by_role("button", name=re.compile("^Not carried over"))
    expect(lost).to_have_text("Not carried over: 1 thread, 1 database connection")
    expect(popover(page).locator(".jps-Lost code")).to_have_text(["prefetch", "con"])
    lost.click()
    expect(popover(page).locator(".jps-Lost")).to_have_count(0)
    popover(page).get_by_role("button", name="Fork", exact=True).click()
    page.get_by_role("button", name="Show what was left out").click()
    dialog = page.locator(".jp-Dialog", has_text="Not carried over to try-1")
    expect(dialog.locator("code")).to_have_text(["prefetch", "con"])
    dialog.get_by_role("button", name="Close").click()
    line = on(page, "try-1").locator(".jps-ForkLine")
    expect(line.get_by_role("button", name=re.compile("^Not carried over"))).to_be_visible()
    expect(on(page, "try-1").locator(".jps-mod-shared")).to_have_count(5)
    assert page.errors == []


def test_variables_are_copied_where_there_is_no_fork_and_what_is_left_out_is_named(
    page, lab, project, folder
):
    run_all(page)
    run_in(page, "main", "import sys; sys.platform = 'darwin'; gen = (n for n in data); print(1)")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+b")
    expect(popover(page)).to_contain_text("Copies the variables, about")
    expect(popover(page)).to_contain_text("The kernel runs no cell meanwhile.")
    expect(popover(page)).to_contain_text("this one runs on 'darwin'")
    expect(popover(page).locator(".jps-Lost code")).to_have_text(["log", "gen"])
    expect(popover(page).get_by_role("button", name="Fork and run")).to_be_visible()
    popover(page).get_by_role("button", name="Fork", exact=True).click()
    line = on(page, "try-1").locator(".jps-ForkLine")
    expect(line).to_contain_text(re.compile(r"variables loaded: \d+ of \d+ variables"))
    expect(line.get_by_role("button")).to_have_text("Not carried over: 2 variables")
    assert run_in(page, "try-1", "print(total, len(data))") == "499500 1000"
    assert loads(folder) == "x"
    assert page.errors == []


def test_cells_that_run_again_are_followed_after_a_reload_and_stopped(page, lab, project, folder):
    never = f"import time\nwhile not os.path.exists({str(folder / 'go')!r}): time.sleep(0.05)"
    write(folder / "model.ipynb", code("load", LOAD), code("wait", never), code("last", "print(1)"))
    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.wait_for_function(IDLE)
    run_command(page, "kernelmenu:shutdown")
    page.wait_for_function(f"!({IDLE})")
    choose(page, 2)
    fork_button(page).click()
    popover(page).get_by_role("button", name="Fork and run").click()
    expect(page.get_by_text("try-1 runs its shared cells again: 1 of 3")).to_be_visible()
    reload_with(page, "branches/try-1")
    page.errors.clear()  # of what the old page had asked its kernels
    expect(page.get_by_text("try-1 runs its shared cells again: 1 of 3")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("try-1 has run 1 of 3 cells again.")).to_be_visible()
    assert run_in(page, "try-1", "print(len(data))") == "1000"
    assert page.errors == []
