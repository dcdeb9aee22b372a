"""Key results over REST: promoted by the agent and by people, from real kernels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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


def run(cell="a"):
    return ("run_cell", {"notebook": "n.ipynb", "cell_id": cell})


def promote(cell="a", **more):
    given = {"notebook": "n.ipynb", "cell_id": cell, "title": "Errors by model"}
    return ("promote_result", given | more)


async def test_the_agent_promotes_what_the_cell_returned(conversation, script, notebook):
    notebook(TABLE)
    script([run()], [promote(chart=BAR, description="Ridge wins.")], "Done.")
    await conversation.say("Compare.")
    [result] = (await conversation.api("GET", f"{conversation.path}/key-results"))["items"]
    data = await conversation.api("GET", f"{conversation.path}/key-results/{result['id']}/data")
    assert data["table"]["rows"] == [["ridge", 54.1, 442], ["lasso", 55.8, 442]]
    assert (result["number"], result["view"], result["chart"]["x"]) == (1, "chart", "model")
