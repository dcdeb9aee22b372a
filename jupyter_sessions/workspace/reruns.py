"""The engine that always works: the cells above the fork run again, in a new kernel.

What they did outside of the kernel happens again, and what depends on time or chance comes out
otherwise: the user is told before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .execution import Executed, ShowOutputs
from .kernels import Kernels
from .outputs import Output

Progress = Callable[[int, int], None]
"""Hears how many cells have run, and how many there are."""


@dataclass(frozen=True)
class RanAgain:
    """What came of the cells."""

    kernel_id: str
    executed: list[Executed] = field(default_factory=list)
    complete: bool = False
    """All have run without an error; else the last one failed or was interrupted."""


async def run_again(
    kernels: Kernels,
    path: str,
    kernel_name: str | None,
    sources: Sequence[str],
    *,
    owner: str,
    progress: Progress = lambda done, total: None,
    show: Callable[[int], ShowOutputs] | None = None,
) -> RanAgain:
    """Run cells in the kernel of the notebook at ``path``, which is started when it has none.

    Ends with the first cell that fails, or when the notebook has another kernel than at the
    beginning, or a new process of it: what ran before is lost. ``show`` gives what the outputs of a
    cell go to, by its place. To stop it, cancel the task: the cell that runs is interrupted.
    ``kernels.interrupt(owner)`` makes that cell the last one, too.
    """
    kernel_id, _ = await kernels.ensure(path, kernel_name)
    process = kernels.process(kernel_id)
    done: list[Executed] = []
    progress(0, len(sources))
    turns = kernels.turns(kernel_id, len(sources))  # what others run comes behind them all
    try:
        for place, (turn, source) in enumerate(zip(turns, sources, strict=True)):
            same = await kernels.find(path) == kernel_id
            if not same or kernels.process(kernel_id) != process:
                return RanAgain(kernel_id, done)
            outputs = show(place) if show is not None else _ignore
            done.append(await kernels.run(turn, source, owner=owner, show=outputs))
            if done[-1].status != "ok":
                return RanAgain(kernel_id, done)
            progress(place + 1, len(sources))
    finally:
        for turn in turns:
            turn.leave()
    return RanAgain(kernel_id, done, complete=True)


async def _ignore(outputs: list[Output], count: int | None) -> None:
    return
