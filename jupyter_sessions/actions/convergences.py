"""Branches of a notebook meet: a winner is merged and gives its kernel; or they are compared."""

from __future__ import annotations

from dataclasses import dataclass

from ..branches.references import place_of
from ..branches.shelf import Shelf
from ..branches.syncing import api_name
from ..errors import BadRequest, Conflict, NotFound
from ..ids import MAIN, MergeId, RunId, SessionId
from ..models.base import utcnow
from ..models.branch import Branch
from ..models.branch_events import BranchConverged, BranchConvergedData
from ..models.convergence import Convergence, KernelFate, NewConvergence
from ..models.envelope import Actor
from ..models.merge import CellDecision, Merge, MergeDecisions
from ..models.scope import Scope
from ..storage import branches, convergences
from ..timeline import Entry, Origin, Timeline
from ..workspace.kernels import Kernels
from .active_branch import require_usable
from .branches import append_change, read_branch
from .merges import close, decide, propose, read_preview

NO_KERNEL = "The winner had no kernel."


@dataclass(frozen=True, slots=True)
class _Meeting:
    source: Branch
    target: Branch
    losers: list[Branch]
    notebook: str


async def list_convergences(
    timeline: Timeline, scope: Scope, notebook: str | None = None
) -> list[Convergence]:
    """Return where branches met, or are about to, newest first."""
    async with timeline.database.read() as conn:
        return await convergences.list_convergences(conn, scope, notebook=notebook)


async def converge(
    timeline: Timeline,
    shelf: Shelf,
    kernels: Kernels,
    text: str,
    new: NewConvergence,
    *,
    actor: Actor = "user",
    session_id: SessionId | None = None,
    run_id: RunId | None = None,
) -> Convergence:
    """Have branches meet. A comparison has taken place at once; else a merge waits for a person.

    For a winner everything in that merge is accepted, and its side taken where both differ; what
    a person decides otherwise holds. ``finish`` does the rest once it is made. A winner that has
    nothing to merge gives its kernel at once when a person asks; else that is a Conflict. Raises
    BadRequest when the branches do not fit together, NotFound when one is not there.
    """
    met = await _meeting(timeline, shelf, text, new)
    if new.kind == "comparison":
        return await _record(timeline, shelf.scope, met, new, actor)
    merge = await propose(
        timeline,
        shelf.scope,
        met.source.id,
        met.target.id,
        created_by=actor,
        session_id=session_id,
        run_id=run_id,
    )
    has_cells = new.kind != "winner" or await _accept_all(shelf, merge)
    if not has_cells and actor != "user":  # nobody could approve it
        await close(timeline, shelf.scope, merge.id)
        raise Conflict(
            f"All cells of {met.source.name!r} are on {met.target.name!r} already. Only a person "
            "can have its kernel moved, in the tree of branches."
        )
    found = await kernels.find(api_name(shelf, met.source, met.notebook))
    fate: KernelFate = "none" if found is None else "waits"
    made = await _record(timeline, shelf.scope, met, new, actor, merge.id, fate)
    if has_cells:
        return made
    await _finish(timeline, shelf, kernels, made)  # before the merge is closed, and the row with it
    await close(timeline, shelf.scope, merge.id)
    async with timeline.database.read() as conn:
        return await convergences.get_convergence(conn, shelf.scope, made.id)


async def finish(timeline: Timeline, shelf: Shelf, kernels: Kernels, merge: Merge) -> None:
    """After a merge was made: move the winner's kernel, complete the losers, note the meeting."""
    async with timeline.database.read() as conn:
        found = await convergences.find_open(conn, shelf.scope, merge.id)
    if found is not None:
        await _finish(timeline, shelf, kernels, found)


async def _finish(timeline: Timeline, shelf: Shelf, kernels: Kernels, found: Convergence) -> None:
    reason = await _move_kernel(shelf, kernels, found)

    async def work(entry: Entry) -> None:
        for loser in found.losers:
            branch = await branches.get_branch(entry.conn, shelf.scope, loser)
            if branch.status not in ("deleted", "completed"):
                done = await branches.update_branch(
                    entry.conn, shelf.scope, loser, status="completed"
                )
                append_change(entry, shelf.scope, done, actor="user")
        fate: KernelFate = "none" if reason else "moved"
        met = await convergences.update_convergence(
            entry.conn,
            shelf.scope,
            found.id,
            status="met",
            kernel=fate,
            reason=reason,
            met_at=utcnow(),
        )
        await _announce(entry, shelf.scope, met, "user")

    await timeline.write(work)


