"""Commands in terminals of the server, which the user can open from JupyterLab's Running panel.

A command lies in a file of its own and runs in a shell of its own, so that an unclosed quote, an
``exit`` or a ``set -e`` ends the command and not the terminal. What is typed into the terminal is
only the name of a second file, which marks where the command begins and ends.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import secrets
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jupyter_core.utils import ensure_async

from ..errors import BadRequest, Denied, FolderMissing, SessionsError, StorageFull
from .screen import Capture, Marks, plain

MAX_OUTPUT = 2_000_000
MAX_COMMAND = 200_000
MAX_TERMINALS = 8
INTERVAL = 0.05
BEGIN_SECONDS = 20.0
PROMPT_SECONDS = 3.0
GRACE_SECONDS = 3.0
SETTLES_S = 2.0
"""Time that a shell may take to come back to the front after a command of ours."""
ALIVE_S = 0.5
"""Seconds between two looks at whether a terminal's shell lives."""
SIZE = (40, 120)

Show = Callable[[str], None]
Wait = Callable[[Literal["waits", "running"]], None]


@dataclass(frozen=True)
class CommandResult:
    """What a command did."""

    terminal: str
    """Name of the terminal, as in JupyterLab."""
    raw: str
    """Output as the terminal got it, with colours."""
    output: str
    """Output as plain text."""
    exit_code: int | None
    """``None`` when the command was killed, or its terminal closed."""
    ended: Literal["exit", "timeout", "interrupted", "closed"]
    duration_ms: int


@dataclass(eq=False)
class _Terminal:
    name: str
    project_id: str
    busy: bool = True
    """Reserved by a command of ours."""
    ended: float = 0.0
    """When our last command in it ended (monotonic seconds)."""


@dataclass(eq=False)
class _Command:
    """A command that runs. It listens to its terminal as a browser does."""

    pty: Any
    marks: Marks
    capture: Capture
    show: Show
    size: tuple[None, None] = (None, None)
    """Has no say in the size of the terminal."""
    seen: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    stopped: bool = False
    group: int | None = None
    """Its group of processes, which can outlive the terminal's shell."""
    _waiting: list[str] = field(default_factory=list)
    _shown: bool = True

    def on_pty_read(self, text: str) -> None:
        self.seen.set()
        for part in self.marks.feed(text):
            if shown := self.capture.add(part):
                self._waiting.append(shown)
                self._later()
        if self.marks.begun:
            self.begun.set()
        if self.marks.ended:
            self.ended.set()

    def on_pty_died(self) -> None:
        self.closed = True
        self.seen.set()
        self.begun.set()
        self.ended.set()

    def flush(self) -> None:
        self._shown = True
        if self._waiting:
            text = "".join(self._waiting)
            self._waiting.clear()
            self.show(text)

    def _later(self) -> None:
        if self._shown:
            self._shown = False
            asyncio.get_running_loop().call_later(INTERVAL, self.flush)


