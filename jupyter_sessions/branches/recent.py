"""Versions that were recorded last, at hand for the next ones, which are compared with them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock

from ..ids import ProjectId, VersionId
from ..models.scope import Scope
from ..notebooks.manifest import Manifest
from ..notebooks.pieces import Digest
from ..notebooks.rereading import NOTHING, Known

MAX_VERSIONS = 64
MAX_TEXTS = 256_000
"""Bytes of sources and details of one version; of larger ones these are not kept."""
MAX_CELLS = 1_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """A version as it was stored, with the sources and details of its cells."""

    manifest: Manifest
    root: bytes
    texts: Mapping[Digest, bytes]
    """All of them, or none."""
    known: Known = NOTHING
    """Its cells as they lie in the file."""


class Recent:
    """What is kept is never out of date: a version does not change, nor is its number given again.

    For every thread. Only what is committed may be kept, and each project sees its own.
    """

    def __init__(self) -> None:
        self._versions: OrderedDict[tuple[ProjectId, VersionId], Recorded] = OrderedDict()
        self._lock = Lock()

    def keep(self, scope: Scope, id_: VersionId, new: Recorded) -> None:
        """Keep a version; the one that was not asked for longest goes."""
        if len(new.manifest.cells) > MAX_CELLS:
            return
        if sum(map(len, new.texts.values())) > MAX_TEXTS:
            new = replace(new, texts={})
        with self._lock:
            self._versions[scope.project_id, id_] = new
            self._versions.move_to_end((scope.project_id, id_))
            if len(self._versions) > MAX_VERSIONS:
                self._versions.popitem(last=False)

    def find(self, scope: Scope, id_: VersionId) -> Recorded | None:
        """Return a version of the project, if it is at hand."""
        with self._lock:
            found = self._versions.get((scope.project_id, id_))
            if found is not None:
                self._versions.move_to_end((scope.project_id, id_))
            return found
