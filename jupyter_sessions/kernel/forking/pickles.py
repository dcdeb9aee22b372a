"""Pickles of the user's namespace: what was defined in a cell stays a part of it.

cloudpickle is used for that. Its source is sent by the server, and loaded under a name of ours:
nothing has to be installed here, and what reads a pickle is what wrote it.
"""

from __future__ import annotations

import functools
import pickle
import sys
import types
import typing
from collections.abc import Callable
from typing import Any

from .capability import kernel_app
from .kinds import unsavable_kind

LIBRARY = "_jupyter_sessions_cloudpickle"
PROTOCOL = 5
MAIN = "__main__"
MAX_REASON = 200
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
        def __init__(self, file: Any) -> None:
            super().__init__(file, protocol=PROTOCOL)
            self.globals_ref[id(space)] = Namespace()
            self._refusals: dict[type, str] = {}

        def reducer_override(self, value: Any) -> Any:
            kind = type(value)
            if (why := self._refusals.get(kind)) is None:
                why = self._refusals[kind] = unsavable_kind(kind)
            if kind is functools.cached_property:  # it has a lock, up to Python 3.11
                return cached_property, (value.func, value.attrname)
            if why:
                raise pickle.PicklingError(f"something in it is not savable. {why}")
            reduced = super().reducer_override(value)
            is_left = reduced is NotImplemented and kind not in cloud.Pickler.dispatch_table
            if is_left and kind.__module__ != MAIN and getattr(value, "__module__", None) == MAIN:
                return _named(value)
            return reduced

        def _dynamic_function_reduce(self, func: Any) -> Any:
            """Have a function see the variables of the new kernel, not copies of them."""
            reduced = super()._dynamic_function_reduce(func)
            if func.__globals__ is space:
                reduced[2][1]["__globals__"] = {}
            return reduced

    return Pickler


def _named(value: Any) -> Any:
    """Return what makes a value anew that pickle takes for a part of a module: of the notebook."""
    if isinstance(value, functools._lru_cache_wrapper):
        return cached, (value.__wrapped__, value.cache_parameters())
    if isinstance(value, typing.NewType):
        return new_type, (value.__name__, value.__supertype__)
    reduced = value.__reduce_ex__(PROTOCOL)
    if isinstance(reduced, str):
        raise pickle.PicklingError(f"it is known by its name alone, {reduced!r}")
    return reduced


def cached(function: Callable[..., Any], parameters: dict[str, Any]) -> Any:
    """Return a function with a cache, which is empty."""
    return functools.lru_cache(**parameters)(function)


def cached_property(function: Callable[[Any], Any], name: str | None) -> Any:
    """Return an attribute of a class of the notebook that is computed once."""
    made = functools.cached_property(function)
    made.attrname = name
    return made


def new_type(name: str, supertype: Any) -> Any:
    """Return a type of the notebook for type checkers."""
    made: Any = typing.NewType(name, supertype)  # type: ignore[misc]  # it is made at run time
    made.__module__ = MAIN
    return made


def _plain_class() -> Callable[[Any], Any]:
    class Pickler(pickle.Pickler):
        def __init__(self, file: Any) -> None:
            super().__init__(file, protocol=PROTOCOL)

        def reducer_override(self, value: Any) -> Any:
            if getattr(value, "__module__", None) == MAIN and hasattr(value, "__qualname__"):
                raise pickle.PicklingError(NO_LIBRARY)
            return NotImplemented

    return Pickler


def shortly(problem: BaseException, *, named: bool = False) -> str:
    """Return the first line of what an error says, or what it is called; both if ``named``."""
    lines = str(problem).strip().splitlines()
    kind = type(problem).__name__
    text = f"{kind}: {lines[0]}" if lines and named else (lines or [kind])[0]
    return text.encode("utf-8", "replace").decode()[:MAX_REASON].rstrip(".")
