"""What a fork costs, in words and numbers, from what the kernel says of itself."""

from __future__ import annotations

from typing import Any

from ..models.fork import ForkProbe, Hazard, NotCarried

BASE_MS = 50
TABLE_MS = 33
"""Per MiB of page tables; measured from 4 GiB with and without huge pages."""
MIB = 1024 * 1024


def describe(said: dict[str, Any]) -> ForkProbe:
    """Return the answer of a kernel's probe as the user is told it."""
    hazards = read_hazards(said)
    memory = said.get("memory", {})
    if said["status"] != "ok":
        refused = [each.detail for each in hazards if each.level == "refuse"]
        return ForkProbe(
            engine="rerun",
            reason=said.get("message") or " ".join(refused),
            text="The cells above run again in a new kernel.",
            memory=memory.get("resident", 0),
            busy=said.get("busy", False),
            hazards=hazards,
        )
    cost = BASE_MS + TABLE_MS * memory.get("page_tables", 0) // MIB
    return ForkProbe(
        engine="fork",
        text=_text(hazards, memory.get("resident", 0), cost),
        milliseconds=cost,
        memory=memory.get("resident", 0),
        busy=said.get("busy", False),
        hazards=hazards,
        not_carried=not_carried(hazards),
    )


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
