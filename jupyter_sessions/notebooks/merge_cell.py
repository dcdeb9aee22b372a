"""Three-way merge of one cell."""

from __future__ import annotations

from dataclasses import dataclass

from ..models.merge_choice import ConflictKind
from .details import (
    attachments_clash,
    lasting_differs,
    load_details,
    merge_details,
    with_stale,
)
from .manifest import CellEntry, keep, keep_details
from .pieces import Digest, Load, text_bytes
from .text_merge import both, merge_text

Entry = CellEntry | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a cell becomes; ``None`` when it goes."""

    result: Entry
    """In a conflict: what the target's side gives."""
    kind: ConflictKind | None = None
    theirs: Entry = None
    """In a conflict: what the other side gives."""
    merged_text: bool = False


class CellMerge:
    """Merges cells; collects the texts and details that no side had."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self.pieces: dict[Digest, bytes] = {}

    def load(self, digest: Digest) -> bytes:
        """Return a piece, also one that was made here."""
        made = self.pieces.get(digest)
        return self._load(digest) if made is None else made

    def merge(self, base: Entry, ours: Entry, theirs: Entry) -> Outcome:
        """Merge a cell that both sides, or one, or none of them has."""
        if theirs in (base, ours):
            return Outcome(ours)
        if ours == base:
            return Outcome(theirs)
        if ours is not None and theirs is not None:
            return self._both_changed(base, ours, theirs)
        left = ours or theirs
        assert base is not None
        assert left is not None
        return Outcome(ours, "deleted", theirs) if self._edited(base, left) else Outcome(None)

    def with_text(self, entry: CellEntry, text: str, *sides: Entry) -> CellEntry:
        """Give a cell another source: its outputs are those of a side that has it, or stale."""
        source = keep(self.pieces, text_bytes(text))
        if source == entry.source:
            return entry
        for side in sides:
            if side and (side.cell_type, side.source) == (entry.cell_type, source):
                entry = entry._replace(outputs=side.outputs, execution_count=side.execution_count)
                return entry._replace(source=source)
        if entry.outputs is not None:
            details = with_stale(load_details(entry.details, self.load))
            entry = entry._replace(details=keep_details(self.pieces, details))
        return entry._replace(source=source)

    def with_both(self, base: Entry, ours: CellEntry, theirs: CellEntry) -> CellEntry:
        """Return our cell with our lines and theirs where they clash."""
        was, our, their = self._texts(base, ours, theirs)
        return self.with_text(ours, both(was, our or "", their or ""))

    def merge_details(
        self, base: Digest | None, ours: Digest | None, theirs: Digest | None
    ) -> Digest | None:
        """Merge details key by key; ours where both changed one."""
        if theirs in (base, ours):
            return ours
        if ours == base:
            return theirs
        parts = [load_details(digest, self.load) for digest in (base, ours, theirs)]
        return keep_details(self.pieces, merge_details(*parts))

    def lasting_differs(self, before: CellEntry, after: CellEntry) -> bool:
        """Tell whether details differ that are not transient."""
        return lasting_differs(before.details, after.details, self.load)

    def _edited(self, before: CellEntry, after: CellEntry) -> bool:
        """Tell whether more than outputs changed."""
        same = (before.cell_type, before.source) == (after.cell_type, after.source)
        return not same or self.lasting_differs(before, after)

    def _texts(self, *entries: Entry) -> list[str | None]:
        return [self.load(entry.source).decode() if entry else None for entry in entries]

    def _both_changed(self, base: Entry, ours: CellEntry, theirs: CellEntry) -> Outcome:
        if base is None and (ours.cell_type, ours.source) != (theirs.cell_type, theirs.source):
            return Outcome(ours, "added", theirs)
        if base is not None and ours.cell_type != theirs.cell_type:
            if not self._edited(base, ours):
                return Outcome(theirs)
            if not self._edited(base, theirs):
                return Outcome(ours)
            return Outcome(ours, "type", theirs)
        return self._same_type(base, ours, theirs)

    def _same_type(self, base: Entry, ours: CellEntry, theirs: CellEntry) -> Outcome:
        was = base or CellEntry(ours.id, ours.cell_type, ours.source)
        our_details = self.merge_details(was.details, ours.details, theirs.details)
        their_details = self.merge_details(was.details, theirs.details, ours.details)
        mine, other = ours._replace(details=our_details), theirs._replace(details=their_details)
        kind: ConflictKind | None = "attachments" if self._clash(was, ours, theirs) else None
        if ours.source != theirs.source and was.source not in (ours.source, theirs.source):
            text = merge_text(*self._sources(was, ours, theirs)).text
            if text is None:
                return Outcome(mine, "source", other)
            merged = self.with_text(mine, text, ours, theirs)
            known = merged.source in (ours.source, theirs.source)
            return Outcome(merged, kind, merged._replace(details=their_details), not known)
        won = _runs(was, ours, theirs)
        mine = won._replace(details=our_details)
        return Outcome(mine, kind, won._replace(details=their_details))

    def _sources(self, *entries: CellEntry) -> tuple[str, str, str]:
        base, ours, theirs = (self.load(entry.source).decode() for entry in entries)
        return base, ours, theirs

    def _clash(self, base: CellEntry, ours: CellEntry, theirs: CellEntry) -> bool:
        if theirs.details in (base.details, ours.details) or ours.details == base.details:
            return False
        return attachments_clash(
            *(load_details(entry.details, self.load) for entry in (base, ours, theirs))
        )


def _runs(base: CellEntry, ours: CellEntry, theirs: CellEntry) -> CellEntry:
    """Return the side whose source won; of equal ones, the target, unless only theirs ran."""
    if ours.source != theirs.source:
        return theirs if ours.source == base.source else ours
    ran = (ours.outputs, ours.execution_count) != (base.outputs, base.execution_count)
    return ours if ran else theirs
