"""What a cell returned, as its kernel tells it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_sessions.workspace.kernels import Kernels
from jupyter_sessions.workspace.tables import NOTHING, read_capture

from .test_kernels import Shown, run

FRAME = "import pandas as pd\npd.DataFrame({'n': [1, 2]})"


def rows(table: str | None) -> Any:
    return None if table is None else json.loads(table)["rows"]


async def test_the_table_comes_with_the_run(kernels: Kernels) -> None:
    done = await run(kernels, FRAME)
    assert rows(done.table) == [[1], [2]]


async def test_only_what_this_cell_returned_is_taken(kernels: Kernels) -> None:
    await run(kernels, FRAME)
    for source in ("x = _", "_;", "print(_)", "", "def f(): pass", "None"):
        assert (await run(kernels, source)).table is None, source
    assert (await run(kernels, "_\n1/0")).table is None
    assert rows((await run(kernels, "_")).table) == [[1], [2]]


async def test_the_users_namespace_and_history_stay_as_they_are(kernels: Kernels) -> None:
    await run(kernels, "import json, sys\nbefore = {*globals(), 'before'}")
    await run(kernels, "[{'a': 1}]")
    done = await run(
        kernels,
        "print(sorted(n for n in set(globals()) - before if not n.startswith('_')))\n"
        "print(_, len(In), sorted(Out), hasattr(sys, 'last_value'))",
    )
    assert done.outputs[0]["text"] == "[]\n[{'a': 1}] 4 [2] False\n"


async def test_hostile_values_break_nothing_and_print_nothing(kernels: Kernels) -> None:
    source = """
class Bad(list):
    def __getitem__(self, key): raise RuntimeError("no")
    def __iter__(self): raise SystemExit
    def __repr__(self): return "bad"
Bad([{'a': 1}])
"""
    done = await run(kernels, source)
    assert (done.status, done.table) == ("ok", None)
    assert [output["data"]["text/plain"] for output in done.outputs] == ["bad"]
    assert (await run(kernels, "1")).outputs[0]["data"]["text/plain"] == "1"


async def test_a_kernel_without_our_package_is_left_in_peace(kernels: Kernels) -> None:
    hide = "import sys\nsys.path_importer_cache.clear()\n" + (
        "class Hide:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'jupyter_sessions': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Hide())\n"
        "for name in [n for n in sys.modules if n.startswith('jupyter_sessions')]:\n"
        "    del sys.modules[name]\n"
    )
    await run(kernels, hide)
    done = await run(kernels, "[{'a': 1}]")
    assert (done.status, done.table, len(done.outputs)) == ("ok", None, 1)


async def test_a_value_is_told_again_while_it_is_shown_as_it_was(kernels: Kernels) -> None:
    done = await run(kernels, "rows = [{'a': 1}]\nrows")
    plain = done.outputs[0]["data"]["text/plain"]
    found = await kernels.shown_value(done.kernel_id, 1, plain)
    assert (rows(found.table), found.source) == ([[1]], "rows = [{'a': 1}]\nrows")
    assert await kernels.shown_value(done.kernel_id, 2, plain) == NOTHING
    await run(kernels, "rows.append({'a': 2})")
    assert await kernels.shown_value(done.kernel_id, 1, plain) == NOTHING
    assert await kernels.shown_value("no-such-kernel", 1, plain) == NOTHING


async def test_a_busy_kernel_tells_without_being_waited_for(kernels: Kernels) -> None:
    done = await run(kernels, "[{'a': 1}]")
    shown = Shown()
    source = "import time\nprint(1, flush=True)\nwhile True: time.sleep(0.05)"
    busy = asyncio.create_task(run(kernels, source, show=shown))
    await shown.said.wait()
    found = await kernels.shown_value(done.kernel_id, 1, done.outputs[0]["data"]["text/plain"])
    assert rows(found.table) == [[1]]
    assert not busy.done()
    await kernels.interrupt("me")
    assert (await busy).status == "interrupted"


async def test_what_is_no_table_is_not_believed() -> None:
    def told(table: object) -> dict[str, Any]:
        kind = "application/vnd.jupyter-sessions.table+json"
        return {"user_expressions": {"returned": {"status": "ok", "data": {kind: table}}}}

    good = '{"columns":[{"name":"a","type":"integer"}],"rows":[[1]],"total_rows":1}'
    assert (await read_capture(told(good))).table == good
    for bad in (
        5,
        "{",
        "[]",
        good.replace("[[1]]", "[[1,2]]"),
        good.replace("[[1]]", '[[{"a":1}]]'),
        good.replace("[[1]]", "[" + ",".join(["[1]"] * 10_001) + "]"),
    ):
        assert await read_capture(told(bad)) == NOTHING
    for reply in ({}, {"user_expressions": 5}, {"user_expressions": {"returned": {"data": 1}}}):
        assert await read_capture(reply) == NOTHING
