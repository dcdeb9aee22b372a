import type { DiffCell, NotebookDiff } from '../../api/schema';

/** A cell as one of the branches has it. */
export interface ISide {
  /** `null`: the branch does not have the cell. */
  readonly source: string | null;
  readonly count: number | null;
}

/** A cell that the branches do not have alike. */
export interface IRow {
  readonly id: string;
  readonly type: string;
  /** One for each branch. */
  readonly sides: readonly ISide[];
  /** All have it, with the same source: only what it gave differs. */
  readonly same: boolean;
}

const NONE: ISide = { source: null, count: null };

interface IPlaced {
  readonly cell: DiffCell;
  /** Where it stands among the cells of the first branch. */
  readonly place: number;
}

/** Cells that differ, in the order of the first branch; `diffs`: from that one to each of the others. */
export function rowsOf(diffs: readonly NotebookDiff[]): IRow[] {
  const placed = diffs.map(placesOf);
  const places = new Map<string, number>();
  for (const { cell, place } of placed.flat()) {
    places.set(cell.cell_id, Math.min(place, places.get(cell.cell_id) ?? Infinity));
  }
  return [...places]
    .sort(([, a], [, b]) => a - b)
    .map(([id]) => {
      const found = diffs.map(diff => diff.cells.find(each => each.cell_id === id));
      const known = found.find(each => each !== undefined) as DiffCell;
      const first: ISide = { source: known.before, count: known.count_before };
      const sides = [first, ...found.map(each => (each ? afterOf(each) : first))];
      const same = sides.every(each => each.source !== null && each.source === first.source);
      return { id, type: known.cell_type, sides, same };
    });
}

/** Only what is worth a row: other sources or other outputs. */
function placesOf({ cells }: NotebookDiff): IPlaced[] {
  let shift = 0;
  return cells.flatMap(cell => {
    const { change, index_before, index_after, outputs } = cell;
    const place = index_before ?? (index_after ?? 0) - shift - 0.5;
    shift += change === 'added' ? 1 : change === 'removed' ? -1 : 0;
    return change === 'details' || (change === 'moved' && !outputs) ? [] : [{ cell, place }];
  });
}

function afterOf({ after, count_after }: DiffCell): ISide {
  return after === null ? NONE : { source: after, count: count_after };
}

/** A row for a cell that is asked for, although the branches have it alike. */
export function plainRow(id: string, count: number): IRow {
  const sides = Array.from({ length: count }, () => ({ source: '', count: null }));
  return { id, type: 'code', sides, same: true };
}
