"""A server that forks one kernel, says the processes, and waits: it is there to be killed.

python -m tests.workspace.forking.lone_server <folder> [died]

With ``died`` the kernel is dead by then, and its checkpoint kept.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.services.sessions.sessionmanager import SessionManager

from jupyter_sessions.workspace.checkpoints import Checkpoints
from jupyter_sessions.workspace.clients import connected
from jupyter_sessions.workspace.forks import Forks


async def main(folder: str, *options: str) -> None:
    kernels = AsyncMappingKernelManager(root_dir=folder, connection_dir=folder)
    contents = LargeFileManager(root_dir=folder)
    sessions = SessionManager(kernel_manager=kernels, contents_manager=contents)
    checkpoints = Checkpoints()
    forks = Forks(sessions, kernels, checkpoints)
    session = await sessions.create_session(
        path="a.ipynb", name="a.ipynb", type="notebook", kernel_name="python3"
    )
    source = session["kernel"]["id"]
    await forks.watch(source)
    async with connected(kernels.get_kernel(source)) as client:
        client.execute("import time; time.sleep(1.1)")
        await client.get_shell_msg(timeout=60)
    branch = (await forks.fork(source, "b.ipynb", wait=60)).kernel_id
    while not (found := await checkpoints.present()):
        await asyncio.sleep(0.02)
    pids = [kernels.get_kernel(each).provisioner.pid for each in (source, branch)]
    if "died" in options:
        os.kill(pids.pop(0), signal.SIGKILL)
        while not await kept(checkpoints):
            await asyncio.sleep(0.02)
    print(*pids, found[0].pid, checkpoints.policy("")["folder"], flush=True)
    await asyncio.Event().wait()


async def kept(checkpoints: Checkpoints) -> bool:
    return any(checkpoints.is_kept(each) for each in await checkpoints.present())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
