"""Merges, decisions and where branches met, on both databases."""

from __future__ import annotations

import asyncio

import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.merges import propose, read_preview
from jupyter_sessions.errors import Conflict, NotFound
from jupyter_sessions.ids import MAIN, BranchId, OperationId
from jupyter_sessions.models.merge_choice import Decision
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.storage import branches, heads, merges, operations, states, versions
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.storage.heads import Meeting
from jupyter_sessions.storage.merges import Decided
from tests.branches.world import open_world, world_of


@pytest.fixture
def fork(timeline, scope, jp_asyncio_loop):
    """A branch of main."""
    return jp_asyncio_loop.run_until_complete(
        timeline.write(
            lambda entry: branches.add_branch(
                entry.conn, scope, "b", "branches/b", parent=MAIN, forked_at=OperationId(0)
            )
        )
    )


async def write(timeline, work):
    return await timeline.write(lambda entry: work(entry.conn))


async def read(timeline, work):
    async with timeline.database.read() as conn:
        return await work(conn)


async def test_a_merge_is_found_while_it_is_open_and_listed_newest_first(timeline, scope, fork):
    one = await write(timeline, lambda conn: merges.add_merge(conn, scope, fork.id, MAIN))
    assert (one.status, one.title, one.undone) == ("open", "b into main", False)
    assert await read(timeline, lambda c: merges.find_open(c, scope, fork.id, MAIN)) == one
    assert await read(timeline, lambda c: merges.find_open(c, scope, MAIN, fork.id)) is None
    await write(timeline, lambda c: merges.update_merge(c, scope, one.id, status="closed"))
    assert await read(timeline, lambda c: merges.find_open(c, scope, fork.id, MAIN)) is None
    two = await write(timeline, lambda conn: merges.add_merge(conn, scope, MAIN, fork.id))
    listed = await read(timeline, lambda conn: merges.list_merges(conn, scope))
    assert [each.id for each in listed] == [two.id, one.id]
    page = await read(timeline, lambda c: merges.list_merges(c, scope, after=two.id, limit=1))
    assert [each.id for each in page] == [one.id]
    closed = await read(timeline, lambda c: merges.list_merges(c, scope, status="closed"))
    assert [each.id for each in closed] == [one.id]


async def test_the_merge_of_someone_else_does_not_exist(timeline, scope, fork):
    made = await write(timeline, lambda conn: merges.add_merge(conn, scope, fork.id, MAIN))
    other = Scope("mallory", "01J0000000000000000000000X")
    with pytest.raises(NotFound):
        await read(timeline, lambda conn: merges.get_merge(conn, other, made.id))
    assert await read(timeline, lambda conn: merges.list_merges(conn, other)) == []


async def test_decisions_are_replaced_and_taken_back_and_go_with_the_project(timeline, scope, fork):
    made = await write(timeline, lambda conn: merges.add_merge(conn, scope, fork.id, MAIN))
    notebook = await write(timeline, lambda conn: heads.add_notebook(conn, scope))
    first = Decided(notebook, "a", Decision(choice="edit", text="x"), "1" * 40)
    second = Decided(notebook, "a", Decision(choice="ours"), "2" * 40)
    other = Decided(notebook, "b", Decision(choice="reject"), "3" * 40)
    for each in (first, other, second):
        await write(timeline, lambda c, each=each: merges.put_decision(c, made.id, each))
    assert await read(timeline, lambda c: merges.list_decisions(c, made.id)) == [second, other]
    await write(timeline, lambda c: merges.remove_decision(c, made.id, notebook, "a"))
    assert await read(timeline, lambda c: merges.list_decisions(c, made.id)) == [other]
    assert await read(timeline, lambda c: merges.get_seen(c, scope, made.id)) is None
    await write(timeline, lambda c: merges.put_seen(c, scope, made.id, {"": "here", "1:a": "x"}))
    seen = await read(timeline, lambda c: merges.get_seen(c, scope, made.id))
    assert seen == {"": "here", "1:a": "x"}


async def test_branches_share_what_they_met_at_and_before_that_what_they_parted_at(
    timeline, scope, fork
):
    async def work(conn):
        notebook = await heads.add_notebook(conn, scope)
        version = await versions.add_version(conn, scope, "0" * 40, b"root")
        change = operations.Change(notebook, None, "n.ipynb", None, version)
        await operations.add_operation(conn, scope, MAIN, "found", "user", [change])
        return notebook, version

    notebook, version = await write(timeline, work)
    later = await write(timeline, lambda c: versions.add_version(c, scope, "1" * 40, b"later"))
    main = await read(timeline, lambda c: branches.get_branch(c, scope, MAIN))

    async def common(one, other):
        return await read(timeline, lambda c: states.common_state(c, scope, notebook, one, other))

    assert (await common(main, fork)).version_id == version
    met = Meeting(later, "renamed.ipynb")
    await write(timeline, lambda c: heads.put_meeting(c, notebook, fork.id, MAIN, met))
    for pair in ((main, fork), (fork, main)):
        state = await common(*pair)
        assert (state.version_id, state.path) == (later, "renamed.ipynb")
    assert await read(timeline, lambda c: heads.list_meeting(c, scope, MAIN, fork.id)) == {notebook}
    elsewhere = BranchId("x")
    assert await read(timeline, lambda c: heads.list_meeting(c, scope, MAIN, elsewhere)) == set()
    await write(timeline, lambda c: heads.put_meeting(c, notebook, MAIN, fork.id, None))
    assert (await common(main, fork)).version_id == version


async def test_two_servers_that_approve_at_once_make_the_merge_once(
    database, db_url, tmp_path, jp_asyncio_loop
):
    manager = AsyncLargeFileManager(root_dir=str(tmp_path))
    world = await open_world(tmp_path / "p", database, manager)
    main = await world.main()
    await world.save(main, {"a": "one", "b": "two"})
    branch = await world.fork("b", main)
    await world.save(branch, {"a": "ONE", "b": "two"})
    merge = await propose(world.timeline, world.scope, branch.id, MAIN)
    token = (await read_preview(world.shelf, merge.id)).token
    second = await open_database(db_url)
    pair = (world.scope.user_id, world.scope.project_id)
    other = world_of(str(tmp_path / "p"), second, manager, pair)
    results = await asyncio.gather(
        *(approve(each.timeline, each.shelf, merge.id, token) for each in (world, other)),
        return_exceptions=True,
    )
    await second.close()
    assert sum(isinstance(each, Conflict) for each in results) == 1
    assert world.sources(main) == await world.head(main) == {"a": "ONE", "b": "two"}
    async with database.read() as conn:
        applied = await merges.list_applied(conn, world.scope, MAIN, branch.id)
        assert [each.id for each in applied] == [merge.id]
        assert await operations.list_intents(conn) == []
    assert world.leftovers() == []
