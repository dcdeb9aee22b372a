"""A process that has left its parent is whole: locks, threads, processors, other processes."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

AT_ONCE = -9 if platform.machine() == "x86_64" else 0
"""How the parent ends: killed in the middle of its vfork, where that is done."""
LIFE = r"""
import ctypes, json, os, platform, subprocess, sys, threading
from jupyter_sessions.kernel.forking import orphan
from jupyter_sessions.kernel.forking.child import wait_until_ended

way = sys.argv[1]
if way == "elsewhere":
    platform.machine = lambda: "riscv64"
if way == "refused":
    describe = orphan._describe_thread
    class Refusing:
        def __init__(self, library): self.syscall = library.syscall
        def vfork(self): return -1
    def describe_refused():
        thread = describe()
        thread.library = Refusing(thread.library)
        return thread
    orphan._describe_thread = describe_refused

library = ctypes.CDLL(None)
ours, theirs = os.pipe()

def follow(processor):
    os.sched_setaffinity(0, {processor})
    return library.sched_getcpu() == processor

def live(parent):
    with open("/proc/self/status") as status:
        known = next(line.split()[1] for line in status if line.startswith("Pid:"))
    mutex, kind = ctypes.create_string_buffer(64), ctypes.create_string_buffer(8)
    library.pthread_mutexattr_init(kind)
    library.pthread_mutexattr_settype(kind, 1)  # recursive
    library.pthread_mutex_init(mutex, kind)
    locked = [library.pthread_mutex_lock(mutex), library.pthread_mutex_trylock(mutex)]
    other = threading.Thread(target=lambda: locked.append(library.pthread_mutex_trylock(mutex)))
    other.start()
    other.join()
    here = orphan._describe_thread() if way == "here" else None
    wait_until_ended(parent)
    return {
        "number": here is None or here.number.value == os.getpid() == int(known),
        "orphan": os.getppid() not in (parent, home),
        "locked": locked,
        "follows": [follow(each) for each in sorted(os.sched_getaffinity(0))],
        "runs": subprocess.check_output(["echo", "on"], text=True),
    }

def fork():
    child = os.fork()
    if child == 0:
        try:
            os.write(theirs, json.dumps(live(orphan.become_orphan())).encode())
        finally:
            os._exit(0)
    left.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

home, left = os.getpid(), []
thread = threading.Thread(target=fork)
thread.start()
thread.join()
os.close(theirs)
print(json.dumps({"left": left, **json.loads(os.read(ours, 65536))}))
"""


@pytest.mark.parametrize(("way", "left"), [("here", AT_ONCE), ("elsewhere", 0), ("refused", 0)])
def test_an_orphan_is_a_whole_process(way, left):
    said = json.loads(subprocess.check_output([sys.executable, "-c", LIFE, way], timeout=60))
    follows = said.pop("follows")
    assert follows == [True] * len(follows)
    assert said == {
        "left": [left], "number": True, "orphan": True, "locked": [0, 0, 16], "runs": "on\n",
    }  # fmt: skip
