"""Versions at hand are those that are stored, and only for the project that they are of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from jupyter_sessions.branches.documents import Documents
from jupyter_sessions.branches.recent import MAX_CELLS, MAX_TEXTS, MAX_VERSIONS, Recent, Recorded
from jupyter_sessions.branches.shelf import Shelf, load_manifests
from jupyter_sessions.branches.syncing import sync
from jupyter_sessions.errors import StorageFull
from jupyter_sessions.ids import ProjectId, UserId, VersionId
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.notebooks.manifest import CellEntry, Manifest
from jupyter_sessions.notebooks.pieces import Digest
from tests.branches.shelves import history

ONE, OTHER = (Scope(UserId("u"), ProjectId(each)) for each in ("one", "other"))
Write = Callable[..., Path]


def recorded(source: bytes = b"x") -> Recorded:
    return Recorded(Manifest(()), b"root", {Digest("d"): source})


def test_a_version_is_at_hand_for_its_project_only() -> None:
    recent, version = Recent(), recorded()
    recent.keep(ONE, VersionId(1), version)
    assert recent.find(ONE, VersionId(1)) is version
    assert recent.find(OTHER, VersionId(1)) is None


def test_the_one_that_was_not_asked_for_longest_goes() -> None:
    recent = Recent()
    for n in range(MAX_VERSIONS):
        recent.keep(ONE, VersionId(n), recorded())
    assert recent.find(ONE, VersionId(0))
    recent.keep(ONE, VersionId(MAX_VERSIONS), recorded())
    assert recent.find(ONE, VersionId(0))
    assert recent.find(ONE, VersionId(1)) is None


def test_large_texts_are_not_kept() -> None:
    recent, version = Recent(), recorded(b"x" * (MAX_TEXTS + 1))
    recent.keep(ONE, VersionId(1), version)
    assert recent.find(ONE, VersionId(1)) == replace(version, texts={})


def test_a_version_of_many_cells_is_not_kept() -> None:
    recent, cell = Recent(), CellEntry("a", "code", Digest("d"))
    recent.keep(ONE, VersionId(1), Recorded(Manifest((cell,) * (MAX_CELLS + 1)), b"root", {}))
    assert recent.find(ONE, VersionId(1)) is None


async def test_what_is_at_hand_is_what_is_stored(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    for sources in (["1", "2"], ["1", "two"], ["1", "two", "3"], ["3"]):
        notebook(*sources)
        await sync(shelf, main, "n.ipynb")
    for _, change in await history(shelf, main):
        assert change.new_version is not None
        stored = await load_manifests(shelf, [change.new_version])
        at_hand = shelf.documents.recent.find(shelf.scope, change.new_version)
        assert at_hand is not None
        assert {change.new_version: at_hand.manifest} == stored


async def test_with_nothing_at_hand_the_same_is_recorded(
    shelf: Shelf, main: Branch, notebook: Write, jp_serverapp: Any
) -> None:
    def forgetful() -> Shelf:
        documents = Documents(jp_serverapp.contents_manager, publish=lambda project, live: None)
        return Shelf(shelf.database, shelf.scope, shelf.folder, documents)

    for sources in (["1", "2"], ["1\n1", "2"], ["2", "1\n1", "3"], ["3"]):
        for name in ("n.ipynb", "m.ipynb"):
            notebook(*sources, name=name)
        await sync(shelf, main, "n.ipynb")
        await sync(forgetful(), main, "m.ipynb")
    one, other = await history(shelf, main), await history(shelf, main, "m.ipynb")
    counted = [(c.cells, c.lines_added, c.lines_removed, c.new_version) for _, c in one]
    assert counted == [(c.cells, c.lines_added, c.lines_removed, c.new_version) for _, c in other]


async def test_a_version_that_was_not_committed_is_not_at_hand(
    shelf: Shelf, main: Branch, notebook: Write
) -> None:
    async def limit(transaction: Any) -> None:
        pages = (await transaction.conn.execute(text("PRAGMA page_count"))).scalar()
        await transaction.conn.execute(text(f"PRAGMA max_page_count = {pages}"))

    async def lift(transaction: Any) -> None:
        await transaction.conn.execute(text("PRAGMA max_page_count = 1073741823"))

    notebook("1")
    await sync(shelf, main, "n.ipynb")
    await shelf.database.write(limit)
    notebook(*(f"x = {n}\n" * 400 for n in range(60)))
    with pytest.raises(StorageFull):
        await sync(shelf, main, "n.ipynb")
    [(_, change)] = await history(shelf, main)
    assert change.new_version is not None
    lost = VersionId(change.new_version + 1)
    assert shelf.documents.recent.find(shelf.scope, lost) is None
    await shelf.database.write(lift)
    await sync(shelf, main, "n.ipynb")
    assert shelf.documents.recent.find(shelf.scope, lost) is not None
