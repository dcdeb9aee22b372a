"""The tools that there are, by name: what a project can switch off, without loading pydantic-ai."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getdoc
from typing import Literal, cast, get_args

from ...errors import BadRequest
from ...models.prompt import ToolInfo
from . import TOOLS, Tool

Group = Literal["files", "notebooks", "branches", "terminal", "results", "conversation"]
SET_DISPOSITION = "set_disposition"

_LOOP = (
    ToolInfo(
        name=SET_DISPOSITION,
        title="Set the disposition: what this session has determined.",
        group="results",
        always=True,
    ),
    ToolInfo(
        name="read_result",
        title="Read on in a result that was cut.",
        group="conversation",
        always=True,
    ),
    ToolInfo(
        name="prompt_user",
        title="Ask the user, and give control back.",
        group="conversation",
        always=True,
    ),
)


def catalog() -> list[ToolInfo]:
    """Return all tools, in the order in which models are offered them."""
    return [*(_info(tool) for tool in TOOLS), *_LOOP]


def check_names(names: Iterable[str]) -> list[str]:
    """Return the names, each once, in the catalogue's order. Raises BadRequest for unknown ones."""
    known = [tool.name for tool in catalog()]
    given = list(names)
    unknown = [name for name in given if name not in known]
    if unknown:
        listed = ", ".join(repr(name[:100]) for name in unknown[:5])
        raise BadRequest(f"There is no tool {listed}. There are: {', '.join(known)}.")
    return [name for name in known if name in given]


def enabled(chosen: Iterable[str] | None, *, decides: bool) -> list[str]:
    """Return the names of the tools that a session may use.

    Args:
        chosen: What the project has switched on; ``None`` is everything.
        decides: Whether the session has a schema for its disposition.
    """
    names = None if chosen is None else set(chosen)
    return [
        tool.name
        for tool in catalog()
        if (names is None or tool.always or tool.name in names)
        and (decides or tool.name != SET_DISPOSITION)
    ]


def _info(tool: Tool) -> ToolInfo:
    first, _, _ = (getdoc(tool) or "").partition("\n\n")
    file = tool.__module__.rpartition(".")[2]
    group = "branches" if file == "forks" else file
    assert group in get_args(Group), f"{tool.__name__} lies in the file of no group"
    title = " ".join(first.split()).split(". ")[0].rstrip(".") + "."
    return ToolInfo(name=tool.__name__, title=title, group=cast("Group", group))
