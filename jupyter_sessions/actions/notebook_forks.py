"""Fork a notebook at a cell: a branch that shares the cells above, with the kernel's state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from ..branches.cell_edits import CellEdits
from ..branches.checkout import checkout
from ..branches.documents import Kept
from ..branches.layout import branch_folder, file_of, make_ready
from ..branches.recording import By
from ..branches.removal import remove_empty
from ..branches.shelf import Shelf
from ..branches.syncing import keeper
from ..errors import BadRequest, Conflict, NotFound
from ..ids import BranchId, RunId, StreamId
from ..models.branch import Branch, NewBranch, OpenedNotebook
from ..models.envelope import Actor
from ..models.fork import (
    FanOut,
    ForkedBranch,
    ForkPoint,
    ForkPreview,
    ForkProgress,
    ForkRecord,
    NewFanOut,
    NewNotebookFork,
)
from ..models.live import CellDelete, CellEdit, CellOp, CellOutputs
from ..storage import branches
from ..storage.branches import name_key
from ..timeline import Timeline
from ..workspace.fork_engine import ForkEngine
from ..workspace.fork_runs import ForkRun
from ..workspace.kernels import Kernels
from ..workspace.reruns import RanAgain
from .branch_deletion import delete_branch
from .branches import check_name, create_branch, read_branch
from .fork_points import Point, read_point
from .fork_starts import ForkStarts, Started
from .notebooks import whole


@dataclass(frozen=True, slots=True)
class _Edit:
    """What a cell is to be on the new branch, and to run there."""

    cell_id: str
    source: str


class NotebookForks:
    """Forks the notebooks of one project."""

    def __init__(
        self,
        timeline: Timeline,
        shelf: Shelf,
        engine: ForkEngine,
        *,
        default_kernel: str | None = None,
    ) -> None:
        """``default_kernel`` serves notebooks that name none; ``None`` is the server's default."""
        self._timeline, self._shelf, self._engine = timeline, shelf, engine
        self._starts = ForkStarts(timeline, shelf, engine, default_kernel)

    @property
    def kernels(self) -> Kernels:
        """Return the kernels that are forked."""
        return self._engine.kernels

    async def preview(self, branch: str, point: ForkPoint) -> ForkPreview:
        """Return what forking at a cell would be. Raises NotFound when the cell is gone."""
        at = await self._point(branch, point)
        kernel = await self._starts.probe(at)
        return ForkPreview(shared=at.shared, below=len(at.below), kernel=kernel)

    async def fork(
        self,
        branch: str,
        new: NewNotebookFork,
        *,
        actor: Actor = "user",
        run_id: RunId | None = None,
    ) -> ForkedBranch:
        """Fork a notebook at a cell; the original, its kernel and its file stay as they are.

        Where the kernel cannot be forked, the cells run again, in the background. Raises NotFound
        when the cell is gone, Conflict when the name is taken, KernelBusy when a cell runs too
        long, KernelError when no kernel starts; nothing is left behind then.
        """
        return await whole(self._fork(branch, new, actor, run_id))

    async def fan_out(
        self,
        branch: str,
        new: NewFanOut,
        *,
        actor: Actor = "user",
        run_id: RunId | None = None,
    ) -> FanOut:
        """Run variants of a cell at once, each on a branch forked at the cell above.

        Raises what ``fork`` raises, and BadRequest when it is no code cell or the first one; then
        no branch is left.
        """
        return await whole(self._fan_out(branch, new, actor, run_id))

    async def progress(self, text: str) -> ForkProgress:
        """Return how far the cells are that run again on a branch, or how they ended."""
        branch = await read_branch(self._timeline, self._shelf.scope, text)
        found = self._engine.runs.progress(branch.id)
        if found is None:
            raise NotFound(f"run of shared cells on the branch {branch.name!r}")
        return found

    async def ended(self, branch: BranchId) -> ForkProgress | None:
        """Wait until the shared cells have run on a branch; ``None`` when none had to."""
        return await self._engine.runs.ended(branch)

    async def stop(self, text: str) -> None:
        """Stop them; what has run stays in the kernel."""
        branch = await read_branch(self._timeline, self._shelf.scope, text)
        await self._engine.runs.stop(branch.id)

    async def _point(self, text: str, asked: ForkPoint) -> Point:
        return await read_point(self._timeline, self._shelf, self._engine.kernels, text, asked)

    async def _fan_out(
        self, text: str, new: NewFanOut, actor: Actor, run_id: RunId | None
    ) -> FanOut:
        here = ForkPoint(notebook=new.notebook, cell_id=new.cell_id)
        at = await self._point(text, here)
        if at.before is None:
            raise BadRequest("Nothing is above this cell that its variants could share.")
        if not at.is_code:
            raise BadRequest(f"Cell {new.cell_id!r} is no code cell: it has no variants to run.")
        for place, variant in enumerate(new.variants):
            await check_name(self._timeline, self._shelf.scope, variant.name)
            if name_key(variant.name) in {name_key(each.name) for each in new.variants[:place]}:
                raise Conflict(f"Two variants are called {variant.name!r}: name them apart.")
        made: list[ForkedBranch] = []
        try:
            for variant in new.variants:
                point = {"notebook": at.notebook, "cell_id": at.before, "name": variant.name}
                asked = NewNotebookFork.model_validate(point)
                edit = _Edit(new.cell_id, variant.source)
                made.append(await self._fork(text, asked, actor, run_id, edit))
        except BaseException:
            for each in made:
                await self._engine.runs.stop(each.branch.id)
                await self._withdraw(each.opened.path, each.branch.id)
            raise
        return FanOut(items=made)

    async def _withdraw(self, path: str, branch: BranchId) -> None:
        await self._engine.kernels.end(path)
        await delete_branch(self._timeline, self._shelf, self._engine.kernels, branch)

    async def _fork(
        self,
        text: str,
        new: NewNotebookFork,
        actor: Actor,
        run_id: RunId | None,
        edit: _Edit | None = None,
    ) -> ForkedBranch:
        at = await self._point(text, new)
        await check_name(self._timeline, self._shelf.scope, new.name)
        async with self._folder(new.name) as folder:
            file = file_of(folder, at.notebook)
            path = self._shelf.folder.api(file)
            try:
                await self._shelf.folder.make_parent(file)  # the kernel has it in its environment
                started = await self._starts.start(at, new.kernel, path)
                made = await self._branch(at, new, folder, started, actor, run_id)
            except BaseException:
                await self._engine.kernels.end(path)
                await remove_empty(self._shelf, folder)
                raise
        try:
            opened = await self._open(
                at, new, made, self._keeper(at, new, made, actor, run_id), edit
            )
        except BaseException:
            await self._withdraw(path, made.id)
            raise
        if edit is not None:
            started = replace(started, sources=[*started.sources, edit.source])
        kept = self._keeper(at, new, made, actor, run_id)
        self._run(at, started, opened, None if edit is None else (edit, kept))
        assert made.fork is not None
        return ForkedBranch(
            branch=await read_branch(self._timeline, self._shelf.scope, made.id),
            opened=opened,
            fork=made.fork,
            kernel_id=started.kernel_id,
            running=len(started.sources),
        )

    @asynccontextmanager
    async def _folder(self, name: str) -> AsyncIterator[str]:
        """Give a folder for the branch that is about to be made: its kernel has to know it."""
        engine, scope, root = self._engine, self._shelf.scope, self._shelf.folder.root
        async with engine.claiming:
            async with self._timeline.database.read() as conn:
                taken = await branches.list_folders(conn, scope)
            taken |= {folder for project, folder in engine.claimed if project == scope.project_id}
            folder = await asyncio.to_thread(branch_folder, root, name, taken)
            claim = (scope.project_id, folder)
            engine.claimed.add(claim)
        try:
            await asyncio.to_thread(make_ready, root, folder)
            yield folder
        finally:
            engine.claimed.discard(claim)

    async def _branch(
        self,
        at: Point,
        new: NewNotebookFork,
        folder: str,
        started: Started,
        actor: Actor,
        run_id: RunId | None,
    ) -> Branch:
        record = ForkRecord(
            notebook=at.notebook,
            cell_id=at.cell_id,
            shared=at.shared,
            below=new.below,
            engine=started.engine,
            reason=started.reason,
            milliseconds=started.milliseconds,
            hazards=started.hazards,
            not_carried=started.not_carried,
            saved_at=started.saved_at,
            size=started.size,
            variables=started.variables,
        )
        asked = NewBranch(name=new.name, parent=at.branch.id, session=new.session)
        return await create_branch(
            self._timeline,
            self._shelf,
            asked,
            actor=actor,
            run_id=run_id,
            folder=folder,
            fork=record,
        )

    def _keeper(
        self, at: Point, new: NewNotebookFork, made: Branch, actor: Actor, run_id: RunId | None
    ) -> Kept:
        if actor == "agent":
            return keeper(self._shelf, made, at.notebook, By("agent", new.session, run_id))
        return keeper(self._shelf, made, at.notebook, By("user"), "save")

    async def _open(
        self, at: Point, new: NewNotebookFork, made: Branch, kept: Kept, edit: _Edit | None
    ) -> OpenedNotebook:
        """Have the notebook as a file on the new branch, with the cells that it is to have."""
        shelf = self._shelf
        file = await checkout(shelf, made, at.notebook)
        path = shelf.folder.api(file)
        ops: list[CellOp] = []
        if new.below == "drop":
            ops += [CellDelete(cell_id=cell_id) for cell_id in at.below]
        if edit is not None:
            before = at.sources.get(edit.cell_id, "")
            ops.append(CellEdit(cell_id=edit.cell_id, before=before, source=edit.source))
            # What the cell gave with its old source is nothing that the variant has given.
            ops.append(
                CellOutputs(cell_id=edit.cell_id, outputs=[], execution_count=None, running=False)
            )
        if ops:
            await shelf.documents.edit(shelf.scope.project_id, path, lambda _: ops, kept)
        return OpenedNotebook(branch=made.id, notebook=at.notebook, file=file, path=path)

    def _run(
        self,
        at: Point,
        started: Started,
        opened: OpenedNotebook,
        variant: tuple[_Edit, Kept] | None,
    ) -> None:
        if not started.sources:
            return
        project_id = self._shelf.scope.project_id

        async def keep(ran: RanAgain) -> None:
            """Write the outputs of the variant into the notebook, if it ran."""
            assert variant is not None
            edit, kept = variant
            if len(ran.executed) == len(started.sources):
                done = ran.executed[-1]
                edits = CellEdits(self._shelf.documents, kept)
                await edits.set_outputs(
                    project_id, opened.path, edit.cell_id, done.outputs, done.execution_count
                )

        run = ForkRun(
            branch=opened.branch,
            notebook=at.notebook,
            path=opened.path,
            kernel_name=at.kernel_name,
            sources=started.sources,
            publish=lambda told: self._timeline.publish(StreamId(project_id), told),
            ended=None if variant is None else keep,
        )
        self._engine.runs.start(run)
