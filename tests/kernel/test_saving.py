"""What names share stays shared when they are saved, whichever of them fail."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_sessions.kernel.forking.loading import _unpickler
from jupyter_sessions.kernel.forking.pickles import pickler_class
from jupyter_sessions.kernel.forking.saving import Contents, Output, write_values
from jupyter_sessions.workspace.injection import cloudpickle_source

COUNT = 6
LINKS = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=14)
"""Which of the lists hold which."""
LOCKED = st.sets(st.integers(0, COUNT - 1), max_size=3)
"""Which of them hold a lock, and so cannot be saved."""


def shapes(values: dict[str, Any]) -> dict[str, list[list[int]]]:
    """Return the values with a number in place of each list, the same for the same list."""
    numbers: dict[int, int] = {}
    rows: list[list[int]] = []

    def number(value: list[Any]) -> int:
        if id(value) not in numbers:
            numbers[id(value)] = len(numbers)
            rows.append([])
            rows[numbers[id(value)]] += [number(each) for each in value if isinstance(each, list)]
        return numbers[id(value)]

    return {name: [[number(value)], *rows] for name, value in values.items()}


def reaches(links: list[tuple[int, int]], start: int) -> set[int]:
    found, left = {start}, [start]
    while left:
        here = left.pop()
        for source, target in links:
            if source == here and target not in found:
                found.add(target)
                left.append(target)
    return found


@settings(max_examples=150, deadline=None)
@given(LINKS, LOCKED)
def test_what_is_loaded_is_shaped_like_what_was_saved(
    tmp_path_factory: Any, links: list[tuple[int, int]], locked: set[int]
) -> None:
    lists: list[list[Any]] = [[] for _ in range(COUNT)]
    for source, target in links:
        lists[source].append(lists[target])
    for place in locked:
        lists[place].append(threading.Lock())
    space: dict[str, Any] = {f"v{place}": value for place, value in enumerate(lists)}
    contents = Contents([(("name", name), value) for name, value in space.items()])
    file: Path = tmp_path_factory.getbasetemp() / "saved"
    with file.open("wb") as out:
        output = Output(out, 10**6, time.monotonic() + 60)
        frames = write_values(pickler_class(cloudpickle_source(), space), output, {}, contents)
    assert output.size == file.stat().st_size
    with file.open("rb") as saved:
        unpickler = _unpickler(saved, {})
        loaded = {name: unpickler.load() for _, name, _ in frames}
    del loaded[""]
    good = {name for place, name in enumerate(space) if not reaches(links, place) & locked}
    assert loaded.keys() == good == space.keys() - {name for _, name in contents.left}
    assert shapes(loaded) == shapes({name: space[name] for name in loaded})
