"""The branches of a notebook as a tree, over REST."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from tornado.httpclient import HTTPClientError

from tests.server.test_versions import history, notebook


@pytest.fixture
def path(project):
    return f"projects/{project['id']}"


@pytest.fixture
def folder(project, jp_root_dir):
    return jp_root_dir / project["path"]


@pytest.fixture
def write(folder):
    def write(name, *cells):
        (folder / name).write_text(json.dumps(notebook(*cells)))

    return write


@pytest.fixture
def branch(api, path, folder, write):
    """Make a branch on which the notebook has these cells."""

    async def make(name, *cells, parent="main"):
        made = await api("POST", f"{path}/branches", {"name": name, "parent": parent})
        place = f"{path}/branches/{made['id']}/open"
        opened = await api("POST", place, {"notebook": "a.ipynb"})
        write(opened["file"], *cells)
        await history(api, path, "a.ipynb", branch=made["id"])
        return made["id"]

    return make


@pytest.fixture
def tree(get_escaped, path):
    async def read(name="a.ipynb"):
        found = await get_escaped(f"{path}/notebooks/{quote(name, safe='')}/tree")
        return found, {each["branch"]: each for each in found["lanes"]}

    return read


def ids(lane):
    return [cell["cell_id"] for cell in lane["cells"]]


async def test_main_comes_with_all_cells_and_a_branch_with_its_own(write, branch, tree):
    write("a.ipynb", ("t", "# Title\nmore"), ("a", "\n  1", "printed"), ("b", "2"), ("c", "3"))
    made = await branch("Try", ("t", "# Title\nmore"), ("a", "\n  1"), ("b", "2 + 2"), ("n", "4"))
    found, lanes = await tree()
    assert (found["notebook"], found["language"]) == ("a.ipynb", "python")
    assert [each["branch"] for each in found["lanes"]] == ["main", made]
    assert ids(lanes["main"]) == ["t", "a", "b", "c"]
    assert (lanes["main"]["after"], lanes["main"]["shared"]) == (None, 0)
    title, first, *_ = lanes["main"]["cells"]
    assert (title["cell_type"], title["line"]) == ("markdown", "# Title")
    assert (first["count"], first["line"]) == (1, "1")
    assert ids(lanes[made]) == ["b", "n"]
    assert (lanes[made]["after"], lanes[made]["shared"]) == ("a", 2)


async def test_a_branch_of_a_branch_forks_from_its_parent(write, branch, tree):
    write("a.ipynb", ("a", "1"))
    one = await branch("One", ("a", "1"), ("b", "2"))
    two = await branch("Two", ("a", "1"), ("b", "2"), ("c", "3"), parent=one)
    _, lanes = await tree()
    assert (ids(lanes[one]), lanes[one]["after"]) == (["b"], "a")
    assert (ids(lanes[two]), lanes[two]["after"]) == (["c"], "b")


async def test_a_cell_that_the_parent_deleted_is_stood_for_by_the_one_above(
    api, path, write, branch, tree
):
    write("a.ipynb", ("a", "1"), ("b", "2"), ("c", "3"))
    made = await branch("Try", ("a", "1"), ("b", "2"), ("n", "4"))
    write("a.ipynb", ("a", "1"), ("c", "3"))
    await history(api, path, "a.ipynb")
    _, lanes = await tree()
    assert (lanes[made]["after"], lanes[made]["shared"]) == ("a", 2)
    assert ids(lanes[made]) == ["n"]


async def test_deleted_branches_stay_in_the_tree(api, path, write, branch, tree):
    write("a.ipynb", ("a", "1"))
    made = await branch("Try", ("a", "1"), ("n", "4"))
    await tree()
    await api("DELETE", f"{path}/branches/{made}")
    _, lanes = await tree()
    assert ids(lanes[made]) == ["n"]


async def test_a_notebook_that_never_was_has_no_tree(tree):
    with pytest.raises(HTTPClientError) as caught:
        await tree("nowhere.ipynb")
    assert caught.value.code == 404
