"""Variables that were saved outlive the server, and nobody else's file is ever loaded."""

from __future__ import annotations

import json
import stat

import pytest
from jupyter_client import BlockingKernelClient
from nbformat.v4 import new_code_cell, new_notebook

CELLS = (
    "data = list(range(5)); both = [data, data]",
    "import time; time.sleep(1.1)",
)


class Work:
    """A notebook of a project on a server, whose cells are called a and b."""

    def __init__(self, server):
        self.server = server
        self.project = server.api("POST", "projects", {"name": "P"})
        self.path = f"{self.project['path']}/work.ipynb"
        cells = [new_code_cell(source, id=name) for name, source in zip("ab", CELLS, strict=True)]
        file = server.root / self.path
        file.write_text(json.dumps(new_notebook(cells=cells)))

    def start(self):
        body = {"path": self.path, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        return self.server.api("POST", "/api/sessions", body)["kernel"]["id"]

    def run(self, kernel_id, *sources):
        """Run cells; return what the last one printed."""
        file = self.server.home / "runtime" / f"kernel-{kernel_id}.json"
        client = BlockingKernelClient(connection_file=str(file))
        client.load_connection_file()
        client.start_channels(hb=False)
        printed = []
        try:
            client.wait_for_ready(timeout=60)
            for source in sources:
                client.execute_interactive(source, timeout=60, output_hook=printed.append)
        finally:
            client.stop_channels()
        return "".join(each["content"].get("text", "") for each in printed).strip()

    def fork(self, name):
        body = {"notebook": "work.ipynb", "cell_id": "b", "name": name}
        branches = f"projects/{self.project['id']}/branches/main/fork"
        return self.server.api("POST", branches, body)

    @property
    def saved(self):
        return self.server.home / "data" / "jupyter_sessions" / "saved"


@pytest.fixture
def work(make_server):
    server = make_server("--SessionsApp.saved_seconds=1")
    server.start()
    made = Work(server)
    made.run(made.start(), *CELLS)
    server.until(lambda: list(made.saved.glob("*.json")))
    return made


def test_a_notebook_is_forked_with_its_state_after_the_server_was_killed(work):
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (work.saved, *work.saved.iterdir())]
    assert modes == [0o700, 0o600, 0o600]
    assert stat.S_IMODE(work.saved.with_name("saved.key").stat().st_mode) == 0o600
    work.server.kill()
    work.server.start()
    made = work.fork("Try")
    assert (made["fork"]["engine"], made["running"]) == ("namespace", 0)
    assert made["fork"]["variables"] == 3
    shown = work.run(made["kernel_id"], "print(sum(data), both[0] is both[1] is data, len(In))")
    assert shown == "10 True 4"


def test_a_file_that_was_changed_is_not_loaded_and_the_cells_run_again(work):
    work.server.kill()
    [content] = work.saved.glob("*.pickle")
    data = bytearray(content.read_bytes())
    data[len(data) // 2] ^= 1
    content.write_bytes(data)
    work.server.start()
    made = work.fork("Try")
    assert (made["fork"]["engine"], made["running"]) == ("rerun", 2)
    assert "The file with the saved variables is damaged." in made["fork"]["reason"]
