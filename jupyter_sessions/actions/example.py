"""The example project: a real notebook over a real data set, to try things on."""

from __future__ import annotations

import asyncio
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from ..branches.places import ServerRoot
from ..ids import UserId
from ..models.project import NewProject, Project
from ..timeline import Timeline
from .projects import create_project

NAME = "Diabetes example"


async def create_example(timeline: Timeline, root: ServerRoot, user_id: UserId) -> Project:
    """Create a project with a copy of the example in a new folder."""
    made = await create_project(timeline, root, user_id, NewProject(name=NAME))
    await asyncio.to_thread(copy_example, root.path / made.path)
    return made


def copy_example(folder: Path) -> None:
    """Copy the notebook and its data into ``folder``; what is there already stays as it is."""
    with as_file(files("jupyter_sessions") / "example") as source:
        for path in sorted(source.rglob("*")):
            target = folder / path.relative_to(source)
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
