"""The tools of the agent, but for those that are the loop's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .branches import (
    create_branch,
    diff_branches,
    list_branches,
    propose_merge,
    switch_branch,
)
from .context import ToolContext, ToolResult
from .files import edit_file, list_files, read_file, search_files, write_file
from .forks import fan_out, fork_notebook, propose_winner
from .notebooks import (
    create_notebook,
    delete_cell,
    edit_cell,
    insert_cell,
    list_cells,
    move_cell,
    read_cell,
    run_cell,
)
from .results import promote_result
from .terminal import run_terminal

Tool = Callable[..., Awaitable[ToolResult]]

TOOLS: tuple[Tool, ...] = (
    list_files,
    read_file,
    search_files,
    write_file,
    edit_file,
    list_cells,
    read_cell,
    insert_cell,
    edit_cell,
    move_cell,
    delete_cell,
    run_cell,
    create_notebook,
    list_branches,
    create_branch,
    switch_branch,
    diff_branches,
    propose_merge,
    fork_notebook,
    fan_out,
    propose_winner,
    run_terminal,
    promote_result,
)

__all__ = ["TOOLS", "Tool", "ToolContext", "ToolResult"]
