"""The REST API as methods. JSON objects stay dictionaries, as in its OpenAPI document."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from .errors import NoProject, NotConnected, NotFound
from .transport import Lines, Transport

Json = dict[str, Any]
PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each try to take up a stream whose connection was lost."""


class Client:
    """A server, as one user, or as one kernel.

    Args:
        url: Address of the Jupyter server, as it prints it, without its query.
        token: Its token, or that of a kernel.
        project: Name or id of the project to work in. A kernel works in that of its notebook.
    """

    def __init__(self, url: str, token: str, *, project: str | None = None) -> None:
        self._transport = Transport(url, token)
        self._project = project

    @classmethod
    def from_environment(cls) -> Client:
        """Return the client of this kernel. Raises NotConnected outside of one."""
        try:
            url, token = os.environ["JUPYTER_SESSIONS_URL"], os.environ["JUPYTER_SESSIONS_TOKEN"]
        except KeyError:
            raise NotConnected(
                "This is no kernel that a Jupyter server with jupyter_sessions has started. "
                "Give an address: Client('http://localhost:8888', token='…', project='…')."
            ) from None
        return cls(url, token)

    @property
    def is_kernel(self) -> bool:
        """Whether the token is that of the kernel that this runs in."""
        return self._transport.token == os.environ.get("JUPYTER_SESSIONS_TOKEN")

    @property
    def notebook(self) -> str | None:
        """The notebook of this kernel, as a path below the project; ``None`` when it has none."""
        kernel = self.kernel()
        path, project = str(kernel["path"] or ""), kernel["project"]
        if project is None or not path.endswith(".ipynb"):
            return None
        return path.removeprefix(f"{project['path']}/" if project["path"] else "")

    def status(self) -> Json:
        """Return version, user, database and root folder of the server."""
        return self._object("GET", "/status")

    def kernel(self) -> Json:
        """Return ``kernel_id``, ``path`` of its notebook, and its ``project`` or ``None``.

        Raises NotFound when the token is not that of a kernel.
        """
        return self._object("GET", "/kernel")

    def projects(self) -> list[Json]:
        """Return the user's projects, most recent first; a kernel's token sees only its own."""
        return list(self._pages("/projects"))

    def create_example(self) -> Json:
        """Make the example project in a new folder below the server's root; return it."""
        return self._object("POST", "/projects/example")

    @cached_property
    def project(self) -> Json:
        """The project to work in: ``id``, ``name``, ``path`` below the server's root, …

        Raises NoProject when there is none by that name, or the notebook lies in none.
        """
        if self._project is None:
            return self._kernel_project()
        found = [each for each in self.projects() if self._project in (each["id"], each["name"])]
        if not found:
            raise NoProject(f"There is no project {self._project!r} on this server.")
        return found[0]

    def sessions(self) -> list[Json]:
        """Return the sessions of the project, in the order of the list."""
        return list(self._pages(self._path("/sessions")))

    def new_session(
        self, name: str | None = None, *, model: str | None = None, branch: str | None = None
    ) -> Json:
        """Return a new session; the server names it when ``name`` is ``None``.

        It works on ``branch``, an id or a name (main when left out). Raises NotFound.
        """
        body = {"name": name, "model": model, "active_branch": branch}
        return self._object("POST", self._path("/sessions"), _given(body))

    def session(self, session_id: str) -> Json:
        """Return the session as it is now. Raises NotFound."""
        return self._object("GET", self._path(f"/sessions/{session_id}"))

    def send(
        self,
        session_id: str,
        text: str,
        *,
        model: str | None = None,
        notebook: str | None = None,
        steer: bool = False,
    ) -> Json:
        """Send a message; return its run, queued. ``notebook`` is a path below the project.

        With ``steer`` the run that is at work takes it in at its next step.
        """
        body = {"text": text, "model": model, "notebook": notebook, "steer": steer or None}
        return self._object("POST", self._path(f"/sessions/{session_id}/messages"), _given(body))

    def interrupt(self, session_id: str, *, kernel: bool = False) -> None:
        """Stop the run of a session at its next step. Raises Conflict when nothing runs.

        ``kernel`` also interrupts the cell or the command that it waits for.
        """
        self._transport.request(
            "POST", self._path(f"/sessions/{session_id}/interrupt"), {"kernel": kernel}
        )

    def fork(self, session_id: str, seq: int, *, name: str | None = None) -> Json:
        """Return a new session that shares the log of another up to the event ``seq``."""
        body = {"seq": seq, "name": name}
        return self._object("POST", self._path(f"/sessions/{session_id}/fork"), _given(body))

    def disposition(self, session_id: str) -> Json:
        """Return ``json_schema``: what a session must decide; ``value``: what it has; and more."""
        return self._object("GET", self._path(f"/sessions/{session_id}/disposition"))

    def branches(self) -> list[Json]:
        """Return the branches of the project's notebooks, main first; deleted ones too."""
        items: list[Json] = self._object("GET", self._path("/branches"))["items"]
        return items

    def new_branch(
        self, name: str, *, parent: str | None = None, session_id: str | None = None
    ) -> Json:
        """Return a new branch of ``parent``, an id or a name (main when left out).

        With ``session_id`` that session works on it from here on. Raises Conflict when the name is
        taken.
        """
        body = _given({"name": name, "parent": parent, "session": session_id})
        return self._object("POST", self._path("/branches"), body)

    def change_branch(
        self, branch: str, *, name: str | None = None, status: str | None = None
    ) -> Json:
        """Rename a branch, or make it ``active``, ``dormant`` or ``completed``; return it."""
        body = _given({"name": name, "status": status})
        return self._object("PATCH", self._path(f"/branches/{_escaped(branch)}"), body)

    def delete_branch(self, branch: str) -> None:
        """Delete a branch, by id or name; a status given to its id restores it."""
        self._transport.request("DELETE", self._path(f"/branches/{_escaped(branch)}"))

    def switch(self, session_id: str, branch: str) -> Json:
        """Let a session work on a branch, by id or name; return the session."""
        path = self._path(f"/sessions/{session_id}")
        return self._object("PATCH", path, {"active_branch": branch})

    def ask_merge(
        self, source: str, target: str | None = None, *, session_id: str | None = None
    ) -> Json:
        """Ask for a merge of a branch into another (main when left out); return it.

        A person looks at it in JupyterLab and approves it; ``merge`` says what it would do.
        """
        body = _given({"source": source, "target": target, "session": session_id})
        return self._object("POST", self._path("/merges"), body)

    def merge(self, merge_id: str) -> Json:
        """Return what a merge would do now: ``notebooks``, ``undecided``, and its ``token``."""
        return self._object("GET", self._path(f"/merges/{merge_id}"))

    def approve(self, merge_id: str, token: str) -> Json:
        """Make the merge that ``token`` stands for. Not with the token of a kernel."""
        return self._object("POST", self._path(f"/merges/{merge_id}/approve"), {"token": token})

    def changes(self, run_id: str) -> Json:
        """Return what a run changed: ``notebooks``, ``files``, and whether it was ``undone``."""
        return self._object("GET", self._path(f"/runs/{run_id}/changes"))

    def undo(self, run_id: str, *, force: bool = False) -> Json:
        """Take back what a run changed; return the same as ``changes``.

        What was changed since is ``left``, unless ``force`` is given.
        """
        return self._object("POST", self._path(f"/runs/{run_id}/undo"), {"force": force})

    def redo(self, run_id: str) -> Json:
        """Take the last undo of a run back."""
        return self._object("POST", self._path(f"/runs/{run_id}/redo"))

    def runs(self, session_id: str | None = None, *, limit: int = 100) -> list[Json]:
        """Return runs of the project, or of one session, newest first."""
        query = _given({"session": session_id, "limit": str(limit)})
        items: list[Json] = self._object("GET", self._path("/runs"), query=query)["items"]
        return items

    def run(self, run_id: str) -> Json:
        """Return a run as it is now. Raises NotFound."""
        return self._object("GET", self._path(f"/runs/{run_id}"))

    def withdraw(self, run_id: str) -> Json:
        """Take back a message that is still queued. Raises Conflict when its run has begun."""
        return self._object("DELETE", self._path(f"/runs/{run_id}"))

    def key_results(self, session_id: str) -> list[Json]:
        """Return the key results of a session by their numbers, without their data."""
        items: list[Json] = self._object("GET", self._path(_results(session_id)))["items"]
        return items

    def key_result_data(self, session_id: str, key_result_id: str) -> Json:
        """Return ``table`` (``None`` when it is none) and ``outputs``. Raises NotFound."""
        return self._object("GET", self._path(f"{_results(session_id)}/{key_result_id}/data"))

    def promote(
        self,
        session_id: str,
        notebook: str,
        cell_id: str,
        *,
        title: str | None = None,
        description: str | None = None,
        chart: Json | None = None,
    ) -> Json:
        """Promote what a cell shows now, and return the key result.

        ``notebook`` is a path below the project; ``chart`` has ``type``, ``x``, ``y``, ``color``.
        """
        given = {"notebook": notebook, "cell_id": cell_id, "title": title}
        body = _given(given | {"description": description, "chart": chart})
        return self._object("POST", self._path(_results(session_id)), body)

    def search(self, question: str, *, limit: int = 50) -> list[Json]:
        """Return hits, the newest first: sessions by name, then places in their logs.

        All words must be there, the last may be begun; ``"quoted words"`` stand one after the
        other. In the project that was chosen, else in all of them.
        """
        path = "/search" if self._project is None else self._path("/search")
        query = {"q": question, "limit": str(limit)}
        items: list[Json] = self._object("GET", path, query=query)["items"]
        return items

    def export(self, session_id: str, format: str = "markdown") -> bytes:
        """Return a session as a file: ``markdown``, ``html``, ``notebook``, ``jsonl``, ``chat``."""
        path = self._path(f"/sessions/{session_id}/export")
        return self._transport.read(path, query={"format": format})

    def import_session(self, data: bytes, name: str) -> Json:
        """Return a new session made of a file: ``name`` ends with ``.jsonl`` or ``.chat``."""
        path = self._path("/sessions/import")
        answer: Json = self._transport.upload(path, data, {"name": name})
        return answer

    def events(
        self, session_id: str, *, after: int = 0, before: int | None = None, limit: int = 100
    ) -> list[Json]:
        """Return ``limit`` (up to 1000) events behind ``after``, or just before ``before``."""
        given = {"after": str(after), "limit": str(limit)}
        query = given if before is None else {"before": str(before), "limit": str(limit)}
        path = self._path(f"/sessions/{session_id}/events")
        items: list[Json] = self._object("GET", path, query=query)["items"]
        return items

    def blob(self, sha256: str) -> bytes:
        """Return the payload that an event holds as ``{"blob": sha256, "size", "media_type"}``."""
        return self._transport.read(self._path(f"/blobs/{sha256}"))

    def follow(self, session_id: str, *, after: int = 0, waits: bool = False) -> Frames:
        """Open the session's stream behind ``after``; close it when done with it.

        ``waits`` says that this kernel does nothing else meanwhile: cells that the agent wants to
        run in it run beside the cell that waits.
        """
        path = self._path(f"/sessions/{session_id}/events")
        query = {"follow": "true", "waits": "true" if waits else "false"}
        return Frames(lambda seq: self._transport.stream(path, query | {"after": str(seq)}), after)

    def _kernel_project(self) -> Json:
        try:
            kernel = self.kernel()
        except NotFound:
            raise NoProject("Say which project: Client(url, token, project='…').") from None
        project: Json | None = kernel["project"]
        if project is not None:
            return project
        path = kernel["path"] or ""
        folder = path.rpartition("/")[0]
        where = f"the folder {folder!r}" if folder else "a folder of its own"
        what = f"The notebook {path!r}" if path.endswith(".ipynb") else "This kernel"
        raise NoProject(
            f"{what} belongs to no project, so there is no session to talk to. Open the Chats tab "
            f"at the left, choose New Project, and give it {where}; then run this cell again."
        )

    def _path(self, rest: str) -> str:
        return f"/projects/{self.project['id']}{rest}"

    def _pages(self, path: str) -> Iterator[Json]:
        query = {"limit": "1000"}
        while True:
            page = self._object("GET", path, query=query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["after"] = page["next"]

    def _object(
        self, verb: str, path: str, body: Json | None = None, query: dict[str, str] | None = None
    ) -> Json:
        answer: Json = self._transport.request(verb, path, body, query)
        return answer


def _results(session_id: str) -> str:
    return f"/sessions/{session_id}/key-results"


def _escaped(text: str) -> str:
    """Return an id or a name as a part of a path."""
    from urllib.parse import quote  # loaded with the transport

    return quote(text, safe="").replace(".", "%2E")


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


class Frames:
    """The frames of a stream: events, ``ready``, then what comes; it never ends by itself.

    A frame has a ``kind``: ``event`` (with ``event``), ``live`` (with ``live``: pieces of text and
    states that are not stored), ``ready`` (all that was stored is told), ``gone`` (it was deleted:
    the last). A lost connection is taken up where it broke; NotConnected when that cannot be.
    """

    def __init__(self, connect: Callable[[int], Lines], after: int) -> None:
        self._connect = connect
        self._after = after
        self._lines: Lines | None = connect(after)

    def __iter__(self) -> Iterator[Json]:
        for pause in (*PAUSES_S, None):
            try:
                lines = self._lines or self._connect(self._after)
                self._lines = lines
                for frame in lines:
                    if frame.get("kind") == "event":
                        self._after = frame["event"]["seq"]
                    if frame:  # an empty one says that the server is still there
                        yield frame
                    if frame.get("kind") == "gone":
                        return
                lost: Exception = NotConnected("the server closed it")
            except (OSError, ValueError, NotConnected, _http_exception()) as error:
                lost = error
            self.close()
            if pause is not None:
                time.sleep(pause)
        raise NotConnected(
            f"The connection to the Jupyter server was lost ({lost}). What the agent did is in the "
            "session's log."
        ) from lost

    def close(self) -> None:
        """Close the connection."""
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()


def _http_exception() -> type[Exception]:
    from http.client import HTTPException  # loaded by now: the stream was opened with it

    return HTTPException
