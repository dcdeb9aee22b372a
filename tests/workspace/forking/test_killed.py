"""A server that is killed takes branches and checkpoints with it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest


def is_running(pid: str) -> bool:
    """Tell whether a process runs; one that nobody has cleaned up after does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("options", [(), ("died",)], ids=["", "after the death of a kernel"])
async def test_nothing_outlives_a_server_that_is_killed(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workspace.forking.lone_server", str(tmp_path), *options,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"JUPYTER_RUNTIME_DIR": str(tmp_path), "IPYTHONDIR": str(tmp_path)},
    )  # fmt: skip
    assert server.stdout is not None
    async with asyncio.timeout(90):
        *pids, folder = (await server.stdout.readline()).decode().split()
        assert len(pids) == 3 - len(options)
        assert all(is_running(pid) for pid in pids)
        server.kill()
        await server.wait()
        while any(is_running(pid) for pid in pids) or os.path.exists(folder):  # noqa: ASYNC240
            await asyncio.sleep(0.02)
