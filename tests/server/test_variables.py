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
    await source.manager.interrupt_kernel()
    await source.finish(busy)
    assert (await refused(notebook.api("GET", path, notebook="other.ipynb")))[0] == 404
    assert (await refused(notebook.api("GET", path)))[0] == 400
