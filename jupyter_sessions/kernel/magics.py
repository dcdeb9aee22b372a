"""``%session`` and ``%%session``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..client import Answer, ClientError, NoSession, Run, Session
from ..client.lines import event_line, one_line
from .display import AnswerDisplay, word

HELP = """\
%session                 this notebook's project and session, and what was said last
%session list            the sessions of the project
%session new [name]      start a session, and use it here
%session use <name|id>   use another session here
%session branch          the branches of the project's notebooks, and the one it works on
%session branch <name>   work on another branch
%session log [n]         the last n events (20)
%session results         the key results, as data frames
%session interrupt       stop what the agent does
%session help            this text

%%session [name]         send the cell as a message, show the answer, return the run
                         (a session of that name is started when there is none)
Nothing is filled in: {x} and $x are sent as they stand."""
INTERRUPTED = (
    "Interrupted. The agent was told to stop; what it did until here is kept, and the session goes "
    "on with your next message."
)


class Interrupted(KeyboardInterrupt):
    """The user stopped the cell; shown as a sentence."""

    def _render_traceback_(self) -> list[str]:
        return [f"Interrupted: {self}"]


class SessionMagics:
    """The magics of one kernel."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._verbs: dict[str, Callable[[str], None]] = {
            "": self._show,
            "branch": self._branch,
            "help": self._help,
            "interrupt": self._interrupt,
            "list": self._list,
            "log": self._log,
            "new": self._new,
            "results": self._results,
            "use": self._use,
        }

    def session(self, line: str, cell: str | None = None) -> Run | None:
        """Talk to the agent of this project. ``%session help`` says more."""
        if cell is not None:
            return self._send(_unquoted(line), cell)
        verb, _, rest = line.strip().partition(" ")
        if verb not in self._verbs:
            raise ClientError(f"There is no '%session {one_line(verb, 40)}'. See %session help.")
        self._verbs[verb](_unquoted(rest))
        return None

    def _send(self, name: str, prompt: str) -> Run:
        if not prompt.strip():
            raise ClientError("The cell is empty: write a message below %%session.")
        session = _session(name)
        display = AnswerDisplay()
        last = Answer("")

        def show(answer: Answer) -> None:
            nonlocal last
            last = answer
            display(answer)

        try:
            with self._counted():
                run = session.send(prompt, on_change=show, shown=True)
        except KeyboardInterrupt:
            display.show(last, INTERRUPTED)
            raise Interrupted(INTERRUPTED) from None
        except ClientError:
            display.show(last, "It did not come to an end.")
            raise
        display.show(last, "" if run.error is None else word(run.error["message"]))
        return run

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Give the cells that the agent runs meanwhile numbers of their own in the history.

        IPython did not count a cell before it had ended, until version 9.
        """
        step = int(self._shell.execution_count < len(self._shell.user_ns["In"]))
        self._shell.execution_count += step
        try:
            yield
        finally:
            self._shell.execution_count -= step

    def _show(self, rest: str) -> None:
        session = Session.current()
        print(f"Project  {one_line(session.project)}")
        reason = f": {one_line(session.status_reason)}" if session.status_reason else ""
        print(f"Session  {one_line(session.name)} ({session.status}{reason})")
        said = [event for event in session.log(200) if event["type"] in _SAID]
        for event in said[-1:]:
            print(f"Last     {_SAID[event['type']]}: {one_line(event['data'].get('text') or '')}")
        if not said:
            print("Last     nothing yet: begin a cell with %%session and write below it")

    def _help(self, rest: str) -> None:
        print(HELP)

    def _list(self, rest: str) -> None:
        sessions = Session.list()
        if not sessions:
            raise NoSession("This project has no session yet. Start one with %session new.")
        used = Session.current().id
        for session in sessions:
            here = "*" if session.id == used else " "
            print(f"{here} {one_line(session.name, 60):<40} {session.status:<8} {session.id}")

    def _new(self, name: str) -> None:
        session = Session.new(name or None)
        print(f"Started {session.name!r}; this notebook uses it now.")

    def _use(self, name: str) -> None:
        if not name:
            raise ClientError("Say which: %session use <name or id>. See %session list.")
        session = Session.get(name)
        session.use()
        print(f"This notebook uses {session.name!r} now.")

    def _branch(self, name: str) -> None:
        session = Session.current()
        if name:
            session.switch(name)
            print(f"{session.name!r} works on the branch {session.branch!r} now.")
            return
        used = session.branch
        for branch in session.branches():
            here = "*" if branch["name"] == used else " "
            print(f"{here} {one_line(branch['name'], 60):<40} {branch['status']}")

    def _log(self, rest: str) -> None:
        if rest and not (rest.isascii() and rest.isdigit() and 0 < int(rest[:9]) <= 10_000):
            raise ClientError(f"%session log takes a number up to 10000, not {one_line(rest)!r}.")
        for event in Session.current().log(int(rest or 20)):
            print(event_line(event))

    def _results(self, rest: str) -> None:
        from .results import show_results  # only who looks at results pays for it

        session = Session.current()
        results = session.results()
        if not results:
            print(f"{session.name!r} has no key results yet.")
        show_results(results)

    def _interrupt(self, rest: str) -> None:
        session = Session.current()
        if session.interrupt():
            print(f"The agent was told to stop in {session.name!r}.")
        else:
            print(f"Nothing runs in {session.name!r}.")


_SAID = {"message.user": "you", "message.agent": "agent", "user.prompted": "agent asks"}


def _session(name: str) -> Session:
    """Return the session to send to: it is started where there is none."""
    try:
        return Session.get(name) if name else Session.current()
    except NoSession:
        if name and [each for each in Session.list() if each.name == name]:
            raise  # there are several
        return Session.new(name or None)


def _unquoted(text: str) -> str:
    text = text.strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1].strip() if is_quoted else text


def load_ipython_extension(ipython: Any) -> None:
    """Register the magics; a second time changes nothing."""
    from IPython.core.magic import no_var_expand, output_can_be_silenced  # in every kernel

    known = ipython.magics_manager.magics["cell"].get("session")
    if isinstance(getattr(known, "__self__", None), SessionMagics):
        return
    magics = SessionMagics(ipython)
    for wrap in (no_var_expand, output_can_be_silenced):
        wrap(SessionMagics.session)
    ipython.register_magic_function(magics.session, "line_cell", "session")
