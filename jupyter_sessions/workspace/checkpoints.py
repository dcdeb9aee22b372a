"""Checkpoints of kernels: found by the cells that had run, dropped by what they cost.

Each is a process that writes a file about itself into our folder, beside the socket that it listens
on: a busy kernel need not be asked.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import KernelError
from ..models.checkpoint import Checkpoint

MIB = 1024 * 1024
MAX_BYTES = 4096 * MIB
MAX_SHARE = 0.25
"""Of the memory that is available."""
SCARCE = 0.15
"""When less than this share of the memory is available, half of the budget is left."""
MAX_COUNT = 50
CELL_SECONDS = 1.0
PILED_SECONDS = 2.0
UPKEEP_SECONDS = 2.0
ANSWER_SECONDS = 10.0
KEEP_SECONDS = 600.0
"""How long a kernel that died can be brought back."""


class Checkpoints:
    """The checkpoints of all kernels of a server."""

    def __init__(self, budget: Callable[[], int] | None = None) -> None:
        """``budget`` gives the bytes that all together may have of their own."""
        self._budget = budget or memory_budget
        self._kept: set[int] = set()
        """Processes of those whose kernel died."""
        self._folder = Path(tempfile.mkdtemp(prefix="jupyter-sessions-"))  # paths must be short

    @property
    def budget(self) -> int:
        """Return the bytes that all together may have of their own now."""
        try:
            return self._budget()
        except OSError:  # no such look at the memory on this platform
            return 0

    def policy(
        self, kernel_id: str, cell_s: float = CELL_SECONDS, piled_s: float = PILED_SECONDS
    ) -> dict[str, Any]:
        """Return the request that has a kernel make checkpoints from now on."""
        return {
            "folder": str(self._folder),
            "kernel_id": kernel_id,
            "server_pid": os.getpid(),
            "cell_s": cell_s,
            "piled_s": piled_s,
        }

    async def present(self, kernel_id: str | None = None) -> list[Checkpoint]:
        """Return those that are there, the oldest first."""
        found = await asyncio.to_thread(self._read)
        return [each for each, _ in found if kernel_id in (None, each.kernel_id)]

    async def fork(self, checkpoint: Checkpoint, order: dict[str, Any]) -> dict[str, Any]:
        """Have it forked; return what the branch says. Raises KernelError when it is gone."""
        try:
            reply = await self._ask(checkpoint, order | {"op": "fork"})
        except OSError as error:
            raise KernelError("The checkpoint has ended: memory ran out, or its kernel.") from error
        return reply | {"hazards": [each.model_dump() for each in checkpoint.hazards]}

    async def save(self, checkpoint: Checkpoint, order: dict[str, Any]) -> None:
        """Have its variables written to a file; the order says where, and how long it may take.

        Raises KernelError when it is gone.
        """
        try:
            await self._ask(checkpoint, order | {"op": "save"}, order["seconds"] + ANSWER_SECONDS)
        except OSError as error:
            raise KernelError("The checkpoint has ended: memory ran out, or its kernel.") from error

    async def keep(self, kernel_id: str) -> None:
        """Have those of a kernel that died live on, for a time."""
        for each, _ in await asyncio.to_thread(self._read_all):
            if each.kernel_id == kernel_id and not is_running(each.kernel_pid):
                with suppress(OSError):  # memory ran out, too
                    await self._ask(each, {"op": "keep", "seconds": KEEP_SECONDS})
                    self._kept.add(each.pid)

    def is_kept(self, checkpoint: Checkpoint) -> bool:
        """Tell whether it has outlived its kernel."""
        return checkpoint.pid in self._kept

    async def give(self, kernel_id: str, new_id: str, process: int) -> None:
        """Make those of a kernel that died those of another, which was made of one of them."""
        for each, file in await asyncio.to_thread(self._read):
            if each.kernel_id == kernel_id and self.is_kept(each):
                with suppress(OSError, ValueError):  # it has ended
                    await self._ask(each, {"op": "keep", "kernel": process})
                    await asyncio.to_thread(_rewrite, file, kernel_id=new_id, kernel_pid=process)
                self._kept.discard(each.pid)

    async def drop(self, checkpoint: Checkpoint) -> None:
        """End it; its memory is free when this returns."""
        with suppress(OSError):
            await self._ask(checkpoint, {"op": "drop"})
        self._kept.discard(checkpoint.pid)
        await asyncio.to_thread(self._forget, checkpoint.pid)

    async def drop_kernel(self, kernel_id: str) -> None:
        """End those of a kernel, also if it has ended itself."""
        found = await asyncio.to_thread(self._read_all)
        mine = [each for each, _ in found if each.kernel_id == kernel_id]
        await asyncio.gather(*(self.drop(each) for each in mine))

    async def enforce(self) -> list[Checkpoint]:
        """Drop those that save the least time for their memory, until the rest fits the budget."""
        kept = sorted(await self.present(), key=worth, reverse=True)
        budget, used, dropped = self._budget(), 0, []
        for place, each in enumerate(kept):
            used += each.own_bytes
            if used > budget or place >= MAX_COUNT:
                used -= each.own_bytes
                dropped.append(each)
        for each in dropped:
            await self.drop(each)
        return dropped

    async def keep_within_budget(self) -> None:
        """Enforce the budget until cancelled."""
        while True:
            with suppress(OSError):  # no such look at the memory on this platform
                await self.enforce()
            await asyncio.sleep(UPKEEP_SECONDS)

    async def close(self) -> None:
        """End them all, and remove the folder."""
        found = await asyncio.to_thread(self._read_all)
        await asyncio.gather(*(self.drop(each) for each, _ in found))
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _ask(
        self, checkpoint: Checkpoint, request: dict[str, Any], seconds: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        """Send a request; return all that is said until the other side closes or is ready."""
        found = await asyncio.to_thread(self._read_all)
        path = next((file for each, file in found if each.pid == checkpoint.pid), None)
        if path is None:
            raise FileNotFoundError
        said: dict[str, Any] = {}
        reader, writer = await asyncio.open_unix_connection(path.with_suffix(".sock"))
        try:
            writer.write(json.dumps(request).encode() + b"\n")
            async with asyncio.timeout(seconds):
                while "status" not in said and (line := await reader.readline()):
                    said |= json.loads(line)
        except TimeoutError:
            pass
        finally:
            writer.close()
        return {"status": "error", "message": "The branch did not start."} | said

    def _read(self) -> list[tuple[Checkpoint, Path]]:
        """Return those that count: others end in a moment, as their kernel did."""
        return [
            (each, file)
            for each, file in self._read_all()
            if each.pid in self._kept or is_running(each.kernel_pid)
        ]

    def _read_all(self) -> list[tuple[Checkpoint, Path]]:
        found = []
        for file in self._folder.glob("*.json"):
            with suppress(OSError, ValueError, KeyError):  # it ends while it is read
                record = json.loads(file.read_text())
                memory = own_memory(record["pid"])
                made = datetime.fromtimestamp(record.pop("made"), UTC)
                record.pop("socket")
                each = Checkpoint.model_validate({**record, **memory, "made_at": made})
                found.append((each, file))
        return sorted(found, key=lambda pair: pair[0].made_at)

    def _forget(self, pid: int) -> None:
        for each, file in self._read_all():
            if each.pid == pid:  # it was killed, and could not clean up
                file.unlink(missing_ok=True)
                file.with_suffix(".sock").unlink(missing_ok=True)


def worth(checkpoint: Checkpoint) -> tuple[float, datetime]:
    """Return the seconds that it saves for each MiB of its own; newer ones are worth more."""
    return checkpoint.seconds / max(checkpoint.own_bytes / MIB, 1.0), checkpoint.made_at


def is_running(pid: int) -> bool:
    """Tell whether a process is there, and has not only left its exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1] != "Z"
    except OSError:
        return False


def _rewrite(file: Path, **changes: Any) -> None:
    new = file.with_suffix(".new")
    new.write_text(json.dumps(json.loads(file.read_text()) | changes))
    new.replace(file)


def own_memory(pid: int) -> dict[str, int]:
    """Return the bytes that are a process's own, and its share. Raises OSError when it is gone."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0]) * 1024
    own = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return {"own_bytes": own, "shared_bytes": sizes["Pss"]}


def memory_budget() -> int:
    """Return the bytes that checkpoints may have, from the memory that is available now."""
    sizes = _memory()
    available = sizes["MemAvailable"]
    budget = min(MAX_BYTES, int(available * MAX_SHARE))
    return budget // 2 if available < sizes["MemTotal"] * SCARCE else budget


def available_memory() -> int:
    """Return the bytes of memory that can be had now; half of all where nobody can know."""
    try:
        return _memory()["MemAvailable"]
    except OSError:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _memory() -> dict[str, int]:
    sizes = {}
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0]) * 1024
    return sizes