class Terminals:
    """Runs commands of agents in terminals that the user can see."""

    def __init__(self, manager: Callable[[], Any], *, hidden: Iterable[str] = ()) -> None:
        """``manager`` returns the server's terminal manager; ``None`` where terminals are off.

        Commands do not get the variables that are ``hidden`` (keys of providers).
        """
        self._manager = manager
        self._hidden = tuple(hidden)
        self._ours: list[_Terminal] = []
        self._running: dict[str, list[_Command]] = {}

    async def run(
        self,
        project_id: str,
        folder: Path,
        command: str,
        *,
        owner: str,
        timeout_s: float = 120.0,
        show: Show = lambda text: None,
        wait: Wait = lambda state: None,
        max_output: int = MAX_OUTPUT,
    ) -> CommandResult:
        """Run a command in the project's folder; ``show`` gets its output as it comes.

        ``owner`` is who may interrupt it: a session's id. A command that is still running after
        ``timeout_s``, or when the caller is cancelled, is stopped.
        """
        _check(command, timeout_s)
        manager = self._manager()
        if manager is None:
            raise Denied(
                "Terminals are switched off on this server (ServerApp.terminals_enabled), "
                "so no command can run. Work with files and notebooks instead."
            )
        if not await asyncio.to_thread(folder.is_dir):
            raise FolderMissing(f"The project's folder {str(folder)!r} is not there.")
        terminal = await self._terminal(manager, project_id, folder)
        nonce = secrets.token_hex(16)
        writing = asyncio.create_task(
            asyncio.to_thread(_write_scripts, folder, command, nonce, self._hidden)
        )
        try:
            scripts = await _written(writing)
            wait("running")
            pty = manager.terminals[terminal.name]
            running = _Command(pty, Marks(nonce), Capture(max_output), show)
            return await self._run(running, terminal, owner, scripts, timeout_s)
        finally:
            terminal.busy = False
            terminal.ended = time.monotonic()
            await asyncio.shield(_remove(writing))

    async def interrupt(self, owner: str) -> bool:
        """Press Ctrl-C in the commands of this owner; tell whether there were any."""
        commands = list(self._running.get(owner, ()))
        for command in commands:
            command.stopped = True
            await _type(command, "\x03")
        return bool(commands)

    async def _run(
        self, command: _Command, terminal: _Terminal, owner: str, scripts: Path, timeout_s: float
    ) -> CommandResult:
        began = time.monotonic()
        ended: Literal["exit", "timeout", "interrupted", "closed"] = "exit"
        command.pty.clients.append(command)
        self._running.setdefault(owner, []).append(command)
        watching = asyncio.create_task(_end_with_shell(command))
        try:
            await _start(command, scripts)
            if not await _within(command.ended, timeout_s):
                ended = "timeout"
                await _stop(command)
            elif command.closed:
                ended = "closed"
                await _end_group(command)
            elif command.stopped:
                ended = "interrupted"
        except asyncio.CancelledError:
            await asyncio.shield(_stop(command))
            raise
        finally:
            watching.cancel()
            with suppress(ValueError):
                command.pty.clients.remove(command)
            self._running[owner].remove(command)
            if not self._running[owner]:
                del self._running[owner]
            command.flush()
        raw = command.capture.text()
        duration = round((time.monotonic() - began) * 1000)
        code = None if ended == "closed" else command.marks.exit_code
        return CommandResult(terminal.name, raw, plain(raw), code, ended, duration)

    async def _terminal(self, manager: Any, project_id: str, folder: Path) -> _Terminal:
        """Return a terminal of the project where nothing runs, and reserve it; or make one."""
        self._ours = [each for each in self._ours if each.name in manager.terminals]
        mine = [each for each in self._ours if each.project_id == project_id]
        for each in mine:
            if each.busy:
                continue
            each.busy = True
            try:
                if await _gets_idle(manager.terminals[each.name], each.ended):
                    return each
            except BaseException:  # the caller is cancelled, say
                each.busy = False
                raise
            each.busy = False
        if len(mine) >= MAX_TERMINALS:
            raise SessionsError(
                f"All {MAX_TERMINALS} terminals of this project are busy. Wait for a command to "
                "end, or close a terminal in the Running panel."
            )
        name = next(f"agent{n}" for n in range(1, 10_000) if f"agent{n}" not in manager.terminals)
        terminal = _Terminal(name, project_id)
        self._ours.append(terminal)
        try:
            await ensure_async(manager.create(name=name, cwd=str(folder)))
            manager.terminals[name].ptyproc.setwinsize(*SIZE)
        except Exception as error:  # a shell that is configured may fail in any way
            self._ours.remove(terminal)
            raise SessionsError(f"A terminal could not be opened: {error}.") from error
        return terminal


def _check(command: str, timeout_s: float) -> None:
    if not command.strip():
        raise BadRequest("The command is empty.")
    if len(command) > MAX_COMMAND:
        raise BadRequest(f"The command is longer than {MAX_COMMAND:,} characters: write a file.")
    if "\0" in command:
        raise BadRequest("The command contains a NUL character.")
    if not 0 < timeout_s <= 86_400:
        raise BadRequest("'timeout_s' must be between 0 and 86,400 seconds.")
    if os.name == "nt":
        raise Denied("Commands in terminals need a POSIX shell, which this server does not have.")


