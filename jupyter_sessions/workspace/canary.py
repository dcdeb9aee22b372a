"""Tells whether a branch has become a kernel: better no fork than one that hangs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async

from ..errors import KernelError
from .wire import Wire

CANARY_SECONDS = 5.0
LOOK_SECONDS = 0.1


async def require_answer(manager: Any) -> None:
    """Wait until the new kernel of a manager answers, which shows that its main thread runs.

    Raises KernelError when it does not within five seconds, or ends before; the process is left.
    """
    with Wire(manager) as wire:
        asked = wire.ask("shell", "kernel_info_request", {}, seconds=CANARY_SECONDS)
        work = asyncio.create_task(asked)
        try:
            while not (await asyncio.wait({work}, timeout=LOOK_SECONDS))[0]:
                if not await ensure_async(manager.is_alive()):
                    why = await asyncio.to_thread(_note, manager)
                    raise KernelError(f"The kernel could not be forked: {why}")
            work.result()
        except TimeoutError:
            why = f"The fork did not answer in {CANARY_SECONDS:g} s and was ended."
            raise KernelError(why) from None
        finally:
            work.cancel()


def _note(manager: Any) -> str:
    """Return what the process left of why it ended; it is removed."""
    file = Path(f"{manager.connection_file}.error")
    with suppress(OSError):
        text = file.read_text(errors="replace")
        file.unlink()
        return text
    return "it ended before it had started."
