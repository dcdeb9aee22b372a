"""What a branch would not have as the source has it, found before the fork.

Each is a dictionary: ``code``, ``level`` (``warn``: the user is told; ``refuse``: the branch would
hang or do damage), ``detail`` (a sentence), ``names`` (variables, threads, addresses).
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from .descriptors import targets, user_connections

Hazard = dict[str, Any]

OWN_THREADS = {
    "MainThread", "Control", "Shell channel", "IOPub", "Heartbeat", "jupyter-sessions-forker",
    "IPythonHistorySavingThread", "jupyter-sessions-watch",
    "jupyter-sessions-history",
}  # fmt: skip
NATIVE_POOLS = {
    "polars-0": "Polars keeps a pool of threads that cannot be started again in a fork.",
    "tokio-r": "A tokio runtime (Rust) is running, whose threads are not in a fork.",
    "tf_": "TensorFlow has started threads that cannot be started again in a fork.",
    "py_xla": "XLA has started threads that cannot be started again in a fork.",
}
"""Pools that were started, by the start of their threads' names: an import alone is harmless."""
CONNECTIONS = {
    ("sqlite3", "Connection"): "open it again in the branch",
    ("sqlalchemy.engine.base", "Engine"): "call its dispose() first thing in the branch",
    ("psycopg", "Connection"): "open it again in the branch",
    ("psycopg2.extensions", "connection"): "open it again in the branch",
    ("pymysql.connections", "Connection"): "open it again in the branch",
    ("zmq.sugar.socket", "Socket"): "make it again in the branch",
}

SHARED = re.compile(rb" rw.s \S+ \S+ \S+ +(\S.*)$", re.MULTILINE)
"""The file of a line of ``/proc/self/maps`` that is mapped to be written and shared."""


def find_hazards(app: Any) -> list[Hazard]:
    """Return them all. Cheap: nothing is imported, and no value is looked into."""
    maps = _maps()
    found = [*_refused(app, maps)]
    for look in (_threads, _processes, _connections, _sockets):
        found.extend(look(app))
    return [*found, *_shared_memory(maps), *_tasks(app)]


def computes(names: list[str]) -> Hazard:
    """Return the one that shows only when the fork is made: threads that do not stop."""
    detail = f"Threads compute, and a fork in the middle would hang ({', '.join(names)}): wait."
    return _hazard("computing", detail, names, "refuse")


def _hazard(code: str, detail: str, names: list[str] | None = None, level: str = "warn") -> Hazard:
    return {"code": code, "level": level, "detail": detail, "names": names or []}


def _maps() -> bytes:
    """Return what is mapped into memory, a line each: long, and slow to read."""
    with open("/proc/self/maps", "rb", buffering=0) as file:
        return file.readall()


def _refused(app: Any, maps: bytes) -> Iterator[Hazard]:
    def refuse(code: str, detail: str) -> Hazard:
        return _hazard(code, detail, level="refuse")

    if _debugs(app):
        yield refuse("debugger", "The debugger is on: turn it off, then fork.")
    if getattr(app.kernel, "eventloop", None) is not None:
        yield refuse("gui", "A window toolkit runs in the kernel (%gui): it cannot be forked.")
    natives = _native_threads()
    for start, why in NATIVE_POOLS.items():
        if any(name.startswith(start) for name in natives):
            yield refuse("native-pool", why)
    if _uses_cuda():
        yield refuse("cuda", "The GPU is in use (CUDA), and its state cannot be forked.")
    uses: list[tuple[str, Callable[[], bool], str]] = [*LIBRARIES]
    uses.append(("jvm", lambda: b"/libjvm.so" in maps, "A Java machine"))
    for code, is_used, what in uses:
        with suppress(Exception):  # a library may answer as it likes
            if is_used():
                yield refuse(code, f"{what} is connected, and a fork would share the connection.")


def _debugs(app: Any) -> bool:
    debugger = getattr(app.kernel, "debugger", None)
    pydevd: Any = sys.modules.get("pydevd")
    return bool(getattr(debugger, "is_started", False) or getattr(pydevd, "connected", False))


def _native_threads() -> set[str]:
    names = set()
    for task in os.listdir("/proc/self/task"):
        with suppress(OSError), open(f"/proc/self/task/{task}/comm") as file:
            names.add(file.read().strip())
    return names


