"""Branches of notebooks beside git and nbdime: ``python tests/bench/bench_branches.py``.

nbdime is no dependency of ours. It is put aside, so that no server loads its extension::

    pip install --target /tmp/nbdime nbdime
    PYTHONPATH=$PWD NBDIME=/tmp/nbdime python tests/bench/bench_branches.py [small medium large]

All in one run, medians in milliseconds, and the ratio of ours to theirs:

1. Create a branch (2,000 and 20,000 files), beside ``git worktree add``; switch, beside
   ``git switch`` between branches in which three notebooks differ.
2. Snapshot of one changed cell, from the file, beside ``git add`` and ``git commit`` in a project
   of 49 notebooks and 200 other files. Git leaves it to the system when what it wrote reaches the
   disk, ours is there when it returns: so also beside git with ``core.fsync=all``.
3. Diff of two stored versions of which 10 cells differ, beside ``git show`` and nbdime.
4. Merge of 10 and 10 cells, beside ``git show``, nbdime and a file that is written: versions loaded
   and merged, the result stored and its file on the disk; and the whole of an approval, in which
   both branches are looked at again, the file that is replaced is checked, its outputs' trust is
   found out, the new one is signed, and the operation recorded. What a person's look at it before
   takes; are the sources the same; conflicts when both sides ran all cells again.
5. What 200 edits of one cell cost on the disk, beside git's loose objects (20 for large).
6. Which of 200 branches touch a notebook: what the database takes for it, and a whole request.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.branches import create_branch, switch_session
from jupyter_sessions.actions.merges import propose, read_preview
from jupyter_sessions.branches.checkout import checkout
from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.folder import ProjectFolder
from jupyter_sessions.branches.history import list_notebook_branches
from jupyter_sessions.branches.merging import compute, result_of
from jupyter_sessions.branches.reading import diff_states
from jupyter_sessions.branches.shelf import Shelf, load_notebook
from jupyter_sessions.branches.syncing import USER, sync, sync_written
from jupyter_sessions.ids import MAIN, UserId
from jupyter_sessions.models.branch import Branch, NewBranch
from jupyter_sessions.notebooks.file import write_notebook
from jupyter_sessions.storage import branches, projects, sessions
from jupyter_sessions.storage.connections import Conn
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.storage.states import find_state
from jupyter_sessions.timeline import Timeline

SIZES = {"small": (30, 0), "medium": (200, 40), "large": (1_000, 400)}
"""Cells, and how many of them show an image of 96 kB."""
IMAGE = {"medium": 36_000, "large": 96_000}
ROUNDS = {"small": 25, "medium": 7, "large": 3}


def notebook(size: str) -> dict[str, Any]:
    """Return a notebook of the size; the same each time."""
    chance = random.Random(size)
    count, images = SIZES[size]
    cells = []
    for n in range(count):
        lines = [f"value_{n}_{k} = frame.groupby('c{k}').mean()  # step {n}" for k in range(8)]
        outputs: list[dict[str, Any]] = [
            {"output_type": "stream", "name": "stdout", "text": f"{chance.random()}\n" * 12}
        ]
        if images and n % (count // images) == 0:
            png = base64.b64encode(chance.randbytes(IMAGE[size])).decode()
            data = {"image/png": png, "text/plain": "<Figure>"}
            outputs.append({"output_type": "display_data", "data": data, "metadata": {}})
        cells.append(
            {
                "cell_type": "code", "id": f"cell-{n:04}", "metadata": {}, "execution_count": n,
                "source": "\n".join(lines), "outputs": outputs,
            }
        )  # fmt: skip
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def edit(content: dict[str, Any], places: range | list[int], text: str) -> dict[str, Any]:
    """Return the notebook with a line changed, and new output, in some cells."""
    cells = list(content["cells"])
    for place in places:
        cell = dict(cells[place])
        cell["source"] = cell["source"].replace("# step", f"# {text} step", 1)
        first = {**cell["outputs"][0], "text": f"{text} {place}\n"}
        cells[place] = cell | {"outputs": [first, *cell["outputs"][1:]]}
    return {**content, "cells": cells}


def run_again(content: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the notebook with every cell run again."""
    cells = []
    for n, cell in enumerate(content["cells"]):
        first = {**cell["outputs"][0], "text": f"{text} {n}\n"}
        outputs = [first, *cell["outputs"][1:]]
        cells.append({**cell, "outputs": outputs, "execution_count": n + 5_000})
    return {**content, "cells": cells}


def write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def git(folder: Path, *command: str) -> bytes:
    who = ["-c", "user.name=b", "-c", "user.email=b@x", "-c", "gc.auto=0", "-C", str(folder)]
    return subprocess.run(["git", *who, *command], check=True, capture_output=True).stdout


