"""Where a tool's call works: the notebook's file on the branch of its run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from ..branches.documents import Kept
from ..branches.layout import file_of, split
from ..branches.paths import clean_parts
from ..branches.recording import By
from ..branches.shelf import Shelf
from ..branches.syncing import keeper
from ..errors import BadRequest
from ..ids import RunId, SessionId
from ..models.base import Model
from ..models.branch import Branch
from ..models.event import Actor, EventBase
from ..storage import branches, runs

D = TypeVar("D", bound=Model)


class Append(Protocol):
    """Appends an event to the session's timeline, with the run filled in."""

    async def __call__(
        self, kind: type[EventBase[D]], data: D, /, *, actor: Actor = "agent"
    ) -> EventBase[D]: ...


@dataclass(frozen=True)
class Call:
    """The call of a tool: for whom something is done, and where it is written down."""

    session_id: str
    run_id: str
    call_id: str | None
    append: Append
    wait: Callable[[Literal["waits", "running"]], None] = lambda state: None


@dataclass(frozen=True)
class Place:
    """A notebook on a branch."""

    branch: Branch
    notebook: str
    """Path below the project, without the branch's folder."""
    file: str
    """Path of its file below the project."""
    name: str
    """The same as the contents API names it."""
    kept: Kept
    """Records what is done to it."""


async def branch_of(shelf: Shelf, call: Call) -> Branch:
    """Return the branch that the call's run works on now."""
    async with shelf.database.read() as conn:
        branch_id = await runs.get_branch(conn, shelf.scope, RunId(call.run_id))
        return await branches.get_branch(conn, shelf.scope, branch_id)


async def place_of(shelf: Shelf, call: Call, path: str) -> Place:
    """Return where a notebook of the run's branch lies.

    Raises BadRequest for the file of another branch: a run works on one at a time.
    """
    branch = await branch_of(shelf, call)
    given = "/".join(clean_parts(path))
    folder, notebook = await asyncio.to_thread(split, shelf.folder.root, given)
    if folder and folder != branch.folder:
        raise BadRequest(
            f"{path!r} lies on another branch; this session works on {branch.name!r}. "
            f"Name the notebook {notebook!r}, or switch to the other branch first."
        )
    file = file_of(branch.folder, notebook)
    by = By("agent", SessionId(call.session_id), RunId(call.run_id))
    kept = keeper(shelf, branch, notebook, by)
    return Place(branch, notebook, file, shelf.folder.api(file), kept)
