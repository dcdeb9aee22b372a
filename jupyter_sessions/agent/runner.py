"""Runs: one at a time in a session, in the order of the messages; many sessions at once."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from ..actions.runs import (
    PASSING,
    SERVER_STOPPED,
    Outcome,
    end_run,
    next_run,
    queue_run,
    start_run,
    withdraw_run,
)
from ..actions.sessions import announce, read_session
from ..actions.starts import FirstMessage, create_session
from ..branches.surroundings import NO_FILES, Surroundings
from ..errors import Conflict, ModelError, NotFound, SessionsError
from ..ids import RunId, SessionId
from ..models.event import InterruptRequested, InterruptRequestedData
from ..models.project import Project
from ..models.run import NewMessage, Run, RunError
from ..models.scope import Scope
from ..models.session import NewSession, Session
from ..timeline import Origin, Timeline
from .interrupt import Interrupt
from .models import Models
from .rules import Limits

if TYPE_CHECKING:
    from ..actions.notebooks import NotebookEditor
    from .tools.context import ToolContext

_log = logging.getLogger(__name__)
INTERNAL = RunError(
    code="internal",
    message="The agent failed because of an error in jupyter_sessions. The server's log has more.",
)
OTHER_S = 1.0
"""Seconds between looks at a session that another server is at work in."""
NOT_RUNNING = "Nothing runs in this session."


class Workbench(Protocol):
    """What the tools of a run work with."""

    @property
    def project(self) -> Project:
        """The project, as it is now."""

    @property
    def notebooks(self) -> NotebookEditor:
        """Its notebooks."""

    @property
    def surroundings(self) -> Surroundings:
        """The files that commands and cells of the run may change."""

    def context(self, origin: Origin, notebook: str | None, call_id: str) -> ToolContext:
        """Return what a call gets."""

    async def interrupt(self, session_id: SessionId) -> bool:
        """Interrupt the cells and commands of a session; tell whether there were any."""


@dataclass(slots=True)
class _Running:
    run: Run
    interrupt: Interrupt = field(default_factory=Interrupt)


class Runner:
    """Starts, queues, interrupts and ends runs."""

    def __init__(
        self,
        timeline: Timeline,
        models: Models,
        limits: Limits,
        *,
        server_id: str,
        close_orphans: Callable[[], Awaitable[int]],
        workbench: Callable[[Scope], Awaitable[Workbench]],
        max_running: int,
    ) -> None:
        self._timeline = timeline
        self._models = models
        self._limits = limits
        self._server_id = server_id
        self._close_orphans = close_orphans
        self._workbench = workbench
        self._slots = asyncio.Semaphore(max_running)
        self._workers: dict[SessionId, asyncio.Task[None]] = {}
        self._running: dict[SessionId, _Running] = {}
        self._closing = False
        self._woken: set[SessionId] = set()

    async def send(self, scope: Scope, session_id: SessionId, message: NewMessage) -> Run:
        """Accept a message; its run starts as soon as those before it have ended."""
        session = await read_session(self._timeline, scope, session_id)
        model = self._models.check(message.model or session.model or self._models.default)
        if self._closing:
            raise Conflict("The server is stopping. Send the message again when it is back.")
        run = await queue_run(
            self._timeline, scope, session_id, message, server_id=self._server_id, model=model
        )
        self._wake(scope, session_id)
        return run

    async def start(
        self, scope: Scope, new: NewSession, message: NewMessage
    ) -> tuple[Session, Run]:
        """Create a session and send its first message: both, or neither."""
        model = self._models.check(message.model or new.model or self._models.default)
        if self._closing:
            raise Conflict("The server is stopping. Send the message again when it is back.")
        first = FirstMessage(message, self._server_id, model)
        made, run = await create_session(self._timeline, scope, new, first)
        assert run is not None, "it has a first message"
        self._wake(scope, made.id)
        return made, run

    async def interrupt(self, scope: Scope, session_id: SessionId, *, kernel: bool) -> None:
        """Stop the run of a session at its next boundary; ``kernel`` also stops what it waits for.

        Raises Conflict when nothing runs.
        """
        await read_session(self._timeline, scope, session_id)
        running = self._running.get(session_id)
        if running is None:
            raise Conflict(NOT_RUNNING)
        origin = Origin(scope, session_id, running.run.id)
        data = InterruptRequestedData(kernel=kernel)
        await self._timeline.append(origin, InterruptRequested, data, actor="user")
        running.interrupt.request(hard=False)
        if kernel and not await self._interrupt_tools(scope, session_id):
            running.interrupt.request(hard=True)

    async def _interrupt_tools(self, scope: Scope, session_id: SessionId) -> bool:
        try:
            workbench = await self._workbench(scope)
            return await workbench.interrupt(session_id)
        except SessionsError:  # the folder is gone, say: what hangs is stopped all the same
            return False

    async def withdraw(self, scope: Scope, run_id: RunId) -> Run:
        """Take back a message that still waits. Raises Conflict when its run has begun."""
        return await withdraw_run(self._timeline, scope, run_id)

    async def close(self) -> None:
        """Stop everything; what runs ends as failed, because the server stopped."""
        self._closing = True
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        if workers:
            await asyncio.wait(workers, timeout=10)

    def is_running(self, session_id: SessionId) -> bool:
        """Tell whether a run of the session is at work."""
        return session_id in self._running

    @property
    def is_busy(self) -> bool:
        """Whether any run is at work."""
        return bool(self._running)

    def _wake(self, scope: Scope, session_id: SessionId) -> None:
        self._woken.add(session_id)
        if session_id not in self._workers:
            task = asyncio.create_task(self._work(scope, session_id))
            self._workers[session_id] = task

    async def _work(self, scope: Scope, session_id: SessionId) -> None:
        delay = 1.0
        try:
            while True:
                self._woken.discard(session_id)
                try:
                    run = await next_run(self._timeline, scope, session_id, self._server_id)
                    if run is None:
                        if session_id in self._woken:  # a message came while we looked
                            continue
                        return  # no await from here on: a message that comes now wakes a new worker
                    async with self._slots:
                        began = await self._run_next(scope, session_id)
                    if not began:
                        await self._wait_for_other(scope, session_id)
                    delay = 1.0
                except Exception:  # the disk is full or the database away: what waits keeps waiting
                    _log.exception("The queue of session %s waits", session_id)
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, 30)
        except asyncio.CancelledError:
            await self._abandon(scope, session_id)
            raise
        finally:
            del self._workers[session_id]

    async def _run_next(self, scope: Scope, session_id: SessionId) -> bool:
        """Run the first message that waits; return False while another server is at work."""
        # Looked up here: while this waited for its slot, the order may have changed.
        run = await next_run(self._timeline, scope, session_id, self._server_id)
        if run is None:
            return True
        try:
            began = await start_run(self._timeline, scope, run)
        except Conflict:
            _log.info("Run %s was withdrawn before it began", run.id)
            return True
        if began:
            await self._run(scope, run)
        return began

    async def _wait_for_other(self, scope: Scope, session_id: SessionId) -> None:
        """Wait a little for the run of another server; should that have died, close its runs."""
        await asyncio.sleep(OTHER_S)
        if await self._close_orphans():
            await announce(self._timeline, scope, session_id)

    async def _run(self, scope: Scope, run: Run) -> None:
        running = _Running(run)
        self._running[run.session_id] = running
        try:
            outcome = await self._outcome(scope, run, running.interrupt)
        except asyncio.CancelledError:
            await self._end(scope, run, Outcome("failed", error=SERVER_STOPPED))
            raise
        finally:
            del self._running[run.session_id]
        await self._end(scope, run, outcome)

    async def _end(self, scope: Scope, run: Run, outcome: Outcome) -> None:
        delay = 1.0
        while True:
            try:
                await end_run(self._timeline, scope, run.id, outcome)
                return
            except NotFound:  # its project was deleted
                return
            except PASSING as error:
                # The disk is full or read-only: the end must be written, so it waits for that.
                _log.warning("The end of run %s cannot be written yet: %s", run.id, error)
            except Exception:
                _log.exception("The end of run %s cannot be written as it is", run.id)
                if outcome.files is not NO_FILES:
                    # A bug stays, however long one waits: the end counts more than the files.
                    outcome = replace(outcome, files=NO_FILES)
                    continue
            if self._closing:
                return
            await asyncio.sleep(delay)
            delay = min(delay * 2, 30)

    async def _outcome(self, scope: Scope, run: Run, interrupt: Interrupt) -> Outcome:
        surroundings: Surroundings | None = None
        try:
            workbench = await self._workbench(scope)
            surroundings = workbench.surroundings
            surroundings.begin()
            outcome = await self._loop(scope, run, interrupt, workbench)
        except ModelError as error:
            outcome = Outcome("failed", error=RunError(code=error.kind, message=str(error)))
        except SessionsError as error:
            outcome = Outcome("failed", error=RunError(code=error.code, message=str(error)))
        except Exception:  # a bug: logged, and the run ends instead of hanging
            _log.exception("Run %s failed", run.id)
            outcome = Outcome("failed", error=INTERNAL)
        if surroundings is None:
            return outcome
        try:
            return replace(outcome, files=await surroundings.changes())
        except (SessionsError, OSError) as error:  # the folder is gone, say
            _log.warning("What run %s changed is not known: %s", run.id, error)
            return outcome

    async def _loop(
        self, scope: Scope, run: Run, interrupt: Interrupt, workbench: Workbench
    ) -> Outcome:
        origin = Origin(scope, run.session_id, run.id)
        # pydantic-ai takes half a second to import: in a thread, at the first message.
        conversation = await asyncio.to_thread(
            importlib.import_module, "jupyter_sessions.agent.conversation"
        )
        model = await self._models.resolve(run.model)
        async with model:  # opens and closes the client of its provider
            loop = await conversation.begin(
                self._timeline, origin, run, model, self._limits, interrupt, workbench
            )
            outcome: Outcome = await loop.run()
        return outcome

    async def _abandon(self, scope: Scope, session_id: SessionId) -> None:
        """Close what still waits, because the server stops."""
        while (
            run := await next_run(self._timeline, scope, session_id, self._server_id)
        ) is not None:
            await end_run(self._timeline, scope, run.id, Outcome("failed", error=SERVER_STOPPED))
