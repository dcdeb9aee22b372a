"""Real terminals of a real server."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_sessions.errors import BadRequest, Denied, FolderMissing
from jupyter_sessions.workspace import terminals as module
from jupyter_sessions.workspace.screen import Capture, Marks, plain
from jupyter_sessions.workspace.terminals import CommandResult, Terminals


async def run(terminals: Terminals, folder: Path, command: str, **options: Any) -> CommandResult:
    owner = options.pop("owner", "me")
    return await terminals.run("project", folder, command, owner=owner, **options)


@pytest.mark.parametrize(
    ("command", "output", "code"),
    [
        ("echo hi", "hi\n", 0),
        ("false", "", 1),
        ("false; echo $?", "1\n", 0),
        ("exit 3", "", 3),
        ("set -e\nfalse\necho no", "", 1),
        ("echo a\necho b", "a\nb\n", 0),
        ("cat <<EOF\nx 'y' \"z\" $((1+1))\nEOF", "x 'y' \"z\" 2\n", 0),
        ("cd / && pwd", "/\n", 0),
        ("printf 'no newline'", "no newline", 0),
        ("printf '\\033[31mred\\033[0m\\n'", "red\n", 0),
        ("printf '10%%\\r20%%\\n'", "20%\n", 0),
        ("echo 'ünïcode ✓'", "ünïcode ✓\n", 0),
    ],
)
async def test_a_command_gives_its_output_and_exit_code(
    terminals: Terminals, tmp_path: Path, command: str, output: str, code: int
) -> None:
    done = await run(terminals, tmp_path, command)
    assert (done.output, done.exit_code, done.ended) == (output, code, "exit")


async def test_an_unclosed_quote_is_an_error_and_does_not_hang(
    terminals: Terminals, tmp_path: Path
) -> None:
    done = await run(terminals, tmp_path, "echo 'oops")
    assert done.exit_code == 2
    assert "unexpected EOF" in done.output
    assert (await run(terminals, tmp_path, "echo fine")).output == "fine\n"


async def test_a_command_runs_in_the_projects_folder(terminals: Terminals, tmp_path: Path) -> None:
    folder = tmp_path / "with 'quotes' and spaces"
    folder.mkdir()
    assert (await run(terminals, folder, "pwd")).output == f"{folder}\n"


async def test_one_terminal_is_used_again_and_the_user_sees_it(
    terminals: Terminals, tmp_path: Path, jp_fetch: Any
) -> None:
    first = await run(terminals, tmp_path, "echo 1")
    second = await run(terminals, tmp_path, "echo 2")
    assert first.terminal == second.terminal == "agent1"
    listed = await jp_fetch("api", "terminals")
    assert [each["name"] for each in json.loads(listed.body)] == ["agent1"]


async def test_commands_at_the_same_time_have_terminals_of_their_own(
    terminals: Terminals, tmp_path: Path
) -> None:
    results = await asyncio.gather(
        *(run(terminals, tmp_path, f"sleep 0.5; echo {n}") for n in range(3))
    )
    assert [done.output for done in results] == ["0\n", "1\n", "2\n"]
    assert len({done.terminal for done in results}) == 3


async def test_a_terminal_where_the_user_runs_something_is_left_alone(
    terminals: Terminals, tmp_path: Path, jp_serverapp: Any
) -> None:
    first = await run(terminals, tmp_path, "echo 1")
    pty = jp_serverapp.web_app.settings["terminal_manager"].terminals[first.terminal]
    pty.ptyproc.write("cat\r")
    while os.tcgetpgrp(pty.ptyproc.fd) == pty.ptyproc.pid:
        await asyncio.sleep(0.01)
    assert (await run(terminals, tmp_path, "echo 2")).terminal == "agent2"


async def test_output_is_shown_while_it_comes(terminals: Terminals, tmp_path: Path) -> None:
    came: list[str] = []
    said = asyncio.Event()

    def show(text: str) -> None:
        came.append(text)
        said.set()

    work = asyncio.create_task(run(terminals, tmp_path, "echo now; sleep 60", show=show))
    await asyncio.wait_for(said.wait(), 20)
    assert not work.done()
    assert await terminals.interrupt("me")
    done = await asyncio.wait_for(work, 20)
    assert (done.ended, done.exit_code) == ("interrupted", 130)
    assert "".join(came).startswith("now\r\n")


@pytest.mark.parametrize("command", ["sleep 60", "trap '' INT TERM; sleep 60; sleep 60"])
async def test_a_command_that_takes_too_long_is_stopped(
    terminals: Terminals, tmp_path: Path, command: str
) -> None:
    done = await run(terminals, tmp_path, f"echo begun; {command}", timeout_s=2)
    assert done.ended == "timeout"
    assert done.output.startswith("begun\n")
    assert (await run(terminals, tmp_path, "echo fine")).output == "fine\n"


async def test_cancelling_the_caller_stops_the_command(
    terminals: Terminals, tmp_path: Path
) -> None:
    said = asyncio.Event()
    work = asyncio.create_task(
        run(terminals, tmp_path, "echo 1; sleep 60", show=lambda text: said.set())
    )
    await asyncio.wait_for(said.wait(), 20)
    work.cancel()
    await asyncio.wait({work}, timeout=20)
    assert work.cancelled()
    assert (await run(terminals, tmp_path, "echo 2")).terminal == "agent1"


async def test_cancelling_while_a_terminal_gets_idle_leaves_it_free(
    terminals: Terminals, tmp_path: Path, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SETTLES_S", 60.0)
    first = await run(terminals, tmp_path, "echo 1")
    pty = jp_serverapp.web_app.settings["terminal_manager"].terminals[first.terminal]
    pty.ptyproc.write("cat\r")
    await until(lambda: os.tcgetpgrp(pty.ptyproc.fd) != pty.ptyproc.pid)
    work = asyncio.create_task(run(terminals, tmp_path, "echo 2"))
    await until(lambda: terminals._ours[0].busy)
    work.cancel()
    await asyncio.wait({work}, timeout=20)
    assert work.cancelled()
    pty.ptyproc.write("\x04")
    await until(lambda: os.tcgetpgrp(pty.ptyproc.fd) == pty.ptyproc.pid)
    assert (await run(terminals, tmp_path, "echo 3")).terminal == "agent1"


async def test_cancelling_while_a_command_is_written_leaves_its_terminal_free_and_no_folder(
    terminals: Terminals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scripts))
    begun, go = threading.Event(), threading.Event()
    write = module._write_scripts

    def slowly(*arguments: Any) -> Path:
        begun.set()
        assert go.wait(20)
        return write(*arguments)

    # A disk that is slow at exactly this step cannot be had otherwise.
    monkeypatch.setattr(module, "_write_scripts", slowly)
    work = asyncio.create_task(run(terminals, tmp_path, "echo 1"))
    await until(begun.is_set)
    work.cancel()
    go.set()
    await asyncio.wait({work}, timeout=20)
    assert work.cancelled()
    assert list(scripts.iterdir()) == []
    assert (await run(terminals, tmp_path, "echo 2")).terminal == "agent1"


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_closing_the_terminal_ends_the_command(
    terminals: Terminals, tmp_path: Path, jp_serverapp: Any
) -> None:
    done, _ = await close_during(terminals, tmp_path, jp_serverapp, "sleep 60")
    assert (done.ended, done.exit_code) == ("closed", None)


@pytest.mark.parametrize("command", ["trap '' HUP; sleep 60", "trap '' HUP TERM; sleep 60"])
async def test_closing_the_terminal_ends_a_command_that_ignores_it(
    terminals: Terminals, tmp_path: Path, jp_serverapp: Any, command: str
) -> None:
    """As all commands do below a server that was started with nohup."""
    done, pid = await close_during(terminals, tmp_path, jp_serverapp, command)
    assert (done.ended, done.exit_code) == ("closed", None)
    async with asyncio.timeout(20):
        while not has_ended(pid):
            await asyncio.sleep(0.01)


async def test_a_process_that_left_the_terminal_does_not_keep_the_run_waiting(
    terminals: Terminals, tmp_path: Path, jp_serverapp: Any
) -> None:
    daemon = "setsid sh -c 'echo $$ > daemon; exec sleep 60' & sleep 60"
    done, _ = await close_during(terminals, tmp_path, jp_serverapp, daemon)
    assert (done.ended, done.exit_code) == ("closed", None)
    os.kill(int((tmp_path / "daemon").read_text()), 9)


def has_ended(pid: int) -> bool:
    """Tell whether it ran to its end; nobody may have asked for its exit code yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def close_during(
    terminals: Terminals, folder: Path, app: Any, command: str
) -> tuple[CommandResult, int]:
    """Close the terminal while the command runs; return what is said of it, and its process."""
    said: list[str] = []
    seen = asyncio.Event()

    def show(text: str) -> None:
        said.append(text)
        if "it=" in "".join(said) and "\n" in "".join(said).partition("it=")[2]:
            seen.set()

    work = asyncio.create_task(run(terminals, folder, f"echo it=$$; {command}", show=show))
    await asyncio.wait_for(seen.wait(), 20)
    await app.web_app.settings["terminal_manager"].terminate("agent1", force=True)
    done = await asyncio.wait_for(work, 20)
    return done, int(done.output.split("it=")[1].split()[0])


