"""A kernel dies: JupyterLab offers to bring it back, with its variables."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, run_command, write

PANEL = ".jp-NotebookPanel"
KERNEL = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
# The kernel has no other way to hear that the test has seen what it waits for.
CRASH = """\
while not os.path.exists('seen'): time.sleep(0.01)
if not os.path.exists('safe'): os.kill(os.getpid(), 9)
print(data)"""
LOAD = "import os, time\nopen('loads', 'a').write('x')\ndata = [1]\ntime.sleep(1.2)"


@pytest.fixture
def page(lab, project, folder, open_lab):
    """A notebook whose last cell ends its kernel the hard way."""
    write(
        folder / "fit.ipynb",
        code("load", LOAD),
        code("quick", "data.append(2)"),
        code("crash", CRASH),
    )
    opened = open_lab(lab, f"/lab/tree/{project['path']}/fit.ipynb")
    opened.locator(f"{PANEL} .jp-CodeCell").first.wait_for()
    opened.wait_for_function(f"{KERNEL}?.status === 'idle'")
    yield opened
    for each in lab.api("GET", "/api/sessions"):
        lab.api("DELETE", f"/api/sessions/{each['id']}")


def offer(page):
    return page.locator(".Toastify__toast", has_text="The kernel of fit.ipynb died")


def crash(page, folder):
    """Run all cells, the last of which kills the kernel; agree that it was started again.

    It waits until JupyterLab knows of the others: what a kernel has not sent yet dies with it.
    """
    run_command(page, "notebook:run-all-cells")
    prompts = page.locator(f"{PANEL} .jp-CodeCell .jp-InputPrompt")
    expect(prompts.nth(1)).to_have_text("[2]:")
    (folder / "seen").touch()
    dialog = page.locator(".jp-Dialog", has_text="died")
    dialog.get_by_role("button", name="Ok").click()
    expect(offer(page)).to_be_visible()


def run_last(page):
    page.locator(f"{PANEL} .jp-CodeCell .jp-InputPrompt").last.click()
    page.keyboard.press("Control+Enter")
    return page.locator(f"{PANEL} .jp-CodeCell").last.locator(".jp-OutputArea-output")


def test_a_kernel_that_died_is_brought_back_without_loading_again(page, lab, folder):
    before = page.evaluate(f"{KERNEL}.id")
    crash(page, folder)
    expect(offer(page)).to_contain_text(
        re.compile(r"Bring it back as it was after cell \[1\], \d+ s")
    )
    expect(offer(page)).to_contain_text("What ran since is not in it: cell [2].")
    offer(page).get_by_role("button", name="Revive").click()
    expect(page.get_by_text(re.compile("^Brought back in "))).to_be_visible()
    expect(offer(page)).to_have_count(0)
    page.wait_for_function(f"{KERNEL}?.status === 'idle' && {KERNEL}.id !== {before!r}")
    (folder / "safe").touch()
    expect(run_last(page)).to_have_text("[1]")
    assert (folder / "loads").read_text() == "x"
    assert page.errors == []


def test_an_offer_is_dismissed_and_nothing_is_kept(page, lab, project, folder):
    crash(page, folder)
    offer(page).get_by_role("button", name="Dismiss").click()
    expect(offer(page)).to_have_count(0)
    place = f"projects/{project['id']}/branches/main"
    kept = f"{place}/checkpoints?notebook=fit.ipynb"
    lab.until(lambda: lab.api("GET", kept)["items"] == [])
    run_command(page, "jupyter-sessions:revive")
    expect(page.get_by_text("There is nothing to bring back")).to_be_visible()
    assert page.errors == []
