"""A kernel that died comes back as it was at its last checkpoint."""

from __future__ import annotations

from ..errors import Conflict
from ..models.checkpoint import Checkpoint
from .fork_engine import ForkEngine

NOTHING_KEPT = (
    "There is nothing to bring back: this kernel has not died, or no state of it was kept. States "
    "are kept after cells that took a second, for ten minutes after the death of their kernel."
)


async def last_kept(engine: ForkEngine, kernel_id: str) -> Checkpoint | None:
    """Return the last checkpoint of a kernel that died, or ``None``."""
    found = await engine.checkpoints.present(kernel_id)
    return next((each for each in reversed(found) if engine.checkpoints.is_kept(each)), None)


async def revive(engine: ForkEngine, kernel_id: str, path: str) -> tuple[str, Checkpoint]:
    """Give the notebook at ``path`` (contents API) its kernel back; return its id, and the state.

    ``kernel_id`` is what the notebook has now: the one that died, started again without variables;
    it ends. Raises Conflict when there is nothing to bring back, KernelBusy when a cell runs in the
    new one already, KernelError when it fails; the notebook has its kernel as before then.
    """
    async with engine.reviving:
        checkpoint = await last_kept(engine, kernel_id)
        if checkpoint is None:
            raise Conflict(NOTHING_KEPT)
        await engine.kernels.settled(kernel_id)
        new_id = await engine.forks.fork_checkpoint(kernel_id, path, checkpoint)
        # Before the old kernel ends, and they with it: the new one may die of the same cell.
        await engine.checkpoints.give(kernel_id, new_id, engine.kernels.pid(new_id))
        try:
            await engine.kernels.replace(path, new_id)
        except BaseException:
            await engine.kernels.end_kernel(new_id)
            raise
        await engine.forks.watch(new_id)
    return new_id, checkpoint
