"""A notebook's kernel is looked into while it runs a cell: its copy is a kernel of the server."""

from __future__ import annotations

import asyncio

from tests.server.forked import refused
from tests.workspace.forking.test_peeks import begun

BUSY = "value = 41; print('on')\nwhile value: pass"


async def test_a_running_cell_is_looked_into_over_rest(notebook, backend, jp_fetch, jp_serverapp):
    notebook.write("1", BUSY)
    path = f"{notebook.branches}/main/fork/peek"
    body = {"notebook": "work.ipynb"}
    status, why = await refused(notebook.api("POST", path, body))
    assert (status, why["message"]) == (409, "The notebook has no kernel on this branch.")
    source = await notebook.start()
    async with asyncio.timeout(60):
        while not backend.engine.forks.is_watched(source.id):
            await asyncio.sleep(0.02)
    status, why = await refused(notebook.api("POST", path, body))
    assert (status, why["message"].startswith("No cell runs")) == (409, True)
    running = await begun(source, BUSY)
    made = await notebook.api("POST", path, body)
    assert made["kernel_id"] != made["source_kernel_id"] == source.id
    assert (made["cell_id"], made["line"], made["not_carried"]) == ("b", 2, [])
    assert made["seconds"] >= 0
    assert made["name"] == "Peek at work.ipynb"
    # It is the kernel of no notebook: what asks for one's kernel finds the source.
    assert await backend.engine.kernels.find(notebook.path) == source.id
    assert sorted(await notebook.kernels()) == sorted([notebook.path, made["path"]])
    assert not backend.engine.forks.was_watched(made["kernel_id"])
    copy = await notebook.attach(made["kernel_id"])
    assert await copy.run("value += 1; value") == "42"
    [session] = [
        each
        for each in await jp_serverapp.session_manager.list_sessions()
        if each["path"] == made["path"]
    ]
    await jp_fetch("api", "sessions", session["id"], method="DELETE")
    assert made["kernel_id"] not in jp_serverapp.kernel_manager
    await source.manager.interrupt_kernel()
    assert "KeyboardInterrupt" in await source.finish(running)
    assert await source.run("value") == "41"


async def test_bad_requests_to_look_into_a_cell_say_what_is_wrong(notebook):
    notebook.write("1")
    path = f"{notebook.branches}/main/fork/peek"
    assert (await refused(notebook.api("POST", path, {})))[0] == 400
    assert (await refused(notebook.api("POST", path, {"notebook": "../x.ipynb"})))[0] == 403
    assert (await refused(notebook.api("POST", path, {"notebook": "gone.ipynb"})))[0] == 404
    elsewhere = f"{notebook.branches}/nowhere/fork/peek"
    assert (await refused(notebook.api("POST", elsewhere, {"notebook": "work.ipynb"})))[0] == 404
