"""What a kernel is given, and that a notebook has one."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

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


@pytest.mark.parametrize("named", [True, False], ids=["named", "not named yet"])
async def test_a_kernel_stays_when_the_second_session_of_its_notebook_goes(
    jp_fetch, jp_serverapp, named
):
    """As JupyterLab makes one, when a cell is run before it has found the first."""

    async def sessions(*parts: str, method: str = "POST", body: Any = None) -> Any:
        content = None if body is None else json.dumps(body)
        response = await jp_fetch("api", "sessions", *parts, method=method, body=content)
        return json.loads(response.body or "null")

    about = {"name": "", "type": "notebook"}
    body = {"path": "a.ipynb", "kernel": {"name": "python3"}, **about}
    first = await sessions(body=body)
    other = {"path": str(uuid4()), "kernel": {"id": first["kernel"]["id"]}, **about}
    second = await sessions(body=other)
    if named:
        await sessions(second["id"], method="PATCH", body={"path": "a.ipynb"})
    gone, left = (first, second) if named else (second, first)
    await sessions(gone["id"], method="DELETE")
    assert [each["id"] for each in await sessions(method="GET")] == [left["id"]]
    assert first["kernel"]["id"] in jp_serverapp.kernel_manager
    await sessions(left["id"], method="DELETE")
    assert first["kernel"]["id"] not in jp_serverapp.kernel_manager


async def test_the_kernel_of_two_notebooks_ends_with_the_session_of_one(jp_fetch, jp_serverapp):
    about = {"name": "", "type": "notebook"}
    kernel: dict[str, str] = {"name": "python3"}
    for path in ("a.ipynb", "b.ipynb"):
        body = json.dumps({"path": path, "kernel": kernel, **about})
        response = await jp_fetch("api", "sessions", method="POST", body=body)
        session = json.loads(response.body)
        kernel = {"id": session["kernel"]["id"]}
    await jp_fetch("api", "sessions", session["id"], method="DELETE")
    assert kernel["id"] not in jp_serverapp.kernel_manager


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
