"""Forks the kernel that this runs in: the branch goes on with all of its variables.

The files of this folder are sent into kernels as text, into any environment: they import the
standard library, ipykernel and each other only. ``MODULES`` is the order in which they load.

A thread that never ran code of the user makes the fork, while the main thread is held between two
cells and no other thread of the user computes. Only the thread that forks lives on in the child;
native thread pools (OpenMP) remember which thread started them, and would be waited for in vain by
the main thread. A copy can also be made in the middle of a cell, to look into it: ``peeking``.
Measured in ``docs``; prior art: https://github.com/ipython/ipykernel/pull/1261
"""

from __future__ import annotations

VERSION = 1
MODULES = (
    "capability",
    "executed",
    "child",
    "orphan",
    "descriptors",
    "hazards",
    "parking",
    "stillness",
    "detachment",
    "channels",
    "branch",
    "kinds",
    "pickles",
    "saving",
    "loading",
    "freezer",
    "moments",
    "digests",
    "peeking",
    "forker",
    "variables",
    "install",
)
