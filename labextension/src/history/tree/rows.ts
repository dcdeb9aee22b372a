import type { TreeCell } from '../../api/schema';

/** A row of a lane: a cell, several that are folded, or a place where branches met. */
export type LaneRow =
  | { readonly kind: 'cell'; readonly key: string; readonly cell: TreeCell }
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly cells: readonly TreeCell[];
      readonly from: number;
    }
  | { readonly kind: 'meeting'; readonly key: string; readonly id: string };

/** So many cells in a row, none of which is forked at, stand as one. */
const FOLDED = 4;

/**
 * Rows of a lane: cells that are forked at and those beside them, the others folded.
 *
 * `open`: keys of folded rows that a person has opened.
 */
export function rowsOf(
  branch: string,
  cells: readonly TreeCell[],
  forks: ReadonlySet<string>,
  open: ReadonlySet<string>
): LaneRow[] {
  const rows: LaneRow[] = [];
  let run: TreeCell[] = [];
  const flush = (until: number) => {
    // The last ones before a fork say what it is about.
    const before = until < cells.length ? 1 : 0;
    const folded = run.slice(0, run.length - before);
    const key = `${branch} group ${folded[0]?.cell_id ?? ''}`;
    if (folded.length >= FOLDED && !open.has(key)) {
      rows.push({ kind: 'group', key, cells: folded, from: until - run.length });
      run = run.slice(folded.length);
    }
    rows.push(...run.map(cell => ({ kind: 'cell' as const, key: cellKey(branch, cell.cell_id), cell })));
    run = [];
  };
  cells.forEach((cell, index) => {
    if (forks.has(cell.cell_id)) {
      flush(index);
      rows.push({ kind: 'cell', key: cellKey(branch, cell.cell_id), cell });
    } else {
      run.push(cell);
    }
  });
  flush(cells.length);
  return rows;
}

export function cellKey(branch: string, cell: string): string {
  return `${branch} cell ${cell}`;
}

export function headKey(branch: string): string {
  return `${branch} head`;
}