def bytes_below(folder: Path) -> int:
    return sum(each.stat().st_blocks * 512 for each in folder.rglob("*") if each.is_file())


async def timed(work: Callable[[int], Awaitable[Any] | Any], rounds: int) -> float:
    """Return the median of some rounds, in milliseconds."""
    times = []
    for n in range(rounds):
        start = time.perf_counter()
        done = work(n)
        if asyncio.iscoroutine(done):
            await done
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def show(what: str, ours: float, theirs: float, limit: float, other: str) -> None:
    """Print a figure; diff, merge and growth have no limit for small notebooks."""
    ratio, named = ours / theirs, "snapshot" in what or "small" not in what
    mark = "" if not named else f" (≤ {limit})" + ("" if ratio <= limit else "  MISSED")
    print(f"{what:42} {ours:10.2f}  {other:>24} {theirs:10.2f}  {ratio:8.4f}{mark}")


class Project:
    """A project in a folder, and its database."""

    def __init__(self, top: Path) -> None:
        self.top, self.root = top, top / "root"
        self.root.mkdir(parents=True)

    async def open(self) -> Project:
        self.database = await open_database(f"sqlite:///{self.top / 'db' / 'sessions.db'}")
        self.timeline = Timeline(self.database)
        user = UserId("bench")
        row = await self.database.write(
            lambda t: projects.add_project(t.conn, user, "P", str(self.root), "cpu")
        )
        manager = AsyncLargeFileManager(root_dir=str(self.root))
        documents = Documents(manager, publish=lambda project_id, live: None)
        self.shelf = Shelf(self.database, row.scope, ProjectFolder(self.root), documents)
        return self

    async def branch(self, name: str) -> Branch:
        return await create_branch(self.timeline, self.shelf, NewBranch(name=name))

    async def main(self) -> Branch:
        async with self.database.read() as conn:
            return await branches.get_branch(conn, self.shelf.scope, MAIN)

    async def put(self, branch: Branch, content: dict[str, Any], name: str = "n.ipynb") -> None:
        file = await checkout(self.shelf, branch, name) if branch.folder else name
        write(self.root / file, content)
        await sync(self.shelf, branch, name, USER, "save")

    async def close(self) -> None:
        await self.database.close()


async def bench_branches(top: Path, files: int) -> None:
    """Creating and switching, in a project of many files."""
    project = await Project(top / f"files-{files}").open()
    write(project.root / "n.ipynb", notebook("small"))
    for n in range(files):
        file = project.root / f"d{n % 100}" / f"f{n}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"x = {n}\n" * 100)
    git(project.root, "init", "-q")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-qm", "all")
    main = await project.main()
    await sync(project.shelf, main, "n.ipynb")
    ours = await timed(lambda n: project.branch(f"b{n}"), 15)
    theirs = await timed(
        lambda n: git(
            project.root, "worktree", "add", "-q", "-b", f"w{n}", str(project.top / f"w{n}")
        ),
        3,
    )
    limit = 0.01 if files == 20_000 else 1
    show(f"create a branch, {files:,} files", ours, theirs, limit, "git worktree add")
    made = await project.branch("other")
    session = await project.database.write(
        lambda t: sessions.add_session(t.conn, project.shelf.scope, "S")
    )
    targets = [made.id, MAIN]
    os.sync()  # or what git leaves to the system would be written meanwhile
    ours = await timed(
        lambda n: switch_session(project.timeline, project.shelf.scope, session.id, targets[n % 2]),
        16,
    )
    for name in ("p.ipynb", "q.ipynb", "r.ipynb"):
        write(project.root / name, notebook("medium"))
    git(project.root, "add", "-A")
    git(project.root, "commit", "-qm", "notebooks")
    git(project.root, "branch", "side")
    for name in ("p.ipynb", "q.ipynb", "r.ipynb"):
        write(project.root / name, edit(notebook("medium"), range(5), "side"))
    git(project.root, "commit", "-qam", "changed")
    on = git(project.root, "branch", "--show-current").decode().strip()
    theirs = await timed(lambda n: git(project.root, "switch", "-q", ("side", on)[n % 2]), 6)
    show(f"switch, {files:,} files", ours, theirs, 0.05, "git switch")
    await project.close()


