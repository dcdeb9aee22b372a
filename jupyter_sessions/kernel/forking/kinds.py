"""Values that cannot be saved, told by their type alone: what belongs to a process."""

from __future__ import annotations

import sys
import types
from typing import Any

RUNNING = "It is code that has begun and not ended, such as a generator: that cannot be saved."
THREAD = "Threads, their locks and pools belong to the kernel's process."
FILE = "A file belongs to the kernel's process: open it again."
CONNECTION = "A connection belongs to the kernel's process: open it again."
PROCESS = "Another process belongs to the kernel that started it."
WIDGET = "A widget belongs to its kernel: run its cell again."
MEMORY = "Memory that is mapped from a file or shared cannot be saved."

KINDS: tuple[tuple[str, str, str], ...] = (
    ("threading", "Thread", THREAD),
    ("threading", "Event", THREAD),
    ("threading", "Condition", THREAD),
    ("threading", "Semaphore", THREAD),
    ("threading", "Barrier", THREAD),
    ("threading", "local", THREAD),
    ("_thread", "LockType", THREAD),
    ("_thread", "RLock", THREAD),
    ("concurrent.futures", "Executor", THREAD),
    ("asyncio", "Future", RUNNING),
    ("asyncio", "Lock", RUNNING),
    ("io", "IOBase", FILE),
    ("mmap", "mmap", MEMORY),
    ("multiprocessing.shared_memory", "SharedMemory", MEMORY),
    ("socket", "socket", CONNECTION),
    ("sqlite3", "Connection", CONNECTION),
    ("sqlite3", "Cursor", CONNECTION),
    ("duckdb", "DuckDBPyConnection", CONNECTION),
    ("sqlalchemy.engine.base", "Engine", CONNECTION),
    ("sqlalchemy.engine.base", "Connection", CONNECTION),
    ("psycopg", "Connection", CONNECTION),
    ("psycopg2.extensions", "connection", CONNECTION),
    ("pymysql.connections", "Connection", CONNECTION),
    ("zmq.sugar.socket", "Socket", CONNECTION),
    ("subprocess", "Popen", PROCESS),
    ("multiprocessing.process", "BaseProcess", PROCESS),
    ("multiprocessing.pool", "Pool", PROCESS),
    ("ipywidgets", "Widget", WIDGET),
)
"""Module, name and sentence; a module that is not loaded has no values."""
RUNS = (types.GeneratorType, types.AsyncGeneratorType, types.CoroutineType, types.FrameType)
MEMORY_FILES = ("StringIO", "BytesIO")


def unsavable(value: Any) -> str:
    """Return why a value cannot be saved, as a sentence; ``""`` when only a try can tell."""
    return unsavable_kind(type(value))


def unsavable_kind(kind: type) -> str:
    """Return the same for all values of a type."""
    if issubclass(kind, RUNS):
        return RUNNING
    if kind.__name__ in MEMORY_FILES:
        return ""
    for module, name, why in KINDS:
        known = getattr(sys.modules.get(module), name, None)
        if isinstance(known, type) and issubclass(kind, known):
            return why
    return ""
