"""Digests of variables: equal for equal content, and none where nobody can tell."""

from __future__ import annotations

import numpy
import pandas
import pytest

from jupyter_sessions.kernel.forking import digests
from jupyter_sessions.kernel.forking.digests import Digests

FRAME = {"n": [1, 2], "text": ["a", None], "at": pandas.to_datetime(["2020", "2021"])}


class Proud:
    def __repr__(self):
        raise SystemExit("looked at")

    __str__ = __eq__ = __hash__ = __reduce_ex__ = __len__ = __repr__


def frame(**changes):
    return pandas.DataFrame({**FRAME, **changes})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, True),
        (0.0, -0.0),
        ("a", b"a"),
        ([10**5000], [10**5000 + 1]),
        ([1, 2], [2, 1]),
        ([1], (1,)),
        (["ab", "c"], ["a", "bc"]),
        ({"a": [1]}, {"a": [2]}),
        ({1, 2}, {1, 3}),
        (numpy.arange(4), numpy.arange(4).reshape(2, 2)),
        (numpy.zeros(3), numpy.zeros(3, dtype="f4")),
        (numpy.float64(1), numpy.float64(2)),
        (frame(), frame(n=[1, 3])),
        (frame(), frame(text=["a", "b"])),
        (frame(), frame().rename(columns={"n": "m"})),
        (frame(), frame().set_index("text")),
        (frame(), frame(at=pandas.to_datetime(["2020", "2022"]))),
        (frame().n, frame(n=[2, 2]).n),
        (frame(text=pandas.Categorical(["a", "b"])), frame(text=pandas.Categorical(["b", "a"]))),
    ],
)
def test_what_differs_has_another_digest(one, other):
    read = Digests()
    first, second = read.of(one), read.of(other)
    assert first is not None
    assert second is not None
    assert first != second


@pytest.mark.parametrize(
    "make",
    [
        lambda: {"b": 1, "a": {"x", "y", ("z",)}},
        lambda: {"a": {("z",), "y", "x"}, "b": 1},
        lambda: numpy.array(["a", "bc"]),
        lambda: numpy.zeros((0, 3)),
        lambda: numpy.arange(10)[::2],
        lambda: numpy.datetime64("2020") + numpy.arange(3),
        frame,
        lambda: frame(text=pandas.Categorical(["a", "b"])),
        lambda: frame(at=pandas.to_datetime(["2020", "2021"]).tz_localize("Europe/Paris")),
        pandas.DataFrame,
    ],
)
def test_what_is_equal_has_the_same_digest(make):
    assert Digests().of(make()) == Digests().of(make()) is not None


def test_the_order_of_a_dictionary_and_of_memory_does_not_count():
    read = Digests()
    assert read.of({"a": 1, "b": 2}) == read.of({"b": 2, "a": 1})
    square = numpy.arange(9).reshape(3, 3)
    assert read.of(square) == read.of(numpy.asfortranarray(square))


def test_a_tensor_is_read_where_it_lies():
    torch = pytest.importorskip("torch")
    read = Digests()
    assert read.of(torch.ones(3)) == read.of(torch.ones(3)) is not None
    assert read.of(torch.ones(3)) != read.of(torch.zeros(3))
    assert read.of(torch.ones(2, 3).T) is None


@pytest.mark.parametrize(
    "value",
    [
        Proud(),
        [Proud()],
        frame(text=[Proud(), 1]),
        numpy.array([Proud()], dtype=object),
        list(range(digests.MAX_PARTS)),
        numpy.zeros(digests.MAX_BYTES + 1, dtype="u1"),
        frame().set_index(["n", "text"]),
        len,
    ],
)
def test_what_would_run_code_or_takes_long_is_not_read(value):
    assert Digests().of(value) is None


def test_a_list_that_holds_itself_and_time_that_is_up_end_the_reading():
    deep: list[object] = []
    deep.append(deep)
    assert Digests().of(deep) is None
    assert Digests(seconds=-1).of(1) is None
