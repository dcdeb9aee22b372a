"""Kernels that another server runs for ours, as its gateway: what works there, and what is said."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import websocket
from nbformat.v4 import new_code_cell, new_notebook

from tests.process import Server

CELLS = {"a": "data = [1, 2]", "b": "data.append(3)", "c": "data.clear()"}
OTHERS = ("jupyterlab", "jupyter_lsp", "notebook_shim", "jupyter_server_fileid")
SLOW = dict.fromkeys((*OTHERS, "jupyter_server_ydoc"), False)
EXTENSIONS = "--ServerApp.jpserver_extensions"


@dataclass
class Work:
    """``work.ipynb`` of a project, whose kernels run on the gateway."""

    gateway: Server
    server: Server
    project: dict[str, Any]

    @property
    def branches(self) -> str:
        return f"projects/{self.project['id']}/branches"

    def start(self) -> str:
        """Start the notebook's kernel, as JupyterLab does; return its id."""
        return self.kernel_of(f"{self.project['path']}/work.ipynb")

    def kernel_of(self, path: str) -> str:
        """Return the kernel of a notebook, which is started when there is none."""
        asked = {"path": path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        return str(self.server.api("POST", "/api/sessions", asked)["kernel"]["id"])

    def run(self, kernel_id: str, code: str) -> dict[str, Any]:
        """Run code as a browser does; return the reply, with the value of ``data``."""
        place = self.server.url.replace("http", "ws")
        socket = websocket.create_connection(
            f"{place}/api/kernels/{kernel_id}/channels?token={self.server.token}", timeout=60
        )
        try:
            socket.send(json.dumps(execute(code)))
            while (message := json.loads(socket.recv()))["header"]["msg_type"] != "execute_reply":
                pass
        finally:
            socket.close()
        return dict(message["content"])

    def value(self, kernel_id: str) -> str:
        told = self.run(kernel_id, "")["user_expressions"]["value"]
        return str(told["data"]["text/plain"] if told["status"] == "ok" else told["ename"])

    def ask(self, verb: str, place: str, **more: Any) -> tuple[int, Any]:
        """Return status and answer of our API on the notebook's branch."""
        path, body = f"{self.branches}/{place}", {"notebook": "work.ipynb", **more}
        if verb == "GET":
            path, body = f"{path}?{'&'.join(f'{k}={quote(v)}' for k, v in body.items())}", None
        try:
            return 200, self.server.api(verb, path, body)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


def execute(code: str) -> dict[str, Any]:
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    header |= {"session": uuid4().hex, "username": "", "date": "2026-01-01T00:00:00Z"}
    content = {"code": code, "silent": False, "user_expressions": {"value": "data"}}
    parts = {"parent_header": {}, "metadata": {}, "buffers": [], "channel": "shell"}
    return {"header": header, "content": content, **parts}


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """A gateway, and a server with our extension that has its kernels there."""
    home = tmp_path_factory.mktemp("servers")
    plain = f"{EXTENSIONS}={SLOW | {'jupyter_sessions': False}}"
    gateway = Server(home / "gateway", plain, ready="/api/status")
    gateway.start()
    server = Server(
        home / "server",
        f"{EXTENSIONS}={SLOW}",
        f"--GatewayClient.url={gateway.url}",
        f"--GatewayClient.auth_token={gateway.token}",
    )
    try:
        server.start()
        yield gateway, server
    finally:
        server.stop()  # it shuts its kernels down, which needs the gateway
        gateway.stop()


@pytest.fixture
def work(servers):
    gateway, server = servers
    project = server.api("POST", "projects", {"name": "P"})
    cells = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    file = server.root / project["path"] / "work.ipynb"
    file.write_text(json.dumps(new_notebook(cells=cells)))
    yield Work(gateway, server, project)
    log = server.log.read_text()
    assert "Traceback" not in log, log


def test_a_notebook_with_a_kernel_on_a_gateway_is_forked_by_running_its_cells_again(work):
    source = work.start()
    assert source in [each["id"] for each in work.gateway.api("GET", "/api/kernels")]
    work.run(source, CELLS["a"])
    work.run(source, CELLS["b"])
    status, probe = work.ask("POST", "main/fork/probe", cell_id="b")
    assert (status, probe["kernel"]["engine"], probe["kernel"]["missing"]) == (200, "rerun", 2)
    assert "gateway" in probe["kernel"]["reason"]
    work.run(source, CELLS["c"])
    _, made = work.ask("POST", "main/fork", cell_id="b", name="Try")
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 2)
    assert made["fork"]["reason"] == probe["kernel"]["reason"]
    path = f"{work.branches}/Try/fork/progress"
    told = work.server.until(
        lambda: (now := work.server.api("GET", path))["state"] != "running" and now
    )
    assert (told["state"], told["done"], told["error"]) == ("completed", 2, None)
    branch = work.kernel_of(made["opened"]["path"])
    assert branch == made["kernel_id"] != source
    assert branch in [each["id"] for each in work.gateway.api("GET", "/api/kernels")]
    assert (work.value(branch), work.value(source)) == ("[1, 2, 3]", "[]")


