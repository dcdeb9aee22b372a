"""Cells whose results are promoted, by the agent and by hand, from real kernels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic_ai.messages import ToolReturnPart
from tornado.httpclient import HTTPClientError

from jupyter_sessions.notebooks.cells import new_cell, new_notebook

TABLE = (
    "import pandas as pd\n"
    "pd.DataFrame({'model': ['ridge', 'lasso'], 'rmse': [54.1, 55.8], 'n': [442, 442]})"
)
BAR = {"type": "bar", "x": "model", "y": "rmse"}


@pytest.fixture
def notebook(jp_root_dir, project):
    """Write a notebook of cells ``a``, ``b``, … into the project."""

    def write(*sources: str) -> Path:
        content = new_notebook({"name": "python3", "display_name": "Python 3"})
        content["cells"] = [
            new_cell(chr(97 + index), "code", source) for index, source in enumerate(sources)
        ]
        path = Path(jp_root_dir) / project["path"] / "n.ipynb"
        path.write_text(json.dumps(content))
        return path

    return write


@pytest.fixture
def results(api, conversation):
    """Call the API of the session's key results: ``await results("GET", "/id/data")``."""

    async def call(verb="GET", path="", body=None):
        answer = await api(verb, f"{conversation.path}/key-results{path}", body)
        return answer["items"] if verb == "GET" and not path else answer

    return call


@pytest.fixture
def refused(results):
    """Call what is refused; return status and sentence."""

    async def call(verb, path="", body=None):
        with pytest.raises(HTTPClientError) as error:
            await results(verb, path, body)
        return error.value.code, json.loads(error.value.response.body)["message"]

    return call


@pytest.fixture
def promoted(conversation, script, notebook):
    """Have the agent run a cell and promote it; return the notebook's file."""

    async def promote(source=TABLE, **more):
        path = notebook(source)
        script([run()], [given(**more)], "Done.")
        await conversation.say("Go.")
        return path

    return promote


@pytest.fixture
def by_hand(jp_fetch, jp_serverapp, notebook, project):
    """Run cells as a person does in JupyterLab, and save what came into the notebook's file."""

    async def execute(*sources):
        path = notebook(*sources)
        name = f"{project['path']}/n.ipynb"
        body = {"path": name, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        answer = await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
        kernel_id = json.loads(answer.body)["kernel"]["id"]
        client = jp_serverapp.kernel_manager.get_kernel(kernel_id).client()
        client.start_channels(hb=False)
        await client.wait_for_ready(timeout=60)
        content = json.loads(path.read_text())
        for cell in content["cells"]:
            cell["outputs"] = []

            def keep(message, cell=cell):
                kind, said = message["header"]["msg_type"], message["content"]
                if kind in {"execute_result", "display_data"}:
                    said.pop("transient", None)
                    cell["outputs"].append({"output_type": kind, **said})

            reply = await client.execute_interactive(cell["source"], output_hook=keep)
            cell["execution_count"] = reply["content"]["execution_count"]
        path.write_text(json.dumps(content))
        client.stop_channels()
        return path

    return execute


def run(cell="a"):
    return ("run_cell", {"notebook": "n.ipynb", "cell_id": cell})


def given(cell="a", **more):
    named = {"notebook": "n.ipynb", "cell_id": cell, "title": "Errors by model"}
    return ("promote_result", named | more)


def change_source(path, source):
    content = json.loads(path.read_text())
    content["cells"][0]["source"] = source
    path.write_text(json.dumps(content))


def told(script):
    """Return what the model was told of its calls."""
    parts = (part for message in script.requests[-1] for part in message.parts)
    return [part.content for part in parts if isinstance(part, ToolReturnPart)]