def _uses_cuda() -> bool:
    torch: Any = sys.modules.get("torch")
    with suppress(Exception):
        if torch is not None and torch.cuda.is_initialized():
            return True
    # of any framework: an open device does not survive a fork
    return any(target.startswith(("/dev/nvidia", "/dev/kfd")) for target in targets().values())


def _ray() -> bool:
    return "ray" in sys.modules and bool(sys.modules["ray"].is_initialized())


def _spark() -> bool:
    module: Any = sys.modules.get("pyspark")
    return module is not None and module.SparkContext._active_spark_context is not None


def _jax() -> bool:
    module: Any = sys.modules.get("jax._src.xla_bridge")
    return module is not None and bool(module._backends)


LIBRARIES: tuple[tuple[str, Callable[[], bool], str], ...] = (
    ("ray", _ray, "Ray"),
    ("spark", _spark, "Spark"),
    ("jax", _jax, "JAX"),
)


def _threads(app: Any) -> Iterator[Hazard]:
    names = [
        thread.name
        for thread in threading.enumerate()
        if thread.name not in OWN_THREADS
        and not thread.name.startswith("subshell-")
        and getattr(thread, "_target", None) is not None
        and "_watch_pipe_fd" not in repr(getattr(thread, "_target", None))
        and not _is_pool_worker(thread)
    ]
    if names:
        yield _hazard("threads", "Threads do not run in the branch: start them again.", names)


def _is_pool_worker(thread: threading.Thread) -> bool:
    """Tell whether a ThreadPoolExecutor starts it again by itself; see ``detachment``."""
    pools = sys.modules.get("concurrent.futures.thread")
    return thread in getattr(pools, "_threads_queues", {})


def _processes(app: Any) -> Iterator[Hazard]:
    module = sys.modules.get("multiprocessing.process")
    names = [process.name for process in list(getattr(module, "_children", ()))]
    if names:
        yield _hazard("processes", "Process pools stay with the source: make new ones.", names)


def _connections(app: Any) -> Iterator[Hazard]:
    for (module, kind), what in CONNECTIONS.items():
        wanted = getattr(sys.modules.get(module), kind, None)
        if isinstance(wanted, type):
            names = [name for name, value in _variables(app) if _is(value, wanted)]
            if names:
                detail = f"A {kind} of {module.strip('_')} does not work in a fork: {what}."
                yield _hazard("connections", detail, names)
    duckdb = getattr(sys.modules.get("duckdb"), "DuckDBPyConnection", None)
    names = [name for name, value in _variables(app) if duckdb and _is(value, duckdb)]
    if names:
        yield _hazard("duckdb", "A database of DuckDB in a file is shared: open it again.", names)


def _variables(app: Any) -> list[tuple[str, Any]]:
    space = list(app.kernel.shell.user_ns.items())
    return [(name, value) for name, value in space if not str(name).startswith("_")]


def _is(value: Any, kind: type) -> bool:
    return issubclass(type(value), kind)  # isinstance may run code of a proxy


def _sockets(app: Any) -> Iterator[Hazard]:
    names = user_connections(app)
    if names:
        detail = "Network connections are shared with the source: open them again in the branch."
        yield _hazard("sockets", detail, names)


def _shared_memory(maps: bytes) -> Iterator[Hazard]:
    names = {os.fsdecode(name) for name in SHARED.findall(maps)}
    names = {name for name in names if not name.startswith(("/dev/zero", "/dev/nvidia"))}
    if names:
        detail = "Memory that is mapped to be shared stays shared: writing it changes the source."
        yield _hazard("shared-memory", detail, sorted(names))


def _tasks(app: Any) -> Iterator[Hazard]:
    tasks = asyncio.all_tasks(app.io_loop.asyncio_loop)
    names = [task.get_name() for task in tasks if not task.done() and not _runs_cell(task)]
    if names:
        yield _hazard("tasks", "Tasks of asyncio go on in both, each by itself.", names)


def _runs_cell(task: asyncio.Task[Any]) -> bool:
    """Tell whether it is the kernel's own: a request that it works on."""
    code = getattr(task.get_coro(), "cr_code", None)
    return "/ipykernel/" in getattr(code, "co_filename", "")
