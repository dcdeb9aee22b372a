"""What a run changed: said in the conversation, looked at cell by cell, undone and done again."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.ui.branched import Branched, code, edit, run_command
from tests.ui.layout import reload_with
from tests.ui.test_merge import box, pressed

TWO_CELLS = "```python\nfirst = 1\nfirst\n```\n\n```python\nsecond = 2\n```"
NOTEBOOK = "model.ipynb"


@pytest.fixture
def notebook(lab, project):
    """A notebook of one cell, on main."""
    file = lab.root / project["path"] / NOTEBOOK
    Branched(lab, project).write(NOTEBOOK, code("fit", "fit(C=1.0)", 3))
    return file


def sources(file):
    return ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]]


def tell(lab, project, session, text, notebook=NOTEBOOK):
    """Send a message, and wait until its run has ended; return the run's id."""
    place = f"projects/{project['id']}/sessions/{session['id']}"
    run = lab.api("POST", f"{place}/messages", {"text": text, "notebook": notebook})
    address = f"projects/{project['id']}/runs/{run['id']}"
    lab.until(lambda: lab.api("GET", address)["completed_at"])
    return run["id"]


@pytest.fixture
def show(open_lab, lab, project):
    """Open JupyterLab with the conversation of a session."""

    def open_session(session):
        page = open_lab(lab)
        args = {"project": project["id"], "session": session["id"]}
        run_command(page, "jupyter-sessions:open-session", **args)
        page.get_by_role("log").wait_for()
        return page

    return open_session


def end_of(page):
    return page.locator(".jps-End.jps-mod-changed")


def test_run_is_reviewed_undone_and_done_again(lab, project, session, notebook, show):
    tell(lab, project, session, TWO_CELLS)
    before = sources(notebook)
    assert before[1:] == ["first = 1\nfirst", "second = 2"]
    page = show(session)
    expect(end_of(page)).to_contain_text("Changed 2 cells in 1 notebook")
    expect(end_of(page)).to_contain_text("+3")

    end_of(page).get_by_role("button", name="Review").click()
    first = page.get_by_role("group", name=re.compile(r"^Added cell \[")).first
    expect(first).to_contain_text("first = 1")
    first.get_by_role("button", name="Take back").click()
    expect(first.get_by_role("button", name="Taken back")).to_be_visible()
    assert sources(notebook) == [before[0], before[2]]
    first.get_by_role("button", name="Keep").click()
    expect(pressed(first, "Keep")).to_be_visible()
    assert sources(notebook) == before
    page.get_by_role("button", name="Undo run").click()
    expect(page.locator(".jps-Review-state")).to_have_text("Undone.")
    assert sources(notebook) == before[:1]

    page.get_by_role("tab", name=re.compile("First look")).click()
    expect(end_of(page)).to_contain_text("Undone.")
    end_of(page).get_by_role("button", name="Redo").click()
    expect(end_of(page)).to_contain_text("Changed 2 cells in 1 notebook")
    assert sources(notebook) == before
    end_of(page).get_by_role("button", name="Undo").click()
    expect(end_of(page)).to_contain_text("Undone.")
    expect(page.get_by_role("status").filter(has_text="Undone")).to_have_count(1)
    assert sources(notebook) == before[:1]
    assert page.errors == []


def test_cell_that_was_changed_since_stays_until_it_is_asked_for(
    lab, project, session, notebook, show
):
    tell(lab, project, session, TWO_CELLS)
    added = json.loads(notebook.read_text())["cells"][1]["id"]
    edit(notebook, added, "first = 100")
    page = show(session)
    end_of(page).get_by_role("button", name="Undo").click()
    expect(end_of(page)).to_contain_text(re.compile(r"Undone except cell \[\d+\], which .* since"))
    assert sources(notebook) == ["fit(C=1.0)", "first = 100"]

    end_of(page).get_by_role("button", name="Review").click()
    first = page.get_by_role("group", name=re.compile(r"^Added cell \[")).first
    expect(first.get_by_text("Changed since", exact=True)).to_be_visible()
    first.get_by_role("button", name="Take back").click()
    expect(first).to_contain_text("The newer text is kept as a version.")
    assert sources(notebook) == ["fit(C=1.0)", "first = 100"]
    first.get_by_role("button", name="Take back all the same").click()
    expect(first.get_by_role("button", name="Taken back")).to_be_visible()
    assert sources(notebook) == ["fit(C=1.0)"]


