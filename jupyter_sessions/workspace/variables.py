"""The variables of a notebook's kernel, also while a cell runs there."""

from __future__ import annotations

from typing import Any

from ..errors import ForkRefused, KernelBusy, KernelError, NotFound
from ..models.variable import VariableList
from .forks import Forks

NO_KERNEL = "The notebook has no kernel on this branch."
CANNOT_READ = "Variables are read by what forks kernels, and that does not work here. "
BEGUN = (
    "The variables can be shown when the cell that runs now has ended; from then on at any time."
)


async def list_variables(forks: Forks, kernel_id: str | None) -> VariableList:
    """Return what a kernel holds; the reason, where it cannot be asked."""
    try:
        said = await ask_variables(forks, kernel_id)
    except KernelError as error:
        return VariableList(kernel_id=kernel_id, reason=str(error))
    return VariableList.model_validate(
        {"kernel_id": kernel_id, "total": said["total"], "items": said["items"]}
    )


async def ask_variables(
    forks: Forks, kernel_id: str | None, *, digests: bool = False
) -> dict[str, Any]:
    """Return what a kernel says that it holds. Raises KernelError with a sentence for a person."""
    if kernel_id is None:
        raise KernelError(NO_KERNEL)
    try:
        return await forks.ask(kernel_id, "variables_request", {"digests": digests})
    except KernelBusy:
        raise KernelError(BEGUN) from None
    except ForkRefused as error:
        raise KernelError(f"{CANNOT_READ}{error}") from error
    except NotFound as error:
        raise KernelError(str(error)) from error
