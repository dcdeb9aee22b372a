"""Writes the user's namespace into a file, name by name, so that it outlives the process.

All names go through one pickler, so that what two of them share stays shared. A name that fails
is left out with its reason; since nobody can take back what a pickler remembers of it, everything
is written again without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import platform
import random
import re
import sys
import time
import types
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .executed import digests, executed
from .kinds import unsavable
from .pickles import Namespace, pickler_class, shortly

OURS = re.compile(
    r"_{1,3}|_i{1,3}|_i?\d+|_(ih|oh|dh|sh|exit_code)"
    r"|__(name|doc|package|loader|spec|builtins?|file|annotations|session)__"
)
"""Names that Python and IPython make by themselves."""
TRIES = 5

Key = tuple[str, str]
"""What it is (``name`` or ``out``), and how it is called."""
Frame = tuple[str, str, int]
"""What stands where in the file: kind (``state``, ``name``, ``out``), name, offset."""


class Stop(BaseException):
    """A limit is reached, or the disk is full; nothing of the user's may catch it."""

    def __init__(self, status: str, message: str = "") -> None:
        super().__init__(status)
        self.said = {"status": status, "message": message}


class Failed(Exception):
    """A value could not be written."""

    def __init__(self, key: Key, reason: str) -> None:
        super().__init__(reason)
        self.key, self.reason = key, reason


class Output:
    """A file that counts and hashes what is written, up to a limit."""

    def __init__(self, file: Any, limit: int, until: float) -> None:
        self._file, self._limit, self._until = file, limit, until
        self.rewind()

    def rewind(self) -> None:
        """Begin anew."""
        self.size, self._hash = 0, hashlib.blake2b()
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()

    def write(self, data: Any) -> int:
        view = data.raw() if isinstance(data, pickle.PickleBuffer) else memoryview(data)
        self.size += view.nbytes
        if self.size > self._limit:
            raise Stop("too-large")
        if time.monotonic() > self._until:
            raise Stop("too-long")
        if self._file is not None:
            self._hash.update(view)
            try:
                self._file.write(view)
            except OSError as problem:  # it is no fault of the value
                raise Stop("error", _reason(problem)) from problem
        return view.nbytes

    def sink(self) -> Output:
        """Return one with the same limits that keeps nothing."""
        return Output(None, self._limit, self._until)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@dataclass
class Contents:
    """What is to be saved."""

    values: list[tuple[Key, Any]] = field(default_factory=list)
    modules: dict[str, str] = field(default_factory=dict)
    left: dict[Key, str] = field(default_factory=dict)
    """What is left out, with the reasons."""


def save(app: Any, order: dict[str, Any]) -> None:
    """Write the namespace to ``order["file"]``, and what became of it to ``order["reply"]``.

    ``limit`` in bytes and ``seconds`` end it with status ``too-large`` or ``too-long``;
    ``late_after``, a time of day, has it not begin later.
    """
    late = time.time() > order.get("late_after", float("inf"))
    reply = {"status": "late"} if late else _attempt(app, order)
    with open(_private(order["reply"] + ".new"), "w") as file:
        json.dump(reply, file)
    os.replace(order["reply"] + ".new", order["reply"])


def unsavable_names(space: dict[str, Any], hidden: dict[str, Any]) -> list[dict[str, str]]:
    """Return the names whose types say that they cannot be saved."""
    rows = [(name, unsavable(value)) for name, value in _user_values(space, hidden)]
    return [{"name": name, "reason": why} for name, why in rows if why]


