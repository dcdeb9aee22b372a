"""Imports, on both databases."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import func, select

from jupyter_sessions.actions.imports import import_session
from jupyter_sessions.errors import NotFound
from jupyter_sessions.storage import projects, schema

EVENTS = 5_000


def body():
    said = {
        "stream": "x", "project_id": "p", "ts": "2026-01-02T03:04:05Z", "actor": "user",
        "type": "message.user", "data": {"text": "hi"},
    }  # fmt: skip
    head = {"format": "jupyter_sessions", "version": 1}
    events = [{"event": {**said, "seq": seq}} for seq in range(1, EVENTS + 1)]
    return "\n".join(map(json.dumps, [head, *events, {"end": {"events": EVENTS}}])).encode()


async def count(timeline, table):
    async with timeline.database.read() as conn:
        return (await conn.execute(select(func.count()).select_from(table))).scalar_one()


async def test_nothing_stays_of_a_project_that_is_deleted_during_an_import(timeline, scope):
    coming = asyncio.create_task(import_session(timeline, scope, body(), "a.jsonl"))
    async with asyncio.timeout(60):
        while await count(timeline, schema.event) == 0:
            await asyncio.sleep(0)
    await timeline.write(lambda entry: projects.remove_project(entry.conn, scope))
    with pytest.raises(NotFound):
        await coming
    assert await count(timeline, schema.event) == 0
    assert await count(timeline, schema.blob) == 0
