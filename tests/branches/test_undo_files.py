"""Undoing what a run's tools did to files: taken back, and done again, whoever wrote since."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_sessions.actions.changes import read_changes
from jupyter_sessions.actions.file_changes import kept_change
from jupyter_sessions.actions.run_undo import redo_run
from jupyter_sessions.errors import BadRequest
from jupyter_sessions.models.event import FileChanged
from jupyter_sessions.timeline import Origin

from .test_undo import ended, ran, undone
from .world import World


async def wrote(world: World, run: Any, path: str, text: str) -> None:
    """Write a file as the agent's tool does."""
    written = await world.shelf.folder.write(path, text)
    origin = Origin(world.scope, run.session_id, run.id)
    data = await kept_change(world.timeline, world.scope, written, None)
    await world.timeline.append(origin, FileChanged, data, actor="agent")


async def test_files_that_tools_changed_and_made_are_as_before_and_as_after(world: World):
    file, made = world.shelf.folder.root / "a.py", world.shelf.folder.root / "new.py"
    file.write_text("old\n")
    run = await world.run()
    await wrote(world, run, "a.py", "once\n")
    await wrote(world, run, "a.py", "twice\n")
    await wrote(world, run, "new.py", "new\n")
    await ended(world, run)
    changes = await read_changes(world.timeline, world.shelf, run.id)
    assert [(each.path, each.change, each.covered, each.state) for each in changes.files] == [
        ("a.py", "changed", True, "open"), ("new.py", "created", True, "open"),
    ]  # fmt: skip
    changes = await undone(world, run)
    assert (file.read_text(), made.exists(), changes.undone) == ("old\n", False, "yes")
    assert {each.state for each in changes.files} == {"taken_back"}
    await redo_run(world.timeline, world.shelf, run.id)
    assert (file.read_text(), made.read_text()) == ("twice\n", "new\n")


async def test_a_file_that_was_changed_since_keeps_what_others_wrote(world: World):
    file = world.shelf.folder.root / "a.py"
    file.write_text("1\n2\n3\n4\n5\n")
    run = await world.run()
    await wrote(world, run, "a.py", "1\nagent\n3\n4\n5\n")
    await ended(world, run)
    file.write_text("1\nagent\n3\n4\nuser\n")
    assert (await undone(world, run)).left == []
    assert file.read_text() == "1\n2\n3\n4\nuser\n"


async def test_a_file_whose_lines_were_changed_since_is_left_unless_it_is_forced(world: World):
    file = world.shelf.folder.root / "a.py"
    file.write_text("old\n")
    run = await world.run()
    await wrote(world, run, "a.py", "agent\n")
    await ended(world, run)
    file.write_text("user\n")
    changes = await undone(world, run)
    assert [left.file for left in changes.left] == ["a.py"]
    assert (file.read_text(), changes.files[0].state) == ("user\n", "changed_since")
    await undone(world, run, force=True)
    assert file.read_text() == "old\n"


async def test_a_file_too_large_to_be_kept_is_said_to_be_not_covered_and_never_touched(
    world: World,
):
    file = world.shelf.folder.root / "big.txt"
    file.write_text("x" * 5_000_001)
    run = await world.run()
    await wrote(world, run, "big.txt", "small")
    await ended(world, run)
    changes = await undone(world, run, force=True)
    assert file.read_text() == "small"
    assert [left.file for left in changes.left] == ["big.txt"]
    assert (changes.files[0].covered, changes.files[0].reason) == (
        False,
        "it is too large to be kept",
    )


async def test_a_file_that_the_run_did_not_change_cannot_be_asked_for(world: World):
    file = world.shelf.folder.root / "mine.txt"
    file.write_text("mine")
    _, run = await ran(world)
    with pytest.raises(BadRequest, match="did not change 'mine.txt'"):
        await undone(world, run, files=["mine.txt"])
    assert file.read_text() == "mine"
