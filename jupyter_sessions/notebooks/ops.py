"""Changes of a notebook by cell id: what the front end is told is what is done here."""

from __future__ import annotations

from ..errors import NotFound, StaleCell
from ..models.live import (
    CellDelete,
    CellDetails,
    CellEdit,
    CellInsert,
    CellMove,
    CellOp,
    CellOutputs,
    NotebookDetails,
)
from .alignment import matches
from .cells import Cell, Notebook, find


def apply(notebook: Notebook, op: CellOp) -> Notebook:
    """Return the notebook after the change; the one that was given stays as it was.

    Raise ``NotFound`` when the cell, or the one to put it behind, is not there, and ``StaleCell``
    when an edit meets another source than the one that it replaces.
    """
    cells: list[Cell] = list(notebook["cells"])
    match op:
        case CellInsert():
            cells.insert(_place(cells, op.after), dict(op.cell))
        case CellEdit():
            index, cell = _find(notebook, op.cell_id)
            if cell["source"] != op.before:
                raise StaleCell(stale_sentence(op.cell_id))
            cells[index] = {**cell, "source": op.source}
        case CellMove():
            index, cell = _find(notebook, op.cell_id)
            if op.after != op.cell_id:
                del cells[index]
                cells.insert(_place(cells, op.after), cell)
        case CellDelete():
            index, _ = _find(notebook, op.cell_id)
            del cells[index]
        case CellOutputs():
            index, cell = _find(notebook, op.cell_id)
            if cell["cell_type"] == "code":
                outputs = {"outputs": op.outputs, "execution_count": op.execution_count}
                cells[index] = {**cell, **outputs}
        case CellDetails():
            index, cell = _find(notebook, op.cell_id)
            cells[index] = _with_details(cell, op)
        case NotebookDetails():
            return {**notebook, "metadata": op.metadata}
    return {**notebook, "cells": cells}


def _with_details(cell: Cell, op: CellDetails) -> Cell:
    rest = {key: value for key, value in cell.items() if key != "attachments"}
    attachments = {} if op.attachments is None else {"attachments": op.attachments}
    return {**rest, "metadata": op.metadata, **attachments}


def _find(notebook: Notebook, cell_id: str) -> tuple[int, Cell]:
    found = find(notebook, cell_id)
    if found is None:
        raise NotFound(f"cell {cell_id!r} in this notebook")
    return found


def _place(cells: list[Cell], after: str | None) -> int:
    if after is None:
        return 0
    return _find({"cells": cells}, after)[0] + 1


def stale_sentence(cell_id: str) -> str:
    """Return what to tell someone whose view of a cell is not the present one."""
    return (
        f"Cell {cell_id!r} was changed since it was read, so nothing was done. "
        "Read it again, then decide on its present source."
    )


def diff_lines(before: str, after: str) -> tuple[int, int]:
    """Return how many lines were added, and how many removed."""
    old, new = before.splitlines(), after.splitlines()
    same = sum(block.size for block in matches(old, new))
    return len(new) - same, len(old) - same
