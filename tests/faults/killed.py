"""A process that does one thing to a project, and is killed at a step of it; and what is then."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_sessions.actions.recovery import recover_all
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.storage.servers import Presence
from tests.branches.world import World, sqlite_url, world_of

T = TypeVar("T")

# Killed before one of the calls that change the disk or the database: each time in a copy of the
# folder, and in a fork of a process that has imported everything already.
SCRIPT = """
import asyncio, itertools, json, os, shutil, signal, sys
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_sessions.branches import folder, replacing
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.storage.servers import Presence
from tests.branches.world import sqlite_url, world_of
from pathlib import Path

prepared, into, scope, act, *arguments = sys.argv[1:]
exec(act)
left = [0]

def step():
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def counted(function):
    def wrapped(*arguments):
        step()
        return function(*arguments)
    return wrapped

for name in ("stage", "replace", "clean"):
    setattr(replacing, name, counted(getattr(replacing, name)))
folder.ProjectFolder._put_back = counted(folder.ProjectFolder._put_back)

async def main(there):
    database = await open_database(sqlite_url(there))
    presence = Presence(database)
    await presence.claim()
    manager = AsyncLargeFileManager(root_dir=str(there / "served"))
    world = world_of(str(there / "served" / "p"), database, manager, json.loads(scope))
    write = database.write
    async def counted_write(work):
        step()
        return await write(work)
    database.write = counted_write
    await act(world, *arguments)
    (there / "ended").touch()
    if left[0] > 0:
        os.kill(os.getpid(), signal.SIGKILL)
    await presence.release()
    await database.close()

# Once to the end, so that all is imported that is imported on the way.
first = Path(into) / "0"
shutil.copytree(prepared, first)
asyncio.run(main(first))
shutil.rmtree(first)

for at in itertools.count(1):
    there = Path(into) / str(at)
    shutil.copytree(prepared, there)
    if (child := os.fork()) == 0:
        left[0] = at
        asyncio.run(main(there))
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    if (there / "ended").exists():
        break
"""


def killed_at_each_step(
    prepared: Path, into: Path, scope: Scope, act: str, *arguments: str
) -> list[Path]:
    """Run ``act`` in copies of a folder, killed one step later each time; return the copies.

    ``act`` defines a coroutine function of this name, which gets the world and the ``arguments``.
    In the last copy it got to its end.
    """
    into.mkdir()
    who = json.dumps([scope.user_id, scope.project_id])
    command = [sys.executable, "-c", SCRIPT, str(prepared), str(into), who, act, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return sorted(into.iterdir(), key=lambda each: int(each.name))


async def recovered(folder: Path, scope: Scope, check: Callable[[World], Awaitable[T]]) -> T:
    """Start again, let what was begun be finished or taken back, and look."""
    database = await open_database(sqlite_url(folder))
    presence = Presence(database)
    await presence.claim()
    manager = AsyncLargeFileManager(root_dir=str(folder / "served"))
    place = str(folder / "served" / "p")
    world = world_of(place, database, manager, (scope.user_id, scope.project_id))
    try:
        await recover_all(world.timeline, presence, lambda scope: asyncio.sleep(0, world.shelf))
        return await check(world)
    finally:
        await presence.release()
        await database.close()