def test_files_of_a_command_are_listed_as_not_covered(lab, project, session, notebook, show):
    run = tell(lab, project, session, "```bash\necho made > made.txt\n```")
    page = show(session)
    run_command(page, "jupyter-sessions:review-run", project=project["id"], run=run)
    files = page.get_by_role("region", name="Other files")
    expect(files.get_by_role("listitem")).to_contain_text("made.txt")
    expect(files).to_contain_text("cannot be taken back")
    expect(files.get_by_role("button")).to_have_count(0)


def test_diff_of_two_branches_opens_as_a_tab_and_comes_back(lab, project, open_lab):
    branched = Branched(lab, project)
    same = [code(f"same{index}", f"x = {index}") for index in range(4)]
    branched.write(NOTEBOOK, *same, code("fit", "fit(C=1.0)", 3))
    branched.fork(NOTEBOOK)
    branched.write_there(NOTEBOOK, *same, code("fit", "fit(C=0.5)", 3), code("new", "<b>new</b>"))
    page = open_lab(lab)
    states = {"from": "branch:main", "to": f"branch:{branched.branch['id']}"}
    args = {"project": project["id"], "notebook": NOTEBOOK, **states, "toName": branched.name}
    run_command(page, "jupyter-sessions:diff", **args)
    for _ in range(2):
        expect(page.locator(".jps-Changes-head")).to_contain_text(branched.name)
        expect(page.locator(".jps-Changes-head")).to_contain_text("2 cells changed")
        expect(page.locator(".jps-Changes-same")).to_have_text("4 unchanged cells")
        expect(box(page, "Edited cell [3]").locator("mark")).to_have_text(["1.0", "0.5"])
        expect(page.get_by_role("group", name=re.compile("^Added"))).to_contain_text("<b>new</b>")
        reload_with(page, "jupyter-sessions-diff")
    branched.edit_there(NOTEBOOK, "fit", "fit(C=0.25)")
    branched.open(NOTEBOOK)
    expect(box(page, "Edited cell [3]").locator("mark")).to_have_text(["1.0", "0.25"])
    assert page.errors == []


def test_two_sessions_on_two_branches_end_in_one_notebook(lab, project, notebook, show):
    """One merges, the other conflicts in one cell; then the first one's run is undone."""
    work = {}
    for name, value in (("alpha", "0.5"), ("beta", "8")):
        place = f"projects/{project['id']}/sessions"
        session = lab.api("POST", place, {"name": name})
        side = Branched(lab, project, f"try-{name}")
        side.fork(NOTEBOOK, session["id"])
        tell(lab, project, session, f"```python\nprint('{name}')\n```")
        side.edit_there(NOTEBOOK, "fit", f"fit(C={value})")
        work[name] = session, side
    alpha, tried = work["alpha"]
    assert sources(notebook) == ["fit(C=1.0)"]

    page = show(alpha)

    def merge(branch):
        args = {"project": project["id"], "source": branch}
        run_command(page, "jupyter-sessions:merge-branch", **args)
        expect(page.locator(".jps-Changes-what").get_by_text(branch, exact=True)).to_be_visible()

    approve = page.get_by_role("button", name="Approve and merge")
    merge("try-alpha")
    approve.click()
    expect(page.get_by_text("Merged 2 cells into main")).to_be_visible()
    assert sources(notebook) == ["fit(C=0.5)", "print('alpha')"]

    merge("try-beta")
    expect(page.locator(".jps-Changes-count")).to_have_text("2 cells to decide · 1 conflict")
    expect(approve).to_be_disabled()
    conflict = box(page, "Conflict cell [3]")
    conflict.get_by_role("button", name="Use try-beta").click()
    conflict.get_by_role("button", name="Mark as decided").click()
    approve.click()
    expect(approve).to_have_count(0)
    merged = sources(notebook)
    assert merged[0] == "fit(C=8)"
    assert sorted(merged[1:]) == ["print('alpha')", "print('beta')"]

    end_of(page).get_by_role("button", name="Undo").click()
    expect(end_of(page)).to_contain_text("Undone.")
    assert "print('alpha')" not in sources(tried.open(NOTEBOOK))
    assert sources(notebook) == merged
    merge("try-alpha")
    removed = page.get_by_role("group", name=re.compile("^Removed cell")).first
    expect(removed).to_contain_text("alpha")
    approve.click()
    expect(approve).to_have_count(0)
    assert sources(notebook) == ["fit(C=8)", "print('beta')"]
    assert page.errors == []
