"""Tools for cells of notebooks."""

from __future__ import annotations

from typing import Literal

from ...actions.notebooks import CellRun
from ...branches.cell_edits import CellEdited
from ...branches.documents import outputs_text
from .context import ToolContext, ToolResult


async def list_cells(ctx: ToolContext, notebook: str) -> ToolResult:
    """List the cells of a notebook: position, id, type, hash, first line, outputs.

    Args:
        notebook: The notebook, relative to the project.
    """
    document = await ctx.notebooks.read(ctx.call, notebook)
    count = len(document.content["cells"])
    return ToolResult(document.listing(), f"{count} cell{'' if count == 1 else 's'}")


async def read_cell(
    ctx: ToolContext, notebook: str, cell_id: str, with_outputs: bool = True
) -> ToolResult:
    """Read the source of a cell, its hash, and its outputs as text.

    Args:
        notebook: The notebook, relative to the project.
        cell_id: The id of the cell, from list_cells.
        with_outputs: Also show what the cell has put out.
    """
    document = await ctx.notebooks.read(ctx.call, notebook)
    cell = document.cell(cell_id)
    lines = len(cell["source"].splitlines())
    text = document.cell_text(cell_id, with_outputs=with_outputs)
    return ToolResult(text, f"{lines} line{'' if lines == 1 else 's'}")


async def insert_cell(
    ctx: ToolContext,
    notebook: str,
    source: str,
    cell_type: Literal["code", "markdown", "raw"] = "code",
    after: str | None = "end",
) -> ToolResult:
    """Insert a new cell into a notebook. It is not run.

    Args:
        notebook: The notebook, relative to the project.
        source: The text of the cell.
        cell_type: What kind of cell.
        after: Id of the cell to put it behind; "end" for the last place; null for the first.
    """
    edited = await ctx.notebooks.insert(
        ctx.call, notebook, source, cell_type=cell_type, after=after
    )
    text = f"Inserted {edited.cell_type} cell {edited.cell_id} at index {edited.index}, "
    return ToolResult(f"{text}hash {edited.hash}.", f"+{edited.lines_added}")


async def edit_cell(
    ctx: ToolContext, notebook: str, cell_id: str, source: str, expected_hash: str
) -> ToolResult:
    """Replace the whole source of a cell. Outputs stay until it is run again.

    Args:
        notebook: The notebook, relative to the project.
        cell_id: The id of the cell.
        source: The new source.
        expected_hash: The hash of the present source, from list_cells or read_cell; the edit is
            refused when someone has changed the cell since.
    """
    edited = await ctx.notebooks.edit(ctx.call, notebook, cell_id, source, expected_hash)
    if edited.before == edited.after:
        return ToolResult(f"Cell {cell_id} has this source already.", "unchanged")
    return ToolResult(f"Edited cell {cell_id}, hash {edited.hash}.", _lines(edited))


async def move_cell(ctx: ToolContext, notebook: str, cell_id: str, after: str | None) -> ToolResult:
    """Move a cell to another place in the notebook.

    Args:
        notebook: The notebook, relative to the project.
        cell_id: The id of the cell.
        after: Id of the cell to put it behind; "end" for the last place; null for the first.
    """
    edited = await ctx.notebooks.move(ctx.call, notebook, cell_id, after)
    return ToolResult(f"Moved cell {cell_id} to index {edited.index}.", f"to {edited.index}")


async def delete_cell(
    ctx: ToolContext, notebook: str, cell_id: str, expected_hash: str
) -> ToolResult:
    """Delete a cell.

    Args:
        notebook: The notebook, relative to the project.
        cell_id: The id of the cell.
        expected_hash: The hash of its present source, from list_cells or read_cell.
    """
    edited = await ctx.notebooks.delete(ctx.call, notebook, cell_id, expected_hash)
    return ToolResult(f"Deleted cell {cell_id} (it was at index {edited.index}).", _lines(edited))


async def run_cell(ctx: ToolContext, notebook: str, cell_id: str) -> ToolResult:
    """Run a code cell in the notebook's own kernel, and wait for its outputs.

    Args:
        notebook: The notebook, relative to the project.
        cell_id: The id of the cell.
    """
    await ctx.surroundings.ready()
    run = await ctx.notebooks.run(ctx.call, notebook, cell_id)
    status = run.executed.status
    return ToolResult(_run_text(run), _SUMMARY[status], failed=status != "ok")


async def create_notebook(ctx: ToolContext, path: str) -> ToolResult:
    """Make a new, empty notebook.

    Args:
        path: Its name, relative to the project, ending with ".ipynb".
    """
    await ctx.notebooks.create(ctx.call, path)
    return ToolResult(f"Created the notebook {path}, with no cells.", "created")


_SUMMARY = {"ok": "ok", "error": "error", "interrupted": "interrupted", "dead": "kernel died"}
_STATUS = {
    "ok": "The cell ran",
    "error": "The cell failed",
    "interrupted": "The cell was interrupted",
    "dead": "The kernel died, and its variables are lost",
}


def _run_text(run: CellRun) -> str:
    done = run.executed
    count = "" if done.execution_count is None else f" [{done.execution_count}]"
    parts = [f"{_STATUS[done.status]}{count} in {done.duration_ms / 1000:.2f} s."]
    if done.note:
        parts.append(done.note)
    if run.problem:
        parts.append(f"The outputs could not be written into the notebook: {run.problem}")
    elif not run.kept:
        parts.append("The cell was deleted meanwhile, so its outputs are only here.")
    text = outputs_text(done.outputs)
    parts.append(text if text else "It put out nothing.")
    return "\n".join(parts)


def _lines(edited: CellEdited) -> str:
    return f"+{edited.lines_added} -{edited.lines_removed}"
