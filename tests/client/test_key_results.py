"""Key results through the client, outside of a kernel."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from jupyter_sessions.client import Client, ClientError, KeyResult, Refused, Session
from jupyter_sessions.client import __all__ as exported
from jupyter_sessions.notebooks.cells import new_cell, new_notebook

CHART = {"type": "bar", "x": "a", "y": "b"}


@pytest.fixture
def client(jp_serverapp, project):
    token = jp_serverapp.identity_provider.token
    return Client(jp_serverapp.connection_url, token, project=project["id"])


@pytest.fixture
def notebook(jp_root_dir, project):
    """A notebook with one cell that shows a text."""
    cell = new_cell("a", "code", "'<b>42</b>'")
    shown = {"output_type": "execute_result", "metadata": {}, "execution_count": 1}
    cell["outputs"] = [shown | {"data": {"text/plain": "'<b>42</b>'"}}]
    path = Path(jp_root_dir) / project["path"] / "n.ipynb"
    path.write_text(json.dumps(new_notebook() | {"cells": [cell]}))
    return path


async def test_what_a_cell_shows_is_promoted_and_read_back(client, session, notebook):
    made = await asyncio.to_thread(
        client.promote, session["id"], "n.ipynb", "a", title="An *answer*", description="<i>Hm</i>"
    )
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    [result] = await asyncio.to_thread(held.results)
    assert (result.id, result.number, result.title) == (made["id"], 1, "An *answer*")
    assert repr(result) == "<KeyResult 1 'An *answer*': no table>"
    assert (result.columns, result.stale, result.origin["cell_id"]) == ([], False, "a")
    assert await asyncio.to_thread(lambda: result.table) == []
    [output] = await asyncio.to_thread(lambda: result.outputs)
    assert output["data"]["text/plain"] == "'<b>42</b>'"
    assert "<i>" not in result._repr_markdown_()
    with pytest.raises(ClientError, match="Key result 1 is no table: see its 'outputs'"):
        result.to_dataframe()


async def test_a_stale_result_says_so(client, session, notebook):
    await asyncio.to_thread(client.promote, session["id"], "n.ipynb", "a")
    notebook.write_text(json.dumps(new_notebook()))
    held = await asyncio.to_thread(Session.get, "Model", client=client)
    [result] = await asyncio.to_thread(held.results)
    assert repr(result).endswith(", stale>")
    assert "*Stale: The cell was deleted.*" in result._repr_markdown_()


async def test_a_wrong_chart_is_refused_with_a_sentence(client, session, notebook):
    with pytest.raises(Refused, match="is no table"):
        await asyncio.to_thread(client.promote, session["id"], "n.ipynb", "a", chart=CHART)


def test_times_keep_their_zone_or_their_instant():
    class Sent:
        """Answers as the API does."""

        def key_result_data(self, session_id, id_):
            columns = [{"name": name, "type": "datetime"} for name in ("one", "two", "mixed")]
            rows = [
                ["2024-01-01T00:00:00", "2024-01-01T00:00:00+01:00", "2024-01-01T00:00:00"],
                [None, "2024-06-01T00:00:00+02:00", "2024-01-01T00:00:00+01:00"],
            ]
            return {"table": {"columns": columns, "rows": rows}, "outputs": []}

    columns = Sent().key_result_data("", "")["table"]["columns"]
    told = {"id": "1", "number": 1, "session_id": "s", "columns": columns}
    frame = KeyResult(Sent(), told).to_dataframe()
    assert [kind.kind for kind in frame.dtypes] == ["M", "M", "O"]
    assert frame["one"].dt.tz is None
    assert str(frame["two"][1]) == "2024-05-31 22:00:00+00:00"


def test_the_names_of_the_client_are_sorted():
    assert sorted(exported) == exported
