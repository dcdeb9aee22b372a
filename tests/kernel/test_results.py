"""``%session results`` and ``Session.results()`` in real kernels of a real server."""

from __future__ import annotations

import pytest

TABLE = """
import pandas as pd
pd.DataFrame({
    "who": ["a", None],
    "n": pd.array([1, None], dtype="Int64"),
    "id": [2**60, 7],
    "x": [0.5, float("nan")],
    "ok": [True, False],
    "day": pd.to_datetime(["2024-01-31", None]),
    "at": pd.to_datetime(["2024-01-31T10:00Z", "2024-06-30T10:00Z"]).tz_convert("Europe/Berlin"),
})
"""


@pytest.fixture
def promoted(notebook, session):
    """Run code as the agent, and promote what it returned."""

    async def promote(code, title="Two rows"):
        ran = await notebook.run(f"%%session\n```python\n{code}\n```\n/promote last {title}")
        assert ran.status == "ok", ran.error
        assert "Promoted as key result" in ran.shown, ran.shown

    return promote


async def test_the_data_frame_has_the_types_of_what_was_returned(notebook, promoted):
    await promoted(TABLE)
    code = """
from jupyter_sessions import Session
[result] = Session.current().results()
frame = result.to_dataframe()
print(result)
print([kind.kind for kind in frame.dtypes], frame['at'].dt.tz)
print(frame["id"].tolist(), frame["n"].isna().tolist(), frame["at"][1])
"""
    ran = await notebook.run(code)
    assert ran.text.splitlines() == [
        "<KeyResult 1 'Two rows': 2 rows, 7 columns>",
        "['O', 'i', 'i', 'f', 'b', 'M', 'M'] UTC",
        "[1152921504606846976, 7] [False, True] 2024-06-30 10:00:00+00:00",
    ], ran.error


async def test_rows_are_there_without_pandas(notebook, promoted):
    await promoted("[{'a': 1, 'b': float('inf')}]")
    code = """
import sys
from jupyter_sessions import Session
sys.modules["pandas"] = None
[result] = Session.current().results()
print(result.table, result.columns, result.stale, result.origin["execution_count"])
result.to_dataframe()
"""
    ran = await notebook.run(code)
    assert ran.text == "[{'a': 1, 'b': None}] ['a', 'b'] False 2\n"
    assert ran.error["evalue"].startswith("pandas is not installed in this environment.")
    assert "a | b\n1 | None\n" in (await notebook.run("%session results")).text


async def test_results_are_shown_as_data_frames(notebook, promoted):
    await promoted("import pandas as pd\npd.DataFrame({'<b>k</b>': ['$x$']})", "One")
    ran = await notebook.run("%session results")
    title, table = ran.displays[""]
    assert title["text/markdown"] == "**1. One** (1 row, 1 column)"
    assert "<b>" not in table["text/html"]
    assert "tex2jax_ignore" in table["text/html"]


async def test_a_figure_is_shown_and_its_markup_is_not(notebook, promoted):
    code = "from IPython.display import HTML\nHTML('<script>alert(1)</script>')"
    await promoted(code, "Page")
    ran = await notebook.run("%session results")
    shown = ran.displays[""]
    assert [set(data) for data in shown] == [{"text/markdown", "text/plain"}, {"text/plain"}]
    assert "<script>" not in str(shown)


async def test_a_session_without_results_says_so(notebook, session):
    ran = await notebook.run("%session results")
    assert ran.text == "'Model' has no key results yet.\n"