async def test_long_output_keeps_its_beginning_and_its_end(
    terminals: Terminals, tmp_path: Path
) -> None:
    done = await run(terminals, tmp_path, "seq 1 20000", max_output=10_000)
    assert done.output.startswith("1\n2\n")
    assert done.output.endswith("19999\n20000\n")
    assert "characters were left out" in done.output
    assert len(done.raw) < 11_000


async def test_without_terminals_the_error_says_why(tmp_path: Path) -> None:
    with pytest.raises(Denied, match="terminals_enabled"):
        await run(Terminals(lambda: None), tmp_path, "echo hi")


async def test_wrong_commands_are_refused(terminals: Terminals, tmp_path: Path) -> None:
    for command in ("", "  \n", "echo \0", "x" * 300_000):
        with pytest.raises(BadRequest):
            await run(terminals, tmp_path, command)
    with pytest.raises(BadRequest):
        await run(terminals, tmp_path, "echo", timeout_s=0)
    with pytest.raises(FolderMissing):
        await run(terminals, tmp_path / "gone", "echo")


def test_marks_are_found_however_the_stream_is_cut() -> None:
    stream = "$ x\r\n\x1b]7337;begin;N\x07one\x1b[0m\x1b]two\x1b]7337;end;N;12\x07$ "
    for size in range(1, 12):
        marks = Marks("N")
        pieces = [stream[n : n + size] for n in range(0, len(stream), size)]
        text = "".join(part for piece in pieces for part in marks.feed(piece))
        assert (text, marks.exit_code) == ("one\x1b[0m\x1b]two", 12)


def test_the_screen_shows_what_was_written_last() -> None:
    assert plain("a\rb\r\nab\x08c\r\n\x1b]0;title\x07\x1b[1mx\x1b[0m\x07") == "b\nac\nx"


def test_a_capture_keeps_both_ends() -> None:
    capture = Capture(10)
    shown = [capture.add(text) for text in ("abc", "defgh", "ijklmnopqrstuvwxyz")]
    assert shown == ["abc", "de", ""]
    assert capture.text() == "abcde\r\n[… 16 characters were left out …]\r\nvwxyz"
