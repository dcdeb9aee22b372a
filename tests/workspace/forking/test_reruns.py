"""Cells that run again in a new kernel, where no state was kept."""

from __future__ import annotations

import asyncio

from jupyter_sessions.workspace.kernels import Kernels
from jupyter_sessions.workspace.reruns import run_again

CELLS = ["data = [1]", "data.append(2)", "print(data)"]


async def test_cells_run_again_in_order_and_say_how_far_they_are(kernels: Kernels) -> None:
    heard: list[tuple[int, int]] = []
    ran = await run_again(
        kernels, "b.ipynb", None, CELLS, owner="me", progress=lambda *how: heard.append(how)
    )
    assert ran.complete
    assert heard == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert ran.executed[-1].outputs[0]["text"] == "[1, 2]\n"
    assert await kernels.find("b.ipynb") == ran.kernel_id


async def test_a_cell_that_fails_or_is_stopped_is_the_last(kernels: Kernels) -> None:
    ran = await run_again(kernels, "b.ipynb", None, ["1 / 0", *CELLS], owner="me")
    assert (ran.complete, [each.status for each in ran.executed]) == (False, ["error"])
    running = asyncio.Event()

    async def started(outputs: object, count: object) -> None:
        if outputs:
            running.set()

    endless = ["data = [1]", "print('on')\nimport time; time.sleep(600)", "data.append(2)"]
    work = asyncio.create_task(
        run_again(kernels, "b.ipynb", None, endless, owner="me", show=lambda place: started)
    )
    await running.wait()
    assert await kernels.interrupt("me")
    ran = await work
    assert (ran.complete, [each.status for each in ran.executed]) == (False, ["ok", "interrupted"])
