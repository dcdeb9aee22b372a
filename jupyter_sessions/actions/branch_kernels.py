"""What the kernel of a branch's notebook holds: its variables, and the checkpoints of it."""

from __future__ import annotations

import asyncio

from ..branches.references import place_of
from ..branches.shelf import Shelf
from ..branches.syncing import api_name
from ..errors import NotFound
from ..models.checkpoint import CheckpointList, KeptCheckpoint
from ..models.variable import VariableList, VariablesDifference
from ..timeline import Timeline
from ..workspace.fork_engine import ForkEngine
from ..workspace.fork_points import digest
from ..workspace.variable_differences import difference, read_side
from ..workspace.variables import list_variables
from .active_branch import require_usable
from .branches import read_branch


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
        """Return the checkpoints of a notebook's kernel, and the memory of all."""
        name, kept = await self._name(branch, notebook), self._engine.checkpoints
        kernel_id, present = await self._engine.kernels.find(name), await kept.present()
        own = [each for each in present if each.kernel_id == kernel_id]
        cells = (await self._shelf.documents.read(name)).content["cells"] if own else []
        ids = {digest(cell["source"]): cell["id"] for cell in cells}
        return CheckpointList(
            kernel_id=kernel_id,
            items=[
                KeptCheckpoint(
                    id=str(each.pid),
                    cell_id=ids.get(each.executed[-1]) if each.executed else None,
                    made_at=each.made_at,
                    seconds=each.total_seconds,
                    own_bytes=each.own_bytes,
                    shared_bytes=each.shared_bytes,
                )
                for each in own
            ],
            used=sum(each.own_bytes for each in present),
            budget=await asyncio.to_thread(lambda: kept.budget),
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

    async def _name(self, text: str, notebook: str) -> str:
        """Return what the contents API calls a notebook of a branch."""
        branch = await read_branch(self._timeline, self._shelf.scope, text)
        require_usable(branch)
        place = await place_of(self._shelf, notebook, branch)
        if place.path is None:
            raise NotFound(f"notebook {notebook!r} on the branch {branch.name!r}")
        return api_name(self._shelf, branch, place.path)
