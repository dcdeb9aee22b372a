"""What a kernel is given, and that a notebook has one."""

from __future__ import annotations

import asyncio
import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook

WHERE = "import os; print(os.getcwd(), os.environ['JPY_SESSION_NAME'], sep='|')"


@pytest.fixture
def on_branch(api, project, jp_root_dir, jp_asyncio_loop):
    """The file of ``deep/a.ipynb`` on a branch, as the contents API names it."""

    async def make():
        folder = jp_root_dir / project["path"] / "deep"
        folder.mkdir()
        cells = [new_code_cell(WHERE, id="where")]
        (folder / "a.ipynb").write_text(json.dumps(new_notebook(cells=cells)))
        branches = f"projects/{project['id']}/branches"
        await api("POST", branches, {"name": "Try"})
        opened = await api("POST", f"{branches}/Try/open", {"notebook": "deep/a.ipynb"})
        return opened["path"]

    return jp_asyncio_loop.run_until_complete(make())


async def printed(manager, kernel_id, code):
    """Run code in a kernel; return what it printed."""
    client = manager.get_kernel(kernel_id).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        out = []

        def hook(message):
            if message["msg_type"] == "stream":
                out.append(message["content"]["text"])

        await client.execute_interactive(code, output_hook=hook, timeout=60)
        return "".join(out).strip()
    finally:
        client.stop_channels()


async def test_a_notebook_gets_one_kernel_when_two_start_it_at_once(jp_fetch, jp_serverapp):
    body = {"path": "a.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    responses = await asyncio.gather(
        *(jp_fetch("api", "sessions", method="POST", body=json.dumps(body)) for _ in range(4))
    )
    kernels = {json.loads(response.body)["kernel"]["id"] for response in responses}
    assert len(kernels) == 1
    await jp_serverapp.kernel_manager.shutdown_all()


async def test_a_notebook_on_a_branch_works_in_its_folder_on_main(
    on_branch, project, jp_fetch, jp_serverapp, jp_root_dir
):
    body = {"path": on_branch, "name": "a.ipynb", "type": "notebook"}
    body["kernel"] = {"name": "python3"}
    response = await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
    kernel_id = json.loads(response.body)["kernel"]["id"]
    manager = jp_serverapp.kernel_manager
    folder, name = (await printed(manager, kernel_id, WHERE)).split("|")
    assert folder == str(jp_root_dir / project["path"] / "deep")
    assert name.endswith("branches/try/deep/a.ipynb")
    code = (
        "from jupyter_sessions import Session; client = Session.new('here').client; "
        "print(client.project['id'], client.notebook)"
    )
    found = (await printed(manager, kernel_id, code)).split(" ")
    assert found == [project["id"], "branches/try/deep/a.ipynb"]
    await manager.restart_kernel(kernel_id)
    assert (await printed(manager, kernel_id, WHERE)).split("|")[0] == folder
    await manager.shutdown_all()


async def test_the_agent_runs_a_branchs_notebook_in_the_folder_on_main(
    on_branch, api, project, conversation, script, jp_root_dir, jp_serverapp
):
    await api("PATCH", conversation.path, {"active_branch": "Try"})
    script([("run_cell", {"notebook": "deep/a.ipynb", "cell_id": "where"})], "Done.")
    await conversation.say("Where?")
    [ran] = await conversation.events("cell.executed")
    assert str(jp_root_dir / project["path"] / "deep") + "|" in json.dumps(ran["data"]["outputs"])
    await jp_serverapp.kernel_manager.shutdown_all()


async def test_a_folder_that_is_only_called_branches_is_one_like_any_other(
    jp_fetch, jp_serverapp, jp_root_dir
):
    (jp_root_dir / "branches" / "mine").mkdir(parents=True)
    body = {"path": "branches/mine/a.ipynb", "name": "a.ipynb", "type": "notebook"}
    body["kernel"] = {"name": "python3"}
    response = await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
    kernel_id = json.loads(response.body)["kernel"]["id"]
    where = await printed(jp_serverapp.kernel_manager, kernel_id, WHERE)
    assert where.split("|")[0] == str(jp_root_dir / "branches" / "mine")
    await jp_serverapp.kernel_manager.shutdown_all()
