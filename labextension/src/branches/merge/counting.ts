import type { MergeItem, MergeNotebook, MergePreview } from '../../api/schema';
import { cellsOf, type IMergeCell, isLeft } from '../../models/merge';

/** What a person sees of a cell in the list: an icon and a word. */
export type ItemState = 'accepted' | 'rejected' | 'left' | 'decided';

export function stateOf(item: MergeItem): ItemState {
  if (item.conflict !== null) {
    return item.decision === null ? 'left' : 'decided';
  }
  return item.decision?.choice === 'reject' ? 'rejected' : 'accepted';
}

/** Cells that a person can decide about. */
export function toDecide(preview: MergePreview): IMergeCell[] {
  return cellsOf(preview).filter(each => !each.item.only_run);
}

export interface ICounts {
  readonly all: number;
  readonly decided: number;
  /** Conflicts, decided or not. */
  readonly conflicts: number;
  readonly left: readonly IMergeCell[];
}

export function countsOf(preview: MergePreview): ICounts {
  const all = toDecide(preview);
  const left = all.filter(each => isLeft(each.item));
  return {
    all: all.length,
    decided: all.length - left.length,
    conflicts: all.filter(each => each.item.conflict !== null).length,
    left
  };
}

/** Cells that the merge changes on the target, as decided: what its notification counts. */
export function changing(preview: MergePreview): number {
  return toDecide(preview).filter(
    ({ item }) => stateOf(item) !== 'rejected' && item.decision?.choice !== 'ours'
  ).length;
}

/** Cells of a notebook that were only run. */
export function onlyRun(notebook: MergeNotebook): MergeItem[] {
  return notebook.items.filter(each => each.only_run);
}

/** Number of the execution by which a cell is known: that of the target before others. */
export function numberOf(item: MergeItem): number | null {
  return item.target?.count ?? item.source?.count ?? item.base?.count ?? null;
}
