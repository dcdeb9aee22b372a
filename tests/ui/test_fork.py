"""Forking a notebook from a cell: the kernel's variables come along, the original stays."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, prose, run_command, write

LOAD = "import os\nwith open('loads', 'a') as log: log.write('x')\ndata = list(range(1000))"
IDLE = "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"


@pytest.fixture
def folder(lab, project):
    return lab.root / project["path"]


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
    yield opened
    for each in lab.api("GET", "/api/sessions"):
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
