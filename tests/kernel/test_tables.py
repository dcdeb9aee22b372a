"""What is a table, and what becomes of its values."""

from __future__ import annotations

import datetime
import decimal
import json
import sqlite3
from collections import Counter, defaultdict, namedtuple

import numpy as np
import pandas as pd
import pytest

from jupyter_sessions.kernel import table
from jupyter_sessions.kernel.table import table_json
from jupyter_sessions.models.table import Table

UTC = datetime.UTC
Point = namedtuple("Point", "x y")


class Unshowable:
    def __repr__(self):
        raise RuntimeError("no")


def circle():
    made = []
    made.append(made)
    return made


def of(value):
    """Return the table of a value as the server reads it."""
    text = table_json(value)
    return None if text is None else Table.model_validate_json(text)


def names(value):
    return [column.name for column in of(value).columns]


@pytest.mark.parametrize(
    ("value", "columns", "rows"),
    [
        (pd.DataFrame({"a": [1, 2]}), ["a"], [[1], [2]]),
        (pd.DataFrame({"a": [1, 2]}, index=["x", "y"]), ["index", "a"], [["x", 1], ["y", 2]]),
        (pd.DataFrame({"a": [1, 2, 3]}).iloc[1:], ["a"], [[2], [3]]),
        (pd.Series([1.5], name="rmse"), ["rmse"], [[1.5]]),
        (pd.Series({"ridge": 1.5}), ["index", "value"], [["ridge", 1.5]]),
        (pd.DataFrame({"a": [1]}).style, ["a"], [[1]]),
        (np.array([[1, 2], [3, 4]]), ["0", "1"], [[1, 2], [3, 4]]),
        (np.array([0.5, np.inf]), ["value"], [[0.5], [None]]),
        (np.zeros(1, dtype=[("a", "i4"), ("b", "U3")]), ["a", "b"], [[0, ""]]),
        ([{"a": 1}, {"b": "x"}], ["a", "b"], [[1, None], [None, "x"]]),
        ({"a": [1, 2], "b": (3, 4)}, ["a", "b"], [[1, 3], [2, 4]]),
        ({"a": np.arange(2)}, ["a"], [[0], [1]]),
        ({"rmse": 0.5, "n": 442}, ["key", "value"], [["rmse", 0.5], ["n", 442]]),
        ({"a": {"rmse": 1}, "b": {"rmse": 2}}, ["key", "rmse"], [["a", 1], ["b", 2]]),
        ([(1, "a"), (2, "b")], ["0", "1"], [[1, "a"], [2, "b"]]),
        ([Point(1, 2)], ["x", "y"], [[1, 2]]),
        ([1, 2], ["value"], [[1], [2]]),
        (Counter("aab"), ["key", "value"], [["a", 2], ["b", 1]]),
    ],
)  # fmt: skip
def test_tables_of_many_kinds(value, columns, rows):
    found = of(value)
    assert [column.name for column in found.columns] == columns
    assert found.rows == rows
    assert (found.total_rows, found.total_columns) == (len(rows), len(columns))


