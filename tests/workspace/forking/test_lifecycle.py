"""A branch is a kernel of the server like any other."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.errors import Conflict
from jupyter_sessions.workspace.adoption import AdoptedProcess


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Tell whether no process, and no zombie, has this number."""
    return not Path(f"/proc/{pid}").exists()


@pytest.fixture(params=["tcp", "ipc", "tcp, encrypted"])
def transport(request: Any, jp_serverapp: Any) -> Iterator[str]:
    kernels = jp_serverapp.kernel_manager
    name, _, encrypted = request.param.partition(", ")
    kernels.config.KernelManager.transport = name
    if encrypted:
        kernels.config.KernelManager.transport_encryption = "required"
    with tempfile.TemporaryDirectory(dir="/tmp") as short:  # the path of a socket is limited
        kernels.connection_dir = short
        yield name


async def test_a_branch_is_used_as_any_kernel(
    transport: str, source: Any, fork: Any, attach: Any, jp_serverapp: Any, jp_fetch: Any
) -> None:
    kernels = jp_serverapp.kernel_manager
    assert source.manager.transport == transport
    await source.run("data = [1]")
    branch, _ = await fork()
    encrypted = kernels.config.KernelManager.get("transport_encryption") == "required"
    keys = [kernel.manager.curve_publickey for kernel in (source, branch)]
    assert [key is not None for key in keys] == [encrypted, encrypted]

    sessions = json.loads((await jp_fetch("api", "sessions")).body)
    assert {each["path"]: each["kernel"]["id"] for each in sessions} == {
        "a.ipynb": source.id,
        "b.ipynb": branch.id,
    }

    cell = branch.send("import time\nprint('on')\ntime.sleep(600)")
    while (message := await branch.client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
        pass
    assert message["content"]["text"] == "on\n"
    assert await source.run("data") == "[1]"
    await jp_fetch("api", "kernels", branch.id, "interrupt", method="POST", body="")
    assert "KeyboardInterrupt" in await branch.finish(cell)
    assert await branch.run("data") == "[1]"

    await kernels.restart_kernel(source.id)
    source = await attach(source.id)
    assert await source.run("data") == "NameError"
    assert await branch.run("data") == "[1]"

    pid = branch.pid
    await kernels.restart_kernel(branch.id)
    branch = await attach(branch.id)
    assert branch.pid != pid
    assert await branch.run("data") == "NameError"
    await until(lambda: is_gone(pid))


async def test_a_branch_outlives_its_source_and_leaves_nothing(
    source: Any, fork: Any, jp_serverapp: Any, jp_fetch: Any
) -> None:
    await source.run("data = [1]")
    branch, _ = await fork()
    await jp_fetch("api", "kernels", source.id, method="DELETE")
    await until(lambda: is_gone(source.pid))
    assert await branch.run("data") == "[1]"
    file = Path(branch.manager.connection_file)
    await jp_fetch("api", "kernels", branch.id, method="DELETE")
    assert branch.id not in jp_serverapp.kernel_manager
    await until(lambda: is_gone(branch.pid))
    await until(lambda: not file.exists())


async def test_a_branch_that_dies_is_started_again_and_its_end_is_known(
    source: Any, fork: Any, attach: Any
) -> None:
    branch, _ = await fork()
    process: AdoptedProcess = branch.manager.provisioner.process
    pid = branch.pid
    os.kill(pid, signal.SIGKILL)
    await until(lambda: branch.manager.provisioner.pid != pid)
    assert process.returncode == -signal.SIGKILL
    await until(lambda: is_gone(pid))
    branch = await attach(branch.id)
    assert await branch.run("1 + 1") == "2"


async def test_an_idle_branch_is_culled(source: Any, fork: Any, jp_serverapp: Any) -> None:
    kernels = jp_serverapp.kernel_manager
    branch, _ = await fork()
    kernels.cull_idle_timeout, kernels.cull_connected = 1, True
    await until(lambda: branch.manager.execution_state == "idle")
    branch.manager.last_activity = branch.manager.last_activity.replace(year=2000)
    await kernels.cull_kernel_if_idle(branch.id)
    assert branch.id not in kernels
    await until(lambda: is_gone(branch.pid))


async def test_a_notebook_with_a_kernel_keeps_it(source: Any, fork: Any) -> None:
    with pytest.raises(Conflict, match="'a.ipynb' has a kernel already"):
        await fork("a.ipynb")


async def test_the_history_of_a_branch_is_its_own(source: Any, fork: Any) -> None:
    session = "print(get_ipython().history_manager.session_number)"
    await source.run("'before'")
    branch, _ = await fork()
    assert await branch.run("'behind'") == "'behind'"
    numbers = {await source.run(session), await branch.run(session)}
    assert len(numbers) == 2
    assert "'behind'" in await branch.run("%history")
    assert "'behind'" not in await source.run("%history")


async def test_a_fork_writes_nothing_into_the_output_of_the_source(source: Any, fork: Any) -> None:
    # Whatever the branch lets go of is collected at once.
    await source.run("import gc; gc.set_threshold(1, 1, 1)")
    branch, _ = await fork()
    request = source.send("print('end')")
    printed = []
    async with asyncio.timeout(60):
        while True:
            message = await source.client.get_iopub_msg(timeout=None)
            printed += [message["content"]["text"]] if "text" in message["content"] else []
            own = message["parent_header"].get("msg_id") == request
            if own and message["content"].get("execution_state") == "idle":
                break
    assert printed == ["end\n"]
    assert await branch.run("print('here')") == "here"
