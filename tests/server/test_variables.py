"""The variables of a branch's kernel, as a panel shows them."""

from __future__ import annotations

import asyncio

from tests.server.forked import refused

VALUES = """
import numpy, pandas, sys
def double(x): return 2 * x
class Proud:
    def __len__(self): raise SystemExit("looked at")
    __repr__ = __sizeof__ = __len__
_private, answer, text, huge = 0, 42, "x" * 100, 10 ** 9999
words, proud, array = ["a", "b"], Proud(), numpy.zeros((10, 3))
frame = pandas.DataFrame({"a": [1, 2]})
"""


async def test_the_variables_of_a_branch_are_listed_also_while_a_cell_runs(notebook, backend):
    notebook.write("1")
    path = f"{notebook.branches}/main/variables"
    none = await notebook.api("GET", path, notebook="work.ipynb")
    assert (none["kernel_id"], none["items"]) == (None, [])
    assert "no kernel" in none["reason"]
    source = await notebook.start()
    assert await source.run(VALUES) == ""
    busy = source.send("import time; time.sleep(600)")
    async with asyncio.timeout(60):
        while not (found := await notebook.api("GET", path, notebook="work.ipynb"))["items"]:
            await asyncio.sleep(0.02)
    rows = {each["name"]: each for each in found["items"]}
    assert list(rows) == [
        "answer", "array", "double", "frame", "huge", "Proud", "proud", "text", "words",
    ]  # fmt: skip
    assert found["total"] == len(rows)
    assert (rows["answer"]["type"], rows["answer"]["summary"]) == ("int", "42")
    array = {"type": "numpy.ndarray", "shape": "10, 3", "size": 240, "summary": ""}
    assert rows["array"] == {"name": "array", **array}
    assert (rows["frame"]["type"], rows["frame"]["shape"]) == ("pandas.DataFrame", "2, 1")
    assert (rows["proud"]["type"], rows["proud"]["size"]) == ("Proud", None)
    assert (rows["words"]["shape"], rows["huge"]["summary"]) == ("2", "")
    assert len(rows["text"]["summary"]) < 70
    assert source.manager.execution_state == "busy"
    await source.manager.interrupt_kernel()
    await source.finish(busy)
    assert (await refused(notebook.api("GET", path, notebook="other.ipynb")))[0] == 404
    assert (await refused(notebook.api("GET", path)))[0] == 400


SHARED = """
import numpy
class Model: pass
data, table, model, count = numpy.arange(100_000.0), {"a": [1, 2]}, Model(), 1
"""


async def difference(notebook, branch, other):
    path = f"{notebook.branches}/{branch}/variables/difference"
    return await notebook.api("GET", path, **{"notebook": "work.ipynb", "with": other})


async def test_what_a_fork_shares_is_equal_and_what_is_changed_is_named(notebook):
    notebook.write(SHARED)
    source = await notebook.start()
    await notebook.run(source, "a")
    made = await notebook.fork("a")
    branch = await notebook.start(made["opened"]["path"])
    found = await difference(notebook, "Try", "main")
    assert (found["items"], found["same"]) == ([], 3)
    assert found["unknown"] == ["Model", "model"]
    await branch.run("data[7] = 0; count = 'one'; table = {'a': [1, 2], 'b': 3}; mine = 1")
    await source.run("theirs = 1; del model")
    found = await difference(notebook, "Try", "main")
    assert [(each["name"], each["change"]) for each in found["items"]] == [
        ("count", "type"),
        ("data", "value"),
        ("mine", "only_here"),
        ("model", "only_here"),
        ("table", "shape"),
        ("theirs", "only_there"),
    ]
    count, *_ = found["items"]
    assert (count["here"]["summary"], count["there"]["summary"]) == ("'one'", "1")
    assert (found["here"]["branch"], found["there"]["branch"]) == (made["branch"]["id"], "main")
    assert (found["same"], found["unknown"], found["complete"]) == (0, ["Model"], True)


async def test_names_behind_the_end_of_a_list_are_not_taken_for_missing(notebook):
    notebook.write("globals().update({f'n{n:04}': n for n in range(1_000)})")
    source = await notebook.start()
    await notebook.run(source, "a")
    made = await notebook.fork("a")
    branch = await notebook.start(made["opened"]["path"])
    await branch.run("a_first = 1")
    found = await difference(notebook, "Try", "main")
    assert [each["name"] for each in found["items"]] == ["a_first"]
    assert (found["same"], found["complete"]) == (999, False)


async def test_a_branch_without_a_kernel_says_so(notebook):
    notebook.write("1")
    await notebook.start()
    made = await notebook.fork("a", kernel="none")
    found = await difference(notebook, "main", made["branch"]["id"])
    assert (found["items"], found["here"]["reason"]) == ([], "")
    assert "no kernel" in found["there"]["reason"]
    assert (await refused(difference(notebook, "main", "gone")))[0] == 404
    path = f"{notebook.branches}/main/variables/difference"
    assert (await refused(notebook.api("GET", path, notebook="work.ipynb")))[0] == 400
