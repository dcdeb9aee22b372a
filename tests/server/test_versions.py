"""Versions over REST: history, differences, single cells, names, and who wrote what."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tornado.httpclient import HTTPClientError

from jupyter_sessions.ids import UserId, new_id
from jupyter_sessions.storage import projects


def notebook(*cells):
    """Return a notebook of ``(id, source)`` or ``(id, source, printed)``; ``#`` makes text."""
    made = []
    for cell_id, source, *printed in cells:
        if source.startswith("#"):
            made.append(new_markdown_cell(source, id=cell_id))
        else:
            outputs = [new_output("stream", name="stdout", text=text) for text in printed]
            count = 1 if printed else None
            made.append(new_code_cell(source, id=cell_id, outputs=outputs, execution_count=count))
    return new_notebook(cells=made)


@pytest.fixture
def path(project):
    return f"projects/{project['id']}"


@pytest.fixture
def write(project, jp_root_dir):
    """Write a notebook's file, as another program does."""

    def write(name, *cells):
        file = jp_root_dir / project["path"] / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(notebook(*cells)))

    return write


async def refused(call):
    with pytest.raises(HTTPClientError) as caught:
        await call
    return caught.value.code, json.loads(caught.value.response.body)


@pytest.fixture
def of_notebook(path, get_escaped):
    """Ask about a notebook, whose path is escaped whole."""

    async def ask(name, what):
        return (await get_escaped(f"{path}/notebooks/{quote(name, safe='')}/{what}"))["items"]

    return ask


async def history(api, path, name, **more):
    page = await api("GET", f"{path}/versions", notebook=name, **more)
    return page["items"]


async def test_what_lies_there_is_found_and_what_is_written_is_a_version(api, path, write):
    write("a.ipynb", ("one", "1"), ("two", "2"))
    [found] = await history(api, path, "a.ipynb")
    assert (found["kind"], found["branch"], found["notebook"]) == ("found", "main", "a.ipynb")
    write("a.ipynb", ("one", "1"), ("two", "2\n3"))
    newest, first = await history(api, path, "a.ipynb")
    assert first == found
    assert (newest["kind"], newest["author"]["by"]) == ("outside", "outside")
    assert (newest["cells"], newest["lines_added"], newest["lines_removed"]) == (1, 1, 0)
    assert newest["id"] > found["id"]


async def test_what_was_saved_before_there_was_a_project_is_its_first_version(
    api, backend, path, jp_fetch, jp_root_dir
):
    async def save(name, source):
        content = notebook(("one", source))
        body = json.dumps({"type": "notebook", "format": "json", "content": content})
        await jp_fetch("api", "contents", *name.split("/"), method="PUT", body=body)

    for folder in ("made", "moved"):
        (jp_root_dir / folder).mkdir()
        await save(f"{folder}/a.ipynb", "1")
    await backend.watch.saves.settled()
    made = await api("POST", "projects", {"name": "Made", "path": "made"})
    await api("PATCH", path, {"path": "moved"})
    for folder, of in (("made", f"projects/{made['id']}"), ("moved", path)):
        await save(f"{folder}/a.ipynb", "2")
        kinds = [each["kind"] for each in await history(api, of, "a.ipynb")]
        assert kinds == ["save", "found"]


async def test_the_history_comes_in_pages(api, path, write):
    for number in range(7):
        write("a.ipynb", ("one", str(number)))
        await history(api, path, "a.ipynb")
    page = await api("GET", f"{path}/versions", notebook="a.ipynb", limit="3")
    ids = [each["id"] for each in page["items"]]
    while page["next"] is not None:
        page = await api(
            "GET", f"{path}/versions", notebook="a.ipynb", limit="3", after=page["next"]
        )
        ids += [each["id"] for each in page["items"]]
    assert len(ids) == 7
    assert ids == sorted(ids, reverse=True)


async def test_a_branch_shares_the_history_up_to_where_it_was_made(api, path, write):
    write("a.ipynb", ("one", "1"))
    [shared] = await history(api, path, "a.ipynb")
    made = await api("POST", f"{path}/branches", {"name": "Try"})
    assert made["forked_at"] == shared["id"]
    write("a.ipynb", ("one", "changed on main"))
    assert len(await history(api, path, "a.ipynb")) == 2
    assert await history(api, path, "a.ipynb", branch="Try") == [shared]


async def test_a_notebook_is_opened_on_a_branch_as_it_was_there(api, path, write, jp_root_dir):
    write("deep/a.ipynb", ("one", "1"))
    await history(api, path, "deep/a.ipynb")
    made = await api("POST", f"{path}/branches", {"name": "Try"})
    write("deep/a.ipynb", ("one", "later"))
    await history(api, path, "deep/a.ipynb")
    opened = await api("POST", f"{path}/branches/{made['id']}/open", {"notebook": "deep/a.ipynb"})
    assert opened["file"] == "branches/try/deep/a.ipynb"
    file = jp_root_dir / opened["path"]
    assert json.loads(file.read_text())["cells"][0]["source"] in ("1", ["1"])
    again = await api("POST", f"{path}/branches/Try/open", {"notebook": opened["file"]})
    assert again == opened
    back = await api("POST", f"{path}/branches/main/open", {"notebook": opened["file"]})
    assert (back["file"], back["branch"]) == ("deep/a.ipynb", "main")


