"""Subshells: a second place to run code in a kernel whose main one is taken.

Source: https://jupyter.org/enhancement-proposals/91-kernel-subshells/kernel-subshells.html
ipykernel has them since version 7.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ..errors import KernelError
from .clients import Connect

FEATURE = "kernel subshells"
ANSWER_SECONDS = 10.0
NONE_HERE = (
    "The notebook's kernel waits for this answer (%%session), so no cell can run in it now. "
    "Leave the cell for the user to run after the answer."
)

INTERRUPT = "__import__('jupyter_sessions.kernel.beside', fromlist=['_']).interrupt({!r})"


@asynccontextmanager
async def subshell(client: Any) -> AsyncIterator[str]:
    """Make a subshell and give its id; take it away afterwards.

    Raises KernelError when the kernel knows no subshells. What still runs when this is left by an
    exception goes on: taking its subshell away would block the kernel until it ends.
    """
    info = await _ask(client, "kernel_info_request")
    if FEATURE not in info.get("supported_features", ()):
        raise KernelError(NONE_HERE)
    made = await _ask(client, "create_subshell_request")
    if made.get("status") != "ok":
        raise KernelError(NONE_HERE)
    yield made["subshell_id"]
    await _ask(client, "delete_subshell_request", {"subshell_id": made["subshell_id"]})


async def interrupt(manager: Any, subshell_id: str, connect: Connect) -> None:
    """Interrupt what runs in a subshell: a signal to the kernel would arrive in its main place."""
    try:
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            connect(manager) as client,
            subshell(client) as own,
        ):
            content = {"code": INTERRUPT.format(subshell_id), "silent": True, "allow_stdin": False}
            request = client.session.msg("execute_request", content)
            request["header"]["subshell_id"] = own
            client.shell_channel.send(request)
            await client.get_shell_msg(timeout=None)
    except (TimeoutError, KernelError):
        return  # it does not answer: whoever waits for it gives up by itself


async def _ask(client: Any, kind: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask on the control channel, which answers while a cell runs."""
    request = client.session.msg(kind, content)
    client.control_channel.send(request)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                reply = await client.get_control_msg(timeout=None)
                if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                    answer: dict[str, Any] = reply["content"]
                    return answer
    except TimeoutError:
        raise KernelError(
            f"The kernel does not answer since {ANSWER_SECONDS:g} s. Restart it from the Kernel "
            "menu."
        ) from None
