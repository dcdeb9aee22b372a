"""The tool for commands."""

from __future__ import annotations

import asyncio

from ...models.event import TerminalOutput, TerminalOutputData
from ...models.live import TerminalDelta
from ...models.text import storable
from ...workspace.terminals import CommandResult
from .context import ToolContext, ToolResult


async def run_terminal(ctx: ToolContext, command: str, timeout_s: float = 120) -> ToolResult:
    """Run a shell command in a terminal, in the project's folder, and wait for its end.

    Each command has a shell of its own: "cd" and variables do not last until the next one.

    Args:
        command: The command; several lines are fine.
        timeout_s: Seconds after which the command is stopped.
    """
    live = _LiveText(ctx)
    await ctx.surroundings.ready()
    try:
        done = await ctx.terminals.run(
            ctx.scope.project_id,
            ctx.folder.root,
            command,
            owner=ctx.session_id,
            timeout_s=timeout_s,
            show=live.show,
            wait=ctx.wait,
        )
    except asyncio.CancelledError:
        await asyncio.shield(_record(ctx, command, live.text, None, ""))
        raise
    await _record(ctx, command, done.raw, done.exit_code, done.terminal)
    status = _status(done, timeout_s)
    output = done.output.rstrip("\n")
    summary = "timed out" if done.ended == "timeout" else f"exit {done.exit_code}"
    text = f"{output}\n[{status}]" if output else f"[{status}; no output]"
    return ToolResult(text, summary, failed=done.exit_code != 0)


async def _record(
    ctx: ToolContext, command: str, output: str, exit_code: int | None, terminal: str
) -> None:
    data = TerminalOutputData(
        call_id=ctx.call_id,
        command=storable(command),
        output=storable(output),
        exit_code=exit_code,
        terminal=terminal,
    )
    await ctx.append(TerminalOutput, data)


def _status(done: CommandResult, timeout_s: float) -> str:
    seconds = f"{done.duration_ms / 1000:.1f} s, terminal {done.terminal}"
    match done.ended:
        case "timeout":
            return f"stopped after {timeout_s:g} s: it took too long; terminal {done.terminal}"
        case "interrupted":
            return f"interrupted by the user, exit code {done.exit_code}; {seconds}"
        case "closed":
            return f"the terminal was closed before the command ended; {seconds}"
    return f"exit code {done.exit_code}; {seconds}"


class _LiveText:
    """Sends the output of a command to the conversation while it comes."""

    def __init__(self, ctx: ToolContext) -> None:
        self._ctx = ctx
        self._offset = 0
        self.text = ""

    def show(self, text: str) -> None:
        ctx = self._ctx
        self.text += text
        ctx.live(
            TerminalDelta(run_id=ctx.run_id, call_id=ctx.call_id, offset=self._offset, text=text)
        )
        # Code units of UTF-16, as browsers count.
        self._offset += len(text.encode("utf-16-le", "surrogatepass")) // 2