async def finish_left(timeline: Timeline) -> None:
    """At the start of a server: meetings whose merge was made have taken place."""
    await timeline.write(lambda entry: convergences.close_left(entry.conn))


async def _meeting(timeline: Timeline, shelf: Shelf, text: str, new: NewConvergence) -> _Meeting:
    source = await read_branch(timeline, shelf.scope, text)
    target = await read_branch(timeline, shelf.scope, new.into)
    losers = [await read_branch(timeline, shelf.scope, each) for each in new.losers]
    for branch in (source, target, *losers):
        require_usable(branch)
    _require_apart(source, target, losers)
    if new.kind != "comparison" and any(loser.id == MAIN for loser in losers):
        raise BadRequest("The branch 'main' is the project's own files: it cannot be completed.")
    place = await place_of(shelf, new.notebook, source)
    if place.path is None:
        raise NotFound(f"notebook {new.notebook!r} on the branch {source.name!r}")
    return _Meeting(source, target, losers, place.path)


def _require_apart(source: Branch, target: Branch, losers: list[Branch]) -> None:
    if source.id == target.id:
        raise BadRequest(f"The branch {source.name!r} cannot meet itself: name another 'into'.")
    seen = {source.id, target.id}
    for loser in losers:
        if loser.id in seen:
            raise BadRequest(f"The branch {loser.name!r} is named twice in this meeting.")
        seen.add(loser.id)


async def _accept_all(shelf: Shelf, merge: Merge) -> bool:
    """Take the source's side wherever nobody has decided; tell whether there is a difference."""
    preview = await read_preview(shelf, merge.id)
    decisions = [
        CellDecision(notebook=notebook.notebook, cell_id=item.cell_id, choice="accept")
        for notebook in preview.notebooks
        for item in notebook.items
        if item.change == "conflict" and not item.only_run and item.decision is None
    ]
    if decisions:
        await decide(shelf, merge.id, MergeDecisions(decisions=decisions))
    return bool(preview.notebooks)


async def _record(
    timeline: Timeline,
    scope: Scope,
    met: _Meeting,
    new: NewConvergence,
    actor: Actor,
    merge_id: MergeId | None = None,
    kernel: KernelFate = "none",
) -> Convergence:
    async def work(entry: Entry) -> Convergence:
        if merge_id is not None:  # it was asked for before, in another way
            await convergences.close_open(entry.conn, scope, merge_id)
        made = await convergences.add_convergence(
            entry.conn,
            scope,
            new.kind,
            met.notebook,
            met.source.id,
            met.target.id,
            [loser.id for loser in met.losers],
            merge_id=merge_id,
            kernel=kernel,
        )
        if merge_id is None:
            made = await convergences.update_convergence(
                entry.conn, scope, made.id, status="met", met_at=made.created_at
            )
            await _announce(entry, scope, made, actor)
        return made

    return await timeline.write(work)


async def _announce(entry: Entry, scope: Scope, met: Convergence, actor: Actor) -> None:
    source = await branches.get_branch(entry.conn, scope, met.source)
    target = await branches.get_branch(entry.conn, scope, met.target)
    data = BranchConvergedData(
        convergence=met.id,
        kind=met.kind,
        notebook=met.notebook,
        source=source.id,
        source_name=source.name,
        target=target.id,
        target_name=target.name,
        losers=met.losers,
        kernel=met.kernel,
    )
    entry.append(Origin(scope), BranchConverged, data, actor=actor)


async def _move_kernel(shelf: Shelf, kernels: Kernels, found: Convergence) -> str:
    """Return why not, if the winner's kernel does not become the target's."""
    async with shelf.database.read() as conn:
        source = await branches.get_branch(conn, shelf.scope, found.source)
        target = await branches.get_branch(conn, shelf.scope, found.target)
    place = await place_of(shelf, found.notebook, source)
    there = await place_of(shelf, found.notebook, target)
    if place.path is None or there.path is None:
        return f"The notebook {found.notebook!r} is not on both branches any more."
    winner = api_name(shelf, source, place.path)
    if await kernels.find(winner) is None:
        return NO_KERNEL
    return await kernels.hand_over(winner, api_name(shelf, target, there.path))
