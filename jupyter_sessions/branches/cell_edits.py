"""Changes of single cells, decided on the notebook as it is at that moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import BadRequest, NotFound, StaleCell
from ..ids import ProjectId
from ..models.event import CellChange
from ..models.live import CellDelete, CellEdit, CellInsert, CellMove, CellOp, CellOutputs
from ..notebooks.cells import Cell, Notebook, cell_hash, find, new_cell
from ..notebooks.ops import diff_lines, stale_sentence
from .documents import Change, Documents, Kept

END = "end"
MAX_SOURCE = 5_000_000


@dataclass(frozen=True)
class CellEdited:
    """What happened to a cell."""

    change: CellChange
    cell_id: str
    cell_type: str
    before: str | None
    after: str | None
    index: int
    """Where it is now, or was."""
    hash: str | None
    """Of its source now; ``None`` when it was deleted."""
    lines_added: int
    lines_removed: int


class CellEdits:
    """Edits cells of notebooks; ``path`` is the one of the contents API."""

    def __init__(self, documents: Documents, kept: Kept | None = None) -> None:
        """``kept`` hears of each edit, before anyone can make another one."""
        self._documents = documents
        self._kept = kept

    def keeping(self, kept: Kept) -> CellEdits:
        """Return the same with someone who hears of the edits."""
        return CellEdits(self._documents, kept)

    async def insert(
        self,
        project_id: ProjectId,
        path: str,
        source: str,
        *,
        cell_type: Literal["code", "markdown", "raw"] = "code",
        after: str | None = END,
    ) -> CellEdited:
        """Insert a cell behind another, at the ``"end"``, or at the top (``None``)."""
        if cell_type not in ("code", "markdown", "raw"):
            raise BadRequest(f"{cell_type!r} is no type of cells: use code, markdown or raw.")
        _check(source)
        name = secrets.token_hex(4)

        def change(notebook: Notebook) -> list[CellOp]:
            cells = notebook["cells"]
            place = (cells[-1]["id"] if cells else None) if after == END else after
            return [CellInsert(cell=new_cell(name, cell_type, source), after=place)]

        return await self._edit(project_id, path, name, "inserted", change)

    async def edit(
        self, project_id: ProjectId, path: str, cell_id: str, source: str, expected_hash: str
    ) -> CellEdited:
        """Give a cell a new source, if its present one is the one of ``expected_hash``."""
        _check(source)

        def change(notebook: Notebook) -> list[CellOp]:
            cell = _expected(notebook, cell_id, expected_hash)
            if cell["source"] == source:
                return []
            return [CellEdit(cell_id=cell_id, before=cell["source"], source=source)]

        return await self._edit(project_id, path, cell_id, "edited", change)

    async def move(
        self, project_id: ProjectId, path: str, cell_id: str, after: str | None
    ) -> CellEdited:
        """Move a cell behind another, to the ``"end"``, or to the top (``None``)."""

        def change(notebook: Notebook) -> list[CellOp]:
            _present(notebook, cell_id)
            others = [cell["id"] for cell in notebook["cells"] if cell["id"] != cell_id]
            place = (others[-1] if others else None) if after == END else after
            return [CellMove(cell_id=cell_id, after=place)]

        return await self._edit(project_id, path, cell_id, "moved", change)

    async def delete(
        self, project_id: ProjectId, path: str, cell_id: str, expected_hash: str
    ) -> CellEdited:
        """Delete a cell, if its source is the one of ``expected_hash``."""

        def change(notebook: Notebook) -> list[CellOp]:
            _expected(notebook, cell_id, expected_hash)
            return [CellDelete(cell_id=cell_id)]

        return await self._edit(project_id, path, cell_id, "deleted", change)

    async def set_outputs(
        self,
        project_id: ProjectId,
        path: str,
        cell_id: str,
        outputs: list[dict[str, Any]],
        execution_count: int | None,
    ) -> bool:
        """Write a cell's outputs into the notebook; tell whether the cell is still there."""
        op = CellOutputs(
            cell_id=cell_id, outputs=outputs, execution_count=execution_count, running=False
        )

        def change(notebook: Notebook) -> list[CellOp]:
            found = find(notebook, cell_id)
            return [op] if found is not None and found[1]["cell_type"] == "code" else []

        return bool((await self._documents.edit(project_id, path, change, self._kept)).ops)

    async def _edit(
        self,
        project_id: ProjectId,
        path: str,
        cell_id: str,
        kind: CellChange,
        change: Change | Callable[[Notebook], list[CellOp]],
    ) -> CellEdited:
        edited = await self._documents.edit(project_id, path, change, self._kept)
        old, new = find(edited.before, cell_id), find(edited.after, cell_id)
        place = new if new is not None else old
        assert place is not None
        index, cell = place
        before = old[1]["source"] if old else None
        after = new[1]["source"] if new else None
        added, removed = diff_lines(before or "", after or "")
        hash_now = cell_hash(new[1]) if new else None
        kind_of = str(cell["cell_type"])
        return CellEdited(kind, cell_id, kind_of, before, after, index, hash_now, added, removed)


def _present(notebook: Notebook, cell_id: str) -> Cell:
    found = find(notebook, cell_id)
    if found is None:
        raise NotFound(f"cell {cell_id!r} in this notebook")
    return found[1]


def _expected(notebook: Notebook, cell_id: str, expected_hash: str) -> Mapping[str, Any]:
    cell = _present(notebook, cell_id)
    if cell_hash(cell) != expected_hash.strip():
        raise StaleCell(stale_sentence(cell_id))
    return cell


def _check(source: str) -> None:
    if len(source) > MAX_SOURCE:
        raise BadRequest(f"A cell cannot have more than {MAX_SOURCE:,} characters.")
    try:
        source.encode()
    except UnicodeEncodeError:
        raise BadRequest("The source contains half of a character (a lone surrogate).") from None