async def test_what_is_written_on_a_branch_stays_there(api, path, write):
    write("a.ipynb", ("one", "1"))
    await history(api, path, "a.ipynb")
    made = await api("POST", f"{path}/branches", {"name": "Try"})
    opened = await api("POST", f"{path}/branches/Try/open", {"notebook": "a.ipynb"})
    write(opened["file"], ("one", "1"), ("two", "2"))
    newest, _ = await history(api, path, "a.ipynb", branch="Try")
    assert newest["branch"] == made["id"]
    assert len(await history(api, path, "a.ipynb")) == 1
    by_file = await history(api, path, opened["file"])
    assert by_file[0] == newest
    listed = (await api("GET", f"{path}/branches"))["items"]
    assert [each["notebook_count"] for each in listed] == [0, 1]


async def test_branches_of_a_notebook_say_whether_they_changed_it(api, path, write, of_notebook):
    write("a b/c.ipynb", ("one", "1"))
    await history(api, path, "a b/c.ipynb")
    for name in ("changed", "opened", "untouched"):
        await api("POST", f"{path}/branches", {"name": name})
    for name in ("changed", "opened"):
        opened = await api("POST", f"{path}/branches/{name}/open", {"notebook": "a b/c.ipynb"})
        if name == "changed":
            write(opened["file"], ("one", "other"))
            await history(api, path, opened["file"])
    found = await of_notebook("a b/c.ipynb", "branches")
    assert [(each["branch"]["name"], each["touched"]) for each in found] == [
        ("main", False), ("changed", True), ("opened", False),
    ]  # fmt: skip
    await api("PATCH", f"{path}/branches/opened", {"status": "completed"})
    assert len(await of_notebook("a b/c.ipynb", "branches")) == 3


async def test_a_diff_shows_what_differs_cell_by_cell(api, path, write):
    write("a.ipynb", ("one", "1"), ("two", "2"), ("gone", "x"), ("ran", "print(1)"), ("t", "# T"))
    [first] = await history(api, path, "a.ipynb")
    write(
        "a.ipynb",
        ("new", "y\nz"), ("one", "1"), ("two", "2\n3"), ("ran", "print(1)", "1\n"), ("t", "# T"),
    )  # fmt: skip
    [second, _] = await history(api, path, "a.ipynb")
    diff = await api(
        "GET", f"{path}/diff", notebook="a.ipynb",
        **{"from": f"version:{first['id']}", "to": "branch:main"},
    )  # fmt: skip
    assert [(each["cell_id"], each["change"]) for each in diff["cells"]] == [
        ("new", "added"), ("two", "edited"), ("gone", "removed"), ("ran", "outputs"),
    ]  # fmt: skip
    new, two, gone, ran = diff["cells"]
    assert (new["before"], new["after"], new["index_after"]) == (None, "y\nz", 0)
    assert (two["before"], two["after"]) == ("2", "2\n3")
    assert (gone["before"], gone["after"], gone["index_before"]) == ("x", None, 2)
    assert (ran["count_before"], ran["count_after"], ran["outputs"]) == (None, 1, True)
    assert two["author"]["by"] == "outside"
    assert (diff["unchanged"], diff["lines_added"], diff["lines_removed"]) == (2, 3, 1)
    same = await api(
        "GET", f"{path}/diff", notebook="a.ipynb",
        **{"from": f"before:{second['id']}", "to": f"version:{second['id']}"},
    )  # fmt: skip
    assert same["cells"] == diff["cells"]


async def test_a_diff_of_two_branches_goes_both_ways(api, path, write):
    write("a.ipynb", ("one", "1"))
    await history(api, path, "a.ipynb")
    made = await api("POST", f"{path}/branches", {"name": "Try"})
    opened = await api("POST", f"{path}/branches/Try/open", {"notebook": "a.ipynb"})
    write(opened["file"], ("one", "2"))
    refs = {"from": "branch:main", "to": f"branch:{made['id']}"}
    diff = await api("GET", f"{path}/diff", notebook=opened["file"], **refs)
    assert [each["after"] for each in diff["cells"]] == ["2"]
    assert (diff["branch"], diff["notebook"]) == (made["id"], "a.ipynb")
    other = {"from": f"branch:{made['id']}", "to": "branch:main"}
    back = await api("GET", f"{path}/diff", notebook="a.ipynb", **other)
    assert [each["after"] for each in back["cells"]] == ["1"]


async def test_a_new_notebook_differs_from_nothing(api, path, write):
    write("a.ipynb", ("one", "1"))
    [first] = await history(api, path, "a.ipynb")
    refs = {"from": f"before:{first['id']}", "to": f"version:{first['id']}"}
    diff = await api("GET", f"{path}/diff", notebook="a.ipynb", **refs)
    assert (diff["existed"], diff["exists"]) == (False, True)
    assert [each["change"] for each in diff["cells"]] == ["added"]


