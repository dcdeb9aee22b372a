"""Which files git does not care about, in a project that is, or lies in, a repository."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

SECONDS = 5.0
# A repository can name commands of its own for both.
_OWN_SETTINGS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


async def ignored_by_git(root: Path, paths: Sequence[str]) -> set[str]:
    """Return those of the paths below a folder that git ignores; none where there is no git."""
    if not paths:
        return set()
    try:
        child = await asyncio.create_subprocess_exec(
            "git",
            *_OWN_SETTINGS,
            "check-ignore",
            "-z",
            "--stdin",
            cwd=root,
            env=_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return set()
    try:
        async with asyncio.timeout(SECONDS):
            out, _ = await child.communicate(b"".join(os.fsencode(path) + b"\0" for path in paths))
    except TimeoutError:
        return set()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return {os.fsdecode(path) for path in out.split(b"\0") if path}


def _environment() -> dict[str, str]:
    """Return an environment in which git reads no settings of the user, and asks nobody."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
    }
