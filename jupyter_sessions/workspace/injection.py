"""Brings our code into a kernel as text.

Nothing has to be installed where the kernel runs: ``kernel/forking`` is sent as it lies here.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import KernelError
from .wire import Wire

SOURCES = Path(__file__).parents[1] / "kernel" / "forking"
NAME = "_jupyter_sessions_forking"
LOADER = """\
def load(name, order, sources, policy):
    import linecache, sys, types
    known = sys.modules.get(name)
    is_known = known is not None and known.SOURCES == sources
    for part in () if is_known else ("", *order):
        full = f"{{name}}.{{part}}" if part else name
        file = f"<jupyter_sessions {{part or 'forking'}}>"
        module = types.ModuleType(full)
        module.__file__, module.__package__ = file, name
        if not part:
            module.__path__, module.SOURCES = [], sources
        sys.modules[full] = module
        text = sources[part]
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        exec(compile(text, file, "exec"), module.__dict__)
    if not is_known:
        sys.modules[name + ".install"].install()
    if policy:
        sys.modules[name + ".install"].set_policy(policy)
load({name!r}, {order!r}, {sources!r}, policy)
"""


@cache
def bundle() -> str:
    """Return one line of Python that loads our code, and leaves no name behind.

    ``{}`` at its end is for names that it is given: ``policy``.
    """
    space: dict[str, Any] = {}
    first = (SOURCES / "__init__.py").read_text()
    exec(compile(first, str(SOURCES), "exec"), space)
    order = space["MODULES"]
    sources = {"": first} | {name: (SOURCES / f"{name}.py").read_text() for name in order}
    text = LOADER.format(name=NAME, order=order, sources=sources)
    return f"exec({text!r}, {{}})"


def code(policy: dict[str, Any] | None = None) -> str:
    """Return the same, which also has checkpoints made if there is a policy."""
    return bundle().removesuffix("{})") + repr({"policy": policy}) + ")"


def call(module: str, function: str, order: dict[str, Any]) -> str:
    """Return a line that calls a function of our code there, and leaves no name behind."""
    text = (
        f"import sys; app = sys.modules[{NAME!r} + '.capability'].kernel_app(); "
        f"sys.modules[{NAME!r} + {'.' + module!r}].{function}(app, order)"
    )
    return f"exec({text!r}, {{'order': {order!r}}})"


@cache
def cloudpickle_source() -> str:
    """Return the source of cloudpickle, which is one file."""
    found = importlib.util.find_spec("cloudpickle")
    assert found is not None, "we depend on it"
    assert found.origin is not None
    return Path(found.origin).with_name("cloudpickle.py").read_text()


@cache
def cloudpickle_version() -> str:
    """Return the version of that source: another one may not read what it has written."""
    return importlib.metadata.version("cloudpickle")


async def inject(wire: Wire, seconds: float, policy: dict[str, Any] | None = None) -> None:
    """Send our code, silently: no number in the history, no output.

    With a policy, checkpoints are made from the next cell on, also if cells are queued behind.
    Raises TimeoutError while a cell runs, KernelError when the kernel does not take it.
    """
    reply = await run_silently(wire, code(policy), seconds)
    if reply.get("status") != "ok":
        why = str(reply.get("evalue", reply.get("status")))[:200]
        raise KernelError(f"The kernel did not take the code that forks it: {why}.")


async def run_silently(wire: Wire, text: str, seconds: float) -> dict[str, Any]:
    """Run code behind the cells that wait; return the reply. Raises TimeoutError."""
    content = {"code": text, "silent": True, "store_history": False, "allow_stdin": False}
    return await wire.ask(
        "shell", "execute_request", content | {"user_expressions": {}}, seconds=seconds
    )
