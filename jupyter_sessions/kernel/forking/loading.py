"""Reads a namespace that ``saving`` has written into this kernel, which has run nothing yet."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import pickle
import platform
import random
import sys
import time
from contextlib import suppress
from typing import Any

from .pickles import LIBRARY, library, shortly

CHUNK = 1 << 20
SHOWN = 3
"""How many of the last outputs have names of their own: ``_``, ``__`` and ``___``."""


class Unusable(Exception):
    """What was saved is of no use here; its text is for the user."""


def load(app: Any, order: dict[str, Any]) -> None:
    """Have the namespace of ``order["file"]``; write what came of it to ``order["reply"]``.

    ``order`` has what ``saving`` has told of it, too. After a status other than ``ok`` the kernel
    is of no use.
    """
    began = time.monotonic()
    reply: dict[str, Any]
    try:
        reply = {"status": "ok", "left": _load(app, order)}
    except Unusable as why:
        reply = {"status": "unusable", "message": str(why)}
    except BaseException as problem:  # of anyone's code, an interrupt too
        text = f"What was saved could not be loaded: {shortly(problem, named=True)}."
        reply = {"status": "unusable", "message": text}
    reply["seconds"] = round(time.monotonic() - began, 3)
    with open(order["reply"] + ".new", "w") as file:
        json.dump(reply, file)
    os.replace(order["reply"] + ".new", order["reply"])


def _load(app: Any, order: dict[str, Any]) -> list[dict[str, str]]:
    """Return the names that could not be had, with reasons."""
    _require_python(order)
    library(order.get("cloudpickle", ""))
    shell = app.kernel.shell
    builtins = shell.user_ns.get("__builtins__")
    with open(order["file"], "rb") as file:
        _require_whole(file, order)
        unpickler = _unpickler(file, order["libraries"])
        state = unpickler.load()
        _set_place(state)
        left = _import(state["modules"], order["libraries"], shell.user_ns)
        outputs = {}
        for kind, name, _ in order["frames"][1:]:
            try:
                value = unpickler.load()
            except Unusable:
                raise
            except Exception as problem:
                what = f"Out[{name}]" if kind == "out" else name
                text = shortly(problem, named=True)
                # What comes after it may refer to parts of it.
                raise Unusable(f"The saved {what!r} could not be loaded: {text}.") from None
            if kind == "out":
                outputs[int(name)] = value
            else:
                shell.user_ns[name] = value
    if builtins is not None:  # functions of cells bring one along
        shell.user_ns["__builtins__"] = builtins
    _set_history(shell, state, outputs)
    _set_random(state)
    return left


def _require_python(order: dict[str, Any]) -> None:
    here, there = platform.python_version(), order["python"]
    same = here.split(".")[:2] == there.split(".")[:2]
    if not same or sys.implementation.name != order["implementation"]:
        raise Unusable(f"It was saved by Python {there}, and the new kernel has {here}.")


def _require_whole(file: Any, order: dict[str, Any]) -> None:
    """Read the file once before anything in it is believed."""
    found = hashlib.blake2b()
    while part := file.read(CHUNK):
        found.update(part)
    if found.hexdigest() != order["digest"]:
        raise Unusable("The file with the saved variables is damaged.")
    file.seek(0)


def _unpickler(file: Any, libraries: dict[str, str]) -> pickle.Unpickler:
    class Unpickler(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if (module, name) == (LIBRARY, "subimport"):
                return lambda wanted: _imported(wanted, libraries)
            found = super().find_class(module, name)
            _require_version(module, libraries)
            return found

    return Unpickler(file)


def _require_version(module: str, libraries: dict[str, str]) -> None:
    name = module.partition(".")[0]
    there = libraries.get(name)
    here = getattr(sys.modules.get(name), "__version__", there)
    if there is not None and here != there:
        raise Unusable(f"It was saved with {name} {there}, and the new kernel has {here}.")


def _imported(name: str, libraries: dict[str, str]) -> Any:
    module = importlib.import_module(name)
    _require_version(name, libraries)
    return module


def _import(
    modules: dict[str, str], libraries: dict[str, str], space: dict[str, Any]
) -> list[dict[str, str]]:
    left = []
    for name, module in modules.items():
        try:
            space[name] = _imported(module, libraries)
        except Exception as problem:  # of anyone's code
            if isinstance(problem, Unusable):
                raise
            reason = f"It cannot be imported in the new kernel: {shortly(problem)}."
            left.append({"name": name, "reason": reason})
    return left


def _set_place(state: dict[str, Any]) -> None:
    """Find the same modules and files as the kernel that saved."""
    sys.path.extend(each for each in state["path"] if each not in sys.path)
    with suppress(OSError):
        os.chdir(state["folder"])


def _set_history(shell: Any, state: dict[str, Any], outputs: dict[int, Any]) -> None:
    history = shell.history_manager
    history.input_hist_parsed[:] = state["parsed"]
    history.input_hist_raw[:] = state["raw"]
    shell.execution_count = state["count"]
    history.output_hist.update(outputs)
    for number, value in outputs.items():
        shell.user_ns[f"_{number}"] = value
    for place, number in enumerate(sorted(outputs, reverse=True)[:SHOWN], 1):
        shell.user_ns["_" * place] = outputs[number]
        setattr(shell.displayhook, "_" * place, outputs[number])


def _set_random(state: dict[str, Any]) -> None:
    """Go on with random numbers where the saved kernel stood: last, since loading draws some."""
    version, words, gauss = state["random"]
    random.setstate((version, tuple(words), gauss))
    numpy: Any = sys.modules.get("numpy.random")
    torch: Any = sys.modules.get("torch")
    if "numpy" in state:
        numpy = numpy or importlib.import_module("numpy.random")
        numpy.set_state(state["numpy"])
    if "torch" in state:
        torch = torch or importlib.import_module("torch")
        torch.random.set_rng_state(torch.tensor(list(state["torch"]), dtype=torch.uint8))
