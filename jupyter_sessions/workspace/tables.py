"""What a cell returned, asked of its kernel by an expression: ``jupyter_sessions.kernel.table``.

A kernel in whose environment the package is missing answers ``None``, and remembers no error.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty
from typing import Any

from pydantic import ValidationError

from ..errors import KernelError
from ..models.table import Table
from .clients import Connect, connected, is_alive
from .subshells import subshell

TABLE = "application/vnd.jupyter-sessions.table+json"
SOURCE = "application/vnd.jupyter-sessions.source"
MAX_SIZE = 20_000_000
"""Characters: what is longer does not come from our code."""
ANSWER_SECONDS = 10.0
_ASK = (
    "__import__('importlib.util', fromlist=['_']).find_spec('jupyter_sessions') and "
    "__import__('jupyter_sessions.kernel.table', fromlist=['_']).{}"
)
RETURNED = _ASK.format("returned()")
_SHOWN = _ASK.format("shown({count}, {digest!r})")


@dataclass(frozen=True)
class Capture:
    """What a kernel says of a value that a cell returned."""

    table: str | None = None
    """A ``Table`` as JSON, checked."""
    source: str | None = None
    """The source that returned it, without line ends behind it; asked for old values only."""


NOTHING = Capture()


async def read_capture(reply: dict[str, Any]) -> Capture:
    """Return what came with a reply. It may come from anything: what is no table is left out."""
    expressions = reply.get("user_expressions")
    told = expressions.get("returned") if isinstance(expressions, dict) else None
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict):
        return NOTHING
    table, source = (_text(data.get(kind)) for kind in (TABLE, SOURCE))
    if table is not None and not await asyncio.to_thread(_is_table, table):
        table = None
    return Capture(table, source)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= MAX_SIZE else None


def _is_table(text: str) -> bool:
    try:
        Table.model_validate_json(text)
    except ValidationError:
        return False
    return True


async def speaks_python(client: Any) -> bool:
    """Tell whether the kernel's language is Python, from its answer on the control channel."""
    with suppress(Empty):
        while True:
            reply = await client.get_control_msg(timeout=ANSWER_SECONDS)
            if reply["header"]["msg_type"] == "kernel_info_reply":
                about = reply["content"].get("language_info") or {}
                return bool(about.get("name") == "python")
    return False


async def shown_value(
    manager: Any, count: int, plain: str, connect: Connect = connected
) -> Capture:
    """Return what the cell with this number returned, if the kernel still shows it as ``plain``.

    Asked beside what the kernel runs, where it can; else a busy kernel is not waited for.
    """
    digest = hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
    expression = _SHOWN.format(count=count, digest=digest)
    try:
        if not await is_alive(manager):
            return NOTHING
        async with asyncio.timeout(ANSWER_SECONDS), connect(manager) as client:
            client.control_channel.send(client.session.msg("kernel_info_request"))
            if not await speaks_python(client):
                return NOTHING
            return await read_capture(await _evaluated(client, expression))
    except (TimeoutError, KernelError):
        return NOTHING


async def _evaluated(client: Any, expression: str) -> dict[str, Any]:
    try:
        async with subshell(client) as beside:
            return await _ask(client, expression, beside)
    except KernelError:  # it knows no subshells
        return await _ask(client, expression, None)


async def _ask(client: Any, expression: str, subshell_id: str | None) -> dict[str, Any]:
    content = {
        "code": "",
        "silent": True,
        "store_history": False,
        "user_expressions": {"returned": expression},
        "allow_stdin": False,
        "stop_on_error": False,
    }
    request = client.session.msg("execute_request", content)
    if subshell_id is not None:
        request["header"]["subshell_id"] = subshell_id
    client.shell_channel.send(request)
    while True:
        reply = await client.get_shell_msg(timeout=None)
        if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            answer: dict[str, Any] = reply["content"]
            return answer