@pytest.mark.parametrize(
    "value",
    [None, 5, "text", (442, 10), [], {}, [{}], [[1], [2, 3]], {"a": [1], "b": 2}, [object()],
     {"a": [1], "b": [1, 2]}, pd.DataFrame(), np.zeros((2, 2, 2)), circle(), Unshowable(),
     np.array([[object()]])],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_no_table(value):
    assert table_json(value) is None


def test_groups_and_levels_become_columns():
    frame = pd.DataFrame({"sex": ["f", "m"], "age": [30, 40], "bp": [1, 2]})
    assert names(frame.groupby(["sex", "age"]).mean()) == ["sex", "age", "bp"]
    assert names(frame.groupby("sex").agg({"bp": ["mean", "max"]})) == [
        "sex",
        "bp, mean",
        "bp, max",
    ]


def test_rows_of_a_query_have_its_names():
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    found = of(connection.execute("SELECT 1 AS n, 'x' AS name").fetchall())
    connection.close()
    assert ([column.name for column in found.columns], found.rows) == (["n", "name"], [[1, "x"]])


@pytest.mark.parametrize(
    ("value", "stored", "kind"),
    [
        (2**53 - 1, 2**53 - 1, "integer"),
        (2**53, "9007199254740992", "integer"),
        (-(2**60), "-1152921504606846976", "integer"),
        (np.int64(7), 7, "integer"),
        (True, True, "boolean"),
        (np.bool_(False), False, "boolean"),
        (float("nan"), None, "number"),
        (float("-inf"), None, "number"),
        (np.float32(1.5), 1.5, "number"),
        (decimal.Decimal("0.1"), 0.1, "number"),
        (decimal.Decimal("0.12345678901234567891"), "0.12345678901234567891", "number"),
        (decimal.Decimal("NaN"), None, "number"),
        (datetime.date(2024, 2, 29), "2024-02-29", "datetime"),
        (datetime.datetime(2024, 2, 29, 1, 2, 3), "2024-02-29T01:02:03", "datetime"),
        (datetime.datetime(2024, 2, 29, tzinfo=UTC), "2024-02-29T00:00:00+00:00", "datetime"),
        (np.datetime64("2024-02-29T01:00"), "2024-02-29T01:00", "datetime"),
        (pd.NaT, None, "other"),
        (pd.NA, None, "other"),
        (datetime.timedelta(days=1), "1 day, 0:00:00", "string"),
        ("a\0b\ud800", "a\ufffdb?", "string"),
        ("x" * 20_000, "x" * 9_999 + "…", "string"),
        ({"a": [1]}, "{'a': [1]}", "other"),
        (b"x", "b'x'", "other"),
        (10**5000, "<int>", "integer"),
    ],
    ids=lambda value: repr(value)[:30] if not isinstance(value, int) else "number",
)
def test_values_are_exact_or_text(value, stored, kind):
    found = of([{"value": value}])
    assert found.rows == [[stored]]
    assert found.columns[0].type == kind


def test_odd_values_cost_only_themselves():
    found = of([{"circle": circle(), "broken": Unshowable(), "n": 1}])
    [[shown, broken, number]] = found.rows
    assert shown.startswith("[[[[")
    assert "..." in shown
    assert "Unshowable" in broken
    assert number == 1


def test_what_is_missing_among_text_does_not_change_its_type():
    frame = pd.DataFrame({"a": ["x", None], "b": [1, None], "c": [True, "yes"]})
    assert [column.type for column in of(frame).columns] == ["string", "number", "other"]


def test_an_empty_table_keeps_the_types_of_its_columns():
    frame = pd.DataFrame({"n": [1], "x": [0.5], "t": pd.to_datetime(["2024-01-01"]), "s": ["a"]})
    kinds = [column.type for column in of(frame.iloc[:0]).columns]
    assert kinds == ["integer", "number", "datetime", "string"]


def test_names_are_text_and_unique():
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["x", "x", 7, ""])
    assert names(frame) == ["x", "x (2)", "7", "(no name)"]
    assert len(names({"y" * 10_000: [1]})[0]) <= 500


def test_many_rows_and_columns_are_cut_and_counted():
    found = of(pd.DataFrame({"n": np.arange(25_000)}))
    assert (len(found.rows), found.total_rows) == (10_000, 25_000)
    wide = of(pd.DataFrame(np.zeros((2, 600))))
    assert (len(wide.columns), wide.total_columns) == (500, 600)
    assert len(of([{"a": 1}] * 30_000).rows) == 10_000


def test_a_table_stays_below_five_megabytes():
    text = table_json(pd.DataFrame({"s": ["x" * 5_000] * 5_000}))
    assert 4_900_000 < len(text) < 5_100_000
    found = json.loads(text)
    assert found["total_rows"] == 5_000 > len(found["rows"])


def test_values_that_take_long_are_cut_by_time(monkeypatch):
    monkeypatch.setattr(table, "SECONDS", -1.0)  # the clock is not waited for
    assert len(of([{"n": n} for n in range(2_000)]).rows) == table.CHUNK


def test_looking_at_a_value_does_not_change_it():
    found = defaultdict(list, {"a": [1]})
    rows = [defaultdict(int, {"a": 1}), defaultdict(int, {"b": 2})]
    of(found), of(rows)
    assert dict(found) == {"a": [1]}
    assert [dict(row) for row in rows] == [{"a": 1}, {"b": 2}]


def test_polars_frames_are_tables():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(
        {"a": [1, None], "t": [datetime.date(2024, 1, 1), None], "s": ["x", "y"]}
    )
    found = of(frame)
    assert [column.type for column in found.columns] == ["integer", "datetime", "string"]
    assert found.rows == [[1, "2024-01-01", "x"], [None, None, "y"]]
    assert of(polars.Series("n", [1, 2])).rows == [[1], [2]]


def test_arrow_tables_are_tables():
    pyarrow = pytest.importorskip("pyarrow")
    assert of(pyarrow.table({"a": [1, None], "s": ["x", "y"]})).rows == [[1, "x"], [None, "y"]]
