"""Merging texts by lines, and comparing sequences in bounded time."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.notebooks.alignment import increasing, matches
from jupyter_sessions.notebooks.text_merge import Agreed, Clash, both, merge_text

texts = st.lists(st.sampled_from(["", "a", "b", "c", "d\r", "e"]), max_size=8).map("\n".join)


@given(texts, texts)
def test_what_only_one_side_changed_is_taken(base: str, side: str) -> None:
    assert merge_text(base, side, base).text == side
    assert merge_text(base, base, side).text == side
    assert merge_text(base, side, side).text == side
    assert both(base, base, side) == side


@given(texts, texts, texts)
def test_the_sides_can_be_exchanged(base: str, ours: str, theirs: str) -> None:
    merged = merge_text(base, ours, theirs)
    turned = merge_text(base, theirs, ours)
    assert merged.text == turned.text
    assert [
        Clash(hunk.base, hunk.theirs, hunk.ours) if isinstance(hunk, Clash) else hunk
        for hunk in turned.hunks
    ] == list(merged.hunks)


@given(texts, texts, texts)
def test_the_hunks_hold_both_sides_whole(base: str, ours: str, theirs: str) -> None:
    hunks = merge_text(base, ours, theirs).hunks
    lines = both(base, ours, theirs).split("\n")
    clashes = [hunk for hunk in hunks if isinstance(hunk, Clash)]
    assert all(hunk.ours != hunk.theirs and hunk.base != hunk.ours for hunk in clashes)
    for side in (ours, theirs):
        kept = set(side.split("\n")) - set(base.split("\n"))
        assert kept <= set(lines)


def test_changes_of_different_lines_are_both_kept() -> None:
    base = "a\nb\nc\nd"
    assert merge_text(base, "A\nb\nc\nd", "a\nb\nc\nD\ne").text == "A\nb\nc\nD\ne"
    assert merge_text("a\nb", "a\nb\nc", "A\nb").text == "A\nb\nc"


def test_changes_of_one_line_clash_and_no_marker_is_written() -> None:
    merged = merge_text("a\nb\nc", "a\nours\nc", "a\ntheirs\nc")
    assert merged.text is None
    assert merged.hunks == (
        Agreed(("a",)),
        Clash(("b",), ("ours",), ("theirs",)),
        Agreed(("c",)),
    )
    assert both("a\nb\nc", "a\nours\nc", "a\ntheirs\nc") == "a\nours\ntheirs\nc"


def test_texts_that_began_with_nothing_are_put_one_behind_the_other() -> None:
    assert merge_text(None, "x", "y").text is None
    assert both(None, "x = 1", "y = 2\nz") == "x = 1\ny = 2\nz"
    assert merge_text(None, "same", "same").text == "same"


def test_verdicts_are_those_of_git(tmp_path: Path) -> None:
    chance = random.Random(4)
    files = [tmp_path / name for name in ("ours", "base", "theirs")]
    same = 0
    for _ in range(60):
        base = [f"line {n}" for n in range(20)]
        sides = [[*base], [*base]]
        for side, number in zip(sides, (1, 2), strict=True):
            for _ in range(chance.randint(1, 3)):
                place = chance.randrange(len(side))
                change = [f"{side[place]} {number}"] if chance.random() < 0.6 else []
                side[place : place + 1] = change
        for path, lines in zip(files, (sides[0], base, sides[1]), strict=True):
            path.write_text("\n".join(lines) + "\n")
        done = subprocess.run(["git", "merge-file", "-p", *files], capture_output=True, text=True)
        merged = merge_text(*("\n".join(lines) + "\n" for lines in (base, *sides)))
        assert (merged.text is None) == (done.returncode > 0)
        if merged.text is not None:
            assert merged.text == done.stdout
            same += 1
    assert same > 10


@given(st.lists(st.integers(0, 9), max_size=12), st.lists(st.integers(0, 9), max_size=12))
def test_matches_are_equal_and_in_order(before: list[int], after: list[int]) -> None:
    i = j = 0
    for block in matches(before, after):
        assert block.size > 0
        assert block.i >= i
        assert block.j >= j
        i, j = block.i + block.size, block.j + block.size
        assert before[block.i : i] == after[block.j : j]


@given(st.lists(st.integers(0, 30), unique=True, max_size=9))
def test_the_longest_increasing_subsequence_is_found(numbers: list[int]) -> None:
    longest = [0] * len(numbers)
    for n, number in enumerate(numbers):
        longest[n] = 1 + max((longest[m] for m in range(n) if numbers[m] < number), default=0)
    found = [numbers[place] for place in increasing(numbers)]
    assert found == sorted(found)
    assert len(found) == max(longest, default=0)


LONG = 20_000
LONG_TEXTS = {
    "edited here and there": (
        [f"{n}" for n in range(LONG)],
        [f"{n}" if n % 7 else "x" for n in range(LONG)],
        [f"{n}" if n % 11 else "y" for n in range(LONG)],
    ),
    "nothing in common": tuple([f"{side}{n}" for n in range(LONG)] for side in "abc"),
    "all lines alike": (["x"] * LONG, ["y", *["x"] * LONG, "z"], ["x"] * (LONG // 2) + ["w"]),
    "alike and not": tuple(
        [line for n in range(LONG // 2) for line in ("x", f"{side}{n}")] for side in "abc"
    ),
    "shuffled": tuple(random.Random(n).sample(range(LONG), LONG) for n in range(3)),
}


@pytest.mark.parametrize("kind", LONG_TEXTS)
def test_long_texts_are_merged_without_a_quadratic_comparison(kind: str) -> None:
    base, ours, theirs = ("\n".join(map(str, lines)) for lines in LONG_TEXTS[kind])
    merged = merge_text(base, ours, theirs)
    if kind == "edited here and there":
        assert len(merged.hunks) > 3
    clashes = [hunk for hunk in merged.hunks if isinstance(hunk, Clash)]
    assert (merged.text is None) == bool(clashes)
    assert merge_text(base, ours, base).text == ours


def test_an_edit_in_a_long_text_merges_with_one_elsewhere() -> None:
    base = [f"{n % 50}" for n in range(LONG)]
    ours, theirs = [*base], [*base]
    ours[10], theirs[LONG - 10] = "ours", "theirs"
    merged = merge_text(*("\n".join(lines) for lines in (base, ours, theirs)))
    ours[LONG - 10] = "theirs"
    assert merged.text == "\n".join(ours)
