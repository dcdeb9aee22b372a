"""The tool that promotes what a cell returned."""

from __future__ import annotations

from pydantic import ValidationError

from ...actions.notebooks import NotebookEditor
from ...actions.promotions import promote_for_agent
from ...errors import BadRequest
from ...models.key_result import Chart, KeyResult, NewKeyResult
from .context import ToolContext, ToolResult


async def promote_result(
    ctx: ToolContext,
    notebook: str,
    cell_id: str,
    title: str,
    description: str = "",
    chart: Chart | None = None,
    fields: list[str] | None = None,
) -> ToolResult:
    """Promote what a cell returned when it last ran to a key result of this session.

    The data is what the code really returned: you only name its columns. Let the cell end with a
    small table (a data frame with the numbers that count), run it, and promote it in your next
    response. What is no table is kept as the cell showed it.

    Args:
        notebook: The notebook, relative to the project.
        cell_id: The id of the cell that returned it.
        title: What it shows, in a few words.
        description: What it means, in one to three sentences of Markdown.
        chart: How to draw it: "type" is bar, line, area, scatter or histogram; "x", "y" and
            "color" name columns. A histogram counts "x" and has no "y". Leave it out for a table.
        fields: The columns to show in the table, in this order; leave it out to show all.
    """
    file = await ctx.notebooks.file(ctx.call, notebook)
    given = {
        "notebook": file, "cell_id": cell_id, "title": title, "description": description,
        "chart": chart, "fields": fields,
    }  # fmt: skip
    try:
        new = NewKeyResult.model_validate(given)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_url=False, include_input=False)
        )
        raise BadRequest(f"The key result cannot be made: {faults}.") from error

    async def editor() -> NotebookEditor:
        return ctx.notebooks

    made = await promote_for_agent(ctx.timeline, editor, ctx.origin, new, ctx.call_id)
    return ToolResult(_said(made), f"key result {made.number}")


def _said(made: KeyResult) -> str:
    text = f"Promoted as key result {made.number}: {made.title}."
    if not made.columns:
        return f"{text} It is no table; it is kept as the cell showed it."
    columns = ", ".join(f"{column.name} ({column.type})" for column in made.columns[:50])
    more = f" and {len(made.columns) - 50} more" if len(made.columns) > 50 else ""
    rows = f"{made.row_count:,}"
    if made.row_count < made.total_rows:
        rows = f"The first {made.row_count:,} of {made.total_rows:,}"
    named = "row" if rows == "1" else "rows"
    column = "column" if len(made.columns) == 1 else "columns"
    return f"{text} {rows} {named} with the {column} {columns}{more}."
