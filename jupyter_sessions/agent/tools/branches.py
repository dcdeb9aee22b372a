"""Tools for branches of the project's notebooks. None of them merges: only a person can."""

from __future__ import annotations

from pydantic import ValidationError

from ...actions import branches as actions
from ...actions.merges import propose, read_preview
from ...branches.comparing import compare_branches
from ...errors import BadRequest
from ...ids import MAIN, BranchId
from ...models.branch import Branch, NewBranch
from ...models.version import DiffCell, NotebookDiff
from .context import ToolContext, ToolResult

MAX_LISTED = 200
MAX_LINES = 12
"""Lines of a cell's source that are shown on each side."""


async def list_branches(ctx: ToolContext) -> ToolResult:
    """List the branches of the project's notebooks, and say on which of them you work.

    Each branch has the notebooks in a state of its own; other files are shared by all of them.
    """
    found = await actions.list_branches(ctx.timeline, ctx.scope)
    own = await ctx.notebooks.branch(ctx.call)
    names = {each.id: each.name for each in found}
    shown = [each for each in found if each.status != "deleted"]
    rows = [_row(each, names, own.id) for each in shown[:MAX_LISTED]]
    if len(shown) > MAX_LISTED:
        rows.append(f"[{len(shown) - MAX_LISTED} more are not listed.]")
    return ToolResult("\n".join(rows), _count(len(shown), "branch", "branches"))


async def create_branch(
    ctx: ToolContext, name: str, parent: str | None = None, switch: bool = True
) -> ToolResult:
    """Make a branch of the project's notebooks: what you change there is not changed elsewhere.

    Use one to try something that the user may not want to keep.

    Args:
        name: What it is called: a few words.
        parent: Id or name of the branch that it starts from; leave it out to start from the one
            that you work on.
        switch: Work on the new branch from here on.
    """
    source = parent or (await ctx.notebooks.branch(ctx.call)).id
    session = ctx.session_id if switch else None
    try:
        new = NewBranch(name=name, parent=source, session=session)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        why = fault["msg"].removeprefix("Value error, ")
        raise BadRequest(f"The branch cannot be made: {fault['loc'][0]}: {why}.") from error
    made = await actions.create_branch(
        ctx.timeline, ctx.shelf, new, actor="agent", run_id=ctx.run_id
    )
    now = "You work on it from here on." if switch else "You still work on the branch as before."
    return ToolResult(f"Made the branch {made.name!r}. {now}", made.name)


async def switch_branch(ctx: ToolContext, branch: str) -> ToolResult:
    """Work on another branch from here on: notebooks then have the state that they have there.

    List and read cells anew before you change them: they may differ, and so may their kernel.

    Args:
        branch: Its name or id.
    """
    found = await actions.switch_session(
        ctx.timeline, ctx.scope, ctx.session_id, branch, actor="agent", run_id=ctx.run_id
    )
    return ToolResult(f"You work on the branch {found.name!r} now.", found.name)


async def diff_branches(
    ctx: ToolContext, branch: str | None = None, base: str = MAIN, notebook: str | None = None
) -> ToolResult:
    """Show what a branch has in its notebooks that another has not, cell by cell.

    Args:
        branch: Name or id of the branch; leave it out for the one that you work on.
        base: Name or id of the branch to compare it with.
        notebook: Only this notebook, relative to the project.
    """
    after = await _branch(ctx, branch)
    before = await _branch(ctx, base)
    found = await compare_branches(ctx.shelf, before, after, notebook=notebook)
    if not found.paths:
        return ToolResult(f"{after.name!r} and {before.name!r} do not differ.", "no difference")
    texts = [_diff(each) for each in found.diffs]
    left = found.paths[len(found.diffs) :]
    if left:
        texts.append(f"[They differ also in: {', '.join(left[:MAX_LISTED])}]")
    count = _count(len(found.paths), "notebook differs", "notebooks differ")
    return ToolResult("\n\n".join([f"{count}.", *texts]), count)


async def propose_merge(
    ctx: ToolContext, branch: str | None = None, into: str = MAIN
) -> ToolResult:
    """Propose to the user to merge a branch into another. Only the user can approve it.

    Args:
        branch: Name or id of the branch to merge; leave it out for the one that you work on.
        into: Name or id of the branch that gets the changes.
    """
    source = await _branch(ctx, branch)
    target = await _branch(ctx, into)
    made = await propose(
        ctx.timeline,
        ctx.scope,
        source.id,
        target.id,
        created_by="agent",
        session_id=ctx.session_id,
        run_id=ctx.run_id,
    )
    seen = await read_preview(ctx.shelf, made.id)
    cells = _count(sum(len(each.items) for each in seen.notebooks), "cell", "cells")
    notebooks = _count(len(seen.notebooks), "notebook", "notebooks")
    text = f"Proposed to merge {source.name!r} into {target.name!r}: {cells} in {notebooks}"
    if seen.undecided:
        text += f", {_count(seen.undecided, 'conflict', 'conflicts')} for the user to decide"
    return ToolResult(f"{text}. The user looks at it and approves it; you cannot.", "proposed")


async def _branch(ctx: ToolContext, text: str | None) -> Branch:
    if text is None:
        return await ctx.notebooks.branch(ctx.call)
    return await actions.read_branch(ctx.timeline, ctx.scope, text)


def _row(branch: Branch, names: dict[BranchId, str], own: BranchId) -> str:
    parts: list[str] = [branch.status]
    if branch.parent is not None:
        parts.append(f"made from {names.get(branch.parent, 'a branch')!r}")
        parts.append(_count(branch.notebook_count, "notebook", "notebooks") + " changed")
    if branch.id == own:
        parts.append("you work here")
    return f"{branch.name!r} ({'; '.join(parts)})"


def _diff(diff: NotebookDiff) -> str:
    state = "" if diff.existed and diff.exists else (" is new" if diff.exists else " is gone")
    rows = [f"{diff.notebook}{state} (+{diff.lines_added} -{diff.lines_removed})"]
    shown = [each for each in diff.cells if each.change not in ("outputs", "details")]
    rows += [_cell(each) for each in shown]
    rest = len(diff.cells) - len(shown)
    if rest:
        rows.append(f"{_count(rest, 'cell', 'cells')} with other outputs or metadata only")
    return "\n".join(rows)


def _cell(cell: DiffCell) -> str:
    lines = [f"cell {cell.cell_id} {cell.cell_type}: {cell.change}"]
    if cell.before != cell.after:
        lines += _side("-", cell.before) + _side("+", cell.after)
    return "\n".join(lines)


def _side(mark: str, source: str | None) -> list[str]:
    if source is None:
        return []
    lines = source.splitlines() or [""]
    cut = [f"{mark} [{len(lines) - MAX_LINES} more lines]"] if len(lines) > MAX_LINES else []
    return [f"{mark} {line}" for line in lines[:MAX_LINES]] + cut


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
