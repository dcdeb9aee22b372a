"""The life of a run: queued, started, ended; and what a crash left behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ..branches.surroundings import NO_FILES, Changes
from ..errors import Conflict
from ..ids import RunId, SessionId
from ..models.base import utcnow
from ..models.branch_events import NotebooksChangedData
from ..models.event import (
    MessageData,
    RunCancelled,
    RunCancelledData,
    RunCompleted,
    RunCompletedData,
    RunFailed,
    RunFailedData,
    RunQueued,
    RunQueuedData,
    RunStarted,
    RunStartedData,
    SessionChanged,
    SessionChangedData,
    ToolCalled,
    ToolReturned,
    ToolReturnedData,
    UserMessage,
)
from ..models.line_events import LineForked, LineForkedData
from ..models.run import NewMessage, Run, RunError, RunStatus, Usage
from ..models.scope import Scope
from ..models.session import Session, SessionStatus
from ..storage import events, projects, runs, sessions
from ..storage.errors import PASSING as PASSING
from ..storage.servers import Presence
from ..timeline import Entry, Origin, Timeline
from .changes import NOTHING, changes_at_end, tell_changes
from .dependencies import require_startable
from .lines import check_replaced
from .sessions import announce, announce_dependents, name_of

SERVER_STOPPED = RunError(
    code="server_stopped",
    message="The server stopped while this ran. What was done is kept; nothing was run again. "
    "Send the message once more to go on.",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    status: Literal["completed", "failed", "cancelled"]
    usage: Usage = field(default_factory=Usage)
    error: RunError | None = None
    question: str | None = None
    """What the agent asks, when it waits for an answer."""
    files: Changes = NO_FILES
    """What commands and cells changed."""


async def queue_run(
    timeline: Timeline,
    scope: Scope,
    session_id: SessionId,
    message: NewMessage,
    *,
    server_id: str,
    model: str,
) -> Run:
    """Accept a message: from here on it is on disk."""

    async def work(entry: Entry) -> tuple[Run, bool]:
        return await enqueue(entry, scope, session_id, message, server_id=server_id, model=model)

    run, named = await timeline.write(work)
    await announce(timeline, scope, session_id)
    if named:
        await announce_dependents(timeline, scope, session_id)
    return run


async def enqueue(
    entry: Entry,
    scope: Scope,
    session_id: SessionId,
    message: NewMessage,
    *,
    server_id: str,
    model: str,
) -> tuple[Run, bool]:
    """Accept a message; tell whether the session took its name from it.

    Raises Blocked when the session has not started, and must not yet.
    """
    await projects.update_project(entry.conn, scope)
    session = await sessions.get_session(entry.conn, scope, session_id)
    if session.archived_at is not None:
        raise Conflict("This session is archived: restore it first, then send the message.")
    require_startable(session)
    if message.replaces is not None:
        await check_replaced(entry, session_id, message.replaces)
    steer = message.steer and message.replaces is None
    run = await runs.add_run(
        entry.conn,
        scope,
        session_id,
        server_id=server_id,
        prompt=message.text,
        model=model,
        branch=session.active_branch,
        notebook=message.notebook,
        steer=steer,
        replaces=message.replaces,
    )
    status: SessionStatus = "running" if session.status == "running" else "queued"
    await sessions.update_session(
        entry.conn, scope, session_id, started=True, status=status, request=None
    )
    data = RunQueuedData(
        prompt=message.text,
        model=model,
        branch=session.active_branch,
        notebook=message.notebook,
        steer=steer,
        replaces=message.replaces,
    )
    entry.append(Origin(scope, session_id, run.id), RunQueued, data, actor="user")
    return run, await _name(entry, scope, session, message.text, status)


async def _name(
    entry: Entry, scope: Scope, session: Session, text: str, status: SessionStatus
) -> bool:
    """Name a session that nobody has named after its first message; tell whether it was."""
    name = name_of(text)
    if name is None or not await sessions.is_auto_named(entry.conn, scope, session.id):
        return False
    await sessions.update_session(entry.conn, scope, session.id, name=name, auto_named=False)
    data = SessionChangedData(name=name, status=status)
    entry.append(Origin(scope, session.id), SessionChanged, data, actor="system")
    return True


async def read_run(timeline: Timeline, scope: Scope, run_id: RunId) -> Run:
    """Return the run. Raises NotFound."""
    async with timeline.database.read() as conn:
        return await runs.get_run(conn, scope, run_id)


async def list_page(
    timeline: Timeline,
    scope: Scope,
    *,
    session_id: SessionId | None,
    status: RunStatus | None,
    after: RunId | None,
    limit: int,
) -> list[Run]:
    """Return runs of the project, newest first."""
    async with timeline.database.read() as conn:
        return await runs.list_runs(
            conn, scope, session_id=session_id, status=status, after=after, limit=limit
        )


async def next_run(
    timeline: Timeline, scope: Scope, session_id: SessionId, server_id: str
) -> Run | None:
    """Return the first of the messages that this server took, and that wait for their turn."""
    async with timeline.database.read() as conn:
        waiting = await runs.list_open_runs(conn, scope, session_id, server_id=server_id)
    return next((run for run in waiting if run.status == "queued"), None)


async def read_start(timeline: Timeline, scope: Scope, run: Run) -> tuple[int, str | None]:
    """Return the iterations of the session so far, and the notebook that the user looks at."""
    async with timeline.database.read() as conn:
        iterations, _ = await sessions.get_iterations(conn, scope, run.session_id)
        return iterations, await runs.get_notebook(conn, scope, run.id)


async def start_run(timeline: Timeline, scope: Scope, run: Run) -> bool:
    """Begin a run that waited for its turn. A message after a wrap-up renews the iterations.

    Returns False while another run of the session is at work, in another server. Raises Conflict
    when the run was withdrawn, or became part of another.
    """

    async def work(entry: Entry) -> bool:
        # The row of the session is locked from here on: of two servers one goes on.
        await sessions.update_session(entry.conn, scope, run.session_id, started=True)
        others = await runs.list_open_runs(entry.conn, scope, run.session_id)
        if any(each.status == "running" for each in others):
            return False
        await _start(entry, scope, run)
        return True

    started = await timeline.write(work)
    if started:
        await announce(timeline, scope, run.session_id)
    return started


async def _start(entry: Entry, scope: Scope, run: Run) -> None:
    await runs.start_run(entry.conn, scope, run.id, run.model)
    prompt = (await runs.get_run(entry.conn, scope, run.id)).prompt
    replaced = await runs.get_replaced(entry.conn, scope, run.id)
    _, wrapping_up = await sessions.get_iterations(entry.conn, scope, run.session_id)
    renewed = {"iterations": 0, "wrapping_up": False} if wrapping_up else {}
    await sessions.update_session(
        entry.conn, scope, run.session_id, status="running", status_reason=None, **renewed
    )
    origin = Origin(scope, run.session_id, run.id)
    entry.append(origin, RunStarted, RunStartedData(model=run.model), actor="system")
    if replaced is not None:
        forked = LineForkedData(after=replaced - 1, replaces=replaced)
        entry.append(origin, LineForked, forked, actor="user")
    entry.append(origin, UserMessage, MessageData(text=prompt), actor="user")


async def end_run(timeline: Timeline, scope: Scope, run_id: RunId, outcome: Outcome) -> Run:
    """Close a run, account for its time, and say what the session waits for."""

    changed = await changes_at_end(timeline.database, scope, run_id, outcome.files)

    async def work(entry: Entry) -> Run:
        run = await runs.get_run(entry.conn, scope, run_id, lock=True)
        if run.completed_at is not None:
            return run
        await _close(entry, scope, run, outcome, changed=changed)
        return await runs.get_run(entry.conn, scope, run_id)

    run = await timeline.write(work)
    await announce(timeline, scope, run.session_id)
    return run


async def withdraw_run(timeline: Timeline, scope: Scope, run_id: RunId) -> Run:
    """Take back a message that still waits for its turn; it stays in the log, as cancelled."""

    async def work(entry: Entry) -> Run:
        run = await runs.get_run(entry.conn, scope, run_id, lock=True)
        if run.status != "queued":
            raise Conflict(
                f"The run is {run.status}, only a queued one can be withdrawn. "
                "To stop a running one, interrupt its session."
            )
        await _close(entry, scope, run, Outcome("cancelled"))
        return await runs.get_run(entry.conn, scope, run_id)

    run = await timeline.write(work)
    await announce(timeline, scope, run.session_id)
    return run


async def close_orphans(timeline: Timeline, presence: Presence) -> int:
    """End the runs of servers that died. Nothing is run again. Returns how many there were."""
    async with timeline.database.read() as conn:
        orphans = await runs.list_orphans(conn)
    dead: dict[str, bool] = {}
    closed = 0
    for scope, server_id, run in orphans:
        if server_id not in dead:
            dead[server_id] = await presence.is_dead(server_id)
        if dead[server_id]:
            await _close_orphan(timeline, scope, run)
            closed += 1
    return closed


async def _close_orphan(timeline: Timeline, scope: Scope, run: Run) -> None:
    changed = await changes_at_end(timeline.database, scope, run.id)

    async def work(entry: Entry) -> None:
        current = await runs.get_run(entry.conn, scope, run.id, lock=True)
        if current.completed_at is None:
            log = await events.list_run_events(entry.conn, run.id)
            last = log[-1].ts if log else current.created_at
            outcome = Outcome("failed", error=SERVER_STOPPED)
            await _close(entry, scope, current, outcome, last, changed=changed)

    await timeline.write(work)


async def _return_open_calls(entry: Entry, origin: Origin, run_id: RunId) -> None:
    """Give every call that has no return one: each provider wants them paired."""
    log = await events.list_run_events(entry.conn, run_id)
    returned = {each.data.call_id for each in log if isinstance(each, ToolReturned)}
    for each in log:
        if isinstance(each, ToolCalled) and each.data.call_id not in returned:
            data = ToolReturnedData(
                call_id=each.data.call_id,
                tool=each.data.tool,
                outcome="unknown",
                content="The run ended during this call. Whether it took effect is not known: "
                "look before doing it again.",
                summary="outcome not known",
            )
            entry.append(origin, ToolReturned, data, actor="system", parent=each.seq)


async def _close(
    entry: Entry,
    scope: Scope,
    run: Run,
    outcome: Outcome,
    ended: datetime | None = None,
    *,
    changed: NotebooksChangedData = NOTHING,
) -> None:
    """End a run; ``ended`` is when it last did something, if that was long ago."""
    origin = Origin(scope, run.session_id, run.id)
    await _return_open_calls(entry, origin, run.id)
    tell_changes(entry, origin, changed)
    await runs.end_run(
        entry.conn, scope, run.id, outcome.status, usage=outcome.usage, error=outcome.error
    )
    spent = 0
    if run.started_at is not None:
        spent = max(0, round(((ended or utcnow()) - run.started_at).total_seconds() * 1000))
    waiting = await runs.list_open_runs(entry.conn, scope, run.session_id)
    status: SessionStatus = "idle"
    reason = None
    if any(each.status == "running" for each in waiting):
        status = "running"
    elif waiting:
        status = "queued"
    elif outcome.question is not None:
        status, reason = "waiting", outcome.question
    elif outcome.error is not None:
        status, reason = "failed", outcome.error.message
    await sessions.add_processing(
        entry.conn, scope, run.session_id, spent, status=status, reason=reason
    )
    if outcome.status == "failed":
        failed = RunFailedData(
            error=outcome.error or RunError(code="error", message="The run failed."),
            usage=outcome.usage,
            processing_ms=spent,
        )
        entry.append(origin, RunFailed, failed, actor="system")
    elif outcome.status == "cancelled":
        cancelled = RunCancelledData(usage=outcome.usage, processing_ms=spent)
        entry.append(origin, RunCancelled, cancelled, actor="user")
    else:
        completed = RunCompletedData(
            usage=outcome.usage,
            processing_ms=spent,
            waits_for_answer=outcome.question is not None,
        )
        entry.append(origin, RunCompleted, completed, actor="system")
