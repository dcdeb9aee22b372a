"""Branches meet: the winner's cells and its kernel go to the target, when a person has approved."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.server.forked import refused

CELLS = ("data = [1, 2, 3]", "model = 'none'", "print(model)")


@pytest.fixture
def notebook(notebook):
    notebook.write(*CELLS)
    return notebook


@pytest.fixture
def project_path(project):
    return f"projects/{project['id']}"


async def forked(notebook, root, *names):
    """Fork the notebook after its first cell, and train another model on each branch."""
    source = await notebook.start()
    await notebook.run(source, "a")
    for name in names:
        made = await notebook.fork("a", name)
        file = root / made["opened"]["path"]
        content = json.loads(file.read_text())
        content["cells"][1]["source"] = f"model = {name!r}"
        file.write_text(json.dumps(content))
        kernel = await notebook.start(made["opened"]["path"])
        await kernel.run(f"model = {name!r}; data.append({name!r})")
    return source


async def converge(here, branch, **body):
    asked = {"kind": "winner", "notebook": "work.ipynb", **body}
    return await here.api("POST", f"{here.branches}/{branch}/converge", asked)


async def approve(api, path, merge_id):
    merge = f"{path}/merges/{merge_id}"
    preview = await api("GET", merge)
    return await api("POST", f"{merge}/approve", {"token": preview["token"]})


async def statuses(notebook):
    items = (await notebook.api("GET", notebook.branches))["items"]
    return {each["name"]: each["status"] for each in items}


async def test_the_winners_cells_and_kernel_become_the_targets(
    notebook, api, project_path, jp_root_dir, jp_serverapp
):
    source = await forked(notebook, jp_root_dir, "one", "two")
    winner = await notebook.start(notebook.path.replace("work", "branches/one/work"))
    made = await converge(notebook, "one", losers=["two"])
    assert (made["status"], made["kernel"], made["target"]) == ("open", "waits", "main")
    assert (await statuses(notebook))["two"] == "active"
    assert notebook.sources()["b"] == CELLS[1]
    await approve(api, project_path, made["merge"])
    assert notebook.sources()["b"] == "model = 'one'"
    [met] = (await api("GET", f"{project_path}/convergences", notebook="work.ipynb"))["items"]
    assert (met["id"], met["status"], met["kernel"]) == (made["id"], "met", "moved")
    assert met["met_at"] >= met["created_at"]
    assert await statuses(notebook) == {"main": "active", "one": "active", "two": "completed"}
    kernel = await notebook.start()
    assert kernel.id == winner.id
    assert await kernel.run("model, data") == "('one', [1, 2, 3, 'one'])"
    assert source.id not in jp_serverapp.kernel_manager
    assert sorted(await notebook.kernels()) == [
        notebook.path.replace("work", "branches/two/work"), notebook.path,
    ]  # fmt: skip
    events = await api("GET", f"{project_path}/events", types="branch.converged")
    [data] = [each["data"] for each in events["items"]]
    assert (data["source_name"], data["target_name"], data["kernel"]) == ("one", "main", "moved")


async def test_in_a_conflict_the_winner_wins_unless_a_person_says_otherwise(
    notebook, api, project_path, jp_root_dir
):
    await forked(notebook, jp_root_dir, "one")
    notebook.write(CELLS[0], "model = 'mine'", CELLS[2])
    made = await converge(notebook, "one")
    preview = await api("GET", f"{project_path}/merges/{made['merge']}")
    assert (preview["undecided"], preview["notebooks"][0]["items"][0]["result"]) == (
        0, "model = 'one'",
    )  # fmt: skip
    manual = await converge(notebook, "one", kind="manual")
    assert manual["merge"] == made["merge"]
    items = (await api("GET", f"{project_path}/convergences"))["items"]
    assert [each["id"] for each in items] == [manual["id"]]


async def test_a_merge_that_is_withdrawn_moves_nothing(notebook, api, project_path, jp_root_dir):
    source = await forked(notebook, jp_root_dir, "one", "two")
    made = await converge(notebook, "one", losers=["two"])
    await api("DELETE", f"{project_path}/merges/{made['merge']}")
    assert (await api("GET", f"{project_path}/convergences"))["items"] == []
    assert (await notebook.start()).id == source.id
    assert set((await statuses(notebook)).values()) == {"active"}


async def test_a_winner_without_other_cells_gives_its_kernel_at_once(
    notebook, api, project_path, jp_root_dir
):
    await notebook.run(await notebook.start(), "a")
    made = await notebook.fork("a", "one")
    met = await converge(notebook, "one")
    assert (met["status"], met["kernel"]) == ("met", "moved")
    assert (await notebook.start()).id == made["kernel_id"]
    [merge] = (await api("GET", f"{project_path}/merges"))["items"]
    assert merge["status"] == "closed"


@pytest.mark.parametrize("seen", ["busy", "idle"])
async def test_a_target_that_works_keeps_its_kernel_and_it_is_said(
    notebook, api, project_path, jp_root_dir, seen
):
    source = await forked(notebook, jp_root_dir, "one")
    made = await converge(notebook, "one")
    busy = source.send("import time; time.sleep(600)")
    await running(notebook, "busy")
    if seen == "idle":  # JupyterLab asks this for a widget; its end is taken for that of the cell
        request = source.client.session.msg("create_subshell_request", {})
        source.client.control_channel.send(request)
        await running(notebook, "idle")
    await approve(api, project_path, made["merge"])
    [met] = (await api("GET", f"{project_path}/convergences"))["items"]
    assert (met["status"], met["kernel"]) == ("met", "none")
    assert "A cell runs in the kernel" in met["reason"]
    await source.manager.interrupt_kernel()
    await source.finish(busy)


async def running(notebook, state):
    """Wait until the server takes the notebook's kernel for busy, or for idle."""
    async with asyncio.timeout(60):
        while not any(
            each["path"] == notebook.path and each["kernel"]["execution_state"] == state
            for each in await notebook.sessions.list_sessions()
        ):
            await asyncio.sleep(0.02)


async def test_a_comparison_keeps_all_and_is_recorded(notebook, api, project_path, jp_root_dir):
    await forked(notebook, jp_root_dir, "one", "two")
    made = await converge(notebook, "one", kind="comparison", losers=["two"])
    assert (made["status"], made["merge"], made["kernel"]) == ("met", None, "none")
    assert set((await statuses(notebook)).values()) == {"active"}
    assert len(await notebook.kernels()) == 3
    [listed] = (await api("GET", f"{project_path}/convergences"))["items"]
    assert listed == made


@pytest.mark.parametrize(
    ("branch", "body", "status"),
    [
        ("one", {"into": "one"}, 400),
        ("one", {"losers": ["one"]}, 400),
        ("one", {"losers": ["main"]}, 400),
        ("one", {"losers": ["two", "two"]}, 400),
        ("one", {"into": "two", "losers": ["main"]}, 400),
        ("one", {"losers": ["nothing"]}, 404),
        ("nothing", {}, 404),
        ("one", {"notebook": "other.ipynb"}, 404),
        ("one", {"kind": "best"}, 400),
        ("one", {"losers": ["two"] * 51}, 400),
    ],
)
async def test_what_cannot_meet_is_refused(notebook, api, project_path, branch, body, status):
    for name in ("one", "two"):
        await api("POST", notebook.branches, {"name": name})
    code, error = await refused(converge(notebook, branch, **body))
    assert (code, error["message"].endswith(".")) == (status, True)
    assert (await api("GET", f"{project_path}/convergences"))["items"] == []
    assert (await api("GET", f"{project_path}/merges"))["items"] == []