async def bench_snapshot(project: Project, size: str) -> None:
    main, content = await project.main(), notebook(size)
    await project.put(main, content)
    places, changed = list(range(len(content["cells"]))), content
    ours: list[float] = []
    theirs: dict[str, list[float]] = {"": [], "core.fsync=all": []}
    aside = project.top / "git"
    aside.mkdir()
    git(aside, "init", "-q")
    write(aside / "n.ipynb", content)
    _fill(aside)
    await asyncio.sleep(1.1)  # git looks into files that are as young as its index
    git(aside, "add", "-A")
    git(aside, "commit", "-qm", "first")
    for n in range(ROUNDS[size] + 1):
        changed = edit(changed, [places[n]], f"edit {n}")
        write(project.root / "n.ipynb", changed)
        write(aside / "n.ipynb", changed)
        os.sync()  # nobody pays for what was written before
        start = time.perf_counter()
        await sync_written(project.shelf, main, "n.ipynb")
        ours.append((time.perf_counter() - start) * 1000)
        for synced, times in theirs.items():
            write(aside / "n.ipynb", edit(changed, [places[n]], synced))
            os.sync()
            start = time.perf_counter()
            option = ["-c", synced] if synced else []
            git(aside, *option, "add", "n.ipynb")
            git(aside, *option, "commit", "-qm", str(n))
            times.append((time.perf_counter() - start) * 1000)
    mine = statistics.median(ours[1:])
    for synced, other in zip(
        theirs, ("git add, git commit", "…, on the disk as ours"), strict=True
    ):
        beside = statistics.median(theirs[synced][1:])
        show(f"snapshot of one changed cell, {size}", mine, beside, 0.25, other)


def _fill(folder: Path) -> None:
    """Have more files in a project: 49 notebooks, 200 others."""
    for n in range(49):
        write(folder / f"other-{n}.ipynb", edit(notebook("small"), [n % 30], str(n)))
    for n in range(200):
        (folder / f"m{n}.py").write_text(f"x = {n}\n" * 100)


