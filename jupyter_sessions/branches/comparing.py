"""What differs between two branches, notebook by notebook."""

from __future__ import annotations

from dataclasses import dataclass

from ..ids import NotebookId
from ..models.branch import Branch
from ..models.version import NotebookDiff
from ..storage.states import State, list_states
from .reading import diff_moments
from .references import Moment
from .shelf import Shelf


@dataclass(frozen=True, slots=True)
class Comparison:
    """The notebooks that differ, by their paths; of the first few, what differs in them."""

    paths: list[str]
    diffs: list[NotebookDiff]


async def compare_branches(
    shelf: Shelf, before: Branch, after: Branch, *, notebook: str | None = None, limit: int = 20
) -> Comparison:
    """Return what ``after`` has that ``before`` has not, and the other way round.

    With ``notebook``, a path on either, only in that one.
    """
    async with shelf.database.read() as conn:
        old = {each.notebook_id: each for each in await list_states(conn, shelf.scope, before)}
        new = {each.notebook_id: each for each in await list_states(conn, shelf.scope, after)}
    pairs = [
        (old.get(id_) or State(id_, None, None), new.get(id_) or State(id_, None, None))
        for id_ in sorted(old | new, key=lambda id_: _path(old, new, id_))
    ]
    differing = [
        (one, other)
        for one, other in pairs
        if one.version_id != other.version_id and notebook in (None, one.path, other.path)
    ]
    diffs = [
        await diff_moments(
            shelf,
            Moment(before, one.notebook_id, one.path, one.version_id),
            Moment(after, other.notebook_id, other.path, other.version_id),
            f"branch:{before.id}",
            f"branch:{after.id}",
        )
        for one, other in differing[:limit]
    ]
    return Comparison([other.path or one.path or "" for one, other in differing], diffs)


def _path(old: dict[NotebookId, State], new: dict[NotebookId, State], id_: NotebookId) -> str:
    state = new.get(id_) or old[id_]
    return state.path or ""
