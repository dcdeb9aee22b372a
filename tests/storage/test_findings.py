"""Dispositions and dependencies on both databases: nothing slips between two servers."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from jupyter_sessions.actions.dependencies import change_dependencies, read_dependencies
from jupyter_sessions.actions.dispositions import change_disposition
from jupyter_sessions.errors import BadRequest, NotFound
from jupyter_sessions.models.dependency import NewDependency
from jupyter_sessions.models.disposition import DispositionChange
from jupyter_sessions.models.findings_events import DispositionSet
from jupyter_sessions.storage import dispositions, sessions
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.storage.dispositions import DispositionRow
from jupyter_sessions.timeline import Timeline


@pytest.fixture
def make(timeline, scope):
    """Make a session, and return its id."""

    async def session(name):
        made = await timeline.write(lambda entry: sessions.add_session(entry.conn, scope, name))
        return made.id

    return session


@pytest.fixture
def other(db_url, jp_asyncio_loop):
    """The timeline of another server on the same database."""
    opened = Timeline(jp_asyncio_loop.run_until_complete(open_database(db_url)))
    yield opened
    jp_asyncio_loop.run_until_complete(opened.database.close())


def on(id_):
    return [NewDependency(session_id=id_)]


async def read(timeline, scope, id_):
    async with timeline.database.read() as conn:
        return await dispositions.get_disposition(conn, scope, id_)


async def test_what_was_never_set_is_empty(timeline, scope, make):
    assert await read(timeline, scope, await make("A")) == DispositionRow()


async def test_schema_value_and_evidence_come_back_as_they_were(timeline, scope, make):
    id_ = await make("A")
    schema = {"type": "object", "properties": {"é\u2028": {"enum": ["ß", None, 1.5]}}}
    values = {"json_schema": schema, "value": {"é\u2028": None}, "evidence": {}}
    for _ in range(2):
        await timeline.write(
            lambda entry: dispositions.update_disposition(entry.conn, scope, id_, **values)
        )
    found = await read(timeline, scope, id_)
    assert (found.json_schema, found.value, found.evidence) == tuple(values.values())
    foreign = type(scope)("noah", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert await read(timeline, foreign, id_) == DispositionRow()


async def test_a_change_counts_as_a_new_version_of_the_findings(timeline, scope, make):
    id_ = await make("A")

    async def version():
        async with timeline.database.read() as conn:
            return await sessions.get_findings_version(conn, scope, id_)

    change = DispositionChange(json_schema={"a": "X|Y"})
    await change_disposition(timeline, scope, id_, change)
    assert await version() == 0
    await change_disposition(timeline, scope, id_, DispositionChange(value={"a": "X"}))
    assert await version() == 1
    await change_disposition(timeline, scope, id_, change)
    assert await version() == 1
    with pytest.raises(BadRequest):
        await change_disposition(timeline, scope, id_, DispositionChange(value={"a": "Z"}))
    assert await version() == 1
    [event] = [each for each in await timeline.read(id_) if isinstance(each, DispositionSet)]
    assert event.data.value == {"a": "X"}


async def test_two_servers_cannot_make_a_circle_together(timeline, other, scope, make):
    for round_ in range(5):
        a, b = await make(f"A{round_}"), await make(f"B{round_}")
        done = await asyncio.gather(
            change_dependencies(timeline, scope, a, on(b)),
            change_dependencies(other, scope, b, on(a)),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in done) == ["BadRequest", "list"]


async def test_two_servers_leave_no_value_that_does_not_fit(timeline, other, scope, make):
    for round_ in range(5):
        id_ = await make(f"A{round_}")
        first = DispositionChange(json_schema={"a": "X|Y"})
        await change_disposition(timeline, scope, id_, first)
        await asyncio.gather(
            change_disposition(timeline, scope, id_, DispositionChange(json_schema={"a": "Y|Z"})),
            change_disposition(other, scope, id_, DispositionChange(value={"a": "X"})),
            return_exceptions=True,
        )
        found = await read(timeline, scope, id_)
        assert found.value is None or not found.fits


async def test_a_long_chain_is_no_circle_and_closing_it_is_one(timeline, scope, make):
    chain = [await make(f"S{number}") for number in range(60)]
    for one, below in itertools.pairwise(chain):
        await change_dependencies(timeline, scope, one, on(below))
    with pytest.raises(BadRequest, match="S59 needs S0, S0 needs S1") as caught:
        await change_dependencies(timeline, scope, chain[-1], on(chain[0]))
    assert len(caught.value.details["path"]) == 61
    assert await read_dependencies(timeline, scope, chain[-1]) == []


async def test_a_session_far_down_a_long_list_can_be_needed(timeline, scope, make):
    first = await make("First")

    async def many(entry):
        return [await sessions.add_session(entry.conn, scope, str(n)) for n in range(1_001)]

    last = (await timeline.write(many))[-1].id
    [found] = await change_dependencies(timeline, scope, first, on(last))
    assert found.name == "1000"


async def test_two_ways_to_one_session_are_no_circle(timeline, scope, make):
    top, left, right, bottom = [await make(name) for name in "TLRB"]
    for one in (left, right):
        await change_dependencies(timeline, scope, one, on(bottom))
    both = [NewDependency(session_id=left), NewDependency(session_id=right)]
    found = await change_dependencies(timeline, scope, top, both)
    assert [each.name for each in found] == ["L", "R"]


async def test_what_is_not_in_the_project_cannot_be_changed(timeline, scope, make):
    id_ = await make("A")
    foreign = type(scope)("noah", scope.project_id)
    with pytest.raises(NotFound):
        await change_dependencies(timeline, foreign, id_, [])
    with pytest.raises(NotFound):
        await change_disposition(timeline, foreign, id_, DispositionChange(evidence={}))
