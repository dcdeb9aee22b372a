import type { DiffCell, NotebookDiff } from '../../api/schema';
import { isChange } from '../../components/cells';
import type { IItem } from './items';

interface IBase extends IItem {
  readonly diff: NotebookDiff;
}

/** The name of a notebook, above its cells. */
export interface INotebookEntry extends IBase {
  readonly kind: 'notebook';
}

export interface ICellEntry extends IBase {
  readonly kind: 'cell';
  readonly cell: DiffCell;
}

/** Cells between two that differ. */
export interface ISameEntry extends IBase {
  readonly kind: 'same';
  readonly count: number;
}

/** Cells of which only the outputs, which are hidden, or the metadata differ. */
export interface IQuietEntry extends IBase {
  readonly kind: 'quiet';
  readonly cells: readonly DiffCell[];
}

export type DiffEntry = INotebookEntry | ICellEntry | ISameEntry | IQuietEntry;

/** The rows of a page that shows what differs in some notebooks. */
export function entriesOf(
  diffs: readonly NotebookDiff[],
  look: { outputs: boolean },
  label: (cell: DiffCell) => string
): DiffEntry[] {
  return diffs.flatMap(diff => [
    { kind: 'notebook' as const, diff, key: `${diff.notebook}#`, label: diff.notebook, height: 28 },
    ...cellsOf(diff, look, label)
  ]);
}

/** Name of a cell's box. */
export function cellKey(notebook: string, cell: string): string {
  return `${notebook}#${cell}`;
}

function cellsOf(
  diff: NotebookDiff,
  look: { outputs: boolean },
  label: (cell: DiffCell) => string
): DiffEntry[] {
  const entries: DiffEntry[] = [];
  const changed = new Set(diff.cells.map(each => each.index_after));
  let next = 0;
  let same = 0;
  const skip = (until: number) => {
    let count = 0;
    for (; next < until; next += 1) {
      count += changed.has(next) ? 0 : 1;
    }
    count = Math.min(count, diff.unchanged - same);
    same += count;
    if (count > 0) {
      const key = `${diff.notebook}#same ${next}`;
      entries.push({ kind: 'same', diff, key, label: '', height: 28, count });
    }
  };
  let quiet: DiffCell[] = [];
  const flush = () => {
    const first = quiet[0];
    if (first) {
      const key = `${diff.notebook}#quiet ${first.cell_id}`;
      entries.push({ kind: 'quiet', diff, key, label: '', height: 36, cells: quiet });
      quiet = [];
    }
  };
  for (const cell of diff.cells) {
    if (!isChange(cell) && !look.outputs) {
      // They stand together, wherever they lie between the others.
      quiet.push(cell);
      continue;
    }
    flush();
    skip(cell.index_after ?? next);
    const key = cellKey(diff.notebook, cell.cell_id);
    entries.push({ kind: 'cell', diff, key, label: label(cell), height: heightOf(cell), cell });
  }
  flush();
  skip(next + Math.max(0, diff.unchanged - same) + changed.size);
  return entries;
}

/** About as high as it will be. */
function heightOf({ before, after }: DiffCell): number {
  const lines = (before?.split('\n', 12).length ?? 0) + (after?.split('\n', 12).length ?? 0);
  return 40 + 16 * Math.min(20, lines);
}
