"""Who wrote the lines of a cell."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.notebooks.blame import UNKNOWN, Lines, blame, blame_merge
from jupyter_sessions.notebooks.text_merge import merge_text

texts = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=8).map("\n".join)


def authors(lines: Lines) -> list[str]:
    return [key for count, key in lines for _ in range(count)]


@given(st.lists(texts, min_size=1, max_size=5))
def test_each_line_has_one_author_and_runs_differ(history: list[str]) -> None:
    lines, before = None, None
    for number, text in enumerate(history):
        lines = blame(lines, before, text, f"author {number}")
        before = text
        assert len(authors(lines)) == len(text.split("\n"))
        assert all(one[1] != two[1] for one, two in pairwise(lines))
        assert authors(lines)[0] in {f"author {n}" for n in range(number + 1)}


@given(texts)
def test_who_changes_nothing_wrote_nothing(text: str) -> None:
    lines = blame(None, None, text, "ada")
    assert blame(lines, text, text, "bob") == lines


def test_an_edit_is_by_who_made_it_and_the_rest_stays() -> None:
    lines = blame(None, None, "one\ntwo\nthree", "ada")
    assert lines == ((3, "ada"),)
    lines = blame(lines, "one\ntwo\nthree", "one\nTWO\nthree\nfour", "run 7")
    assert lines == ((1, "ada"), (1, "run 7"), (1, "ada"), (1, "run 7"))


def test_lines_from_before_anyone_looked_are_by_nobody_known() -> None:
    assert blame(None, "a\nb", "a\nnew\nb", "ada") == ((1, UNKNOWN), (1, "ada"), (1, UNKNOWN))
    assert blame(((1, "bob"),), "a\nb", "a\nb", "ada") == ((1, "bob"), (1, UNKNOWN))


def test_a_merge_keeps_the_authors_of_both_sides() -> None:
    base = "a\nb\nc\nd"
    before = blame(None, None, base, "ada")
    ours, theirs = "A\nb\nc\nd", "a\nb\nc\nD"
    mine, other = blame(before, base, ours, "bob"), blame(before, base, theirs, "run 7")
    merged = merge_text(base, ours, theirs).text
    assert merged is not None
    lines = blame_merge(mine, ours, other, theirs, merged, "eve")
    assert lines == ((1, "bob"), (2, "ada"), (1, "run 7"))
    decided = blame_merge(mine, ours, other, theirs, "A\nb\nc\nby hand", "eve")
    assert decided == ((1, "bob"), (2, "ada"), (1, "eve"))


def test_a_side_that_has_no_cell_is_left_out_of_a_merge() -> None:
    lines = blame_merge(None, None, ((1, "bob"),), "x", "x\ny", "eve")
    assert lines == ((1, "bob"), (1, "eve"))


def test_a_long_cell_has_authors_too() -> None:
    long = "\n".join(f"line {n}" for n in range(20_000))
    lines = blame(((20_000, "ada"),), long, f"first\n{long}\nlast", "bob")
    assert lines == ((1, "bob"), (20_000, "ada"), (1, "bob"))
