"""Copies of kernels, made in the middle of a cell: one looks into them while the cell goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import uuid4

from ..errors import Conflict, KernelBusy
from ..models.peek import Peek
from .costs import not_carried, read_hazards
from .fork_engine import ForkEngine

MAX_PEEKS = 3
UNKNOWN = (
    "The cell was begun before this kernel was known here: it can be looked into from the next "
    "cell on."
)


@dataclass(frozen=True, slots=True)
class Peeked:
    """A copy, and the cell that was running, by its digest."""

    peek: Peek
    cell: str


async def peek(engine: ForkEngine, kernel_id: str, path: str) -> Peeked:
    """Copy the kernel of the notebook at ``path`` (contents API) while it runs a cell.

    Raises Conflict when no cell runs or there are too many copies, KernelBusy, ForkRefused and
    KernelError when it cannot be done; the cell goes on in any case.
    """
    began = time.monotonic()
    async with engine.peeking:
        _require_room(engine, kernel_id)
        folder, slash, file = path.rpartition("/")
        name = f"Peek at {file}"
        place = f"{folder}{slash}peek-{uuid4().hex[:12]}"
        try:
            copy_id, said = await engine.forks.fork_in_cell(kernel_id, place, name)
        except KernelBusy:
            raise KernelBusy(UNKNOWN) from None
        engine.peeks[copy_id] = kernel_id
    hazards = read_hazards(said)
    made = Peek(
        kernel_id=copy_id,
        source_kernel_id=kernel_id,
        path=place,
        name=name,
        line=said["line"],
        seconds=said["seconds"],
        milliseconds=round((time.monotonic() - began) * 1000),
        paused_ms=said["paused_ms"],
        hazards=hazards,
        not_carried=not_carried(hazards),
    )
    return Peeked(made, said["cell"])


def _require_room(engine: ForkEngine, kernel_id: str) -> None:
    for copy_id in [each for each in engine.peeks if not engine.kernels.is_there(each)]:
        del engine.peeks[copy_id]
    if list(engine.peeks.values()).count(kernel_id) >= MAX_PEEKS:
        raise Conflict(
            f"{MAX_PEEKS} copies of this kernel are open, each with memory of its own: close the "
            "console of one first."
        )
