import type { TranslationBundle } from '@jupyterlab/translation';

import type { ChangedFile, LeftAlone, RunChanges } from '../api/schema';
import { cellName, whoOf } from './cells';

/** What is counted of a run's changes. */
export interface ICounted {
  readonly cells: number;
  readonly notebooks: number;
  readonly files: number;
  readonly added: number;
  readonly removed: number;
}

export function counted(changes: Pick<RunChanges, 'notebooks' | 'files'>): ICounted {
  const sum = (pick: (each: RunChanges['notebooks'][number]) => number) =>
    changes.notebooks.reduce((total, each) => total + pick(each), 0);
  return {
    cells: sum(each => each.cells),
    notebooks: changes.notebooks.filter(each => each.cells > 0).length,
    files: changes.files.length,
    added: sum(each => each.lines_added),
    removed: sum(each => each.lines_removed)
  };
}

/** "Changed 3 cells in 1 notebook and 2 files"; nothing when nothing was changed. */
export function changedText(
  trans: TranslationBundle,
  { cells, notebooks, files }: Pick<ICounted, 'cells' | 'notebooks' | 'files'>
): string {
  const ofCells = trans._n('Changed %1 cell', 'Changed %1 cells', cells);
  const inBooks = trans._n('%2 in %1 notebook', '%2 in %1 notebooks', notebooks, ofCells);
  if (files === 0) {
    return cells === 0 ? '' : inBooks;
  }
  return cells === 0
    ? trans._n('Changed %1 file', 'Changed %1 files', files)
    : trans._n('%2 and %1 file', '%2 and %1 files', files, inBooks);
}

/** "Undone except cell [12], which maya edited since". */
export function leftText(trans: TranslationBundle, left: readonly LeftAlone[]): string {
  const [first, ...others] = left;
  if (!first) {
    return trans.__('Undone');
  }
  if (others.length > 0) {
    return trans._n(
      'Undone except %1 cell or file that was changed since',
      'Undone except %1 cells or files that were changed since',
      left.length
    );
  }
  const what = first.file ?? cellName(trans, first.count, null);
  const name = first.file === null && first.count === null ? trans.__('a cell') : what;
  return first.author
    ? trans.__('Undone except %1, which %2 edited since', name, whoOf(trans, first.author))
    : trans.__('Undone except %1, which was changed since', name);
}

/** What happened to a file. */
export function fileText(trans: TranslationBundle, { change }: ChangedFile): string {
  switch (change) {
    case 'created':
      return trans.__('Created');
    case 'changed':
      return trans.__('Changed');
    case 'deleted':
      return trans.__('Deleted');
  }
}
