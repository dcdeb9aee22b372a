"""Messages that wait: edited, put in order, and taken into the run that is at work."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Conflict
from ..ids import RunId, SessionId
from ..models.event import (
    MessageData,
    RunCancelled,
    RunCancelledData,
    UserMessage,
)
from ..models.line_events import QueueOrdered, QueueOrderedData, RunChanged, RunChangedData
from ..models.run import Run, RunPatch, Usage
from ..models.scope import Scope
from ..storage import runs, sessions
from ..timeline import Entry, Origin, Timeline
from .sessions import announce


async def change_waiting(timeline: Timeline, scope: Scope, run_id: RunId, patch: RunPatch) -> Run:
    """Edit a message that waits, or let it steer the run that is at work.

    Raises Conflict when its run has begun: then it is in the conversation already.
    """

    async def work(entry: Entry) -> Run:
        run = await runs.get_run(entry.conn, scope, run_id, lock=True)
        if run.status != "queued":
            raise Conflict(
                f"The run is {run.status}, so its message does not wait any more. "
                "Send a new message, or edit the one in the conversation."
            )
        prompt = run.prompt if patch.text is None else patch.text
        steer = run.steer if patch.steer is None else patch.steer
        if (prompt, steer) == (run.prompt, run.steer):
            return run
        if steer and await runs.get_replaced(entry.conn, scope, run_id) is not None:
            raise Conflict(
                "This message takes the place of an earlier one, so it cannot steer what goes on "
                "from there. Withdraw it, and send a new one."
            )
        data = RunChangedData(prompt=prompt, steer=steer)
        entry.append(Origin(scope, run.session_id, run.id), RunChanged, data, actor="user")
        return await runs.update_waiting_run(entry.conn, scope, run.id, prompt=prompt, steer=steer)

    return await timeline.write(work)


async def order_queue(
    timeline: Timeline, scope: Scope, session_id: SessionId, ids: Sequence[RunId]
) -> list[Run]:
    """Put the waiting messages of a session in order; return them, the next one first.

    A message that has begun or was withdrawn meanwhile is passed over: the others get the order
    that was wanted.
    """

    async def work(entry: Entry) -> list[Run]:
        await sessions.get_session(entry.conn, scope, session_id)
        before = [run.id for run in await _waiting(entry, scope, session_id)]
        named = [run_id for run_id in dict.fromkeys(ids) if run_id in before]
        order = [*named, *(run_id for run_id in before if run_id not in named)]
        if order != before:
            await runs.order_runs(entry.conn, scope, order)
            data = QueueOrderedData(ids=order)
            entry.append(Origin(scope, session_id), QueueOrdered, data, actor="user")
        return await _waiting(entry, scope, session_id)

    return await timeline.write(work)


async def take_steering(timeline: Timeline, origin: Origin) -> int | None:
    """Take the messages that steer into the run of ``origin``: each is part of it from here on.

    Returns the iterations of the session after it; ``None`` when no message steers. As any message
    of the user, it renews them after a wrap-up.
    """
    scope, session_id = origin.scope, origin.session_id
    assert session_id is not None, "a run belongs to a session"
    async with timeline.database.read() as conn:
        if not _steering(await runs.list_open_runs(conn, scope, session_id)):
            return None

    async def work(entry: Entry) -> int | None:
        waiting = await runs.list_open_runs(entry.conn, scope, session_id, lock=True)
        taken = _steering(waiting)
        if not taken:
            return None
        for run in taken:
            await _take(entry, origin, run)
        count, wrapping_up = await sessions.get_iterations(entry.conn, scope, session_id)
        if wrapping_up:
            count = 0
            await sessions.update_session(
                entry.conn, scope, session_id, iterations=0, wrapping_up=False
            )
        return count

    iterations = await timeline.write(work)
    await announce(timeline, scope, session_id)
    return iterations


async def _take(entry: Entry, origin: Origin, run: Run) -> None:
    await runs.end_run(entry.conn, origin.scope, run.id, "cancelled", usage=Usage())
    closed = RunCancelledData(usage=Usage(), processing_ms=0, steered=origin.run_id)
    its_own = Origin(origin.scope, origin.session_id, run.id)
    entry.append(its_own, RunCancelled, closed, actor="user")
    said = MessageData(text=run.prompt, steers=True)
    entry.append(origin, UserMessage, said, actor="user")


def _steering(open_runs: Sequence[Run]) -> list[Run]:
    return [run for run in open_runs if run.status == "queued" and run.steer]


async def _waiting(entry: Entry, scope: Scope, session_id: SessionId) -> list[Run]:
    found = await runs.list_open_runs(entry.conn, scope, session_id, lock=True)
    return [run for run in found if run.status == "queued"]