def test_what_needs_a_kernel_of_this_machine_says_so_on_a_gateway(work):
    kernel_id = work.start()
    work.run(kernel_id, CELLS["a"])
    status, told = work.ask("GET", "main/variables")
    assert (status, told["kernel_id"], told["items"]) == (200, kernel_id, [])
    assert "gateway" in told["reason"]
    status, told = work.ask("GET", "main/variables/difference", **{"with": "main"})
    assert (status, "gateway" in json.dumps(told)) == (200, True)
    status, told = work.ask("POST", "main/fork/peek")
    assert (status, "gateway" in told["message"]) == (409, True)
    status, told = work.ask("GET", "main/fork/revive")
    assert (status, told["last"]) == (200, None)
    status, told = work.ask("POST", "main/fork/revive")
    assert (status, "nothing to bring back" in told["message"]) == (409, True)
    status, told = work.ask("GET", "main/checkpoints")
    assert (status, told["items"], told["saved"]) == (200, [], [])


class Agent:
    """The offline agent in a new session."""

    def __init__(self, work: Work) -> None:
        self.server, self.project = work.server, f"projects/{work.project['id']}"
        made = self.server.api("POST", f"{self.project}/sessions", {"name": "S"})
        self.path = f"{self.project}/sessions/{made['id']}"
        self.begun = work.server.home / f"begun-{made['id']}"

    def send(self, code: str) -> Callable[[], str]:
        """Have it run a cell; what is returned tells how, once it has ended."""
        asked = {"text": f"```python\n{code}\n```"}
        run = self.server.api("POST", f"{self.path}/messages", asked)
        place = f"{self.project}/runs/{run['id']}"

        def ended() -> str:
            if not self.server.api("GET", place)["completed_at"]:
                return ""
            returned = [e for e in self.server.events(self.path) if e["type"] == "tool.returned"]
            return json.dumps(returned[-1]["data"])

        return ended

    def say(self, code: str) -> str:
        return str(self.server.until(self.send(code)))

    def begin(self) -> Callable[[], str]:
        """Have it run a cell that does not end; it has begun."""
        ended = self.send(f"open({str(self.begun)!r}, 'w')\nimport time; time.sleep(600)")
        self.server.until(self.begun.exists)
        return ended


def test_the_agent_runs_cells_in_a_kernel_on_a_gateway(work):
    agent = Agent(work)
    assert "42" in agent.say("print('here'); 6 * 7")
    ended = agent.begin()
    kernel_id = agents_kernel(work)
    work.server.api("POST", f"/api/kernels/{kernel_id}/restart")
    assert "The kernel died" in work.server.until(ended)
    work.gateway.api("DELETE", f"/api/kernels/{kernel_id}")
    assert "shut this kernel down" in agent.say("1 + 1")
    assert "81" in agent.say("3 ** 4")
    assert agents_kernel(work) != kernel_id


def test_a_cell_on_a_gateway_is_interrupted(work):
    agent = Agent(work)
    ended = agent.begin()
    work.server.api("POST", f"{agent.path}/interrupt", {"kernel": True})
    assert "KeyboardInterrupt" in work.server.until(ended)
    assert "81" in agent.say("3 ** 4")


def test_a_gateway_that_is_gone_is_named_until_it_is_back(work):
    agent = Agent(work)
    ended = agent.begin()
    work.gateway.kill()
    assert "connection to the gateway was lost" in work.server.until(ended)
    assert "cannot be reached" in agent.say("1 + 1")
    status, told = work.ask("POST", "main/fork", cell_id="b", name="Try")
    assert (status, told["code"]) == (502, "kernel")
    assert "gateway" in work.ask("GET", "main/variables")[1]["reason"]
    work.gateway.start(work.gateway.port)
    assert "shut this kernel down" in agent.say("1 + 1")
    assert "81" in agent.say("3 ** 4")


def agents_kernel(work):
    found = work.server.api("GET", "/api/sessions")
    own = [each for each in found if each["path"].startswith(f"{work.project['path']}/")]
    assert len(own) == 1
    return own[0]["kernel"]["id"]
