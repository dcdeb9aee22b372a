"""Having everything recorded that people and programs have done to notebooks until now."""

from __future__ import annotations

from collections.abc import Iterable

from ..ids import MAIN
from ..models.branch import Branch
from ..storage.heads import list_heads
from .layout import file_of
from .merging import list_sides
from .shelf import Shelf
from .syncing import OUTSIDE, api_name, forget, sync


async def settle(shelf: Shelf, source: Branch, target: Branch) -> None:
    """Record what lies in the files of two branches, as far as a merge of them is about it.

    What someone has typed into an open notebook is saved before. Raises BadRequest when a file is
    no notebook.
    """
    await _settle_files(shelf, source)
    sides = await shelf.database.query(lambda conn: list_sides(conn, shelf, source, target))
    await settle_notebooks(shelf, source, [each.source.path for each in sides])
    paths = [each.target.path if each.target is not None else None for each in sides]
    # A notebook that another program made meanwhile may have the name of one that comes.
    await settle_notebooks(shelf, target, {*paths, *(each.source.path for each in sides)})


async def settle_notebooks(shelf: Shelf, branch: Branch, paths: Iterable[str | None]) -> None:
    """Record what notebooks of a branch are now, in open documents and in their files."""
    for path in paths:
        if path is not None:
            name = api_name(shelf, branch, path)
            await shelf.documents.flush(shelf.scope.project_id, name)
            await shelf.documents.saved(name)
            await _settle_file(shelf, branch, path)


async def _settle_files(shelf: Shelf, branch: Branch) -> None:
    heads = await shelf.database.query(lambda conn: list_heads(conn, shelf.scope, branch.id))
    for head in heads:
        if head.path is not None and head.stat is not None:
            await _settle_file(shelf, branch, head.path)


async def _settle_file(shelf: Shelf, branch: Branch, path: str) -> None:
    await sync(shelf, branch, path)
    if branch.id != MAIN:
        return  # a file there is only a copy: it is made again when it is wanted
    if await shelf.folder.stat(file_of(branch.folder, path)) is None:
        await forget(shelf, branch, path, OUTSIDE)
