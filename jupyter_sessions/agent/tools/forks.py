"""Tools for forks of notebooks: a branch that goes on at a cell, with the kernel's variables."""

from __future__ import annotations

from typing import Literal

from pydantic import ValidationError

from ...errors import BadRequest
from ...models.fork import ForkedBranch, ForkProgress, NewNotebookFork
from .context import ToolContext, ToolResult


async def fork_notebook(
    ctx: ToolContext,
    notebook: str,
    cell_id: str,
    name: str,
    below: Literal["keep", "drop"] = "keep",
    kernel: Literal["auto", "rerun", "none"] = "auto",
    switch: bool = True,
) -> ToolResult:
    """Fork a notebook at a cell: a new branch that shares the cells up to it, with the variables.

    The branch gets a kernel of its own that goes on from the state after that cell; loaded data and
    fitted models are there at once. The original and its kernel stay as they are. Use it to try
    something else from there without loading the data again.

    Args:
        notebook: Path relative to the project, on the branch that you work on.
        cell_id: The last cell that is shared.
        name: What the branch is called: a few words.
        below: What becomes of the cells below, on the new branch.
        kernel: "auto" takes the state of the kernel, and where that cannot be done runs the cells
            again; "rerun" runs them again in any case; "none" starts without a kernel.
        switch: Work on the new branch from here on.
    """
    branch = await ctx.notebooks.branch(ctx.call)
    try:
        new = NewNotebookFork(
            notebook=notebook,
            cell_id=cell_id,
            name=name,
            below=below,
            kernel=kernel,
            session=ctx.session_id if switch else None,
        )
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        why = fault["msg"].removeprefix("Value error, ")
        raise BadRequest(f"It cannot be forked: {fault['loc'][0]}: {why}.") from error
    made = await ctx.forks.fork(branch.id, new, actor="agent", run_id=ctx.run_id)
    ran = await ctx.forks.ended(made.branch.id) if made.running else None
    now = "You work on it from here on." if switch else "You still work on the branch as before."
    failed = ran is not None and ran.state != "completed"
    return ToolResult(f"{_text(made, ran)} {now}", made.branch.name, failed=failed)


def _text(made: ForkedBranch, ran: ForkProgress | None) -> str:
    fork = made.fork
    parts = [f"Forked {fork.notebook!r} at cell {fork.cell_id!r} as {made.branch.name!r}."]
    if fork.engine == "fork":
        parts.append("Its kernel has all variables of the source.")
    elif fork.engine == "none":
        parts.append("It has no kernel yet.")
    else:
        parts.append("The kernel could not be forked, so that it is a new one.")
    if fork.reason:
        parts.append(fork.reason)
    if ran is not None:
        parts.append(f"{ran.done} of {ran.total} shared cells ran in it.")
        parts.append(ran.error or "")
    parts += [hazard.detail for hazard in fork.hazards if hazard.level == "warn"]
    return " ".join(part for part in parts if part)