@pytest.mark.parametrize(
    ("name", "refs", "code"),
    [
        ("a.ipynb", {"from": "branch:main"}, 400),
        ("a.ipynb", {"from": "branch:main", "to": "now"}, 400),
        ("a.ipynb", {"from": "branch:main", "to": "version:x"}, 400),
        ("a.ipynb", {"from": "branch:main", "to": "version:999999"}, 404),
        ("a.ipynb", {"from": "branch:main", "to": f"branch:{new_id()}"}, 404),
        ("b.ipynb", {"from": "branch:main", "to": "branch:main"}, 404),
        ("../a.ipynb", {"from": "branch:main", "to": "branch:main"}, 403),
        (".hidden/a.ipynb", {"from": "branch:main", "to": "branch:main"}, 403),
        ("", {"from": "branch:main", "to": "branch:main"}, 400),
        ("a\x00.ipynb", {"from": "branch:main", "to": "branch:main"}, 404),
        ("x" * 5000, {"from": "branch:main", "to": "branch:main"}, 404),
    ],
)
async def test_a_diff_of_what_is_not_there_is_refused(api, path, write, name, refs, code):
    write("a.ipynb", ("one", "1"))
    status, error = await refused(api("GET", f"{path}/diff", notebook=name, **refs))
    assert status == code, error
    assert error["message"]


async def test_one_cell_is_read_with_its_outputs_as_it_was(api, path, write):
    write("a.ipynb", ("one", "print(1)", "1\n"))
    [first] = await history(api, path, "a.ipynb")
    write("a.ipynb", ("one", "print(2)", "2\n"))
    await history(api, path, "a.ipynb")
    asked = {"notebook": "a.ipynb", "cell": "one"}
    for at, text in ((f"version:{first['id']}", "1\n"), ("branch:main", "2\n")):
        cell = (await api("GET", f"{path}/cell", **asked, at=at))["cell"]
        assert cell["outputs"][0]["text"] in (text, [text])
        assert cell["id"] == "one"
    before = await api("GET", f"{path}/cell", **asked, at=f"before:{first['id']}")
    assert before == {"cell": None}


async def test_a_version_is_named_and_unnamed(api, path, write):
    write("a.ipynb", ("one", "1"))
    [first] = await history(api, path, "a.ipynb")
    named = await api("PATCH", f"{path}/versions/{first['id']}", {"name": " For the paper "})
    assert named == {**first, "name": "For the paper"}
    assert await history(api, path, "a.ipynb") == [named]
    plain = await api("PATCH", f"{path}/versions/{first['id']}", {"name": None})
    assert plain == first


@pytest.mark.parametrize("version", ["0", "999999", "x", "-1", "1" * 20])
async def test_a_version_that_is_not_there_cannot_be_named(api, path, version):
    status, _ = await refused(api("PATCH", f"{path}/versions/{version}", {"name": "a"}))
    assert status == 404


async def test_authors_are_told_line_by_line(api, path, write, of_notebook):
    write("a.ipynb", ("one", "1"), ("two", "2"))
    await history(api, path, "a.ipynb")
    write("a.ipynb", ("one", "1"), ("two", "2\n3"))
    await history(api, path, "a.ipynb")
    found = await of_notebook("a.ipynb", "authors")
    two = next(each for each in found if each["cell_id"] == "two")
    assert two["lines"][-1]["author"]["by"] == "outside"
    assert sum(each["count"] for each in two["lines"]) == 2


async def test_a_file_that_is_no_notebook_keeps_its_history(api, path, write, project, jp_root_dir):
    write("a.ipynb", ("one", "1"))
    before = await history(api, path, "a.ipynb")
    (jp_root_dir / project["path"] / "a.ipynb").write_text('{"cells": [')
    assert await history(api, path, "a.ipynb") == before
    assert (await refused(history(api, path, "never.ipynb")))[0] == 404


async def test_versions_of_another_user_do_not_exist(api, backend):
    other = await backend.timeline.write(
        lambda entry: projects.add_project(entry.conn, UserId("mallory"), "P", "/p", "cpu")
    )
    refs = {"notebook": "a.ipynb", "from": "branch:main", "to": "branch:main"}
    for project_id in (other.id, new_id()):
        path = f"projects/{project_id}"
        for call in (
            api("GET", f"{path}/versions", notebook="a.ipynb"),
            api("PATCH", f"{path}/versions/1", {"name": "a"}),
            api("GET", f"{path}/diff", **refs),
            api("GET", f"{path}/cell", notebook="a.ipynb", cell="x", at="branch:main"),
            api("GET", f"{path}/notebooks/a.ipynb/branches"),
            api("GET", f"{path}/notebooks/a.ipynb/authors"),
            api("POST", f"{path}/branches/main/open", {"notebook": "a.ipynb"}),
        ):
            status, error = await refused(call)
            assert status == 404
            assert error["message"] == "No such project. It may have been deleted."
