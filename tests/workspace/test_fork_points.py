"""Which state of a kernel a cell stands for, from what really ran."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jupyter_sessions.kernel.forking.executed import digests
from jupyter_sessions.models.checkpoint import Checkpoint
from jupyter_sessions.workspace.fork_points import Above, CodeCell, Past, differences, digest, past


def above(*cells: tuple[str, int | None], below: tuple[tuple[str, int | None], ...] = ()) -> Above:
    return Above(tuple(CodeCell(*each) for each in cells), tuple(CodeCell(*each) for each in below))


@pytest.mark.parametrize("source", ["a = 1", "a = 1\n", "naïve = '🎉'", "half = '\ud800'", ""])
def test_server_and_kernel_call_a_cell_the_same(source: str) -> None:
    assert digests([source]) == [digest(source)]


def test_a_kernel_that_ran_just_the_cells_does_not_differ() -> None:
    assert differences(Above.of(["a", "b", "a"]), digests(["a", "b\n", "a"])) == []


@pytest.mark.parametrize("ran", [[], ["a", "b", "c"], ["a"], ["b", "a"]])
def test_a_kernel_that_ran_another_cell_last_is_not_meant(ran: list[str]) -> None:
    assert differences(Above.of(["a", "b"]), digests(ran)) is None


@pytest.mark.parametrize(
    ("ran", "says"),
    [
        (["b", "a", "c"], "the cells ran in another order"),
        (["a", "b", "b", "c"], "some of the cells ran more than once"),
        (["a", "c"], "1 cell of those shared changed since, or never ran"),
        (["a", "x", "b", "y", "c"], "2 other runs went into its state"),
    ],
)
def test_it_is_said_how_the_present_state_differs(ran: list[str], says: str) -> None:
    found = differences(Above.of(["a", "b", "c"]), digests(ran))
    assert found is not None
    assert (found[0].code, found[0].level) == ("history", "warn")
    assert says in found[0].detail


def test_a_cell_that_was_edited_since_it_ran_last_is_known_by_its_number() -> None:
    found = differences(above(("a", 1), ("b, edited", 2)), digests(["a", "b"]))
    assert found is not None
    assert found[0].names == ["code cell 2"]
    assert differences(above(("a", 1), ("b", None)), digests(["a", "x"])) is None


def test_of_two_equal_cells_the_one_that_ran_last_is_meant() -> None:
    ran = digests(["load", "show", "clean", "show"])
    first = above(("load", 1), ("show", 2), below=(("clean", 3), ("show", 4)))
    second = above(("load", 1), ("show", 2), ("clean", 3), ("show", 4))
    assert differences(first, ran) is None
    assert differences(second, ran) == []


def kept(*ran: str, minute: int = 0) -> Checkpoint:
    """Return a checkpoint that was made after these cells."""
    made = datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
    return Checkpoint(
        kernel_id="k", executed=digests(list(ran)), count=len(ran), seconds=1.0,
        total_seconds=1.0, made_at=made, own_bytes=0, shared_bytes=0, pid=minute, kernel_pid=1,
    )  # fmt: skip


def test_a_checkpoint_after_exactly_the_cells_is_taken() -> None:
    found = [kept("a"), kept("a", "b", minute=1), kept("x", "b", minute=2)]
    meant = past(Above.of(["a", "b"]), digests(["a", "b", "c"]), found)
    assert meant == Past(found[1])


def test_quick_cells_after_the_last_checkpoint_run_again() -> None:
    found = [kept("a"), kept("a", "b", "c", minute=1)]
    meant = past(Above.of(["a", "b"]), digests(["a", "b", "c"]), found)
    assert meant == Past(found[0], missing=["b"])


def test_the_last_run_of_the_cell_counts_when_cells_ran_again_and_it_is_said() -> None:
    found = [kept("a"), kept("a", "b", minute=1), kept("a", "b", "b", "c", minute=2)]
    meant = past(Above.of(["a", "b", "c"]), digests(["a", "b", "b", "c", "d"]), found)
    assert meant is not None
    assert (meant.kept, meant.missing) == (found[2], [])
    assert "more than once" in meant.differs[0].detail


def test_a_beginning_is_better_than_nothing_and_nothing_is_said_to_be_so() -> None:
    found = [kept("a"), kept("a", "x", minute=1)]
    meant = past(Above.of(["a", "b", "c"]), digests(["a", "x"]), found)
    assert meant == Past(found[0], missing=["b", "c"])
    assert past(Above.of(["b"]), digests(["a", "x"]), found) is None
