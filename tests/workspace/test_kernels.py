"""Real kernels, started by a real server."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.errors import KernelError
from jupyter_sessions.workspace.execution import Executed
from jupyter_sessions.workspace.kernels import Kernels


class Shown:
    """What a front end would have been shown."""

    def __init__(self) -> None:
        self.all: list[list[dict[str, Any]]] = []
        self.said = asyncio.Event()

    async def __call__(self, outputs: list[dict[str, Any]], count: int | None) -> None:
        self.all.append(outputs)
        if outputs:
            self.said.set()


async def run(
    kernels: Kernels, source: str, path: str = "a.ipynb", owner: str = "me", **options: Any
) -> Executed:
    show = options.pop("show", None) or Shown()
    turn = await kernels.turn(path, None)
    return await kernels.run(turn, source, owner=owner, show=show, **options)


async def test_code_runs_and_its_result_comes_back(kernels: Kernels) -> None:
    done = await run(kernels, "print('hi')\n21 * 2")
    assert (done.status, done.execution_count) == ("ok", 1)
    assert done.outputs == [
        {"output_type": "stream", "name": "stdout", "text": "hi\n"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "42"},
            "metadata": {},
            "execution_count": 1,
        },
    ]
    assert done.note == "A kernel was started for this notebook."


async def test_the_kernel_is_the_one_of_the_notebook(kernels: Kernels, jp_serverapp: Any) -> None:
    session = await jp_serverapp.session_manager.create_session(
        path="sub/a.ipynb", name="a.ipynb", type="notebook", kernel_name="python3"
    )
    done = await run(kernels, "1", path="sub/a.ipynb")
    assert done.kernel_id == session["kernel"]["id"]
    assert done.note == ""


async def test_a_kernel_that_was_started_is_found_by_the_user(
    kernels: Kernels, jp_serverapp: Any
) -> None:
    await run(kernels, "1")
    session = await jp_serverapp.session_manager.get_session(path="a.ipynb")
    assert session["type"] == "notebook"


async def test_the_working_directory_is_the_notebooks_folder(
    kernels: Kernels, jp_root_dir: Path
) -> None:
    (jp_root_dir / "sub").mkdir()
    done = await run(kernels, "import os; print(os.getcwd())", path="sub/a.ipynb")
    assert done.outputs[0]["text"] == f"{(jp_root_dir / 'sub').resolve()}\n"


async def test_a_missing_kernelspec_is_replaced_and_said(kernels: Kernels) -> None:
    turn = await kernels.turn("a.ipynb", "julia-0.1")
    done = await kernels.run(turn, "1", owner="me", show=Shown())
    assert done.status == "ok"
    assert "'julia-0.1', which is not installed" in done.note


async def test_an_error_is_an_output(kernels: Kernels) -> None:
    done = await run(kernels, "1 / 0")
    assert done.status == "error"
    assert done.outputs[0]["ename"] == "ZeroDivisionError"


async def test_input_is_refused_and_does_not_hang(kernels: Kernels) -> None:
    done = await run(kernels, "input('name? ')")
    assert done.status == "error"
    assert done.outputs[0]["ename"] == "StdinNotImplementedError"


async def test_outputs_are_shown_while_they_come(kernels: Kernels) -> None:
    shown = Shown()
    work = asyncio.create_task(
        run(kernels, "print('now', flush=True)\nimport time; time.sleep(60)", show=shown)
    )
    await asyncio.wait_for(shown.said.wait(), 30)
    assert not work.done()
    assert await kernels.interrupt("me")
    assert (await work).status == "interrupted"


# What ipykernel does when it is interrupted between the end of a cell and its reply.
INTERRUPTED_AT_ITS_END = """\
kernel = get_ipython().kernel
send = kernel.session.send
def interrupted(stream, kind, *args, **options):
    if kind == "execute_reply":
        kernel.session.send = send
        raise KeyboardInterrupt
    return send(stream, kind, *args, **options)
