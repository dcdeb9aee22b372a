"""Variants of a cell, each on a fork of its own."""

from __future__ import annotations

import json

import pytest

from tests.server.forked import names, refused


@pytest.fixture
def notebook(notebook):
    notebook.write("# Text", "data = [1]")
    return notebook


async def fan_out(notebook, cell, **variants):
    given = [{"name": name, "source": source} for name, source in variants.items()]
    body = {"notebook": "work.ipynb", "cell_id": cell, "variants": given}
    return await notebook.api("POST", f"{notebook.branches}/main/fan-out", body)


async def test_variants_of_a_cell_run_at_once_each_on_its_branch(notebook, jp_root_dir):
    notebook.write("import os, time; data = [1]", "data.append(0)", "data")
    await notebook.run(await notebook.start(), "a")
    meet = "data.append({0}); os.mkdir('{0}')\nwhile not os.path.exists('{1}'): time.sleep(0.01)\n"
    sources = {"one": meet.format(2, 3) + "data", "two": meet.format(3, 2) + "data"}
    made = (await fan_out(notebook, "b", **sources))["items"]
    assert [each["fork"]["engine"] for each in made] == ["fork", "fork"]
    for each, shown in zip(made, ("[1, 2]", "[1, 3]"), strict=True):
        assert (await notebook.ended(each["branch"]["id"]))["state"] == "completed"
        file = jp_root_dir / each["opened"]["path"]
        _, cell, last = json.loads(file.read_text())["cells"]
        assert notebook.sources(file)["b"] == sources[each["branch"]["name"]]
        assert cell["outputs"][0]["data"]["text/plain"] in (shown, [shown])
        assert (cell["execution_count"], last["outputs"]) == (2, [])
    assert notebook.sources()["b"] == "data.append(0)"


async def test_a_variant_does_not_keep_what_the_cell_gave_before(notebook, jp_root_dir):
    notebook.write("data = [1]", "data")
    content = json.loads(notebook.file.read_text())
    output = {"output_type": "stream", "name": "stdout", "text": "old"}
    content["cells"][1] |= {"outputs": [output], "execution_count": 7}
    notebook.file.write_text(json.dumps(content))
    [made] = (await fan_out(notebook, "b", one="import time; time.sleep(600)"))["items"]
    cell = json.loads((jp_root_dir / made["opened"]["path"]).read_text())["cells"][1]
    assert (cell["outputs"], cell["execution_count"]) == ([], None)
    await notebook.api("POST", f"{notebook.branches}/one/fork/stop")
    assert (await notebook.ended("one"))["state"] == "stopped"


async def test_a_variant_that_fails_keeps_its_error_in_the_notebook(notebook, jp_root_dir):
    notebook.write("data = [1]", "data")
    [made] = (await fan_out(notebook, "b", one="1 / 0"))["items"]
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 2)
    assert (await notebook.ended("one"))["state"] == "failed"
    cells = json.loads((jp_root_dir / made["opened"]["path"]).read_text())["cells"]
    assert cells[1]["outputs"][0]["ename"] == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("cell", "variants", "status"),
    [
        ("a", {"one": "1"}, 400),
        ("gone", {"one": "1"}, 404),
        ("b", {}, 400),
        ("b", {"one": "1", "main": "2"}, 409),
        ("b", {"one": "1", "ONE": "2"}, 409),
        ("b", {str(n): "" for n in range(9)}, 400),
    ],
)
async def test_a_fan_out_that_cannot_be_leaves_no_branch(notebook, cell, variants, status):
    assert (await refused(fan_out(notebook, cell, **variants)))[0] == status
    assert await notebook.kernels() == []
    assert await names(notebook) == ["main"]
