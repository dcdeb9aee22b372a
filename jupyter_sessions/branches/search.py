"""Search text in the files of a folder.

A regular expression can take for ever and cannot be stopped inside of a process, so those run in a
process of their own, which is killed when its time is over: this module, run as a program, reads a
``Query`` as JSON from standard input and writes a ``Found`` as JSON. Standard library only.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from ..errors import BadRequest
from ..notebooks.file import read_notebook

SKIPPED = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True)
class Query:
    """What to look for, and when to stop."""

    root: str
    text: str
    below: str = ""
    """Folder or file below the root to look in."""
    glob: str | None = None
    regex: bool = False
    skip: tuple[str, ...] = ()
    """Folders directly below the root that are left out."""
    max_matches: int = 200
    max_file: int = 5_000_000
    """Bytes: larger files are left out."""
    max_line: int = 1_000
    """Characters of a line that are looked at."""
    seconds: float = 8.0


@dataclass
class Found:
    """Matches as ``(path, place, line)``, where place is a line number or ``cell <id>:<line>``."""

    matches: list[tuple[str, str, str]] = field(default_factory=list)
    files: int = 0
    """Files that were looked at."""
    stopped: str = ""
    """Why the search ended early."""


def compile_query(query: Query) -> Callable[[str], object]:
    """Return what tells whether a line matches; raise ``BadRequest`` for a wrong expression."""
    if not query.regex:
        return lambda line: query.text in line
    try:
        return re.compile(query.text).search
    except (re.error, OverflowError, RecursionError) as error:
        raise BadRequest(f"{query.text!r} is not a regular expression: {error}.") from None


def search(query: Query) -> Found:
    """Look through the files in the order of their names."""
    matches = compile_query(query)
    found, end = Found(), time.monotonic() + query.seconds
    for path, file in _files(query):
        if time.monotonic() > end:
            found.stopped = f"the time of {query.seconds:g} s was over"
            break
        found.files += 1
        for place, line in _lines(file, query):
            if matches(line[: query.max_line]):
                found.matches.append((path, place, line.strip()[:300]))
                if len(found.matches) >= query.max_matches:
                    found.stopped = f"there are more than {query.max_matches} matches"
                    return found
    return found


def _files(query: Query) -> Iterator[tuple[str, Path]]:
    root = Path(query.root)
    start = root / query.below
    if start.is_file():
        yield query.below, start
        return
    for folder, folders, names in os.walk(start):
        inside = Path(folder).relative_to(root)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in SKIPPED
            and not (name in query.skip and folder == query.root)
        )
        for name in sorted(names):
            path = (inside / name).as_posix()
            if not name.startswith(".") and _wanted(path, query.glob):
                yield path, Path(folder, name)


def _wanted(path: str, glob: str | None) -> bool:
    if glob is None:
        return True
    if "/" not in glob:
        return fnmatch(path.rpartition("/")[2], glob)
    return fnmatch(path, glob) or (glob.startswith("**/") and fnmatch(path, glob[3:]))


def _lines(file: Path, query: Query) -> Iterator[tuple[str, str]]:
    try:
        # Links are left out: what they lead to is found under its own name, or lies outside.
        if file.is_symlink() or not file.is_file() or file.stat().st_size > query.max_file:
            return
        raw = file.read_bytes()
    except OSError:
        return
    if b"\0" in raw[:8192]:
        return
    text = raw.decode("utf-8", "replace")
    if file.suffix == ".ipynb":
        try:
            cells = read_notebook(text)["cells"]
        except BadRequest:
            return
        for cell in cells:
            for number, line in enumerate(cell["source"].splitlines(), 1):
                yield f"cell {cell['id']}:{number}", line
        return
    for number, line in enumerate(text.splitlines(), 1):
        yield str(number), line


def main() -> None:
    """Search as standard input says."""
    query = json.loads(sys.stdin.read())
    query["skip"] = tuple(query["skip"])
    json.dump(asdict(search(Query(**query))), sys.stdout)


if __name__ == "__main__":
    main()
