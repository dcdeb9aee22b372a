"""Old saves become fewer, and what nothing refers to goes; nothing else does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.merges import propose, read_preview
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.shelf import load_notebook, prepare
from jupyter_sessions.branches.sweeping import sweep
from jupyter_sessions.branches.thinning import thin
from jupyter_sessions.ids import RunId, SessionId, new_id
from jupyter_sessions.notebooks.cells import new_cell, new_notebook
from jupyter_sessions.notebooks.manifest import snapshot
from jupyter_sessions.storage import branches, heads, operations, versions
from jupyter_sessions.storage.heads import Meeting
from jupyter_sessions.storage.schema import operation, piece, version
from jupyter_sessions.storage.states import get_state
from tests.branches.world import open_world

NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
NONE = timedelta(0)


@pytest.fixture
def world(database, jp_serverapp, jp_root_dir, jp_asyncio_loop):
    """A project, in a database of each kind in turn."""
    made = open_world(jp_root_dir / "p", database, jp_serverapp.contents_manager)
    return jp_asyncio_loop.run_until_complete(made)


@pytest.fixture
def saved(world):
    """Save a notebook so long ago: ``await saved("x = 1", hours=30)`` gives the operation."""

    async def save(source, by=None, branch=None, **ago):
        where = branch or await world.main()
        given = {} if by is None else {"by": by}
        made = await world.save(where, {"one": source, "two": "same"}, **given)
        at = NOW - timedelta(**ago)
        await world.write_rows(
            lambda conn: operations.update_operation(conn, world.scope, made, created_at=at)
        )
        return made

    return save


async def history(world, branch=None):
    """Return the changes of the notebook, the oldest first."""
    where = branch or await world.main()
    state = await world.state(where)
    async with world.database.read() as conn:
        rows = await operations.list_history(conn, where.id, state.notebook_id)
    return rows[::-1]


async def ids(world, branch=None):
    return [made.id for made, _ in await history(world, branch)]


async def count(world, table):
    async with world.database.read() as conn:
        return (await conn.execute(select(func.count()).select_from(table))).scalar_one()


async def source_of(world, change):
    content = await load_notebook(world.shelf, change.new_version)
    return content["cells"][0]["source"]


async def test_the_last_day_is_kept_whole(world, saved):
    for minute in range(6):
        await saved(f"x = {minute}", hours=23, minutes=50 - minute)
    assert await thin(world.shelf, now=NOW) == 0
    assert len(await history(world)) == 6


async def test_after_a_day_one_an_hour_stays_and_after_a_month_one_a_day(world, saved):
    first = await saved("0", days=60)
    old = [await saved(f"old {n}", days=40, hours=-n) for n in range(6)]
    hourly = [await saved(f"day {n}", hours=30, minutes=-20 * n) for n in range(6)]
    last = await saved("now", hours=1)
    assert await thin(world.shelf, now=NOW) == 5 + 4
    assert await ids(world) == [first, old[-1], hourly[2], hourly[5], last]
    assert [await source_of(world, change) for _, change in await history(world)] == [
        "0", "old 5", "day 2", "day 5", "now",
    ]  # fmt: skip
    assert await thin(world.shelf, now=NOW) == 0


async def test_what_was_joined_says_what_changed_over_all_of_it(world, saved):
    await saved("a", days=60)
    for n, source in enumerate(("a\nb", "a\nb\nc", "a\nb\nc\nd")):
        await saved(source, days=40, minutes=-n)
    await saved("now", hours=1)
    await thin(world.shelf, now=NOW)
    (_, before), (_, joined), (_, after) = await history(world)
    assert (joined.old_version, after.old_version) == (before.new_version, joined.new_version)
    assert (joined.cells, joined.lines_added, joined.lines_removed) == (1, 3, 0)


async def test_the_newest_version_stays_although_it_is_old(world, saved):
    made = [await saved(str(n), days=40, minutes=-n) for n in range(3)]
    await thin(world.shelf, now=NOW)
    assert (await ids(world))[-1] == made[-1]
    assert world.sources(await world.main())["one"] == "2"


async def test_runs_and_what_has_a_name_stay(world, saved):
    run = By("agent", SessionId(new_id()), RunId(new_id()))
    made = [
        await saved("0", days=40),
        await saved("named", days=40, minutes=-1),
        await saved("by the agent", run, days=40, minutes=-2),
        await saved("2", days=40, minutes=-3),
        await saved("3", days=40, minutes=-4),
    ]
    await world.write_rows(
        lambda conn: operations.update_operation(conn, world.scope, made[1], name="For Maya")
    )
    assert await thin(world.shelf, now=NOW) == 2
    assert await ids(world) == [made[1], made[2], made[4]]


async def test_saves_of_others_are_not_counted_as_the_users(world, saved):
    made = [await saved(str(n), days=40, minutes=-n) for n in range(4)]
    await world.write_rows(
        lambda conn: operations.update_operation(
            conn, world.scope, made[2], kind="outside", writer="outside"
        )
    )
    await thin(world.shelf, now=NOW)
    assert set(made[1:]) <= set(await ids(world))


async def test_where_a_branch_was_made_stays_although_the_branch_is_deleted(world, saved):
    main = await world.main()
    made = [await saved(str(n), days=40, minutes=-n) for n in range(2)]
    fork = await world.fork("Try", main)
    assert fork.forked_at == made[-1]
    made += [await saved(str(n), days=40, minutes=-n) for n in range(2, 5)]
    await world.write_rows(
        lambda conn: branches.update_branch(conn, world.scope, fork.id, status="deleted")
    )
    await thin(world.shelf, now=NOW)
    assert made[1] in await ids(world)
    assert (await world.head(fork))["one"] == "1"


async def test_a_branch_that_was_made_after_another_notebook_changed_keeps_its_state(world, saved):
    main = await world.main()
    made = [await saved(str(n), days=40, minutes=-n) for n in range(2)]
    await world.save(main, {"other": "1"}, "other.ipynb")
    fork = await world.fork("Try", main)
    assert fork.forked_at > made[-1]
    await saved("2", days=40, minutes=-2)
    await saved("3", days=40, minutes=-3)
    await thin(world.shelf, now=NOW)
    assert (await world.head(fork))["one"] == "1"


async def test_where_branches_met_stays(world, saved):
    main = await world.main()
    made = [await saved(str(n), days=40, minutes=-n) for n in range(5)]
    fork = await world.fork("Try", main)
    _, (_, met), *_ = await history(world)
    state = await world.state(main)
    await world.write_rows(
        lambda conn: heads.put_meeting(
            conn, state.notebook_id, main.id, fork.id, Meeting(met.new_version, "n.ipynb")
        )
    )
    await thin(world.shelf, now=NOW)
    assert made[1] in await ids(world)


async def test_what_was_merged_stays_although_the_branches_met_again_since(world, saved):
    main = await world.main()
    fork = await world.fork("Try", main)
    made = [await saved(str(n), branch=fork, days=40, minutes=-n) for n in range(2)]
    merge = await propose(world.timeline, world.scope, fork.id, main.id)
    token = (await read_preview(world.shelf, merge.id)).token
    await approve(world.timeline, world.shelf, merge.id, token)
    made += [await saved(str(n), branch=fork, days=40, minutes=-n) for n in range(2, 5)]
    state = await world.state(main)
    await world.write_rows(
        lambda conn: heads.put_meeting(conn, state.notebook_id, main.id, fork.id, None)
    )
    await thin(world.shelf, now=NOW)
    assert await ids(world, fork) == [made[1], made[4]]


async def test_what_was_taken_back_stays_with_what_took_it_back(world, saved):
    made = [await saved(str(n), days=40, minutes=-n) for n in range(4)]
    await world.write_rows(
        lambda conn: operations.update_operation(conn, world.scope, made[3], undoes=made[1])
    )
    await thin(world.shelf, now=NOW)
    assert made[1] in await ids(world)


async def test_nothing_is_thinned_while_an_agent_works(world, saved):
    for n in range(4):
        await saved(str(n), days=40, minutes=-n)
    assert await thin(world.shelf, now=NOW, is_busy=lambda: True) == 0
    assert len(await history(world)) == 4


async def test_two_servers_at_once_thin_once(world, saved):
    for n in range(12):
        await saved(str(n), days=40, minutes=-n)
    await saved("now", hours=1)
    gone = await asyncio.gather(*(thin(world.shelf, now=NOW) for _ in range(3)))
    assert sum(gone) == 11
    line = await history(world)
    assert [one.new_version for _, one in line[:-1]] == [two.old_version for _, two in line[1:]]


async def test_what_was_thinned_is_swept_and_all_that_stays_can_be_read(world, saved):
    for n in range(30):
        await saved(f"x = {n}", days=40, minutes=-n)
    await saved("now", hours=1)
    before = await count(world, version), await count(world, piece)
    await thin(world.shelf, now=NOW)
    assert await sweep(world.shelf, age=NONE) > 20
    assert (await count(world, version), await count(world, piece)) < before
    assert await count(world, version) == 2
    for _, change in await history(world):
        assert await source_of(world, change)
    assert await sweep(world.shelf, age=NONE) == 0


async def test_pieces_of_the_last_day_are_not_swept(world, saved):
    for n in range(10):
        await saved(f"x = {n}", days=40, minutes=-n)
    await saved("now", hours=1)
    await thin(world.shelf, now=NOW)
    before = await count(world, piece)
    assert await sweep(world.shelf) == 0
    assert await count(world, piece) == before


async def test_a_branch_keeps_what_only_it_refers_to(world, saved):
    main = await world.main()
    await saved("shared", days=40)
    fork = await world.fork("Try", main)
    await saved("only there", branch=fork, days=40)
    await saved("now", hours=1)
    await sweep(world.shelf, age=NONE)
    assert (await world.head(fork))["one"] == "only there"


async def test_what_is_being_recorded_while_it_is_swept_is_whole(world, saved):
    await saved("back again", days=40)
    await saved("between", days=40, minutes=-1)
    await saved("now", hours=1)
    content = new_notebook() | {"cells": [new_cell("one", "code", "nowhere else")]}
    prepared = partial(prepare, shelf=world.shelf, new=snapshot(content))
    made = await world.database.query(prepared)
    await world.write_rows(made.add)
    again = await world.database.query(prepared)
    await world.write_rows(_forget_version(world, made.manifest.digest))
    assert await sweep(world.shelf, age=NONE) > 0
    kept = await world.write_rows(again.add)
    assert (await load_notebook(world.shelf, kept))["cells"][0]["source"] == "nowhere else"


async def test_what_is_known_and_then_swept_is_stored_again_of_many_cells_too(world):
    await world.save(await world.main(), {"one": "before"})
    cells = [new_cell(f"c{n}", "code", f"nowhere else {n}") for n in range(40)]
    prepared = partial(prepare, shelf=world.shelf, new=snapshot(new_notebook() | {"cells": cells}))
    made = await world.database.query(prepared)
    await world.write_rows(made.add)
    again = await world.database.query(prepared)
    assert again.known
    assert not again.pieces
    await world.write_rows(_forget_version(world, made.manifest.digest))
    assert await sweep(world.shelf, age=NONE) > len(cells)
    kept = await world.write_rows(again.add)
    stored = (await load_notebook(world.shelf, kept))["cells"]
    assert [cell["source"] for cell in stored] == [cell["source"] for cell in cells]


def _forget_version(world, digest):
    async def work(conn):
        id_ = await versions.add_version(conn, world.scope, digest, b"")
        await versions.remove_versions(conn, world.scope, [id_])

    return work


async def test_saving_thinning_and_sweeping_at_once_lose_nothing(world, saved):
    main = await world.main()
    for n in range(20):
        await saved(f"x = {n % 3}", days=40, minutes=-n)

    async def save():
        for n in range(20):
            await world.save(main, {"one": f"x = {n % 3}", "two": "same"})
            await world.write_rows(lambda conn: conn.execute(operation.update().values(name=None)))

    async def tidy():
        for _ in range(10):
            await thin(world.shelf, now=NOW)
            await sweep(world.shelf, age=NONE)

    await asyncio.gather(save(), tidy(), tidy())
    for _, change in await history(world):
        assert await source_of(world, change) in {"x = 0", "x = 1", "x = 2"}
    state = await world.state(main)
    async with world.database.read() as conn:
        assert await get_state(conn, world.scope, main, state.notebook_id) == state