async def bench_merge(project: Project, size: str) -> None:
    import nbdime

    main, content = await project.main(), notebook(size)
    aside = project.top / "merge-git"
    aside.mkdir()
    git(aside, "init", "-q")
    last = len(content["cells"])
    ours_text = edit(content, range(10), "target")
    theirs_text = edit(content, range(last - 10, last), "source")
    for name, text in (("base", content), ("ours", ours_text), ("theirs", theirs_text)):
        write(aside / f"{name}.ipynb", text)
    git(aside, "add", "-A")
    git(aside, "commit", "-qm", "three")

    def load(name: str) -> Any:
        import nbformat

        text = git(aside, "show", f"HEAD:{name}.ipynb").decode()
        return nbformat.reads(text, as_version=4)

    await project.put(main, content)
    await project.put(main, ours_text)
    async with project.database.read() as conn:
        state = await find_state(conn, project.shelf.scope, main, "n.ipynb")
        assert state is not None
    history = await _last_two(project, state.notebook_id)
    before, after = (f"version:{each}" for each in history)
    ours = await timed(lambda n: diff_states(project.shelf, "n.ipynb", before, after), ROUNDS[size])
    theirs = await timed(
        lambda n: nbdime.diff_notebooks(load("base"), load("ours")), max(ROUNDS[size] // 2, 1)
    )
    show(f"diff of 10 cells, {size}", ours, theirs, 0.02, "git show, nbdime")

    looked, alone, took, equal = [], [], [], True
    for n in range(ROUNDS[size]):
        name = f"m{n}.ipynb"
        write(project.root / name, content)
        await sync(project.shelf, main, name)
        side = await project.branch(f"{size}-side-{n}")
        await project.put(side, theirs_text, name)
        await project.put(main, ours_text, name)
        os.sync()
        start = time.perf_counter()
        asked = await propose(project.timeline, project.shelf.scope, side.id, MAIN)
        preview = await read_preview(project.shelf, asked.id)
        looked.append((time.perf_counter() - start) * 1000)
        assert preview.undecided == 0
        os.sync()
        start = time.perf_counter()
        await _merged_file(project, side, main)
        alone.append((time.perf_counter() - start) * 1000)
        os.sync()
        start = time.perf_counter()
        await approve(project.timeline, project.shelf, asked.id, preview.token)
        took.append((time.perf_counter() - start) * 1000)
        merged = json.loads((project.root / name).read_text())

    def by_nbdime(n: int) -> None:
        done, _ = nbdime.merge_notebooks(load("base"), load("ours"), load("theirs"))
        write(aside / "merged.ipynb", done)
        by_nbdime.done = done  # type: ignore[attr-defined]

    theirs = await timed(by_nbdime, max(ROUNDS[size] // 2, 1))
    show(f"merge of 10 + 10 cells, {size}", statistics.median(alone), theirs, 0.1,
         "git show, nbdime")  # fmt: skip
    show(f"the whole approval of it, {size}", statistics.median(took), theirs, 0.1,
         "git show, nbdime")  # fmt: skip
    print(f"{'':4}asked for and looked at before: {statistics.median(looked):.2f}")
    done = by_nbdime.done  # type: ignore[attr-defined]
    mine = {cell["id"]: "".join(cell["source"]) for cell in merged["cells"]}
    equal = mine == {cell["id"]: cell["source"] for cell in done["cells"]}
    print(f"{'':4}sources as nbdime's: {'yes' if equal else 'NO'}")

    write(project.root / "again.ipynb", content)
    await sync(project.shelf, main, "again.ipynb")
    side = await project.branch(f"{size}-again")
    await project.put(side, run_again(content, "source"), "again.ipynb")
    await project.put(main, run_again(content, "target"), "again.ipynb")
    asked = await propose(project.timeline, project.shelf.scope, side.id, MAIN)
    preview = await read_preview(project.shelf, asked.id)
    print(f"{'':4}both ran all cells again: {preview.undecided} conflicts (≤ 0)")


async def _merged_file(project: Project, source: Branch, target: Branch) -> None:
    """Merge what is stored, and have the result as a file on the disk: what nbdime does."""
    made = await compute(project.shelf, source, target)
    [each] = made.notebooks
    notebook = await load_notebook(project.shelf, await result_of(project.shelf, each))
    raw = await asyncio.to_thread(write_notebook, notebook)
    await project.shelf.folder.place("merged.txt", raw)


async def _last_two(project: Project, notebook_id: Any) -> list[int]:
    from jupyter_sessions.storage.operations import list_history

    async with project.database.read() as conn:
        found = await list_history(conn, MAIN, notebook_id, limit=2)
    return [operation.id for operation, _ in reversed(found)]


async def bench_growth(top: Path, size: str) -> None:
    edits = 20 if size == "large" else 200
    project = await Project(top / f"growth-{size}").open()
    main, content = await project.main(), notebook(size)
    await project.put(main, content)
    aside = top / f"growth-git-{size}"
    aside.mkdir()
    git(aside, "init", "-q")
    write(aside / "n.ipynb", content)
    git(aside, "add", "-A")
    git(aside, "commit", "-qm", "first")
    before = await _stored(project), bytes_below(aside / ".git" / "objects")
    for n in range(edits):
        content = edit(content, [n % len(content["cells"])], f"e{n}")
        write(project.root / "n.ipynb", content)
        await sync(project.shelf, main, "n.ipynb")
        write(aside / "n.ipynb", content)
        git(aside, "commit", "-qam", str(n))
    ours = (await _stored(project)) - before[0]
    theirs = bytes_below(aside / ".git" / "objects") - before[1]
    show(f"{edits} edits of one cell, {size}, kB", ours / 1000, theirs / 1000, 0.05, "git, loose")
    await project.close()


async def _stored(project: Project) -> int:
    """Return the bytes of the database, with all that waits written into it."""
    from sqlalchemy import text

    async with project.database.read() as conn:
        pages = (await conn.execute(text("PRAGMA page_count"))).scalar()
        free = (await conn.execute(text("PRAGMA freelist_count"))).scalar()
        size = (await conn.execute(text("PRAGMA page_size"))).scalar()
    return (pages - free) * size


async def bench_touching(top: Path) -> None:
    project = await Project(top / "touching").open()
    write(project.root / "n.ipynb", notebook("small"))
    main = await project.main()
    await sync(project.shelf, main, "n.ipynb")
    for n in range(200):
        branch = await project.branch(f"t{n}")
        if n % 4 == 0:
            await project.put(branch, edit(notebook("small"), [n % 30], str(n)))
    scope, times = project.shelf.scope, []

    async def ask(conn: Conn) -> None:
        state = await find_state(conn, scope, main, "n.ipynb")
        assert state is not None
        for _ in range(50):
            start = time.perf_counter()
            found = await branches.list_branches_of(conn, scope, state.notebook_id)
            times.append((time.perf_counter() - start) * 1000)
            assert len([own for each, own in found if own.touched and each.id != MAIN]) == 50

    await project.database.query(ask)
    took = statistics.median(times)
    mark = "" if took <= 1 else "  MISSED"
    print(f"{'which of 200 branches touch a notebook':42} {took:10.2f}  (≤ 1 ms){mark}")
    whole = await timed(lambda _: list_notebook_branches(project.shelf, "n.ipynb"), 50)
    print(f"    asked by path, its file looked at before: {whole:.2f}")
    await project.close()


async def main() -> None:
    sizes = sys.argv[1:] or list(SIZES)
    sys.path.append(os.environ["NBDIME"])
    top = Path(tempfile.mkdtemp(prefix="jps-bench-"))
    print(f"{'':42} {'ours, ms':>10}  {'':>24} {'theirs':>10}  {'ratio':>8}")
    try:
        for files in (2_000, 20_000) if "files" in sizes or not sys.argv[1:] else ():
            await bench_branches(top, files)
        for size in (each for each in sizes if each in SIZES):
            project = await Project(top / size).open()
            await bench_snapshot(project, size)
            await bench_merge(project, size)
            await project.close()
            await bench_growth(top, size)
        await bench_touching(top)
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