def _write_scripts(folder: Path, command: str, nonce: str, hidden: tuple[str, ...]) -> Path:
    shell = shutil.which("bash") or "/bin/sh"
    scripts = Path(tempfile.mkdtemp(prefix="agent-"))
    first, more = command.strip().split("\n", 1)[0], "\n" in command.strip()
    title = re.sub(r"[\x00-\x1f\x7f]", " ", first)[:200] + (" …" if more else "")
    (scripts / "command").write_bytes(command.encode("utf-8", "replace") + b"\n")
    forget = f"unset -v {shlex.join(hidden)}\n" if hidden else ""
    # The handlers keep this shell alive when Ctrl-C ends the command; the command has its own.
    (scripts / "run").write_text(
        f"trap : INT QUIT TERM\n"
        f"{forget}"
        f"printf '\\033[2m$ %s\\033[0m\\n' {shlex.quote(title)}\n"
        f"printf '\\033]7337;begin;{nonce}\\007'\n"
        f"cd -- {shlex.quote(str(folder))} &&\n"
        f"{shlex.quote(shell)} {shlex.quote(str(scripts / 'command'))}\n"
        f"printf '\\033]7337;end;{nonce};%d\\007' $?\n",
        errors="surrogateescape",
    )
    return scripts


async def _written(writing: asyncio.Task[Path]) -> Path:
    """Return the folder of the scripts; they are written to the end even if we are cancelled."""
    try:
        return await asyncio.shield(writing)
    except OSError as error:
        raise _disk_error(error) from error


async def _remove(writing: asyncio.Task[Path]) -> None:
    """Remove the scripts as soon as they are written: a thread cannot be cancelled."""
    with suppress(OSError):  # they could not be written
        await asyncio.to_thread(shutil.rmtree, await writing, ignore_errors=True)


def _disk_error(error: OSError) -> SessionsError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull("The disk for temporary files is full, so no command can run.")
    return SessionsError(f"The command could not be written to a temporary file: {error}.")


async def _start(command: _Command, scripts: Path) -> None:
    # A new shell throws away what is typed before it has set up its line editor.
    if not command.pty.read_buffer:
        await _within(command.seen, PROMPT_SECONDS)
    await _type(command, f"\x15 /bin/sh {scripts / 'run'}\r")
    if not await _within(command.begun, BEGIN_SECONDS):
        raise SessionsError(
            "The terminal does not answer: its shell may be waiting for input. "
            "Close it in the Running panel and try again."
        )
    with suppress(OSError):
        command.group = os.tcgetpgrp(command.pty.ptyproc.fd)


async def _end_with_shell(command: _Command) -> None:
    """Call the command closed when the shell of its terminal is gone.

    The end of the terminal's output is not waited for: a process can hold it open.
    """
    while command.pty.ptyproc.isalive():  # noqa: ASYNC110 - processes tell nobody when they end
        await asyncio.sleep(ALIVE_S)
    if not await _within(command.ended, ALIVE_S):
        command.on_pty_died()


async def _end_group(command: _Command) -> None:
    """End what is left of a command whose terminal was closed.

    Most end by the hang-up that the system sends then. Those that ignore it do not, and below a
    server that was started with ``nohup`` all do.
    """
    if command.group in (None, command.pty.ptyproc.pid):
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        for _ in range(round(GRACE_SECONDS / 3 / INTERVAL)):
            try:
                os.killpg(command.group, 0)
            except OSError:  # all of it has ended
                return
            await asyncio.sleep(INTERVAL)
        with suppress(OSError):
            os.killpg(command.group, number)


async def _stop(command: _Command) -> None:
    """End the command: by Ctrl-C, then by signals that it cannot ignore."""
    await _type(command, "\x03")
    if await _within(command.ended, GRACE_SECONDS):
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(OSError):
            group = os.tcgetpgrp(command.pty.ptyproc.fd)
            if group != os.getpgid(command.pty.ptyproc.pid):
                os.killpg(group, number)
        if await _within(command.ended, GRACE_SECONDS / 3):
            return


async def _type(command: _Command, text: str) -> None:
    if command.closed:
        return
    with suppress(OSError, EOFError, ValueError):
        await asyncio.to_thread(command.pty.ptyproc.write, text)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    waiting: Awaitable[object] = event.wait()
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError:
        return False
    return True


async def _gets_idle(pty: Any, ended: float) -> bool:
    """Tell whether the terminal is free: a shell takes a moment to come back after our command."""
    while not _is_idle(pty):
        if time.monotonic() - ended > SETTLES_S:
            return False
        await asyncio.sleep(0.01)
    return True


def _is_idle(pty: Any) -> bool:
    """Tell whether the shell itself has the terminal: neither we nor the user run something."""
    try:
        return bool(os.tcgetpgrp(pty.ptyproc.fd) == os.getpgid(pty.ptyproc.pid))
    except OSError:
        return False
