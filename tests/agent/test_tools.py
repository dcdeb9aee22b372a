"""The tools as the loop calls them: real files, kernels and terminals, events recorded."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_sessions.agent.tools import TOOLS, ToolContext
from jupyter_sessions.agent.tools.files import (
    edit_file,
    list_files,
    read_file,
    search_files,
    write_file,
)
from jupyter_sessions.agent.tools.notebooks import (
    create_notebook,
    delete_cell,
    edit_cell,
    insert_cell,
    list_cells,
    move_cell,
    read_cell,
    run_cell,
)
from jupyter_sessions.agent.tools.terminal import run_terminal
from jupyter_sessions.errors import BadRequest, Denied, NotFound, StaleCell
from jupyter_sessions.models.event import CellChangedData, CellExecutedData, TerminalOutputData
from jupyter_sessions.models.live import CellOutputs
from jupyter_sessions.notebooks.cells import source_hash
from tests.agent.conftest import Log
from tests.projects import add_run_rows


def cell(path: Path, name: str) -> Any:
    found = nbformat.read(path, as_version=4)
    return next(each for each in found.cells if each.id == name)


def test_every_tool_describes_its_arguments() -> None:
    for tool in TOOLS:
        text = inspect.getdoc(tool) or ""
        names = list(inspect.signature(tool).parameters)[1:]
        assert all(f"    {name}: " in text for name in names), tool.__name__


async def test_files_are_written_read_edited_and_found(ctx: ToolContext, log: Log) -> None:
    assert (await write_file(ctx, "src/a.py", "one\ntwo\n")).content.startswith("Created")
    assert (await read_file(ctx, "src/a.py")).content == "one\ntwo\n"
    assert (await edit_file(ctx, "src/a.py", "two", "2")).summary == "1 place"
    assert (await search_files(ctx, "2")).content == "src/a.py:2: 2"
    assert (await list_files(ctx)).content == "src/"
    assert (await list_files(ctx, "src")).content == "a.py  6"
    assert log.types == ["file.changed", "file.read", "file.changed"]
    created, read, edited = (data for _, data in log.events)
    assert created.before is None
    assert created.after == read.sha256 == edited.before
    assert created.call_id == "c1"


async def test_a_part_of_a_file_says_how_to_go_on(ctx: ToolContext, root: Path) -> None:
    (root / "a.txt").write_text("".join(f"{n}\n" for n in range(10)))
    assert (await read_file(ctx, "a.txt", 2, 3)).content == (
        "2\n3\n4\n\n[lines 3 to 5 of 10; go on with offset=5]"
    )
    assert (await read_file(ctx, "a.txt", 20)).content == "The file has only 10 lines."


async def test_notebooks_are_not_written_as_files(ctx: ToolContext, notebook: Any) -> None:
    path = notebook("a")
    before = path.read_bytes()
    with pytest.raises(Denied, match="insert_cell"):
        await write_file(ctx, "n.ipynb", "{}")
    with pytest.raises(Denied, match="edit_cell"):
        await edit_file(ctx, "n.ipynb", "a", "b")
    assert path.read_bytes() == before


async def test_a_notebook_is_made_filled_run_and_read(
    ctx: ToolContext, log: Log, root: Path
) -> None:
    await create_notebook(ctx, "deep/new.ipynb")
    made = await insert_cell(ctx, "deep/new.ipynb", "print('hi')\n6 * 7")
    name = made.content.split()[3]
    done = await run_cell(ctx, "deep/new.ipynb", name)
    assert done.content.split("\n")[1:] == ["A kernel was started for this notebook.", "hi", "42"]
    assert done.summary == "ok"
    listing = (await list_cells(ctx, "deep/new.ipynb")).content.split("\n")[1]
    assert listing.startswith(f"0 {name} code {source_hash('print(chr(39))')[:0]}")
    assert "print('hi') … (+1 lines) | [1] stdout 1 line, text/plain 2 B" in listing
    text = (await read_cell(ctx, "deep/new.ipynb", name)).content
    assert text.endswith("print('hi')\n6 * 7\n--- outputs [1]\nhi\n42")
    saved = cell(root / "deep/new.ipynb", name)
    assert (saved.execution_count, len(saved.outputs)) == (1, 2)
    assert log.types == ["cell.changed", "cell.executed"]
    executed: CellExecutedData = log.events[1][1]
    assert (executed.status, executed.execution_count, executed.notebook) == (
        "ok",
        1,
        "deep/new.ipynb",
    )


async def test_open_views_follow_a_run(ctx: ToolContext, log: Log, notebook: Any) -> None:
    path = notebook("print('hi')")
    await run_cell(ctx, "n.ipynb", "a")
    ops = [op for change in log.news for op in change.ops]
    assert all(isinstance(op, CellOutputs) for op in ops)
    assert (ops[0].running, ops[0].outputs) == (True, [])
    assert (ops[-1].running, ops[-1].execution_count) == (False, 1)
    assert [change.hash is None for change in log.news] == [True] * (len(log.news) - 1) + [False]
    assert log.news[0].path == "project/n.ipynb"
    assert log.news[-1].hash == __import__("hashlib").sha256(path.read_bytes()).hexdigest()


async def test_open_views_are_asked_to_save_once_in_a_run(
    ctx: ToolContext, log: Log, notebook: Any
) -> None:
    notebook("1")
    await list_cells(ctx, "n.ipynb")
    await list_cells(ctx, "n.ipynb")
    another = await add_run_rows(ctx.timeline.database, ctx.notebooks._shelf, ctx.session_id)
    await list_cells(replace(ctx, run_id=another.id), "n.ipynb")
    assert log.flushed == ["project/n.ipynb"] * 2


async def test_cells_change_and_each_change_is_an_event(
    ctx: ToolContext, log: Log, notebook: Any
) -> None:
    notebook("x = 1", "y")
    edited = await edit_cell(ctx, "n.ipynb", "a", "x = 2", source_hash("x = 1"))
    assert edited.content == f"Edited cell a, hash {source_hash('x = 2')}."
    await move_cell(ctx, "n.ipynb", "a", "b")
    await delete_cell(ctx, "n.ipynb", "b", source_hash("y"))
    changes: list[CellChangedData] = [data for _, data in log.events]
    assert [(each.change, each.cell_id, each.index) for each in changes] == [
        ("edited", "a", 0),
        ("moved", "a", 1),
        ("deleted", "b", 0),
    ]
    assert (changes[0].before, changes[0].after) == ("x = 1", "x = 2")
    with pytest.raises(StaleCell):
        await edit_cell(ctx, "n.ipynb", "a", "x = 3", source_hash("x = 1"))
    assert len(log.events) == 3


async def test_an_image_is_described_and_not_shown(ctx: ToolContext, notebook: Any) -> None:
    notebook(
        "import base64\nfrom IPython.display import display, Image\n"
        "display(Image(data=bytes(12000), format='png'))"
    )
    done = await run_cell(ctx, "n.ipynb", "a")
    assert done.content.endswith("[image/png, 12 kB]")


async def test_calls_of_one_response_work_on_a_notebook_in_their_order(
    ctx: ToolContext, notebook: Any
) -> None:
    notebook("print(1)", "print(2)")
    results = await asyncio.gather(
        run_cell(ctx, "n.ipynb", "a"),
        edit_cell(ctx, "n.ipynb", "a", "print(3)", source_hash("print(1)")),
        run_cell(ctx, "n.ipynb", "a"),
        run_cell(ctx, "n.ipynb", "b"),
    )
    assert [each.content.split("\n")[-1] for each in results if "ran" in each.content] == [
        "1",
        "3",
        "2",
    ]


async def test_a_source_that_the_user_edits_meanwhile_keeps_its_outputs(
    ctx: ToolContext, log: Log, notebook: Any
) -> None:
    path = notebook("print(1, flush=True)\nimport time; time.sleep(60)")
    work = asyncio.create_task(run_cell(ctx, "n.ipynb", "a"))
    await asyncio.wait_for(log.outputs_came.wait(), 30)
    notebook("edited by the user")
    await ctx.notebooks.interrupt(ctx.session_id)
    assert (await work).summary == "interrupted"
    saved = cell(path, "a")
    assert saved.source == "edited by the user"
    assert saved.outputs[0]["text"] == "1\n"


async def test_a_cell_that_is_deleted_meanwhile_is_said(
    ctx: ToolContext, log: Log, notebook: Any
) -> None:
    notebook("print(1, flush=True)\nimport time; time.sleep(60)")
    work = asyncio.create_task(run_cell(ctx, "n.ipynb", "a"))
    await asyncio.wait_for(log.outputs_came.wait(), 30)
    notebook()
    await ctx.notebooks.interrupt(ctx.session_id)
    assert "The cell was deleted meanwhile" in (await work).content
    assert log.types == ["cell.executed"]


async def test_a_notebook_that_is_deleted_meanwhile_is_said(
    ctx: ToolContext, log: Log, notebook: Any
) -> None:
    path = notebook("print(1, flush=True)\nimport time; time.sleep(60)")
    work = asyncio.create_task(run_cell(ctx, "n.ipynb", "a"))
    await asyncio.wait_for(log.outputs_came.wait(), 30)
    path.unlink()
    await ctx.notebooks.interrupt(ctx.session_id)
    assert "could not be written into the notebook: No such notebook" in (await work).content


async def test_a_hard_stop_keeps_what_came_and_frees_the_kernel(
    ctx: ToolContext, log: Log, notebook: Any
) -> None:
    path = notebook("print(1, flush=True)\nimport time; time.sleep(60)", "2")
    work = asyncio.create_task(run_cell(ctx, "n.ipynb", "a"))
    await asyncio.wait_for(log.outputs_came.wait(), 30)
    work.cancel()
    await asyncio.wait({work})
    assert work.cancelled()
    assert log.events[-1][1].status == "interrupted"
    assert [output.output_type for output in cell(path, "a").outputs] == ["stream", "error"]
    assert (await run_cell(ctx, "n.ipynb", "b")).summary == "ok"


async def test_wrong_notebooks_and_cells_are_said(ctx: ToolContext, root: Path) -> None:
    (root / "bad.ipynb").write_text("{")
    with pytest.raises(BadRequest, match="not valid JSON"):
        await list_cells(ctx, "bad.ipynb")
    with pytest.raises(NotFound, match=r"notebook 'gone\.ipynb'"):
        await list_cells(ctx, "gone.ipynb")
    with pytest.raises(BadRequest, match="does not end with"):
        await list_cells(ctx, "a.py")
    with pytest.raises(Denied):
        await list_cells(ctx, "../n.ipynb")
    with pytest.raises(Denied):
        await create_notebook(ctx, "../n.ipynb")
    with pytest.raises(BadRequest, match="ends with"):
        await create_notebook(ctx, "n")


async def test_a_markdown_cell_cannot_be_run(ctx: ToolContext, notebook: Any) -> None:
    notebook("1")
    made = await insert_cell(ctx, "n.ipynb", "# title", "markdown", None)
    with pytest.raises(BadRequest, match="is markdown"):
        await run_cell(ctx, "n.ipynb", made.content.split()[3])


async def test_a_command_runs_in_the_project_and_is_an_event(
    ctx: ToolContext, log: Log, root: Path
) -> None:
    done = await run_terminal(ctx, "pwd; printf '\\033[1mbold\\033[0m\\n'; exit 4")
    assert done.content.startswith(f"{root}\nbold\n[exit code 4; ")
    assert done.summary == "exit 4"
    data: TerminalOutputData = log.events[0][1]
    assert "\x1b[1mbold" in str(data.output)
    assert (data.exit_code, data.terminal, data.call_id) == (4, "agent1", "c1")
    texts = [each.text for each in log.live if each.type == "terminal.delta"]
    assert "".join(texts) == data.output


async def test_a_command_that_is_stopped_leaves_its_output(ctx: ToolContext, log: Log) -> None:
    work = asyncio.create_task(run_terminal(ctx, "echo begun; sleep 60"))
    while not any(each.type == "terminal.delta" for each in log.live):
        await asyncio.sleep(0.01)
    work.cancel()
    await asyncio.wait({work})
    assert work.cancelled()
    assert str(log.events[0][1].output).startswith("begun")


async def test_strange_characters_can_be_stored(ctx: ToolContext, log: Log, notebook: Any) -> None:
    notebook("print('a\\0b \\ud800')\nprint('ok')", "print(chr(0), '✓')")
    await run_cell(ctx, "n.ipynb", "b")
    text = log.events[-1][1].model_dump_json()
    assert "\\u0000" not in text
    assert "✓" in text
