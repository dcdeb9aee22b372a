"""The variables of a notebook's kernel, also while a cell runs there."""

from __future__ import annotations

from ..errors import ForkRefused, KernelBusy, KernelError, NotFound
from ..models.variable import VariableList
from .forks import Forks

NO_KERNEL = "The notebook has no kernel on this branch."
BEGUN = (
    "The variables can be shown when the cell that runs now has ended; from then on at any time."
)


async def list_variables(forks: Forks, kernel_id: str | None) -> VariableList:
    """Return what a kernel holds; the reason, where it cannot be asked."""
    if kernel_id is None:
        return VariableList(kernel_id=None, reason=NO_KERNEL)
    try:
        said = await forks.ask(kernel_id, "variables_request")
    except KernelBusy:
        return VariableList(kernel_id=kernel_id, reason=BEGUN)
    except (ForkRefused, KernelError, NotFound) as error:
        return VariableList(kernel_id=kernel_id, reason=str(error))
    return VariableList.model_validate(
        {"kernel_id": kernel_id, "total": said["total"], "items": said["items"]}
    )
