"""What a cell or a notebook holds besides sources and outputs: metadata, attachments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .pieces import Digest, Load

Details = dict[str, Any]

TRANSIENT = frozenset({"collapsed", "scrolled", "trusted", "execution", "ExecuteTime"})
"""Metadata of a cell that says how it looks or when it ran, not what it is."""
OWN = "jupyter_sessions"
_MISSING = object()


def load_details(digest: Digest | None, load: Load) -> Details:
    """Return the details of a cell or notebook."""
    return json.loads(load(digest)) if digest is not None else {}


def lasting(details: Mapping[str, Any]) -> Details:
    """Return a cell's details without what is transient."""
    metadata = {
        key: value for key, value in details.get("metadata", {}).items() if key not in TRANSIENT
    }
    if isinstance(own := metadata.get(OWN), Mapping):
        metadata[OWN] = {key: value for key, value in own.items() if key != "stale"}
        if not metadata[OWN]:
            del metadata[OWN]
    rest = {key: value for key, value in details.items() if key != "metadata"}
    return rest | ({"metadata": metadata} if metadata else {})


def lasting_differs(before: Digest | None, after: Digest | None, load: Load) -> bool:
    """Tell whether more than what is transient differs."""
    if before == after:
        return False
    return lasting(load_details(before, load)) != lasting(load_details(after, load))


def with_stale(details: Details) -> Details:
    """Return the details of a cell whose outputs are not those of its source."""
    metadata = dict(details.get("metadata", {}))
    own = metadata.get(OWN)
    metadata[OWN] = {**(own if isinstance(own, Mapping) else {}), "stale": True}
    return {**details, "metadata": metadata}


def merge_details(base: Details, ours: Details, theirs: Details) -> Details:
    """Merge key by key, and metadata and attachments one level deeper; ours where both changed."""
    merged = _merge_keys(base, ours, theirs)
    for key in ("metadata", "attachments"):
        parts = [details.get(key) for details in (base, ours, theirs)]
        if any(isinstance(part, dict) for part in parts[1:]):
            both = _merge_keys(*(part if isinstance(part, dict) else {} for part in parts))
            if both:
                merged[key] = both
            elif merged.get(key):
                del merged[key]
    return merged


def _merge_keys(base: Details, ours: Details, theirs: Details) -> Details:
    merged = {}
    for key in ours | theirs:
        was, our, their = (part.get(key, _MISSING) for part in (base, ours, theirs))
        value = their if our == was else our
        if value is not _MISSING:
            merged[key] = value
    return merged


def attachments_clash(base: Details, ours: Details, theirs: Details) -> bool:
    """Tell whether the two sides changed an attachment differently."""
    was, our, their = (part.get("attachments", {}) for part in (base, ours, theirs))
    return any(
        our.get(name) != their.get(name)
        and our.get(name) != was.get(name)
        and their.get(name) != was.get(name)
        for name in our | their
    )
