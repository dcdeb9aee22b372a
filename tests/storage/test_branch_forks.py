"""How branches were forked, and where they met, in both databases."""

from __future__ import annotations

import pytest

from jupyter_sessions.errors import NotFound
from jupyter_sessions.ids import MAIN, BranchId, ConvergenceId, OperationId, UserId, new_id
from jupyter_sessions.models.fork_record import ForkRecord, Hazard
from jupyter_sessions.storage import branches, convergences, merges, projects

RECORD = ForkRecord(
    notebook="a 🎉.ipynb",
    cell_id="one",
    shared=3,
    below="drop",
    engine="fork",
    milliseconds=50,
    hazards=[Hazard(code="threads", detail="Threads do not run.", names=["feeder"])],
)


async def make(timeline, scope, name, fork=None):
    return await timeline.write(
        lambda entry: branches.add_branch(
            entry.conn, scope, name, f"branches/{name}", parent=MAIN,
            forked_at=OperationId(0), fork=fork,
        )
    )  # fmt: skip


async def test_the_record_of_a_fork_comes_back_as_it_was(timeline, scope):
    plain, forked = await make(timeline, scope, "a"), await make(timeline, scope, "b", RECORD)
    async with timeline.database.read() as conn:
        assert (await branches.get_branch(conn, scope, plain.id)).fork is None
        assert (await branches.get_branch(conn, scope, forked.id)).fork == RECORD
        listed = await branches.list_branches(conn, scope)
    assert [each.fork for each in listed] == [None, None, RECORD]
    renamed = await timeline.write(
        lambda entry: branches.update_branch(entry.conn, scope, forked.id, name="c")
    )
    assert renamed.fork == RECORD


async def test_meetings_are_listed_newest_first_until_they_are_withdrawn(timeline, scope):
    one, two = await make(timeline, scope, "a"), await make(timeline, scope, "b")

    async def add(entry):
        merge = await merges.add_merge(entry.conn, scope, one.id, MAIN)
        first = await convergences.add_convergence(
            entry.conn, scope, "comparison", "x.ipynb", one.id, MAIN, [two.id]
        )
        second = await convergences.add_convergence(
            entry.conn, scope, "winner", "a.ipynb", one.id, MAIN, [two.id], merge_id=merge.id
        )
        return merge, first, second

    merge, first, second = await timeline.write(add)
    assert second.losers == [two.id]
    async with timeline.database.read() as conn:
        assert await convergences.list_convergences(conn, scope) == [second, first]
        assert await convergences.list_convergences(conn, scope, notebook="x.ipynb") == [first]
        assert await convergences.find_open(conn, scope, merge.id) == second
        with pytest.raises(NotFound):
            await convergences.get_convergence(conn, scope, ConvergenceId(new_id()))
    await timeline.write(lambda entry: convergences.close_open(entry.conn, scope, merge.id))
    async with timeline.database.read() as conn:
        assert await convergences.list_convergences(conn, scope) == [first]


async def test_what_a_dead_server_left_is_closed_and_nothing_else(timeline, scope):
    one = await make(timeline, scope, "a")

    async def add(entry, status):
        merge = await merges.add_merge(entry.conn, scope, one.id, MAIN)
        await merges.update_merge(entry.conn, scope, merge.id, status=status)
        return await convergences.add_convergence(
            entry.conn, scope, "winner", "a.ipynb", one.id, MAIN, [], merge_id=merge.id,
            kernel="waits",
        )  # fmt: skip

    made = [await timeline.write(lambda entry, s=s: add(entry, s)) for s in ("merged", "open")]
    await timeline.write(lambda entry: convergences.close_left(entry.conn))
    async with timeline.database.read() as conn:
        found = [await convergences.get_convergence(conn, scope, each.id) for each in made]
    assert [(each.status, each.kernel) for each in found] == [("met", "none"), ("open", "waits")]
    assert found[0].met_at is not None


async def test_meetings_of_others_are_not_there(timeline, scope):
    made = await timeline.write(
        lambda entry: convergences.add_convergence(
            entry.conn, scope, "comparison", "x.ipynb", BranchId("one"), MAIN, []
        )
    )
    other = await timeline.write(
        lambda entry: projects.add_project(entry.conn, UserId("eve"), "E", "/e", "cpu")
    )
    async with timeline.database.read() as conn:
        assert await convergences.list_convergences(conn, other.scope) == []
        with pytest.raises(NotFound):
            await convergences.get_convergence(conn, other.scope, made.id)
