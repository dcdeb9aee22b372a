"""Pickles of the user's namespace: what was defined in a cell stays a part of it.

cloudpickle is used for that. Its source is sent by the server, and loaded under a name of ours:
nothing has to be installed here, and what reads a pickle is what wrote it.
"""

from __future__ import annotations

import io
import pickle
import sys
import types
from collections import ChainMap
from collections.abc import Callable
from typing import Any

from .capability import kernel_app

LIBRARY = "_jupyter_sessions_cloudpickle"
PROTOCOL = 5
NO_LIBRARY = "It is defined in a cell, and cloudpickle cannot be used here."


class Namespace:
    """Stands for the user's namespace wherever a value refers to it."""

    def __reduce__(self) -> tuple[Callable[[], dict[str, Any]], tuple[()]]:
        return namespace, ()


def namespace() -> dict[str, Any]:
    """Return the user's namespace, in the kernel that loads."""
    app: Any = kernel_app()
    space: dict[str, Any] = app.kernel.shell.user_ns
    return space


def library(source: str) -> Any | None:
    """Return cloudpickle; ``None`` when there is no source, or Python does not take it."""
    if LIBRARY not in sys.modules and source:
        module = types.ModuleType(LIBRARY)
        sys.modules[LIBRARY] = module
        try:
            exec(compile(source, f"<{LIBRARY}>", "exec"), module.__dict__)
        except Exception:
            del sys.modules[LIBRARY]
    return sys.modules.get(LIBRARY)


def pickler_class(source: str, space: dict[str, Any]) -> Callable[[Any], Any]:
    """Return what makes a pickler for a file; ``space`` is the user's namespace."""
    cloud = library(source)
    return _plain_class() if cloud is None else _cloud_class(cloud, space)


def _cloud_class(cloud: Any, space: dict[str, Any]) -> Callable[[Any], Any]:
    class Pickler(cloud.Pickler):  # type: ignore[misc]  # its source comes at run time
        # By itself it makes a text of an open file, and hides that it is another thing.
        dispatch_table = ChainMap({io.TextIOWrapper: _refuse_file}, cloud.Pickler.dispatch_table)

        def __init__(self, file: Any) -> None:
            super().__init__(file, protocol=PROTOCOL)
            self.globals_ref[id(space)] = Namespace()

        def _dynamic_function_reduce(self, func: Any) -> Any:
            """Have a function see the variables of the new kernel, not copies of them."""
            reduced = super()._dynamic_function_reduce(func)
            if func.__globals__ is space:
                reduced[2][1]["__globals__"] = {}
            return reduced

    return Pickler


def _plain_class() -> Callable[[Any], Any]:
    class Pickler(pickle.Pickler):
        def __init__(self, file: Any) -> None:
            super().__init__(file, protocol=PROTOCOL)

        def reducer_override(self, value: Any) -> Any:
            if getattr(value, "__module__", None) == "__main__" and hasattr(value, "__qualname__"):
                raise pickle.PicklingError(NO_LIBRARY)
            return NotImplemented

    return Pickler


def _refuse_file(file: Any) -> Any:
    raise pickle.PicklingError("an open file belongs to its process")
