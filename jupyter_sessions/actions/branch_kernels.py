"""What the kernel of a branch's notebook holds: its variables, and the checkpoints of it."""

from __future__ import annotations

import asyncio
import time

from ..branches.layout import file_of
from ..branches.references import place_of
from ..branches.settling import settle_notebooks
from ..branches.shelf import Shelf
from ..branches.syncing import api_name
from ..errors import Conflict, NotFound
from ..models.branch import Branch
from ..models.checkpoint import Checkpoint, CheckpointList, KeptCheckpoint, KeptNamespace
from ..models.peek import Peek
from ..models.revival import LastState, Revival, Revived
from ..models.saved import SavedNamespace
from ..models.variable import VariableList, VariablesDifference
from ..timeline import Timeline
from ..workspace.costs import not_carried
from ..workspace.fork_engine import ForkEngine
from ..workspace.fork_points import digest
from ..workspace.peeks import peek
from ..workspace.revivals import last_kept, revive
from ..workspace.variable_differences import difference, read_side
from ..workspace.variables import NO_KERNEL, list_variables
from .active_branch import require_usable
from .branches import read_branch
from .notebooks import whole


class BranchKernels:
    """The kernels of one project's notebooks, seen from their branches. All raise NotFound."""

    def __init__(self, timeline: Timeline, shelf: Shelf, engine: ForkEngine) -> None:
        self._timeline, self._shelf, self._engine = timeline, shelf, engine

    async def variables(self, branch: str, notebook: str) -> VariableList:
        """Return the variables of a notebook's kernel, also while a cell runs."""
        kernel_id = await self._kernel(branch, notebook)
        return await list_variables(self._engine.forks, kernel_id)

    async def difference(self, branch: str, other: str, notebook: str) -> VariablesDifference:
        """Return what differs between the variables of two branches of a notebook."""
        sides = []
        for each in (branch, other):
            named = await read_branch(self._timeline, self._shelf.scope, each)
            kernel_id = await self._kernel(named.id, notebook)
            sides.append(await read_side(self._engine.forks, named.id, kernel_id))
        return difference(*sides)

    async def checkpoints(self, branch: str, notebook: str) -> CheckpointList:
        """Return what is kept of a notebook's kernel, and how much of all kernels."""
        name, place = await self._find(branch, notebook)
        kept, files = self._engine.checkpoints, self._engine.namespaces.files
        kernel_id, present = await self._engine.kernels.find(name), await kept.present()
        saved = await files.present()
        own = [each for each in present if each.kernel_id == kernel_id]
        mine = [each for each in saved if (each.project_id, each.file) == place]
        cells = (await self._shelf.documents.read(name)).content["cells"] if own or mine else []
        ids = {digest(cell["source"]): cell["id"] for cell in cells}
        return CheckpointList(
            kernel_id=kernel_id,
            items=[_checkpoint(each, ids) for each in own],
            used=sum(each.own_bytes for each in present),
            budget=await asyncio.to_thread(lambda: kept.budget),
            saved=[_namespace(each, ids) for each in mine],
            saved_used=sum(each.size for each in saved),
            saved_budget=files.budget,
        )

    async def drop_checkpoints(
        self, branch: str, notebook: str, checkpoint: str | None = None
    ) -> None:
        """Drop them, or one, for the memory; the kernel makes new ones as it goes on."""
        kept = self._engine.checkpoints
        kernel_id = await self._kernel(branch, notebook)
        if checkpoint is not None:
            present = [] if kernel_id is None else await kept.present(kernel_id)
            found = [each for each in present if str(each.pid) == checkpoint]
            if not found:
                raise NotFound(f"checkpoint {checkpoint!r}")
            await kept.drop(found[0])
        elif kernel_id is not None:
            await kept.drop_kernel(kernel_id)

    async def _kernel(self, branch: str, notebook: str) -> str | None:
        return await self._engine.kernels.find(await self._name(branch, notebook))

    async def drop_saved(self, branch: str, notebook: str) -> None:
        """Remove a notebook's saved variables: for the disk, or since they hold a secret."""
        _, (project_id, file) = await self._find(branch, notebook)
        await self._engine.namespaces.files.drop_project(project_id, file)

    async def peek(self, branch: str, notebook: str) -> Peek:
        """Copy a notebook's kernel in the middle of the cell that it runs, which goes on.

        Raises Conflict when no cell runs, and what a fork raises when it cannot be done.
        """
        name = await self._name(branch, notebook)
        kernel_id = await self._engine.kernels.find(name)
        if kernel_id is None:
            raise Conflict(NO_KERNEL)
        found = await peek(self._engine, kernel_id, name)
        cells = (await self._shelf.documents.read(name)).content["cells"]
        ids = {digest(cell["source"]): cell["id"] for cell in cells}
        return found.peek.model_copy(update={"cell_id": ids.get(found.cell)})

    async def revival(self, branch: str, notebook: str) -> Revival:
        """Return whether a notebook's kernel died and can be brought back, and to which cell."""
        name = await self._settled(branch, notebook)
        kernel_id = await self._engine.kernels.find(name)
        found = None if kernel_id is None else await last_kept(self._engine, kernel_id)
        last = None if found is None else await self._last_state(name, found)
        return Revival(kernel_id=kernel_id, last=last)

    async def revive(self, branch: str, notebook: str) -> Revived:
        """Give a notebook the kernel back that died, as it was at its last checkpoint.

        Raises Conflict when there is nothing to bring back, KernelBusy when the kernel that was
        started in its place runs a cell, KernelError when it fails.
        """
        began = time.monotonic()
        name = await self._settled(branch, notebook)
        kernel_id = await self._engine.kernels.find(name)
        if kernel_id is None:
            raise Conflict(NO_KERNEL)
        new_id, found = await whole(revive(self._engine, kernel_id, name))
        return Revived(
            kernel_id=new_id,
            last=await self._last_state(name, found),
            milliseconds=round((time.monotonic() - began) * 1000),
            hazards=found.hazards,
            not_carried=not_carried(found.hazards),
        )

    async def _last_state(self, name: str, found: Checkpoint) -> LastState:
        cells = (await self._shelf.documents.read(name)).content["cells"]
        ids = {digest(cell["source"]): cell["id"] for cell in cells}
        return LastState(
            cell_id=ids.get(found.executed[-1]) if found.executed else None,
            number=found.count,
            made_at=found.made_at,
            lost=[cell["id"] for cell in cells if (cell.get("execution_count") or 0) > found.count],
        )

    async def _settled(self, text: str, notebook: str) -> str:
        """Return the same, when the numbers that cells have on screen are saved."""
        branch, path = await self._place(text, notebook)
        await settle_notebooks(self._shelf, branch, [path])
        return api_name(self._shelf, branch, path)

    async def _name(self, text: str, notebook: str) -> str:
        """Return what the contents API calls a notebook of a branch."""
        return (await self._find(text, notebook))[0]

    async def _find(self, text: str, notebook: str) -> tuple[str, tuple[str, str]]:
        """Return what the contents API calls a notebook of a branch; its project, and its file."""
        branch, path = await self._place(text, notebook)
        file = file_of(branch.folder, path)
        return self._shelf.folder.api(file), (self._shelf.scope.project_id, file)

    async def _place(self, text: str, notebook: str) -> tuple[Branch, str]:
        branch = await read_branch(self._timeline, self._shelf.scope, text)
        require_usable(branch)
        place = await place_of(self._shelf, notebook, branch)
        if place.path is None:
            raise NotFound(f"notebook {notebook!r} on the branch {branch.name!r}")
        return branch, place.path


def _checkpoint(kept: Checkpoint, ids: dict[str, str]) -> KeptCheckpoint:
    return KeptCheckpoint(
        id=str(kept.pid),
        cell_id=_last(kept.executed, ids),
        made_at=kept.made_at,
        seconds=kept.total_seconds,
        own_bytes=kept.own_bytes,
        shared_bytes=kept.shared_bytes,
    )


def _namespace(saved: SavedNamespace, ids: dict[str, str]) -> KeptNamespace:
    return KeptNamespace(
        cell_id=_last(saved.executed, ids),
        made_at=saved.made_at,
        seconds=saved.total_seconds,
        size=saved.size,
        variables=saved.names,
        not_carried=saved.left,
    )


def _last(executed: list[str], ids: dict[str, str]) -> str | None:
    """Return the id of the cell that ran last."""
    return ids.get(executed[-1]) if executed else None
