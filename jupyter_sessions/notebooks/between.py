"""The operations that turn one notebook into another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
from .cells import Cell, Notebook
from .diff import moves

_BY_OPS = frozenset({"source", "outputs", "execution_count", "metadata", "attachments"})


def between(before: Notebook, after: Notebook) -> list[CellOp]:
    """Return few operations that make ``before``, by ``ops.apply``, the same as ``after``.

    Format and unknown keys of the whole notebook stay. A cell whose type changed is deleted and
    inserted. Cells that are the same are touched only where they really moved.
    """
    old = {cell["id"]: (place, cell) for place, cell in enumerate(before["cells"])}
    kept = {
        cell["id"]: old[cell["id"]]
        for cell in after["cells"]
        if cell["id"] in old and _same_kind(old[cell["id"]][1], cell)
    }
    ops: list[CellOp] = [CellDelete(cell_id=name) for name in old if name not in kept]
    moved = moves([place for place, _ in kept.values()])
    last = None
    for cell in after["cells"]:
        name = cell["id"]
        if name not in kept:
            ops.append(CellInsert(cell=cell, after=last))
        else:
            place, was = kept[name]
            if place in moved:
                ops.append(CellMove(cell_id=name, after=last))
            ops += _changes(was, cell)
        last = name
    if before["metadata"] != after["metadata"]:
        ops.append(NotebookDetails(metadata=after["metadata"]))
    return ops


def _same_kind(before: Cell, after: Cell) -> bool:
    """Tell whether the operations can make one of the other."""
    if type(after.get("execution_count")) not in (int, type(None)):
        return False
    return _rest(before) == _rest(after)


def _rest(cell: Cell) -> dict[str, Any]:
    return {key: value for key, value in cell.items() if key not in _BY_OPS}


def _changes(before: Cell, after: Cell) -> Iterator[CellOp]:
    name = after["id"]
    if before["source"] != after["source"]:
        yield CellEdit(cell_id=name, before=before["source"], source=after["source"])
    if any(before.get(key) != after.get(key) for key in ("outputs", "execution_count")):
        yield CellOutputs(
            cell_id=name,
            outputs=after["outputs"],
            execution_count=after["execution_count"],
            running=False,
        )
    if any(before.get(key) != after.get(key) for key in ("metadata", "attachments")):
        yield CellDetails(
            cell_id=name, metadata=after["metadata"], attachments=after.get("attachments")
        )
