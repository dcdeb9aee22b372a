"""What a fork costs, in words and numbers, from what the kernel says of itself."""

from __future__ import annotations

from typing import Any

from ..models.checkpoint import Checkpoint
from ..models.fork import ForkProbe, Hazard, NotCarried
from ..models.saved import SavedNamespace
from .fork_points import Past

BASE_MS = 50
TABLE_MS = 33
"""Per MiB of page tables; measured from 4 GiB with and without huge pages."""
MIB = 1024 * 1024
START_MS = 1000
"""Until a new kernel answers."""
LOAD_RATE, SAVE_RATE = 300e6, 300e6
"""Bytes in a second; measured with data frames and arrays."""
EMPTY_KERNEL = 80 * MIB
NO_CODE = "A new kernel is started."
NOTHING_KEPT = (
    "No state of the kernel was kept after this cell: it was changed since, never ran, or took no "
    "time."
)


def describe(said: dict[str, Any], differs: list[Hazard]) -> ForkProbe:
    """Return the answer of a kernel's probe as the user is told it, for its present state."""
    memory = said.get("memory", {})
    resident = memory.get("resident", 0)
    hazards = read_hazards(said)
    cost = BASE_MS + TABLE_MS * memory.get("page_tables", 0) // MIB
    return ForkProbe(
        engine="fork",
        text=_text(hazards, resident, cost),
        milliseconds=cost,
        memory=resident,
        busy=said.get("busy", False),
        hazards=differs + hazards,
        not_carried=not_carried(hazards),
    )


def describe_again(said: dict[str, Any], reason: str, count: int) -> ForkProbe:
    """Return the same where nothing of a kernel can be used, and ``count`` cells run again."""
    text = f"The {count} code cells up to here run again, in a new kernel."
    if count < 2:
        text = "The code cell up to here runs again, in a new kernel." if count else NO_CODE
    return ForkProbe(
        engine="rerun",
        reason=reason,
        text=text,
        memory=said.get("memory", {}).get("resident", 0),
        busy=said.get("busy", False),
        missing=count,
        hazards=read_hazards(said),
    )


def describe_past(said: dict[str, Any], past: Past[Checkpoint]) -> ForkProbe:
    """Return the same for a state that is no longer the kernel's."""
    checkpoint, missing = past.kept, len(past.missing)
    text = f"Ready in about {BASE_MS / 1000:.2g} s, from what was kept after {checkpoint.count} "
    text += "cell." if checkpoint.count == 1 else "cells."
    text += _after(missing)
    return ForkProbe(
        engine="fork",
        text=text,
        milliseconds=BASE_MS,
        memory=checkpoint.shared_bytes,
        missing=missing,
        hazards=past.differs + checkpoint.hazards,
        not_carried=not_carried(checkpoint.hazards),
    )


def describe_saved(past: Past[SavedNamespace], reason: str) -> ForkProbe:
    """Return the same for variables that were saved earlier."""
    saved, missing = past.kept, len(past.missing)
    cost = START_MS + round(max(saved.seconds * 1000, saved.size / LOAD_RATE * 1000))
    total = saved.names + len(saved.left)
    text = (
        f"Loads saved variables: {size(saved.size)}, about {cost / 1000:.2g} s; {saved.names} of "
        f"{total} variables, as they were at {saved.made_at:%Y-%m-%d %H:%M} UTC."
    )
    return ForkProbe(
        engine="namespace",
        reason=reason,
        text=text + _after(missing),
        milliseconds=cost,
        memory=saved.size,
        missing=missing,
        hazards=past.differs,
        not_carried=saved.left,
        saved_at=saved.made_at,
        variables=saved.names,
    )


def describe_saving(said: dict[str, Any], differs: list[Hazard], reason: str) -> ForkProbe:
    """Return the same where the kernel has to save its variables first, and stands still for it."""
    memory = said.get("memory", {}).get("resident")
    resident = max(0, (memory or 0) - EMPTY_KERNEL)
    pause = resident / SAVE_RATE
    cost = None if memory is None else START_MS + round((pause + resident / LOAD_RATE) * 1000)
    text = "Saves the variables and loads them. The kernel runs no cell while it saves."
    if cost is not None:
        text = (
            f"Saves the variables and loads them: up to {size(resident)}, about {cost / 1000:.2g} "
            f"s. The kernel runs no cell for about {max(pause, 0.1):.2g} s of it."
        )
    return ForkProbe(
        engine="namespace",
        reason=reason,
        text=text,
        milliseconds=cost,
        memory=resident,
        busy=said.get("busy", False),
        hazards=differs,
        not_carried=[NotCarried.model_validate(each) for each in said.get("unsavable", [])],
    )


def _after(missing: int) -> str:
    if not missing:
        return ""
    return f" The {missing} after it run again." if missing > 1 else " The next one runs again."


def read_hazards(said: dict[str, Any]) -> list[Hazard]:
    """Return what a kernel has said of hazards."""
    return [Hazard.model_validate(each) for each in said.get("hazards", [])]


def not_carried(hazards: list[Hazard]) -> list[NotCarried]:
    """Return the variables among them: they are there in a fork, but do not work."""
    return [
        NotCarried(name=name, reason=hazard.detail)
        for hazard in hazards
        if hazard.code == "connections"
        for name in hazard.names
    ]


def _text(hazards: list[Hazard], resident: int, cost: int) -> str:
    text = (
        f"Ready in about {cost / 1000:.2g} s. The {size(resident)} in memory are shared until one "
        "side changes them."
    )
    lost = [f"{each.code} ({len(each.names)})" for each in hazards if each.names]
    return f"{text} Not as in the source: {', '.join(lost)}." if lost else text


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    for unit, name in ((1024 * MIB, "GiB"), (MIB, "MiB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count / 1024:.3g} KiB"
