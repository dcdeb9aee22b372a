"""A cell of a notebook, as it is now, where the notebook is to be forked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..branches.checkout import checkout
from ..branches.references import place_of
from ..branches.settling import settle_notebooks
from ..branches.shelf import Shelf
from ..branches.syncing import api_name
from ..errors import NotFound
from ..models.branch import Branch
from ..models.fork import ForkPoint
from ..timeline import Timeline
from ..workspace.fork_points import Above, CodeCell
from ..workspace.kernels import Kernels
from .active_branch import require_usable
from .branches import read_branch


@dataclass(frozen=True, slots=True)
class Point:
    """A cell of a notebook on a branch, as it is now."""

    branch: Branch
    notebook: str
    cell_id: str
    shared: int
    before: str | None
    """Id of the cell right above this one."""
    below: list[str]
    """Ids of the cells below."""
    is_code: bool
    sources: dict[str, str]
    above: Above
    kernel_id: str | None
    kernel_name: str | None
    """The kernelspec that it has, or asks for."""


async def read_point(
    timeline: Timeline, shelf: Shelf, kernels: Kernels, text: str, asked: ForkPoint
) -> Point:
    """Return a cell of a notebook on a branch; what people have typed is saved before.

    Raises NotFound when branch, notebook or cell are not there.
    """
    branch = await read_branch(timeline, shelf.scope, text)
    require_usable(branch)
    place = await place_of(shelf, asked.notebook, branch)
    if place.path is None:
        raise NotFound(f"notebook {asked.notebook!r} on the branch {branch.name!r}")
    await settle_notebooks(shelf, branch, [place.path])
    await checkout(shelf, branch, place.path)
    name = api_name(shelf, branch, place.path)
    document = await shelf.documents.read(name)
    cells = document.content["cells"]
    ids = [cell["id"] for cell in cells]
    if asked.cell_id not in ids:
        raise NotFound(f"cell {asked.cell_id!r} in {place.path!r} on {branch.name!r}")
    shared = ids.index(asked.cell_id) + 1
    kernel_id = await kernels.find(name)
    return Point(
        branch=branch,
        notebook=place.path,
        cell_id=asked.cell_id,
        shared=shared,
        before=ids[shared - 2] if shared > 1 else None,
        below=ids[shared:],
        is_code=cells[shared - 1]["cell_type"] == "code",
        sources={cell["id"]: cell["source"] for cell in cells},
        above=Above(_code(cells[:shared]), _code(cells[shared:])),
        kernel_id=kernel_id,
        kernel_name=document.kernel_name if kernel_id is None else kernels.kernel_name(kernel_id),
    )


def _code(cells: list[dict[str, Any]]) -> tuple[CodeCell, ...]:
    """Return the code cells; kernels keep no record of empty ones."""
    return tuple(
        CodeCell(cell["source"], cell.get("execution_count"))
        for cell in cells
        if cell["cell_type"] == "code" and cell["source"].strip()
    )
