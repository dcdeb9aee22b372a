"""The engine between a fork and running the cells again: variables that were saved are loaded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ..errors import ForkRefused, KernelBusy, KernelError
from ..models.base import utcnow
from ..models.fork import Hazard, NotCarried
from ..models.saved import SavedNamespace
from .fork_points import Above, Past, past
from .forks import Forks
from .injection import call, cloudpickle_source, cloudpickle_version
from .kernels import Kernels
from .launches import BUSY
from .saved_files import Draft, SavedFiles, take_reply
from .saver import Place, about_of, save_order

SAVE_SECONDS = 60.0
START_SECONDS, LOAD_FACTOR, MAX_LOAD_SECONDS = 30.0, 20.0, 300.0
"""A load may take the first, and so many times what the save took; the last at most."""
GRACE_SECONDS = 5.0
LATE_SECONDS = 1.0
RECENT_SECONDS = 10.0
LOOK_SECONDS = 0.05
GAVE_UP = {
    "too-large": "its variables are larger than what may be saved",
    "too-long": "that took too long",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A new kernel that has what was saved."""

    kernel_id: str
    saved: SavedNamespace
    milliseconds: int
    left: list[NotCarried] = field(default_factory=list)
    """Variables that it does not have."""
    differs: list[Hazard] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Sources of cells that have to run in it now."""


class Namespaces:
    """Finds, makes and loads saved namespaces."""

    def __init__(self, kernels: Kernels, forks: Forks, files: SavedFiles) -> None:
        self._kernels, self._forks, self.files = kernels, forks, files
        self.wait_seconds = 10.0
        """How long a save waits for the cell that runs."""
        self.save_seconds = SAVE_SECONDS
        """How long a kernel that saves itself may run no cell."""
        self.load_seconds = MAX_LOAD_SECONDS
        """The most that a load may take."""

    async def find(
        self, place: Place, others: Collection[str], above: Above
    ) -> Past[SavedNamespace] | None:
        """Return what was saved after the cells; ``others`` is the notebook on other branches."""
        found = [each for each in await self.files.present() if each.project_id == place.project_id]
        own = [each for each in found if each.file == place.file]
        return past(above, [], own, [each for each in found if each.file in others])

    async def recent(self, kernel_id: str, executed: list[str]) -> SavedNamespace | None:
        """Return what a kernel has saved a moment ago: variants of a cell share it."""
        for each in await self.files.present():
            age = (utcnow() - each.made_at).total_seconds()
            if (each.kernel_id, each.executed) == (kernel_id, executed) and age < RECENT_SECONDS:
                return each
        return None

    async def save(self, kernel_id: str, place: Place) -> SavedNamespace:
        """Have a kernel save its variables by itself, between two cells.

        Raises KernelBusy while a cell runs, KernelError when it does not work.
        """
        draft = await asyncio.to_thread(self.files.draft)
        try:
            order = await asyncio.to_thread(save_order, self.files, draft, self.save_seconds)
            order["late_after"] = time.time() + self.wait_seconds
            await self._ask_to_save(kernel_id, draft, order)
            reply = await self.files.reply(draft)
            if reply["status"] == "late":
                raise KernelBusy(BUSY)
            if reply["status"] != "ok":
                why = GAVE_UP.get(reply["status"], reply.get("message", reply["status"]))
                raise KernelError(f"The kernel could not save its variables: {_part(why)}.")
            return await self._add(draft, reply, place, kernel_id)
        finally:
            await self.files.discard(draft)

    async def load(self, found: Past[SavedNamespace], path: str, kernel_name: str | None) -> Loaded:
        """Start a kernel for the notebook at ``path`` (contents API) that has what was saved.

        Raises KernelError when it cannot be had; no kernel is left then.
        """
        began = time.monotonic()
        _require_pickler(found.kept)
        kernel_id, _ = await self._kernels.ensure(path, kernel_name)
        try:
            reply = await self._load(kernel_id, found.kept)
        except BaseException:
            await self._kernels.end(path)
            raise
        return Loaded(
            kernel_id,
            found.kept,
            round((time.monotonic() - began) * 1000),
            found.kept.left + [NotCarried.model_validate(each) for each in reply["left"]],
            found.differs,
            found.missing,
        )

    async def _load(self, kernel_id: str, saved: SavedNamespace) -> dict[str, Any]:
        draft = await asyncio.to_thread(self.files.draft)
        order = saved.model_dump(include={"digest", "frames", "python", "implementation"}) | {
            "libraries": saved.libraries,
            "file": str(self.files.file(saved)),
            "reply": str(draft.reply),
            "cloudpickle": cloudpickle_source(),
        }
        seconds = min(START_SECONDS + LOAD_FACTOR * saved.seconds, self.load_seconds)
        try:
            await self._forks.call(kernel_id, call("loading", "load", order), seconds)
            reply = await asyncio.to_thread(take_reply, draft.reply)
        except TimeoutError:
            raise KernelError(f"Loading what was saved took longer than {seconds:.0f} s.") from None
        except (ForkRefused, KernelBusy) as error:
            raise KernelError(f"The new kernel takes no saved variables: {error}") from error
        finally:
            await self.files.discard(draft)
        if reply["status"] != "ok":
            raise KernelError(reply["message"])
        return reply

    async def _add(
        self, draft: Draft, reply: dict[str, Any], place: Place, kernel_id: str
    ) -> SavedNamespace:
        try:
            return await self.files.add(draft, about_of(reply, place, kernel_id, reply["seconds"]))
        except (KeyError, ValueError) as error:
            raise KernelError("The kernel has told nonsense of its variables.") from error

    async def _ask_to_save(self, kernel_id: str, draft: Draft, order: dict[str, Any]) -> None:
        """Return when it was done, or not. Raises KernelBusy when a cell runs for too long."""
        seconds = self.wait_seconds + self.save_seconds + GRACE_SECONDS
        late = time.monotonic() + self.wait_seconds + LATE_SECONDS
        work = asyncio.create_task(
            self._forks.call(kernel_id, call("saving", "save", order), seconds)
        )
        try:
            while not (await asyncio.wait({work}, timeout=LOOK_SECONDS))[0]:
                if time.monotonic() > late and not draft.has_begun:
                    raise KernelBusy(BUSY)
            work.result()
        except TimeoutError:  # a value does not come to an end
            await self._forks.interrupt(kernel_id)
            until = time.monotonic() + GRACE_SECONDS
            while not draft.is_done and time.monotonic() < until:  # noqa: ASYNC110 - a file
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            work.cancel()


def _require_pickler(saved: SavedNamespace) -> None:
    here = cloudpickle_version()
    if saved.pickler != here:
        raise KernelError(f"It was saved with cloudpickle {saved.pickler}, and here is {here}.")


def _part(sentence: str) -> str:
    """Return a sentence as the end of another one."""
    return sentence.removeprefix("It cannot be saved: ").rstrip(".")
