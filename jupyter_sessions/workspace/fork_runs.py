"""Cells that run again on a branch, after its request was answered: how far they are, and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import SessionsError
from ..ids import BranchId
from ..models.fork import ForkProgress
from .execution import Executed
from .kernels import Kernels
from .reruns import RanAgain, run_again

State = Literal["completed", "failed", "stopped"]
MAX_ERROR = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ForkRun:
    """Cells to run in the kernel of a branch's notebook."""

    branch: BranchId
    notebook: str
    path: str
    """The same as the contents API names it."""
    kernel_name: str | None
    sources: Sequence[str]
    publish: Callable[[ForkProgress], None]
    ended: Callable[[RanAgain], Awaitable[None]] | None = None
    """Keeps what came of the cells, before it is told that they have ended."""


class ForkRuns:
    """Those that run now, one for each branch, and how the others ended."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._tasks: dict[BranchId, asyncio.Task[None]] = {}
        self._last: dict[BranchId, ForkProgress] = {}

    def start(self, run: ForkRun) -> None:
        """Run the cells; everyone who looks at the project hears of each."""
        self._say(run, 0, "running")
        self._tasks[run.branch] = asyncio.create_task(self._run(run))

    def progress(self, branch: BranchId) -> ForkProgress | None:
        """Return how far a branch is; ``None`` when nothing ran again there."""
        return self._last.get(branch)

    async def ended(self, branch: BranchId) -> ForkProgress | None:
        """Wait until the cells of a branch have run; when the caller is cancelled, stop them."""
        task = self._tasks.get(branch)
        if task is not None:
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                await self.stop(branch)
                raise
        return self.progress(branch)

    async def stop(self, branch: BranchId) -> None:
        """Interrupt the cell that runs, and run no other."""
        task = self._tasks.get(branch)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop them all."""
        await asyncio.gather(*(self.stop(branch) for branch in list(self._tasks)))

    async def _run(self, run: ForkRun) -> None:
        done = 0

        def heard(count: int, total: int) -> None:
            nonlocal done
            done = count
            if count < total:
                self._say(run, count, "running")

        try:
            ran = await run_again(
                self._kernels,
                run.path,
                run.kernel_name,
                run.sources,
                owner=f"fork:{run.branch}",
                progress=heard,
            )
            if run.ended is not None:
                await run.ended(ran)
            state, error = _outcome(ran)
            self._say(run, done, state, error)
        except asyncio.CancelledError:
            self._say(run, done, "stopped")
        except SessionsError as problem:
            self._say(run, done, "failed", str(problem))
        except Exception:  # nobody waits for this task
            _log.exception("Cells could not be run again on branch %s", run.branch)
            self._say(run, done, "failed", "Something failed that should not: see the log.")
        finally:
            self._tasks.pop(run.branch, None)

    def _say(
        self,
        run: ForkRun,
        done: int,
        state: State | Literal["running"],
        error: str | None = None,
    ) -> None:
        told = ForkProgress(
            branch=run.branch,
            notebook=run.notebook,
            done=done,
            total=len(run.sources),
            state=state,
            error=error,
        )
        self._last[run.branch] = told
        run.publish(told)


def _outcome(ran: RanAgain) -> tuple[State, str | None]:
    if ran.complete:
        return "completed", None
    last = ran.executed[-1] if ran.executed else None
    if last is None or last.status in {"ok", "dead"}:
        return "failed", "The kernel was shut down, restarted or killed: its variables are lost."
    if last.status == "interrupted":
        return "stopped", None
    return "failed", f"Cell {len(ran.executed)} failed: {_raised(last)}"


def _raised(executed: Executed) -> str:
    for output in reversed(executed.outputs):
        if output["output_type"] == "error":
            return f"{output['ename']}: {output['evalue']}"[:MAX_ERROR]
    return "no error was shown."
