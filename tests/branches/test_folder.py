"""Files of a project, on a real disk."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import shutil
import time
from pathlib import Path

import pytest

from jupyter_sessions.branches import paths
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.branches.layout import IGNORE
from jupyter_sessions.errors import (
    BadRequest,
    Denied,
    FolderMissing,
    NotFound,
    SessionsError,
    StorageFull,
    StorageReadOnly,
    TooLarge,
)
from jupyter_sessions.notebooks.cells import new_cell, new_notebook


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "a/../../secret",
        "/etc/passwd",
        ".hidden",
        ".git/config",
        "a/.git/config",
        "out",
        "out/secret",
        "to_git/config",
    ],
)
async def test_what_lies_outside_or_is_hidden_is_refused(folder: ProjectFolder, path: str) -> None:
    (folder.root.parent / "secret").write_text("secret")
    (folder.root / ".git").mkdir()
    (folder.root / ".git/config").write_text("git")
    (folder.root / "out").symlink_to(folder.root.parent)
    (folder.root / "to_git").symlink_to(".git")
    for action in (
        folder.read(path),
        folder.write(path, "x"),
        folder.edit(path, "s", "x"),
        folder.entries(path),
        folder.search("s", path),
    ):
        with pytest.raises(Denied):
            await action
    assert (folder.root.parent / "secret").read_text() == "secret"


@pytest.mark.parametrize("path", ["a\0b", "\ud800", "x" * 300, "file/x", "loop"])
async def test_what_is_no_path_is_a_bad_request(folder: ProjectFolder, path: str) -> None:
    (folder.root / "file").write_text("")
    (folder.root / "loop").symlink_to("loop")
    for action in (folder.read(path), folder.write(path, "x"), folder.entries(path)):
        with pytest.raises(SessionsError) as caught:
            await action
        assert caught.value.status in (400, 403, 404)


async def test_links_inside_are_followed(folder: ProjectFolder) -> None:
    (folder.root / "real.txt").write_text("text")
    (folder.root / "link.txt").symlink_to("real.txt")
    assert (await folder.read("link.txt")).text == "text"
    await folder.write("link.txt", "new")
    assert (folder.root / "link.txt").is_symlink()
    assert (folder.root / "real.txt").read_text() == "new"


async def test_a_link_put_in_place_after_the_check_is_not_followed(folder: ProjectFolder) -> None:
    (folder.root / "sub").mkdir()
    root = paths.real_root(folder.root)
    parts = paths.resolve(root, "sub/new.txt")
    (folder.root / "sub").rmdir()
    (folder.root / "sub").symlink_to(folder.root.parent)
    with (
        pytest.raises(OSError, match=r"Not a directory|Too many levels"),
        paths.folder_of(root, parts[:-1]),
    ):
        pass


@pytest.mark.parametrize("how", ["deleted", "moved", "file"])
async def test_a_missing_folder_is_said(folder: ProjectFolder, how: str) -> None:
    if how == "moved":
        folder.root.rename(folder.root.parent / "elsewhere")
    else:
        folder.root.rmdir()
    if how == "file":
        folder.root.write_text("")
    for action in (folder.read("a"), folder.write("a", "x"), folder.entries(), folder.search("a")):
        with pytest.raises(FolderMissing, match="moved, renamed or deleted"):
            await action


async def test_a_list_names_folders_first_and_nothing_hidden(folder: ProjectFolder) -> None:
    (folder.root / "b.txt").write_text("12345")
    (folder.root / "a").mkdir()
    (folder.root / ".git").mkdir()
    (folder.root / "out").symlink_to("/etc")
    (folder.root / "gone").symlink_to("nowhere")
    entries = [(each.name, each.kind, each.size) for each in await folder.entries()]
    assert entries == [
        ("a", "folder", None),
        ("b.txt", "file", 5),
        ("gone", "broken link", None),
        ("out", "link that leads outside", None),
    ]
    assert len(await folder.entries(max_entries=2)) == 2


async def test_lines_are_read_from_an_offset(folder: ProjectFolder) -> None:
    raw = "".join(f"line {n}\n" for n in range(100)).encode()
    (folder.root / "a.txt").write_bytes(raw)
    part = await folder.read("a.txt", 10, 2)
    assert (part.text, part.first, part.lines, part.total) == ("line 10\nline 11\n", 10, 2, 100)
    assert (part.sha256, part.size) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert (await folder.read("a.txt", max_size=20)).lines == 2
    (folder.root / "long").write_text("x" * 100)
    part = await folder.read("long", max_size=20)
    assert (part.text, part.cut) == ("x" * 20, True)


async def test_binary_files_are_described_and_refused(folder: ProjectFolder) -> None:
    (folder.root / "a.png").write_bytes(b"\x89PNG\0" + bytes(11_995))
    with pytest.raises(BadRequest, match=r"'a.png' is no text: 12 kB of image/png"):
        await folder.read("a.png")


async def test_odd_encodings_are_read_and_not_edited(folder: ProjectFolder) -> None:
    (folder.root / "a.txt").write_bytes("grün".encode("latin-1"))
    part = await folder.read("a.txt")
    assert (part.text, part.lossy) == ("gr\ufffdn", True)
    with pytest.raises(BadRequest, match="not in UTF-8"):
        await folder.edit("a.txt", "gr", "x")
    (folder.root / "b.txt").write_bytes("grün".encode("utf-16"))
    assert (await folder.read("b.txt")).text == "grün"


async def test_pipes_and_folders_are_not_read(folder: ProjectFolder) -> None:
    os.mkfifo(folder.root / "pipe")
    with pytest.raises(BadRequest, match="no regular file"):
        await asyncio.wait_for(folder.read("pipe"), 5)
    with pytest.raises(BadRequest, match="is a folder"):
        await folder.read(".")
    with pytest.raises(SessionsError):
        await folder.write("pipe", "x")


async def test_large_files_are_refused(folder: ProjectFolder) -> None:
    with (folder.root / "large").open("wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(TooLarge, match="60 MB"):
        await folder.read("large")
    with pytest.raises(TooLarge, match="11 MB"):
        await folder.write("a.txt", "x" * 11_000_000)
    assert not (folder.root / "a.txt").exists()


async def test_a_file_is_written_with_the_folders_it_needs(folder: ProjectFolder) -> None:
    written = await folder.write("a/b/c.txt", "text")
    assert (written.before, written.size) == (None, 4)
    again = await folder.write("a/b/c.txt", "text 2")
    assert again.before == written.after
    assert os.listdir(folder.root / "a/b") == ["c.txt"]


async def test_the_mode_stays_and_a_new_file_has_the_usual_one(folder: ProjectFolder) -> None:
    (folder.root / "run.sh").write_text("x")
    (folder.root / "run.sh").chmod(0o755)
    await folder.write("run.sh", "y")
    assert (folder.root / "run.sh").stat().st_mode & 0o777 == 0o755
    (folder.root / "plain").touch()
    await folder.write("new", "y")
    assert (folder.root / "new").stat().st_mode == (folder.root / "plain").stat().st_mode


async def test_a_protected_file_is_left_alone(folder: ProjectFolder) -> None:
    (folder.root / "a.txt").write_text("x")
    (folder.root / "a.txt").chmod(0o444)
    with pytest.raises(Denied, match="permissions"):
        await folder.write("a.txt", "y")
    assert (folder.root / "a.txt").read_text() == "x"


@pytest.mark.parametrize(
    ("code", "kind"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EROFS, StorageReadOnly)],
)
async def test_a_disk_that_fails_leaves_the_old_file(
    folder: ProjectFolder, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[SessionsError]
) -> None:
    (folder.root / "a.txt").write_text("old")

    def fail(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    # A full disk cannot be had in a test without mounting one.
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(kind, match=r"'a.txt'"):
        await folder.write("a.txt", "new")
    assert os.listdir(folder.root) == ["a.txt"]
    assert (folder.root / "a.txt").read_text() == "old"


async def test_names_with_control_characters_are_not_made(folder: ProjectFolder) -> None:
    for name in ("a\nb", "a\x1b[31m", "a\u202egpj.exe"):
        with pytest.raises(BadRequest, match="control characters"):
            await folder.write(name, "x")
    assert os.listdir(folder.root) == []


async def test_an_edit_replaces_exact_text_once(folder: ProjectFolder) -> None:
    (folder.root / "a.txt").write_text("a b a")
    with pytest.raises(BadRequest, match="2 times"):
        await folder.edit("a.txt", "a", "x")
    with pytest.raises(BadRequest, match="is not in"):
        await folder.edit("a.txt", "c", "x")
    with pytest.raises(BadRequest, match="is empty"):
        await folder.edit("a.txt", "", "x")
    assert (await folder.edit("a.txt", "a", "x", replace_all=True)).replaced == 2
    assert (folder.root / "a.txt").read_text() == "x b x"


async def test_an_edit_keeps_line_ends_and_the_byte_order_mark(folder: ProjectFolder) -> None:
    (folder.root / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\nthree")
    await folder.edit("a.txt", "one\ntwo", "1\n2")
    assert (folder.root / "a.txt").read_bytes() == b"\xef\xbb\xbf1\r\n2\r\nthree"


async def test_text_is_found_in_files_and_cells_and_not_in_what_is_skipped(
    folder: ProjectFolder,
) -> None:
    for name in ("a.py", "sub/b.txt", ".git/c", "branches/x/d.py", "node_modules/e.js"):
        path = folder.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first\n  needle here\n")
    (folder.root / "branches" / ".gitignore").write_text(IGNORE)
    (folder.root / "bin").write_bytes(b"\0needle")
    (folder.root / "out").symlink_to(folder.root.parent)
    content = new_notebook()
    content["cells"] = [new_cell("abc", "code", "x\nneedle = 1")]
    content["cells"][0]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "needle\n"}
    ]
    (folder.root / "n.ipynb").write_text(json.dumps(content))
    found = await folder.search("needle")
    assert found.matches == [
        ("a.py", "2", "needle here"),
        ("n.ipynb", "cell abc:2", "needle = 1"),
        ("sub/b.txt", "2", "needle here"),
    ]
    assert (await folder.search("needle", glob="*.py")).matches == found.matches[:1]
    assert (await folder.search("needle", "sub")).matches == found.matches[2:]
    matched = (await folder.search("need.e h", regex=True)).matches
    assert matched == [found.matches[0], found.matches[2]]


@pytest.mark.parametrize("regex", [False, True])
async def test_an_old_notebook_that_is_malformed_does_not_end_a_search(
    folder: ProjectFolder, regex: bool
) -> None:
    (folder.root / "a.ipynb").write_text('{"nbformat": 3, "worksheets": [], "x": "needle"}')
    (folder.root / "b.txt").write_text("needle")
    found = await folder.search("needle", regex=regex)
    assert found.matches == [("b.txt", "1", "needle")]


async def test_a_hostile_expression_is_stopped_and_does_not_block(folder: ProjectFolder) -> None:
    (folder.root / "a.txt").write_text("a" * 60 + "!")
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticker = asyncio.create_task(tick())
    began = time.monotonic()
    with pytest.raises(BadRequest, match="took too long"):
        await folder.search("(a+)+$", regex=True, seconds=0.5)
    ticker.cancel()
    assert time.monotonic() - began < 10
    assert ticks > 50


async def test_wrong_searches_are_refused(folder: ProjectFolder) -> None:
    with pytest.raises(BadRequest, match="not a regular expression"):
        await folder.search("(", regex=True)
    with pytest.raises(BadRequest):
        await folder.search("")
    with pytest.raises(NotFound):
        await folder.search("x", "nowhere")


async def test_a_search_stops_at_its_limits(folder: ProjectFolder) -> None:
    (folder.root / "a.txt").write_text("x\n" * 500)
    found = await folder.search("x")
    assert len(found.matches) == 200
    assert "more than 200" in found.stopped


async def test_the_folder_may_itself_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    folder = ProjectFolder(tmp_path / "link", "link")
    await folder.write("a.txt", "x")
    assert (tmp_path / "real/a.txt").read_text() == "x"
    assert folder.api("a.txt") == "link/a.txt"
    shutil.rmtree(tmp_path / "real")
    with pytest.raises(FolderMissing):
        await folder.read("a.txt")
