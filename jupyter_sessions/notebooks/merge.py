"""Three-way merge of notebooks by cell ids: ``theirs`` into ``ours``, the target.

No marker text is ever written: a conflict is an item of its own, and the target's cell stays until
somebody decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..errors import BadRequest
from ..models.merge_choice import ConflictKind, Decision, MergeChange, MergeChoice
from .manifest import Manifest, digests_of
from .merge_cell import CellMerge, Entry, Outcome
from .merge_order import merged_order, moved_by_theirs
from .pieces import Digest, Load

NO_DECISIONS: Mapping[str, Decision] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MergeItem:
    """A cell of the target that the merge changes, or that conflicts."""

    cell_id: str
    change: MergeChange
    kind: ConflictKind | None
    """The kind of a conflict."""
    also_moved: bool
    index: int
    """Its place in the result; of a cell that is not there, the place where it would be."""
    base: Entry
    ours: Entry
    theirs: Entry
    result: Entry
    merged_text: bool
    """Whether its source was merged from both sides'."""
    decided: MergeChoice | None


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged version; ``pieces`` are those that neither side has."""

    manifest: Manifest
    pieces: dict[Digest, bytes]
    items: list[MergeItem]

    @property
    def conflicts(self) -> list[MergeItem]:
        """The conflicts that nobody decided."""
        return [item for item in self.items if item.kind and item.decided is None]


def merge(
    base: Manifest,
    ours: Manifest,
    theirs: Manifest,
    load: Load,
    decisions: Mapping[str, Decision] = NO_DECISIONS,
) -> Merged:
    """Merge what ``theirs`` made of ``base`` into ``ours``; undecided conflicts keep the target's.

    Raise ``BadRequest`` when a decision does not fit its cell. Only pieces of cells that both sides
    changed, and details, are loaded.
    """
    work = _Merge(base, ours, theirs, CellMerge(load))
    return work.merged(decisions)


class _Merge:
    def __init__(self, base: Manifest, ours: Manifest, theirs: Manifest, cells: CellMerge) -> None:
        self._base, self._ours, self._theirs, self._cells = base, ours, theirs, cells
        self._orders = (list(base.by_id), list(ours.by_id), list(theirs.by_id))
        self._moved = moved_by_theirs(*self._orders)
        self._outcomes = {
            name: cells.merge(*self._sides(name)) for name in ours.by_id | theirs.by_id
        }

    def merged(self, decisions: Mapping[str, Decision]) -> Merged:
        changes = {name: change for name in self._outcomes if (change := self._change(name))}
        for name in decisions:
            if name not in changes:
                raise BadRequest(
                    f"This merge has nothing to decide about cell {name!r}. Look at it again."
                )
        results = {
            name: self._result(name, decisions.get(name)) if name in changes else outcome.result
            for name, outcome in self._outcomes.items()
        }
        order = self._order(changes, decisions)
        cells = [entry for name in order if (entry := results[name]) is not None]
        details = [side.details for side in (self._base, self._ours, self._theirs)]
        manifest = Manifest(tuple(cells), self._cells.merge_details(*details))
        pieces = self._cells.pieces
        used = {digest: pieces[digest] for digest in digests_of(manifest) if digest in pieces}
        return Merged(manifest, used, self._items(order, changes, results, decisions))

    def _sides(self, name: str) -> tuple[Entry, Entry, Entry]:
        sides = (self._base, self._ours, self._theirs)
        base, ours, theirs = (side.by_id.get(name) for side in sides)
        return base, ours, theirs

    def _change(self, name: str) -> MergeChange | None:
        """Return what the merge does to a cell of the target, ``None`` when it does nothing."""
        ours, outcome = self._ours.by_id.get(name), self._outcomes[name]
        if outcome.kind:
            return "conflict"
        if ours is None or outcome.result is None:
            return _presence(ours, outcome)
        result, moved = outcome.result, name in self._moved
        if (result.cell_type, result.source) != (ours.cell_type, ours.source):
            return "edited"
        if self._cells.lasting_differs(ours, result):
            return "details"
        if moved:
            return "moved"
        return "outputs" if result != ours else None

    def _order(
        self, changes: Mapping[str, MergeChange], decisions: Mapping[str, Decision]
    ) -> list[str]:
        kept = {name for name, decision in decisions.items() if decision.choice == "reject"}
        new = {name for name in changes if name not in self._ours.by_id}
        return merged_order(*self._orders, new | (self._moved - kept))

    def _result(self, name: str, decision: Decision | None) -> Entry:
        outcome, (base, ours, theirs) = self._outcomes[name], self._sides(name)
        if decision is None:
            return outcome.result
        if (decision.text is None) == (decision.choice == "edit"):
            raise BadRequest(f"Cell {name!r}: an edit needs a text, and nothing else has one.")
        match decision.choice:
            case "edit" if (entry := outcome.result or (outcome.kind and theirs)) is not None:
                return self._cells.with_text(entry, decision.text or "", ours, theirs)
            case "accept":
                return outcome.theirs if outcome.kind else outcome.result
            case "reject":
                return outcome.result if outcome.kind else ours
            case "ours" if outcome.kind:
                return outcome.result
            case "theirs" if outcome.kind:
                return outcome.theirs
            case "both" if _both_fit(outcome):
                assert outcome.result is not None
                assert outcome.theirs is not None
                return self._cells.with_both(base, outcome.result, outcome.theirs)
        raise BadRequest(_misfit(name, decision.choice, outcome))

    def _items(
        self,
        order: list[str],
        changes: Mapping[str, MergeChange],
        results: Mapping[str, Entry],
        decisions: Mapping[str, Decision],
    ) -> list[MergeItem]:
        items, index = [], 0
        for name in order:
            if (change := changes.get(name)) is not None:
                outcome, decision = self._outcomes[name], decisions.get(name)
                items.append(
                    MergeItem(
                        name,
                        change,
                        outcome.kind,
                        name in self._moved and change not in ("moved", "removed"),
                        index,
                        *self._sides(name),
                        results[name],
                        outcome.merged_text,
                        decision.choice if decision else None,
                    )
                )
            index += results[name] is not None
        return items


def _presence(ours: Entry, outcome: Outcome) -> MergeChange | None:
    if ours is None:
        return "added" if outcome.result is not None else None
    return "removed"


def _both_fit(outcome: Outcome) -> bool:
    if outcome.kind not in ("source", "added") or not (outcome.result and outcome.theirs):
        return False
    return outcome.result.cell_type == outcome.theirs.cell_type


def _misfit(name: str, choice: MergeChoice, outcome: Outcome) -> str:
    if not outcome.kind:
        fitting = "accept, reject or edit"
    elif _both_fit(outcome):
        fitting = "ours, theirs, both or edit"
    else:
        fitting = "ours, theirs or edit"
    if outcome.result is None and not outcome.kind:
        fitting = "accept or reject"
    return f"Cell {name!r} cannot be decided as {choice!r}: choose {fitting}."
