"""What differs between the variables of two kernels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import KernelError
from ..ids import BranchId
from ..models.variable import DifferenceSide, Variable, VariableChange, VariablesDifference
from .forks import Forks
from .variables import ask_variables

Change = Literal["type", "shape", "size", "value"]


@dataclass(frozen=True, slots=True)
class Side:
    """A kernel that is compared, and what it holds."""

    model: DifferenceSide
    variables: dict[str, Variable] = field(default_factory=dict)
    digests: dict[str, str | None] = field(default_factory=dict)


async def read_side(forks: Forks, branch: BranchId, kernel_id: str | None) -> Side:
    """Return what a kernel holds, with digests; the reason, where it cannot be asked."""
    try:
        said = await ask_variables(forks, kernel_id, digests=True)
    except KernelError as error:
        return Side(DifferenceSide(branch=branch, kernel_id=kernel_id, reason=str(error)))
    rows: list[dict[str, Any]] = said["items"]
    digests = {row["name"]: row.pop("digest") for row in rows}
    held = {row["name"]: Variable.model_validate(row) for row in rows}
    model = DifferenceSide(branch=branch, kernel_id=kernel_id, total=said["total"])
    return Side(model, held, digests)


def difference(here: Side, there: Side) -> VariablesDifference:
    """Return the names that are not alike, in their order."""
    found = VariablesDifference(here=here.model, there=there.model)
    if here.model.reason or there.model.reason:
        return found
    end = _end(here, there)
    names = sorted({*here.variables, *there.variables}, key=_order)
    items, unknown, same = [], [], 0
    for name in (each for each in names if end is None or _order(each) <= end):
        ours, theirs = here.variables.get(name), there.variables.get(name)
        if ours is None or theirs is None:
            only: Literal["only_here", "only_there"] = "only_there" if ours is None else "only_here"
            items.append(VariableChange(name=name, change=only, here=ours, there=theirs))
            continue
        change = _change(ours, theirs, here.digests[name], there.digests[name])
        if change == "unknown":
            unknown.append(name)
        elif change is None:
            same += 1
        else:
            items.append(VariableChange(name=name, change=change, here=ours, there=theirs))
    return found.model_copy(
        update={"items": items, "same": same, "unknown": unknown, "complete": end is None}
    )


def _change(
    ours: Variable, theirs: Variable, digest: str | None, other: str | None
) -> Change | Literal["unknown"] | None:
    if ours.type != theirs.type:
        return "type"
    if ours.shape != theirs.shape:
        return "shape"
    # Lists that are equal need not have the same size: it depends on how they grew.
    if digest is not None and other is not None:
        return None if digest == other else "value"
    return "size" if ours.size != theirs.size else "unknown"


def _end(here: Side, there: Side) -> tuple[str, str] | None:
    """Return where the first list ends that is cut: a name behind it may be in both."""
    cut = [each for each in (here, there) if each.model.total > len(each.variables)]
    return min((_order(next(reversed(each.variables))) for each in cut), default=None)


def _order(name: str) -> tuple[str, str]:
    """Return by what the kernels sort their names."""
    return name.casefold(), name
