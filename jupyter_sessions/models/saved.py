"""A saved namespace: the variables of a kernel after some cells, in a file that outlives it."""

from __future__ import annotations

from .base import Model, Time
from .fork_record import NotCarried


class SavedNamespace(Model):
    """What is known of a file with variables; the server signs it."""

    id: str
    project_id: str
    file: str
    """The notebook, below the project's folder."""
    kernel_id: str
    executed: list[str]
    """The cells that had run, in their order; see ``workspace.fork_points.digest``."""
    count: int
    """How many they were."""
    total_seconds: float
    """Time that the cells took, as far as that was seen: what need not be spent again."""
    made_at: Time
    size: int
    """Bytes on disk."""
    digest: str
    """BLAKE2b of the file."""
    frames: list[tuple[str, str, int]]
    """What stands where: kind (``state``, ``name``, ``out``), name, offset."""
    names: int
    """Variables that are in it."""
    left: list[NotCarried] = []
    """Variables that are not, and why."""
    seconds: float
    """How long it took to write."""
    python: str
    implementation: str
    libraries: dict[str, str] = {}
    """Versions of what was imported."""
    pickler: str
    """Version of cloudpickle."""
