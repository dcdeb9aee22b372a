"""Saved variables on disk: only our own count, and all together stay within a budget."""

from __future__ import annotations

import asyncio
import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.models.base import utcnow
from jupyter_sessions.models.saved import SavedNamespace
from jupyter_sessions.workspace import saved_files
from jupyter_sessions.workspace.fork_points import Above, digest
from jupyter_sessions.workspace.namespaces import Namespaces
from jupyter_sessions.workspace.saved_files import SavedFiles
from jupyter_sessions.workspace.saver import Place


@pytest.fixture
def files(tmp_path: Path) -> SavedFiles:
    return SavedFiles(tmp_path / "data" / "saved", 10_000)


async def add(files: SavedFiles, *cells: str, size: int = 100, **more: Any) -> SavedNamespace:
    """Have a save of these cells."""
    draft = await asyncio.to_thread(files.draft)
    await asyncio.to_thread(draft.file.write_bytes, bytes(size))
    about = {
        "project_id": "p", "file": "a.ipynb", "kernel_id": "k", "count": len(cells),
        "executed": [digest(cell) for cell in cells], "total_seconds": 10.0, "size": size,
        "digest": "d", "frames": [("state", "", 0)], "names": 1, "seconds": 0.1,
        "python": "3.11.7", "implementation": "cpython", "pickler": "3",
    }  # fmt: skip
    return await files.add(draft, about | more)


async def ids(files: SavedFiles) -> list[str]:
    return [each.id for each in await files.present()]


async def test_only_its_owner_can_read_what_was_saved(files: SavedFiles, tmp_path: Path) -> None:
    os.umask(os.umask(0o022))
    await add(files, "a = 1")
    folder = tmp_path / "data" / "saved"
    modes = {
        stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir() if each.suffix != ".pickle"
    }
    key = folder.with_name("saved.key").stat()
    assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})
    assert stat.S_IMODE(key.st_mode) == 0o600


@pytest.mark.parametrize("harm", ["record", "signature", "length", "name", "key", "open key"])
async def test_what_was_changed_by_others_does_not_count(
    files: SavedFiles, tmp_path: Path, harm: str
) -> None:
    await add(files, "a = 1")
    folder = tmp_path / "data" / "saved"
    [record], [content] = folder.glob("*.json"), folder.glob("*.pickle")
    key = folder.with_name("saved.key")
    match harm:
        case "record":
            record.write_text(record.read_text().replace('"names":1', '"names":2'))
        case "signature":
            record.write_text("é" + record.read_text())
        case "length":
            content.write_bytes(b"")
        case "name":
            record.rename(record.with_stem("other"))
        case "key":
            key.write_bytes(bytes(32))
        case "open key":
            key.chmod(0o644)
    assert await files.present() == []
    again = await add(files, "a = 2")
    assert await ids(files) == [again.id]


async def test_the_same_state_is_kept_once_and_three_of_a_notebook(files: SavedFiles) -> None:
    await add(files, "a = 1")
    first = await add(files, "a = 1")
    others = [await add(files, "a = 1", f"b = {number}") for number in range(2)]
    elsewhere = await add(files, "a = 1", file="b.ipynb")
    assert await ids(files) == [first.id, others[0].id, others[1].id, elsewhere.id]
    last = await add(files, "c = 1")
    assert await ids(files) == [others[0].id, others[1].id, elsewhere.id, last.id]


async def test_what_saves_least_time_for_its_size_is_dropped_first(
    files: SavedFiles, tmp_path: Path
) -> None:
    mib = saved_files.MIB
    files.budget = 4 * mib
    small = await add(files, "a", size=mib, total_seconds=20.0)
    large = await add(files, "b", size=3 * mib, total_seconds=30.0)
    assert await ids(files) == [small.id, large.id]
    best = await add(files, "c", size=mib, total_seconds=60.0)
    assert await ids(files) == [small.id, best.id]
    assert len([*(tmp_path / "data" / "saved").iterdir()]) == 4


async def test_what_is_old_or_half_written_goes(
    files: SavedFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await add(files, "a")
    folder = tmp_path / "data" / "saved"
    fresh, stale = folder / "1.part", folder / "2.part"
    for each in (fresh, stale):
        each.write_bytes(b"half")
    os.utime(stale, (0, 0))
    await files.tidy()
    assert sorted(each.suffix for each in folder.iterdir()) == [".json", ".part", ".pickle"]
    old = kept.model_copy(update={"made_at": utcnow() - timedelta(days=31)})
    await asyncio.to_thread(files._write, old)
    await files.tidy()
    assert [each.name for each in folder.iterdir()] == ["1.part"]


async def test_without_a_budget_nothing_is_kept(files: SavedFiles, tmp_path: Path) -> None:
    await add(files, "a")
    off = SavedFiles(tmp_path / "data" / "saved", 0)
    assert await off.present() == []
    await off.tidy()
    assert [*(tmp_path / "data" / "saved").iterdir()] == []


async def test_they_go_with_their_notebook_or_project_and_move_with_it(files: SavedFiles) -> None:
    for name in ("a.ipynb", "old/b.ipynb", "older.ipynb"):
        await add(files, "a", file=name)
    await add(files, "a", project_id="q")
    await files.move("p", "old", "new")
    await files.move("p", "a.ipynb", "c.ipynb")
    names = [each.file for each in await files.present()]
    assert names == ["c.ipynb", "new/b.ipynb", "older.ipynb", "a.ipynb"]
    await files.drop_project("p", "new")
    await files.drop_project("p", "older.ipynb")
    assert [each.file for each in await files.present()] == ["c.ipynb", "a.ipynb"]
    await files.drop_project("p")
    assert [each.project_id for each in await files.present()] == ["q"]


async def test_the_longest_beginning_counts_and_other_branches_only_by_it(
    files: SavedFiles,
) -> None:
    namespaces = Namespaces(None, None, files)  # type: ignore[arg-type]  # they are not asked
    here, there = Place("p", "a.ipynb"), {"branches/try/a.ipynb"}
    await add(files, "a")
    longer = await add(files, "a", "b", file="branches/try/a.ipynb")
    await add(files, "a", "b", "c", project_id="q")
    await add(files, "a", "b", "c", file="other.ipynb")
    found = await namespaces.find(here, there, Above.of(["a", "b", "c", "d"]))
    assert found is not None
    assert (found.kept.id, found.missing) == (longer.id, ["c", "d"])
    changed = Above.of(["x", "b"])
    assert await namespaces.find(here, there, changed) is None
    own = await namespaces.find(Place("p", "branches/try/a.ipynb"), set(), changed)
    assert own is not None
    assert "changed since" in own.differs[0].detail
