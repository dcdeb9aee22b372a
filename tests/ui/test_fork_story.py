"""Two models from one loaded data set: forked, trained at once, compared, and one of them wins."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import code, prose, run_command, write
from tests.ui.test_branch_tree import lane, open_tree
from tests.ui.test_fork import cells, choose, loads, on, popover, run_all, run_in

IDLE = """id => {
  const kernel = window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.id === id && kernel?.status === 'idle';
}"""
# Only what takes a second or more is worth a checkpoint.
LOAD = (
    "import numpy, time; time.sleep(1.2)\n"
    "with open('loads', 'a') as log: log.write('x')\n"
    "random = numpy.random.default_rng(7)\n"
    "X = random.standard_normal((400, 5)); y = (X[:, 0] + X[:, 1] ** 2 > 0.8).astype(int)"
)
FIT = (
    "from sklearn.linear_model import LogisticRegression\n"
    "model = LogisticRegression().fit(X, y); print(type(model).__name__)"
)
OTHERS = {
    "forest": "from sklearn.ensemble import RandomForestClassifier as Kind",
    "boosting": "from sklearn.ensemble import HistGradientBoostingClassifier as Kind",
}
TRAIN = "; model = Kind(random_state=1).fit(X, y); print(type(model).__name__)"


@pytest.fixture
def page(lab, project, folder, open_lab):
    write(
        folder / "model.ipynb",
        prose("title", "# Who progresses?"),
        code("load", LOAD),
        code("fit", FIT),
    )
    opened = open_lab(lab, f"/lab/tree/{project['path']}/model.ipynb")
    cells(opened).first.wait_for()
    yield opened
    for each in lab.api("GET", "/api/sessions"):
        lab.api("DELETE", f"/api/sessions/{each['id']}")


@pytest.fixture
def activate(lab, page, project):
    """Bring the notebook of a branch to the front, and wait until its kernel rests."""

    def activate(name):
        branches = lab.api("GET", f"projects/{project['id']}/branches")["items"]
        [folder] = [each["folder"] for each in branches if each["name"] == name]
        parts = [project["path"], folder, "model.ipynb"]
        path = "/".join(filter(None, parts))
        run_command(page, "docmanager:open", path=path)
        expect(on(page, name)).to_be_visible()
        [kernel] = [x["kernel"] for x in lab.api("GET", "/api/sessions") if x["path"] == path]
        page.wait_for_function(IDLE, arg=kernel["id"])

    return activate


def test_from_loaded_data_to_the_winner_among_two_models(page, project, folder, activate):
    run_all(page)
    assert loads(folder) == "x"
    for name in OTHERS:
        activate("main")
        choose(page, 0)  # between the cell that loads and the one that fits
        page.keyboard.press("Alt+b")  # beside others there may be no room for the button
        expect(popover(page).get_by_label("Branch name")).to_be_focused()
        page.keyboard.type(name)
        popover(page).get_by_role("radio", name=re.compile("^Drop")).check()
        popover(page).get_by_role("button", name=re.compile("^Fork")).first.click()
        expect(on(page, name).locator(".jp-CodeCell")).to_have_count(1)
    trained = {}
    for name, kind in OTHERS.items():
        activate(name)
        trained[name] = run_in(page, name, kind + TRAIN)
    assert trained == {
        "forest": "RandomForestClassifier",
        "boosting": "HistGradientBoostingClassifier",
    }
    activate("main")
    assert run_in(page, "main", "print(type(model).__name__)") == "LogisticRegression"
    for name in ("main", *OTHERS):
        activate(name)
        page.keyboard.press("Control+s")
    expect(page.locator(".lm-mod-dirty, .jp-mod-dirty")).to_have_count(0)

    tree = open_tree(page, project)
    for name in OTHERS:
        lane(tree, name).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Compare", exact=True).click()
    compared = page.get_by_role("table", name="Compare branches")
    expect(compared.get_by_role("cell").filter(has_text="RandomForest")).to_have_count(1)
    expect(compared.get_by_role("cell").filter(has_text="HistGradientBoosting")).to_have_count(1)
    open_tree(page, project)
    page.get_by_role("button", name="Converge…").click()
    page.get_by_role("combobox", name="Winner").select_option("boosting")
    page.get_by_role("dialog").get_by_role("button", name="Converge").click()
    page.get_by_role("button", name="Approve and merge").click()
    expect(page.get_by_text(re.compile("^Merged . cells? into main"))).to_be_visible()
    open_tree(page, project)
    expect(tree.get_by_text("Winner: boosting")).to_be_visible()
    expect(lane(tree, "forest")).to_contain_text("completed")

    # The winner's kernel is that of main now: its model is there, and nothing was loaded again.
    activate("main")
    found = run_in(page, "main", "print(type(model).__name__, round(model.score(X, y), 1))")
    assert found.startswith("HistGradientBoostingClassifier")
    assert loads(folder) == "x"
    assert page.errors == []