kernel.session.send = interrupted
print("done")"""


async def test_a_cell_ends_although_its_reply_is_lost(kernels: Kernels) -> None:
    done = await run(kernels, INTERRUPTED_AT_ITS_END)
    assert (done.status, done.execution_count) == ("error", 1)
    assert done.outputs[0]["text"] == "done\n"
    assert "did not say how this ended" in done.outputs[1]["text"]
    assert (await run(kernels, "print('again')")).status == "ok"


async def test_interrupt_reaches_only_ones_own_cells(kernels: Kernels) -> None:
    await run(kernels, "1")
    assert not await kernels.interrupt("me")
    assert not await kernels.interrupt("another")


async def test_cancelling_the_caller_interrupts_the_cell(kernels: Kernels) -> None:
    shown = Shown()
    work = asyncio.create_task(
        run(kernels, "print(1, flush=True)\nimport time; time.sleep(60)", show=shown)
    )
    await asyncio.wait_for(shown.said.wait(), 30)
    work.cancel()
    await asyncio.wait({work}, timeout=30)
    assert work.cancelled()
    assert shown.all[-1][-1]["ename"] == "KeyboardInterrupt"
    assert (await run(kernels, "2")).status == "ok"


async def test_a_kernel_that_dies_ends_the_cell(kernels: Kernels) -> None:
    done = await asyncio.wait_for(
        run(kernels, "print('last words', flush=True)\nimport os; os.kill(os.getpid(), 9)"), 30
    )
    assert done.status == "dead"
    assert "The kernel died" in done.outputs[-1]["text"]


async def test_a_kernel_that_is_restarted_ends_the_cell(
    kernels: Kernels, jp_serverapp: Any
) -> None:
    shown = Shown()
    work = asyncio.create_task(
        run(kernels, "print(1, flush=True)\nimport time; time.sleep(60)", show=shown)
    )
    await asyncio.wait_for(shown.said.wait(), 30)
    kernel_id = await kernels.find("a.ipynb")
    await jp_serverapp.kernel_manager.restart_kernel(kernel_id, now=True)
    assert (await asyncio.wait_for(work, 30)).status == "dead"
    assert (await run(kernels, "2")).status == "ok"


async def test_cells_of_one_kernel_queue_in_order(kernels: Kernels) -> None:
    states: list[str] = []
    turns = [await kernels.turn("a.ipynb", None) for _ in range(3)]
    results = await asyncio.gather(
        *(
            kernels.run(
                turn,
                f"print({number})",
                owner="me",
                show=Shown(),
                wait=lambda state, number=number: states.append(f"{number} {state}"),
            )
            for number, turn in reversed(list(enumerate(turns)))
        )
    )
    assert [done.execution_count for done in results] == [3, 2, 1]
    assert states[-1] == "2 running"


async def test_a_cell_runs_behind_what_the_user_runs(kernels: Kernels, jp_serverapp: Any) -> None:
    await run(kernels, "1")
    manager = jp_serverapp.kernel_manager.get_kernel(await kernels.find("a.ipynb"))
    user = manager.client()
    user.start_channels(hb=False)
    user.execute("import time; time.sleep(1); 1 / 0")
    user.execute("x = 1")
    done = await run(kernels, "'after'")
    user.stop_channels()
    assert done.status == "ok"
    assert done.outputs[-1]["data"] == {"text/plain": "'after'"}


async def test_large_outputs_are_cut_with_a_notice(kernels: Kernels) -> None:
    source = "for _ in range(50): print('x' * 1000)"
    done = await run(kernels, source, max_size=10_000)
    assert sum(len(output["text"]) for output in done.outputs) < 12_000
    assert "the rest was left out" in done.outputs[-1]["text"]


async def test_many_outputs_are_shown_at_most_20_times_a_second(kernels: Kernels) -> None:
    shown = Shown()
    done = await run(kernels, "for n in range(3000): print(n, flush=True)", show=shown)
    assert done.outputs[0]["text"].count("\n") == 3000
    assert len(shown.all) <= 2 + done.duration_ms / 50


async def test_displays_are_updated_in_place(kernels: Kernels) -> None:
    source = (
        "from IPython.display import display, clear_output\n"
        "handle = display('old', display_id=True)\nprint('x')\nhandle.update('new')"
    )
    done = await run(kernels, source)
    assert [output["output_type"] for output in done.outputs] == ["display_data", "stream"]
    assert done.outputs[0]["data"]["text/plain"] == "'new'"


async def test_clearing_waits_for_the_next_output(kernels: Kernels) -> None:
    source = (
        "from IPython.display import clear_output\n"
        "for n in range(3):\n    clear_output(wait=True); print(n)\nclear_output(wait=True)"
    )
    done = await run(kernels, source)
    assert done.outputs == [{"output_type": "stream", "name": "stdout", "text": "2\n"}]


async def test_the_loop_is_never_blocked_for_long(kernels: Kernels) -> None:
    worst, last = 0.0, asyncio.get_running_loop().time()
    stop = asyncio.Event()

    async def watch() -> None:
        nonlocal worst, last
        while not stop.is_set():
            await asyncio.sleep(0.005)
            now = asyncio.get_running_loop().time()
            worst, last = max(worst, now - last), now

    await run(kernels, "1")
    last = asyncio.get_running_loop().time()
    watcher = asyncio.create_task(watch())
    await run(kernels, "for n in range(500): print('y' * 100)")
    stop.set()
    await watcher
    assert worst < 0.2


async def test_a_kernel_killed_from_outside_while_idle_is_replaced(
    kernels: Kernels, jp_serverapp: Any
) -> None:
    done = await run(kernels, "import os; print(os.getpid())")
    os.kill(int(done.outputs[0]["text"]), signal.SIGKILL)
    manager = jp_serverapp.kernel_manager.get_kernel(done.kernel_id)
    while await manager.is_alive():
        await asyncio.sleep(0.01)
    again = await asyncio.wait_for(run(kernels, "print(1)"), 60)
    assert again.status == "ok"
    assert "had died" in again.note


async def test_a_kernel_that_was_shut_down_meanwhile_is_said(
    kernels: Kernels, jp_serverapp: Any
) -> None:
    turn = await kernels.turn("a.ipynb", None)
    await jp_serverapp.kernel_manager.shutdown_kernel(turn.kernel_id)
    with pytest.raises(KernelError, match="was shut down; run it again"):
        await kernels.run(turn, "1", owner="me", show=Shown())
