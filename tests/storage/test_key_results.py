"""Rows of key results, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from jupyter_sessions.errors import NotFound
from jupyter_sessions.ids import BlobHash, KeyResultId, ProjectId, new_id
from jupyter_sessions.models.base import utcnow
from jupyter_sessions.models.event import CellExecuted, CellExecutedData
from jupyter_sessions.models.key_result import Chart, KeyResult, ResultOrigin
from jupyter_sessions.models.table import Column
from jupyter_sessions.storage import key_results, sessions
from jupyter_sessions.storage.executions import PAGE, list_executions
from jupyter_sessions.storage.key_results import ResultBlobs

NOTHING = ResultBlobs(None, None)


@pytest.fixture
def add(timeline, scope, origin):
    """Promote something: ``await add("title", chart=…)``."""

    async def insert(title="Errors", **more):
        async def work(entry):
            now = utcnow()
            made = KeyResult(
                id=KeyResultId(new_id()),
                session_id=origin.session_id,
                number=await key_results.next_number(entry.conn, origin.session_id),
                title=title,
                view="table",
                origin=ResultOrigin(notebook="n.ipynb", cell_id="a", source_hash="0"),
                created_by="agent",
                created_at=now,
                updated_at=now,
                **more,
            )
            await key_results.add_key_result(entry.conn, scope, made, NOTHING)
            return made

        return await timeline.write(work)

    return insert


@pytest.fixture
def remove(timeline, scope):
    async def work(made):
        await timeline.write(
            lambda entry: key_results.remove_key_result(entry.conn, scope, made.session_id, made.id)
        )

    return work


async def test_what_is_stored_comes_back(timeline, scope, add):
    made = await add(
        "Größe ✓",
        description="*so*",
        chart=Chart(type="bar", x="a", y="b"),
        fields=["b", "a"],
        columns=[Column(name="a", type="string"), Column(name="b", type="number")],
        row_count=2,
        total_rows=2**40,
    )
    async with timeline.database.read() as conn:
        assert await key_results.list_key_results(conn, scope, made.session_id) == [made]
        assert await key_results.get_key_result(conn, scope, made.session_id, made.id) == made


async def test_a_number_is_never_given_twice(timeline, scope, add, remove):
    first, second = await add(), await add()
    await remove(second)
    third = await add()
    assert [first.number, second.number, third.number] == [1, 2, 3]
    async with timeline.database.read() as conn:
        left = await key_results.list_key_results(conn, scope, first.session_id)
        session = await sessions.get_session(conn, scope, first.session_id)
    assert [each.number for each in left] == [1, 3]
    assert session.key_result_count == 2


async def test_numbers_do_not_collide(add):
    made = await asyncio.gather(*(add() for _ in range(20)))
    assert sorted(each.number for each in made) == list(range(1, 21))


async def test_only_what_is_named_is_changed(timeline, scope, add):
    made = await add("Errors", chart=Chart(type="bar", x="a", y="b"))
    changed = made.model_copy(update={"chart": None, "title": "not stored"})
    await timeline.write(
        lambda entry: key_results.update_key_result(entry.conn, scope, changed, ("chart",))
    )
    async with timeline.database.read() as conn:
        found = await key_results.get_key_result(conn, scope, made.session_id, made.id)
    assert (found.chart, found.title) == (None, "Errors")


async def test_what_is_removed_or_foreign_is_not_there(timeline, scope, add, remove):
    made = await add()
    foreign = replace(scope, project_id=ProjectId(new_id()))
    async with timeline.database.read() as conn:
        assert await key_results.list_key_results(conn, foreign, made.session_id) == []
        with pytest.raises(NotFound):
            await key_results.get_result_blobs(conn, foreign, made.session_id, made.id)
    await remove(made)
    with pytest.raises(NotFound):
        await remove(made)
    with pytest.raises(NotFound):
        await timeline.write(
            lambda entry: key_results.update_key_result(entry.conn, scope, made, ("title",))
        )


async def test_tables_are_listed_by_their_results(timeline, scope, origin, add):
    plain = await add()

    async def work(entry):
        table = entry.put_blob(scope, b'{"rows":[]}', "application/json")
        made = plain.model_copy(update={"id": KeyResultId(new_id()), "number": 2})
        place = ResultBlobs(table.blob, BlobHash("0" * 64))
        await key_results.add_key_result(entry.conn, scope, made, place)
        return made, table

    made, table = await timeline.write(work)
    async with timeline.database.read() as conn:
        found = await key_results.list_table_blobs(conn, scope, origin.session_id)
        place = await key_results.get_result_blobs(conn, scope, origin.session_id, made.id)
    assert found == {made.id: table}
    assert place == ResultBlobs(table.blob, BlobHash("0" * 64))


async def run(timeline, origin, cell_id, notebook="n.ipynb"):
    data = CellExecutedData(
        notebook=notebook, cell_id=cell_id, kernel_id="k", execution_count=1, source="1",
        outputs=[], status="ok", duration_ms=1,
    )  # fmt: skip
    return (await timeline.append(origin, CellExecuted, data, actor="kernel")).seq


async def executions(timeline, session_id, cell_id):
    async with timeline.database.read() as conn:
        return [event.seq async for event in list_executions(conn, session_id, cell_id)]


async def test_executions_come_the_last_first(timeline, origin):
    seqs = [await run(timeline, origin, "a") for _ in range(PAGE + 3)]
    await run(timeline, origin, "ab")
    await run(timeline, origin, "A")
    assert await executions(timeline, origin.session_id, "a") == seqs[::-1]
    assert await executions(timeline, origin.session_id, "_") == []
    assert await executions(timeline, origin.session_id, 'a"%') == []


async def test_a_fork_has_the_executions_of_its_source(timeline, scope, origin):
    shared = await run(timeline, origin, "a")
    await run(timeline, origin, "a")

    async def fork(entry):
        return await sessions.add_session(
            entry.conn, scope, "F", forked_from=origin.session_id, forked_seq=shared
        )

    forked = await timeline.write(fork)
    own = await run(timeline, replace(origin, session_id=forked.id), "a")
    assert await executions(timeline, forked.id, "a") == [own, shared]