def _attempt(app: Any, order: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    try:
        with open(_private(order["file"]), "wb") as file:
            output = Output(file, order["limit"], began + order["seconds"])
            reply = _write(app, order, output)
        return {"status": "ok", "seconds": round(time.monotonic() - began, 3)} | reply
    except Stop as stop:
        reply = stop.said
    except KeyboardInterrupt:
        reply = {"status": "too-long"}
    except Exception as problem:  # the disk is full, say
        reply = {"status": "error", "message": _reason(problem)}
    with suppress(OSError):
        os.unlink(order["file"])
    return reply


def _private(path: str) -> int:
    """Return the descriptor of a new file that only its owner can read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)


def _write(app: Any, order: dict[str, Any], output: Output) -> dict[str, Any]:
    shell = app.kernel.shell
    make = pickler_class(order.get("cloudpickle", ""), shell.user_ns)
    contents = _gather(shell)
    state = _state(app, order, contents.modules)
    frames = write_values(make, output, state, contents)
    sources = executed(app)
    return {
        "size": output.size,
        "digest": output.digest,
        "frames": frames,
        "names": sum(kind == "name" for kind, _, _ in frames) + len(contents.modules),
        "left": [{"name": _title(key), "reason": why} for key, why in contents.left.items()],
        "executed": digests(sources),
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "libraries": _versions(),
    }


def write_values(
    make: Any, output: Output, state: dict[str, Any], contents: Contents
) -> list[Frame]:
    """Write all that can be written, and return what stands where; the rest is left in contents."""
    for turn in range(TRIES):
        try:
            return _write_all(make, output, state, contents)
        except Failed as failed:
            contents.left[failed.key] = failed.reason
            output.rewind()
            if turn == 0:
                _check_all(make, output, contents)
    raise pickle.PicklingError("values that can be saved each by itself cannot be together")


def _write_all(make: Any, output: Output, state: dict[str, Any], contents: Contents) -> list[Frame]:
    pickler = make(output)
    frames: list[Frame] = [("state", "", 0)]
    pickler.dump(state)
    for key, value in contents.values:
        if key not in contents.left:
            frames.append((*key, output.size))
            _dump(pickler, key, value)
    return frames


def _check_all(make: Any, output: Output, contents: Contents) -> None:
    """Find all that fail: otherwise each of them would have everything written once more."""
    for key, value in contents.values:
        if key not in contents.left:
            try:
                _dump(make(output.sink()), key, value)
            except Failed as failed:
                contents.left[key] = failed.reason


def _dump(pickler: Any, key: Key, value: Any) -> None:
    try:
        pickler.dump(value)
    except Exception as problem:  # of anyone's code
        raise Failed(key, _reason(problem)) from None


def _title(key: Key) -> str:
    kind, name = key
    return f"Out[{name}]" if kind == "out" else name


def _gather(shell: Any) -> Contents:
    contents = Contents()
    space = shell.user_ns
    for name, value in _user_values(space, dict(shell.user_ns_hidden)):
        if isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
            contents.modules[name] = value.__name__
        else:
            _add(contents, ("name", name), value, space)
    for number, value in list(shell.history_manager.output_hist.items()):
        _add(contents, ("out", str(number)), value, space)
    return contents


def _add(contents: Contents, key: Key, value: Any, space: dict[str, Any]) -> None:
    if why := unsavable(value):
        contents.left[key] = why
    else:
        contents.values.append((key, Namespace() if value is space else value))


def _user_values(space: dict[str, Any], hidden: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in list(space.items()):
        if not isinstance(name, str) or not name.isprintable():  # no code can name it
            continue
        is_hidden = name in hidden and hidden[name] is value
        if not OURS.fullmatch(name) and not is_hidden:
            yield name, value


def _state(app: Any, order: dict[str, Any], modules: dict[str, str]) -> dict[str, Any]:
    """Return what a kernel has beside variables: plain values only."""
    shell = app.kernel.shell
    history = shell.history_manager
    state = {
        "modules": modules,
        "count": shell.execution_count,
        "parsed": [str(source) for source in history.input_hist_parsed],
        "raw": [str(source) for source in history.input_hist_raw],
        "random": order.get("random") or random.getstate(),
        "path": [str(each) for each in sys.path],
        "folder": os.getcwd(),
    }
    numpy: Any = sys.modules.get("numpy.random")
    torch: Any = sys.modules.get("torch")
    with suppress(Exception):  # half imported, or another thing of this name
        state["numpy"] = numpy.get_state()
    with suppress(Exception):
        state["torch"] = bytes(torch.random.get_rng_state().tolist())
    return state


def _versions() -> dict[str, str]:
    """Return the versions of what is loaded, without running code of it."""
    found = {}
    for name, module in list(sys.modules.items()):
        version = vars(module).get("__version__") if type(module) is types.ModuleType else None
        if "." not in name and isinstance(version, str) and version.isprintable():
            found[name] = version
    return found


def _reason(problem: BaseException) -> str:
    return f"It cannot be saved: {shortly(problem)}."
