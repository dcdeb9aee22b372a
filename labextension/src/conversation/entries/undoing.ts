import type { TranslationBundle } from '@jupyterlab/translation';

import type { LeftAlone, RunChanges } from '../../api/schema';
import { leftText } from '../../components/changes';
import type { IUndone } from '../../models/entries';

interface ITold {
  readonly redo?: boolean;
  readonly partly: boolean;
  readonly cells: number;
  readonly files: number;
  readonly left: readonly LeftAlone[];
}

/** What was taken back: "Undone", "Took back 2 cells", "Undone except cell [12], which you edited since". */
export function undoneText(trans: TranslationBundle, { redo, partly, cells, files, left }: ITold): string {
  if (redo) {
    return trans.__('The changes are there again');
  }
  if (!partly || left.length > 0) {
    return leftText(trans, left);
  }
  const ofFiles = trans._n('Took back %1 file', 'Took back %1 files', files);
  if (cells === 0) {
    return ofFiles;
  }
  const ofCells = trans._n('Took back %1 cell', 'Took back %1 cells', cells);
  return files === 0 ? ofCells : trans._n('%2 and %1 file', '%2 and %1 files', files, ofCells);
}

/** What of a run was taken back, as the server says it now. */
export function undoneOf({ undone, left, notebooks, files }: RunChanges): IUndone | null {
  return undone === 'no'
    ? null
    : {
        partly: undone === 'partly',
        cells: undone === 'partly' ? 0 : notebooks.reduce((count, each) => count + each.cells, 0),
        files: files.filter(each => each.state === 'taken_back').length,
        left
      };
}
