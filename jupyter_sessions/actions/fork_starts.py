"""The kernel of a branch that is forked: by the best engine that works, and said before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from ..branches.layout import file_of
from ..branches.shelf import Shelf
from ..errors import ForkRefused, KernelError, NotFound
from ..models.fork import Engine, Forked, ForkProbe, Hazard, NotCarried
from ..models.saved import SavedNamespace
from ..storage import branches
from ..timeline import Timeline
from ..workspace.costs import describe_again, describe_saved, describe_saving
from ..workspace.fork_engine import ForkEngine
from ..workspace.fork_points import Past
from ..workspace.forks import Savable
from ..workspace.namespaces import Loaded
from ..workspace.saver import Place
from .fork_points import Point

NO_KERNEL = "The notebook has no kernel here, and so no state that could be forked."
ASKED = "It was asked for that the cells run again."


@dataclass(frozen=True, slots=True)
class Started:
    """The kernel of a new branch."""

    engine: Engine | Literal["none"]
    kernel_id: str | None = None
    reason: str = ""
    milliseconds: int | None = None
    hazards: list[Hazard] = field(default_factory=list)
    not_carried: list[NotCarried] = field(default_factory=list)
    saved_at: datetime | None = None
    size: int | None = None
    variables: int | None = None
    sources: list[str] = field(default_factory=list)
    """What has to run in it now."""


class ForkStarts:
    """Starts the kernels of one project's forks: fork, saved variables, or the cells again."""

    def __init__(
        self, timeline: Timeline, shelf: Shelf, engine: ForkEngine, default_kernel: str | None
    ) -> None:
        self._timeline, self._shelf, self._engine = timeline, shelf, engine
        self._default_kernel = default_kernel

    async def probe(self, at: Point) -> ForkProbe:
        """Return what ``start`` would do."""
        probe = await self._probe_fork(at)
        if probe.engine == "fork" or not at.above.cells:
            return probe
        if not self._engine.namespaces.files.is_on:
            return probe
        if (savable := await self._savable(at)) is not None:
            return describe_saving(savable.said, savable.differs, probe.reason)
        found = await self._find(at)
        return probe if found is None else describe_saved(found, probe.reason)

    async def start(
        self, at: Point, kernel: Literal["auto", "rerun", "none"], path: str
    ) -> Started:
        """Have a kernel for the notebook at ``path``. Raises KernelBusy, KernelError."""
        if kernel == "none":
            return Started("none")
        reason = ASKED if kernel == "rerun" else ""
        if kernel == "auto" and at.above.cells:
            started = await self._start(at, path)
            if isinstance(started, Started):
                return started
            reason = started
        kernel_name = at.kernel_name or self._default_kernel
        kernel_id, _ = await self._engine.kernels.ensure(path, kernel_name)
        return Started("rerun", kernel_id, reason, sources=at.above.sources)

    async def _probe_fork(self, at: Point) -> ForkProbe:
        count = len(at.above.cells)
        if at.kernel_id is None or not count:
            return describe_again({}, NO_KERNEL if count else "", count)
        whole = self._engine.namespaces.files.is_on
        try:
            return await self._engine.forks.probe(at.kernel_id, at.above, whole=whole)
        except (KernelError, NotFound) as error:
            return describe_again({}, str(error), count)

    async def _start(self, at: Point, path: str) -> Started | str:
        """Return why not, if there is no state that can be had. Raises KernelBusy."""
        is_on = self._engine.namespaces.files.is_on
        reason = await self._try_fork(at, path, whole=is_on)
        if isinstance(reason, Started) or not is_on:
            return reason
        saved = await self._save_now(at)
        if isinstance(saved, str):
            reason, saved = f"{reason} {saved}", None
            tried = await self._try_fork(at, path, whole=False)
            if isinstance(tried, Started):
                return replace(tried, reason=reason)
        saved = saved or await self._find(at)
        return reason if saved is None else await self._try_load(at, saved, path, reason)

    async def _try_fork(self, at: Point, path: str, *, whole: bool) -> Started | str:
        """Return why not, if the kernel cannot be forked. Raises KernelBusy."""
        if at.kernel_id is None:
            return NO_KERNEL
        try:
            return _forked(await self._engine.forks.fork(at.kernel_id, path, at.above, whole=whole))
        except (ForkRefused, KernelError, NotFound) as error:
            return str(error)

    async def _save_now(self, at: Point) -> Past[SavedNamespace] | str | None:
        """Have the kernel save its variables, when its present state is meant; say why it failed.

        That comes before what was saved earlier: a widget or a thread may have changed something.
        """
        namespaces = self._engine.namespaces
        savable = await self._savable(at, failed=True)
        if at.kernel_id is None or savable is None:
            return None
        try:
            saved = await namespaces.recent(at.kernel_id, savable.said["executed"])
            saved = saved or await namespaces.save(at.kernel_id, self._place(at))
        except (ForkRefused, KernelError, NotFound, OSError) as error:
            return str(error)
        return Past(saved, differs=savable.differs)

    async def _try_load(
        self, at: Point, saved: Past[SavedNamespace], path: str, reason: str
    ) -> Started | str:
        kernel_name = at.kernel_name or self._default_kernel
        try:
            return _loaded(await self._engine.namespaces.load(saved, path, kernel_name), reason)
        except (ForkRefused, KernelError, NotFound, OSError) as error:
            return f"{reason} {error}"

    async def _find(self, at: Point) -> Past[SavedNamespace] | None:
        place, others = self._place(at), await self._others(at)
        return await self._engine.namespaces.find(place, others, at.above)

    async def _savable(self, at: Point, *, failed: bool = False) -> Savable | None:
        if at.kernel_id is None:
            return None
        try:
            return await self._engine.forks.savable(at.kernel_id, at.above, failed=failed)
        except (KernelError, NotFound):
            return None

    def _place(self, at: Point) -> Place:
        return Place(self._shelf.scope.project_id, file_of(at.branch.folder, at.notebook))

    async def _others(self, at: Point) -> set[str]:
        """Return the files of the notebook on all branches."""
        async with self._timeline.database.read() as conn:
            folders = await branches.list_folders(conn, self._shelf.scope)
        return {file_of(folder, at.notebook) for folder in folders} - {self._place(at).file}


def _forked(forked: Forked) -> Started:
    return Started(
        forked.engine,
        forked.kernel_id,
        milliseconds=None if forked.missing else forked.milliseconds,
        hazards=forked.hazards,
        not_carried=forked.not_carried,
        sources=forked.missing,
    )


def _loaded(loaded: Loaded, reason: str) -> Started:
    return Started(
        "namespace",
        loaded.kernel_id,
        reason,
        milliseconds=None if loaded.missing else loaded.milliseconds,
        hazards=loaded.differs,
        not_carried=loaded.left,
        saved_at=loaded.saved.made_at,
        size=loaded.saved.size,
        variables=loaded.saved.names - (len(loaded.left) - len(loaded.saved.left)),
        sources=loaded.missing,
    )
