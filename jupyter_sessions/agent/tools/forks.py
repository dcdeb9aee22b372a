"""Tools for forks of notebooks: a branch that goes on at a cell, with the kernel's variables."""

from __future__ import annotations

from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from ...branches.documents import outputs_text
from ...errors import BadRequest
from ...ids import MAIN
from ...models.convergence import NewConvergence
from ...models.fork import ForkedBranch, ForkProgress, NewFanOut, NewNotebookFork, Variant
from .context import ToolContext, ToolResult

M = TypeVar("M", bound=BaseModel)


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
        kernel: "auto" takes the state of the kernel, else variables that were saved, else runs the
            cells again; "rerun" runs them again in any case; "none" starts without a kernel.
        switch: Work on the new branch from here on.
    """
    branch = await ctx.notebooks.branch(ctx.call)
    new = _valid(
        NewNotebookFork,
        notebook=notebook,
        cell_id=cell_id,
        name=name,
        below=below,
        kernel=kernel,
        session=ctx.session_id if switch else None,
    )
    made = await ctx.forks.fork(branch.id, new, actor="agent", run_id=ctx.run_id)
    ran = await ctx.forks.ended(made.branch.id) if made.running else None
    now = "You work on it from here on." if switch else "You still work on the branch as before."
    failed = ran is not None and ran.state != "completed"
    return ToolResult(f"{_text(made, ran)} {now}", made.branch.name, failed=failed)


async def fan_out(
    ctx: ToolContext, notebook: str, cell_id: str, variants: list[Variant]
) -> ToolResult:
    """Run variants of a cell at once, each on a branch of its own, and show what they give.

    Each branch is forked at the cell above, with the kernel's variables; there the cell gets the
    source of the variant, and runs. Use it to compare models or parameters. You stay on the branch
    that you work on.

    Args:
        notebook: Path relative to the project, on the branch that you work on.
        cell_id: The code cell that the variants are of.
        variants: Up to eight, each with the name of its branch and the cell's source there.
    """
    branch = await ctx.notebooks.branch(ctx.call)
    new = _valid(NewFanOut, notebook=notebook, cell_id=cell_id, variants=variants)
    made = await ctx.forks.fan_out(branch.id, new, actor="agent", run_id=ctx.run_id)
    texts, failed = [], 0
    for each in made.items:
        ran = await ctx.forks.ended(each.branch.id)
        failed += ran is not None and ran.state != "completed"
        document = await ctx.notebooks.look(each.opened.file)
        outputs = outputs_text(document.cell(cell_id).get("outputs", []))
        texts.append(f"{_text(each, ran)}\n{outputs}".rstrip())
    return ToolResult("\n\n".join(texts), f"{len(texts)} variants", failed=failed == len(texts))


async def propose_winner(
    ctx: ToolContext, notebook: str, winner: str, losers: list[str], into: str = MAIN
) -> ToolResult:
    """Propose that one of several branches wins. Only the user can approve it.

    When it is approved, the winner's cells go to the target, its kernel becomes the target's, and
    the other branches are marked as completed.

    Args:
        notebook: Path relative to the project.
        winner: Name or id of the branch that wins.
        losers: Names or ids of the other branches.
        into: Name or id of the branch that gets the cells and the kernel.
    """
    new = _valid(NewConvergence, kind="winner", into=into, notebook=notebook, losers=losers)
    made = await ctx.converge(winner, new)
    kernel = "its kernel" if made.kernel == "waits" else "no kernel: the winner has none"
    text = f"Proposed that {winner!r} wins: its cells, and {kernel}, go to {into!r}."
    return ToolResult(f"{text} The user looks at it and approves it; you cannot.", "proposed")


def _valid(model: type[M], /, **fields: object) -> M:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        why = fault["msg"].removeprefix("Value error, ")
        place = ".".join(str(part) for part in fault["loc"])
        raise BadRequest(f"That cannot be done: {place}: {why}.") from error


def _text(made: ForkedBranch, ran: ForkProgress | None) -> str:
    fork = made.fork
    parts = [f"Forked {fork.notebook!r} at cell {fork.cell_id!r} as {made.branch.name!r}."]
    if fork.engine == "fork":
        parts.append("Its kernel has all variables of the source.")
    elif fork.engine == "namespace":
        parts.append(f"Its kernel is a new one, with {fork.variables} variables that were saved.")
        if fork.not_carried:
            lost = "; ".join(f"{each.name}: {each.reason}" for each in fork.not_carried)
            parts.append(f"Not there: {lost}")
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
