"""Identifiers: ULIDs, sortable by time of creation, with 80 random bits: none can be guessed.

Source: https://github.com/ulid/spec
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from typing import NewType

UserId = NewType("UserId", str)
ProjectId = NewType("ProjectId", str)
SessionId = NewType("SessionId", str)
RunId = NewType("RunId", str)
KeyResultId = NewType("KeyResultId", str)
BranchId = NewType("BranchId", str)
"""``main``, or the id that a branch got when it was made: it stays when the branch is renamed."""
MergeId = NewType("MergeId", str)
ConvergenceId = NewType("ConvergenceId", str)
OperationId = NewType("OperationId", int)
"""Counts up in the order in which notebooks changed."""
NotebookId = NewType("NotebookId", int)
"""A notebook, whatever it is called on each of its branches."""
VersionId = NewType("VersionId", int)
StreamId = NewType("StreamId", str)
"""A timeline: the id of its session, or of its project."""
BlobHash = NewType("BlobHash", str)
"""SHA-256 of a blob, in hexadecimal."""

MAIN = BranchId("main")
"""The branch that is the files as they lie in the project's folder."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = re.compile(f"[0-7][{_ALPHABET}]{{25}}")


_clock = [0]
_clock_lock = threading.Lock()


def new_id() -> str:
    """Return a new ULID: 26 characters of Crockford's base 32, upper case.

    Ids of one process sort in the order in which they were made: the time is pushed on by a
    millisecond where two fall together, so that all 80 low bits stay random.
    """
    with _clock_lock:
        _clock[0] = max(time.time_ns() // 1_000_000, _clock[0] + 1)
        milliseconds = _clock[0]
    number = milliseconds << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


def is_id(text: str) -> bool:
    """Tell whether ``text`` has the form of an id (not whether it was ever given out)."""
    return _FORM.fullmatch(text) is not None
