"""The index of words: written with the events, made up for older ones, on both databases."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy import text

from jupyter_sessions.actions.search import excerpt, find, keep_index
from jupyter_sessions.models.event import (
    CellExecuted,
    CellExecutedData,
    MessageData,
    UserMessage,
)
from jupyter_sessions.models.words import parse_question
from jupyter_sessions.storage import entries, projects, sessions


async def say(timeline, origin, words):
    return await timeline.append(origin, UserMessage, MessageData(text=words), actor="user")


async def hits(timeline, scope, question, **more):
    return (await find(timeline, scope.user_id, question, **more)).items


async def count(timeline, table="search_entry"):
    async with timeline.database.read() as conn:
        return (await conn.execute(text(f"SELECT count(*) FROM {table}"))).scalar()


async def forget(timeline):
    """Make the database one of before there was search: with events, but without an index."""

    async def work(entry):
        await entry.conn.execute(text("DELETE FROM search_entry"))
        await entry.conn.execute(
            text(
                "INSERT INTO search_backlog (stream, project_id, before) "
                "SELECT stream, min(project_id), max(seq) + 1 FROM event GROUP BY stream"
            )
        )

    await timeline.write(work)


async def kept(timeline):
    """Run the upkeep until there is nothing left to do."""
    task = asyncio.create_task(keep_index(timeline, asyncio.Event()))
    async with asyncio.timeout(60):
        while await count(timeline, "search_backlog"):
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("alpha", ["alpha beta gamma", "gamma beta alpha"]),
        ("ALPHA gam", ["alpha beta gamma", "gamma beta alpha"]),
        ('"alpha beta"', ["alpha beta gamma"]),
        ('"alpha bet', ["alpha beta gamma"]),
        ('"beta gamma" alpha', ["alpha beta gamma"]),
        ("alp beta", []),
        ("run_term", ["run_terminal(x)"]),
        ("日本", ["これは日本語"]),
        ("本日", []),
    ],
)
async def test_both_databases_find_the_same(timeline, scope, origin, question, found):
    for words in ("gamma beta alpha", "alpha beta gamma", "run_terminal(x)", "これは日本語"):
        await say(timeline, origin, words)
    assert [hit.snippet for hit in await hits(timeline, scope, question)] == found


async def test_events_of_before_are_indexed_in_their_order(timeline, scope, origin):
    for number in range(450):
        await say(timeline, origin, f"needle {number}")
    await forget(timeline)
    await say(timeline, origin, "needle new")
    await kept(timeline)
    found: list[str] = []
    after = None
    while page := await find(timeline, scope.user_id, "needle", after=after, limit=100):
        found += [hit.snippet for hit in page.items]
        if page.next is None:
            break
        after = int(page.next)
    assert found == ["needle new", *(f"needle {number}" for number in range(449, -1, -1))]


async def test_an_index_that_was_left_half_done_is_taken_up(timeline, scope, origin):
    for number in range(30):
        await say(timeline, origin, f"needle {number}")
    await forget(timeline)
    await timeline.write(lambda entry: entries.index_backlog(entry.conn, 20))
    assert await count(timeline) == 20
    await kept(timeline)
    assert await count(timeline) == 30


async def test_an_index_of_before_never_meets_that_of_new_events(timeline, scope, origin):
    for number in range(5):
        await say(timeline, origin, f"old {number}")
    await forget(timeline)
    await timeline.write(lambda entry: entries.index_backlog(entry.conn, 2))
    for number in range(3):
        await say(timeline, origin, f"new {number}")
        await timeline.write(lambda entry: entries.index_backlog(entry.conn, 1))
    await kept(timeline)
    assert await count(timeline) == 8
    async with timeline.database.read() as conn:
        rows = await conn.execute(text("SELECT seq FROM search_entry ORDER BY id"))
        assert [row.seq for row in rows] == list(range(1, 9))


async def test_what_another_user_said_is_not_found(timeline, scope, origin):
    await say(timeline, origin, "secret")
    assert (await find(timeline, "noah", "secret")).items == []
    assert (await find(timeline, "noah", "S")).items == []
    foreign = await find(timeline, "noah", "secret", project_id=scope.project_id)
    assert foreign.items == []


async def test_a_large_output_is_found_by_its_beginning(timeline, scope, origin):
    output = {"output_type": "stream", "name": "stdout", "text": "needle " + "hay " * 9_000 + "end"}
    data = CellExecutedData(
        notebook="a.ipynb", cell_id="c", kernel_id="k", execution_count=1, source="print(1)",
        outputs=[output], status="ok", duration_ms=1,
    )  # fmt: skip
    await timeline.append(origin, CellExecuted, data, actor="kernel")
    [hit] = await hits(timeline, scope, "needle")
    assert (hit.kind, hit.snippet[:10]) == ("result", "needle hay")
    assert await hits(timeline, scope, "end") == []


async def test_a_fork_is_found_once_where_it_was_said(timeline, scope, origin):
    said = await say(timeline, origin, "needle")
    await timeline.write(
        lambda entry: sessions.add_session(
            entry.conn, scope, "Fork", forked_from=origin.session_id, forked_seq=said.seq
        )
    )
    [hit] = await hits(timeline, scope, "needle")
    assert hit.session_id == origin.session_id


async def test_the_words_of_a_deleted_project_are_removed(timeline, scope, origin):
    for number in range(250):
        await say(timeline, origin, f"needle {number}")
    await timeline.write(lambda entry: projects.remove_project(entry.conn, scope))
    task = asyncio.create_task(keep_index(timeline, asyncio.Event()))
    async with asyncio.timeout(60):
        while await count(timeline):
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])


async def test_what_is_rolled_back_is_not_found(timeline, scope, origin):
    async def fails(entry):
        entry.append(origin, UserMessage, MessageData(text="needle"), actor="user")
        await entry.flush()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await timeline.write(fails)
    await say(timeline, origin, "another")
    assert await hits(timeline, scope, "needle") == []


@pytest.mark.parametrize("length", [0, 50, 150, 190, 260, 1000])
def test_a_snippet_holds_the_hit_however_long_the_text(length):
    line = "w " * length + "needle" + " w" * length
    pattern = re.compile(parse_question("needle")[0].pattern)
    snippet, [(low, high)] = excerpt(line, pattern)
    assert snippet[low:high] == "needle"
    assert len(snippet) <= 200
