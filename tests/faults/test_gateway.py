"""Kernels that another server runs for ours, as its gateway: what works there, and what is said."""

from __future__ import annotations

import json
import urllib.error
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import websocket
from nbformat.v4 import new_code_cell, new_notebook

from tests.process import Server

CELLS = {"a": "data = [1, 2]", "b": "data.append(3)", "c": "data.clear()"}
OURS_OFF = "--ServerApp.jpserver_extensions={'jupyter_sessions': False}"


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
    gateway = Server(home / "gateway", OURS_OFF, ready="/api/status")
    gateway.start()
    told = (f"--GatewayClient.url={gateway.url}", f"--GatewayClient.auth_token={gateway.token}")
    server = Server(home / "server", *told)
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


def test_the_agent_runs_cells_in_a_kernel_on_a_gateway(work):
    server, path = work.server, f"projects/{work.project['id']}/sessions"
    path += "/" + server.api("POST", path, {"name": "S"})["id"]

    def say(text):
        made = server.api("POST", f"{path}/messages", {"text": text})
        place = f"projects/{work.project['id']}/runs/{made['id']}"
        return lambda: (now := server.api("GET", place))["completed_at"] and now

    def returned():
        return [each["data"] for each in server.events(path) if each["type"] == "tool.returned"]

    assert server.until(say("```python\nprint('here'); 6 * 7\n```"))["status"] == "completed"
    assert "42" in json.dumps(returned()[-1])
    begun = server.home / "begun"
    ended = say(f"```python\nopen({str(begun)!r}, 'w')\nimport time; time.sleep(600)\n```")
    server.until(begun.exists)
    kernel_id = agents_kernel(work)
    kernel = f"/api/kernels/{kernel_id}"
    server.api("POST", f"{kernel}/restart")
    server.until(ended)
    assert "The kernel died" in json.dumps(returned()[-1])
    work.gateway.api("DELETE", kernel)
    server.until(say("```python\n1 + 1\n```"))
    assert "shut this kernel down" in json.dumps(returned()[-1])
    assert server.until(say("```python\n2 + 1\n```"))["status"] == "completed"
    assert agents_kernel(work) != kernel_id


def agents_kernel(work):
    found = work.server.api("GET", "/api/sessions")
    own = [each for each in found if each["path"].startswith(f"{work.project['path']}/")]
    assert len(own) == 1
    return own[0]["kernel"]["id"]
