"""Makes a kernel of the server of what was forked, and ends it when it does not answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async

from ..errors import Conflict, KernelError
from .adoption import ADOPT, Adoption
from .clients import Died, while_alive
from .launches import Launch
from .wire import Wire

CANARY_SECONDS = 5.0


async def start_branch(kernels: Any, sessions: Any, like: Any, path: str, launch: Launch) -> str:
    """Start a kernel of the kind of another, given by its manager, and return its id.

    ``kernels`` and ``sessions`` are the server's managers; ``path`` is its notebook's (contents
    API), which gets no session yet. Raises what ``launch`` raises, and KernelError.
    """
    branch_id: str = kernels.new_kernel_id()
    answers: list[asyncio.Task[None]] = []

    def adopted(manager: Any) -> None:
        # Meanwhile the server does the rest, which takes longer than the answer.
        answers.append(asyncio.create_task(require_answer(manager)))

    try:
        await ensure_async(
            kernels.start_kernel(
                kernel_id=branch_id,
                kernel_name=like.kernel_name,
                path=path,
                env=sessions.get_kernel_env(path, path.rpartition("/")[2]),
                **{ADOPT: Adoption(launch, like, adopted)},
            )
        )
        await ensure_async(kernels.get_kernel(branch_id).ready)
    except Exception as error:  # provisioners are anyone's code
        # A start that failed stays listed, and the server could not shut down all kernels.
        kernels._pending_kernels.pop(branch_id, None)
        await _give_up(answers)
        if isinstance(error, (Conflict, KernelError)):
            raise
        raise KernelError(f"The fork could not be started: {error}.") from error
    try:
        await asyncio.gather(*answers)
    except KernelError:  # better no fork than one that hangs
        await ensure_async(kernels.shutdown_kernel(branch_id, now=True))
        raise
    # It answered before the server listened, which would take it to be starting still.
    kernels.get_kernel(branch_id).execution_state = "idle"
    return branch_id


async def _give_up(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def require_answer(manager: Any) -> None:
    """Wait until the new kernel of a manager answers, which shows that its main thread runs.

    Raises KernelError when it does not within five seconds, or ends before; the process is left.
    """
    with Wire(manager) as wire:
        asked = wire.ask("shell", "kernel_info_request", {}, seconds=CANARY_SECONDS)
        try:
            await while_alive(manager, asked)
        except Died:
            why = await asyncio.to_thread(_note, manager)
            raise KernelError(f"The kernel could not be forked: {why}") from None
        except TimeoutError:
            why = f"The fork did not answer in {CANARY_SECONDS:g} s and was ended."
            raise KernelError(why) from None


def _note(manager: Any) -> str:
    """Return what the process left of why it ended; it is removed."""
    file = Path(f"{manager.connection_file}.error")
    with suppress(OSError):
        text = file.read_text(errors="replace")
        file.unlink()
        return text
    return "it ended before it had started."
