"""The branches of a notebook as a tree: lanes, walked with the keyboard, compared and converged."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, edit, prose, run_command, write


@pytest.fixture
def folder(lab, project):
    return lab.root / project["path"]


@pytest.fixture
def fork(lab, project, folder):
    """Fork the notebook at a cell, from outside of the browser; without a kernel."""

    def fork(name, cell, *, source="main", edits=(), below="keep"):
        body = {"notebook": "model.ipynb", "cell_id": cell, "name": name, "below": below}
        place = f"projects/{project['id']}/branches/{source}/fork"
        made = lab.api("POST", place, {**body, "kernel": "none"})
        file = folder / made["opened"]["file"]
        for cell_id, text in edits:
            edit(file, cell_id, text)
        where = f"notebook=model.ipynb&branch={made['branch']['id']}"
        lab.api("GET", f"projects/{project['id']}/versions?{where}")
        return made["branch"]["id"]

    return fork


@pytest.fixture
def model(folder):
    """A notebook of ten cells."""
    cells = [code(f"c{count}", f"step_{count} = {count}", count) for count in range(1, 10)]
    write(folder / "model.ipynb", prose("title", "# Model"), *cells)


def open_tree(page, project, **args):
    args = {"project": project["id"], "notebook": "model.ipynb", "view": "tree", **args}
    run_command(page, "jupyter-sessions:open-branches", **args)
    tree = page.get_by_role("tree", name="Branches of model.ipynb")
    expect(tree).to_be_visible()
    return tree


def lane(tree, name):
    return tree.get_by_role("treeitem", name=re.compile(f"^{name}, "))


def test_a_notebook_that_was_forked_is_shown_as_a_tree(lab, project, model, fork, page):
    fork("boosting", "c6", edits=[("c7", "boosting = 1")])
    tree = open_tree(page, project, view=None)
    expect(page.get_by_role("button", name="Tree")).to_have_attribute("aria-pressed", "true")
    expect(lane(tree, "main")).to_contain_text("active")
    expect(lane(tree, "boosting")).to_contain_text("without state")
    expect(tree.get_by_role("treeitem", name="cell [6]: step_6 = 6")).to_be_visible()
    expect(tree.get_by_role("treeitem", name="cell [7]: boosting = 1")).to_be_visible()
    folded = tree.get_by_text("1–5")
    folded.click()
    expect(tree.get_by_role("treeitem", name="text: # Model")).to_be_visible()
    page.get_by_role("button", name="Linear").click()
    expect(page.get_by_role("grid", name="Branches")).to_be_visible()
    assert page.errors == []
