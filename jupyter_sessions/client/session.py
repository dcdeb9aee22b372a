"""A session, as a program holds it."""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .client import Client
from .errors import ClientError, Conflict, NoSession
from .key_result import KeyResult
from .run import Answer, Run, run_value

Json = dict[str, Any]
OnChange = Callable[[Answer], None]
CHOSEN = "JUPYTER_SESSIONS_SESSION"
"""Variable of the environment that names the session of this kernel: its scripts inherit it."""


class Session:
    """A durable conversation with the agent, in the project of this notebook.

        from jupyter_sessions import Session

        session = Session.current()
        run = session.send("Which column predicts progression best?")
        print(run.text)

    In a kernel nothing needs to be given. Elsewhere pass ``client``. All of it raises ClientError.
    """

    def __init__(self, client: Client, data: Json) -> None:
        """Hold what the API says of a session; the class methods are the usual way to get one."""
        self.client = client
        self._data = data

    @classmethod
    def current(cls, *, client: Client | None = None) -> Session:
        """Return the one chosen with ``use``, else the one last used. Raises NoSession."""
        sessions = cls.list(client=client)
        for session in sessions:
            if session.id == os.environ.get(CHOSEN):
                return session
        if not sessions:
            raise NoSession("This project has no session yet. Start one with %session new.")
        return max(sessions, key=lambda session: str(session._data["updated_at"]))

    @classmethod
    def list(cls, *, client: Client | None = None) -> builtins.list[Session]:
        """Return the sessions of the project, in the order of the Chats tab."""
        asked = client or Client.from_environment()
        return [cls(asked, data) for data in asked.sessions()]

    @classmethod
    def new(
        cls,
        name: str | None = None,
        *,
        model: str | None = None,
        branch: str | None = None,
        client: Client | None = None,
    ) -> Session:
        """Start a session, and use it in this kernel. ``model`` is ``provider:model``.

        It works on ``branch``, a name or an id (main when left out). Raises NotFound.
        """
        asked = client or Client.from_environment()
        session = cls(asked, asked.new_session(name, model=model, branch=branch))
        session.use()
        return session

    @classmethod
    def get(cls, name: str, *, client: Client | None = None) -> Session:
        """Return the session with this name or id. Raises NoSession."""
        sessions = cls.list(client=client)
        found = [each for each in sessions if name in (each.id, each.name)]
        if not found:
            names = ", ".join(repr(each.name) for each in sessions) or "none"
            raise NoSession(f"There is no session {name!r} in this project. There are: {names}.")
        if len(found) > 1:
            ids = ", ".join(each.id for each in found)
            raise NoSession(f"{len(found)} sessions are called {name!r}. Give an id: {ids}.")
        return found[0]

    def use(self) -> None:
        """Make this the session that ``current`` returns, until the kernel ends."""
        os.environ[CHOSEN] = self.id

    @property
    def id(self) -> str:
        return str(self._data["id"])

    @property
    def name(self) -> str:
        return str(self._data["name"])

    @property
    def status(self) -> str:
        """``idle``, ``queued``, ``running``, ``waiting`` (for an answer) or ``failed``."""
        return str(self._data["status"])

    @property
    def status_reason(self) -> str | None:
        """Why it failed, or what the agent asks."""
        reason: str | None = self._data["status_reason"]
        return reason

    @property
    def model(self) -> str | None:
        """``provider:model``; ``None`` takes the server's default."""
        model: str | None = self._data["model"]
        return model

    @property
    def processing_ms(self) -> int:
        """Wall clock of all ended runs."""
        return int(self._data["processing_ms"])

    @property
    def disposition(self) -> Json | None:
        """What it has decided, as the server has it now; ``None`` while it has decided nothing."""
        value: Json | None = self.client.disposition(self.id)["value"]
        return value

    @property
    def branch(self) -> str:
        """Name of the branch that it works on, as the server has it now."""
        active = self.refresh()._data["active_branch"]
        found = [each["name"] for each in self.client.branches() if each["id"] == active]
        return str(found[0]) if found else str(active)

    @property
    def project(self) -> str:
        """Name of its project."""
        return str(self.client.project["name"])

    def refresh(self) -> Session:
        """Ask the server for the session as it is now."""
        self._data = self.client.session(self.id)
        return self

    def send(
        self,
        text: str,
        *,
        model: str | None = None,
        notebook: str | None = None,
        steer: bool = False,
        on_change: OnChange | None = None,
        shown: bool = False,
    ) -> Run:
        """Send a message, wait for its run, and return it.

        A kernel waits meanwhile; cells that the agent runs in it run beside the one that waits.
        An interrupt (Ctrl-C, the Stop button) interrupts the run, and is raised again.

        Args:
            text: The prompt, as it is: nothing is filled in.
            model: ``provider:model`` for this run only.
            notebook: Where the agent works by default, as a path below the project. In a
                kernel: its own notebook.
            steer: Into the run that is at work, at its next step: that run is returned. When
                nothing runs, it is a message like any other.
            on_change: Called with the answer so far, whenever there is more.
            shown: ``on_change`` shows the answer to the user: the run's own display is one line.
        """
        after = self.refresh()._data["last_seq"]
        if notebook is None and self.client.is_kernel:
            notebook = self.client.notebook
        # Followed first: from here on the server knows that this kernel waits.
        frames = self.client.follow(self.id, after=after, waits=self.client.is_kernel)
        try:
            run = self.client.send(self.id, text, model=model, notebook=notebook, steer=steer)
            answer = Answer(run["id"])
            for frame in frames:
                is_news = answer.add(frame)
                if answer.taken_by is not None:
                    answer = self._answer(answer.taken_by, upto=frame["event"]["seq"])
                if is_news and on_change is not None:
                    on_change(answer)
                if answer.has_ended or frame["kind"] == "gone":
                    break
        except KeyboardInterrupt:
            with suppress(ClientError):
                self.interrupt(kernel=True)
            raise
        finally:
            frames.close()
        self.refresh()
        return run_value(self.client.run(answer.run_id), answer, shown=shown)

    def fork(self, seq: int | None = None, name: str | None = None) -> Session:
        """Return a new session that goes on from the event ``seq`` of this one, or from its end.

        What comes to one of them later is not in the other. ``use`` makes it that of this kernel.
        """
        last = self.refresh()._data["last_seq"] if seq is None else seq
        return Session(self.client, self.client.fork(self.id, last, name=name))

    def branches(self) -> builtins.list[Json]:
        """Return the branches of the project's notebooks that are not deleted, main first."""
        return [each for each in self.client.branches() if each["status"] != "deleted"]

    def switch(self, branch: str, *, create: bool = False) -> Session:
        """Work on another branch from here on, by its name or id. Raises NotFound.

        With ``create`` it is made of the present one, and Conflict is raised when there is one.
        """
        if create:
            active = self.refresh()._data["active_branch"]
            self.client.new_branch(branch, parent=active, session_id=self.id)
            return self.refresh()
        self._data = self.client.switch(self.id, branch)
        return self

    def merge(self, into: str | None = None) -> Json:
        """Ask for its branch to be merged into another, main when left out; return what that does.

        A person approves it in JupyterLab.
        """
        active = self.refresh()._data["active_branch"]
        made = self.client.ask_merge(active, into, session_id=self.id)
        return self.client.merge(made["id"])

    def undo(self, run: Run | str, *, force: bool = False) -> Json:
        """Take back what a run changed; what was changed since is ``left``, unless ``force``."""
        return self.client.undo(run if isinstance(run, str) else run.id, force=force)

    def interrupt(self, *, kernel: bool = False) -> bool:
        """Stop what runs in this session at its next step; tell whether anything ran.

        ``kernel`` also interrupts the cell or the command that it waits for.
        """
        try:
            self.client.interrupt(self.id, kernel=kernel)
        except Conflict:
            return False
        return True

    def log(self, limit: int = 20) -> builtins.list[Json]:
        """Return the last ``limit`` events of the log, oldest first, as in the API."""
        last = self.refresh()._data["last_seq"]
        found: builtins.list[Json] = []
        while len(found) < limit and last > 0:
            page = self.client.events(self.id, before=last + 1, limit=min(1000, limit - len(found)))
            if not page:
                break
            found = page + found
            last = page[0]["seq"] - 1
        return found

    def results(self) -> builtins.list[KeyResult]:
        """Return the key results by their numbers; ``to_dataframe()`` gives the data of one."""
        return [KeyResult(self.client, data) for data in self.client.key_results(self.id)]

    def runs(self, limit: int = 20) -> builtins.list[Run]:
        """Return the last runs, newest first, without their texts and events."""
        return [run_value(run) for run in self.client.runs(self.id, limit=limit)]

    def run(self, run_id: str) -> Run:
        """Return a run with its text and events. Raises NotFound."""
        return run_value(self.client.run(run_id), self._answer(run_id))

    def _answer(self, run_id: str, *, upto: int | None = None) -> Answer:
        """Return what a run has brought, as the log has it (up to an event)."""
        answer = Answer(run_id)
        after = 0
        while page := self.client.events(self.id, after=after, limit=1000):
            for event in page:
                if upto is None or event["seq"] <= upto:
                    answer.add({"kind": "event", "event": event})
            after = page[-1]["seq"]
            if upto is not None and after >= upto:
                break
        return answer

    def __repr__(self) -> str:
        return f"<Session {self.name!r} in {self.project!r}: {self.status}>"

    def _repr_markdown_(self) -> str:
        from .markdown import harmless  # only notebooks need it

        reason = f": {self.status_reason}" if self.status_reason else ""
        return harmless(f"**{self.name}** in *{self.project}*, {self.status}{reason}")
