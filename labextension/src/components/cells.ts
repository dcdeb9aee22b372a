import type { TranslationBundle } from '@jupyterlab/translation';

import type { Author, DiffCell, NotebookDiff } from '../api/schema';
import { when } from './times';

/** What happened to a cell, in a word. */
export function verbOf(trans: TranslationBundle, change: DiffCell['change']): string {
  switch (change) {
    case 'added':
      return trans.__('Added');
    case 'removed':
      return trans.__('Removed');
    case 'edited':
      return trans.__('Edited');
    case 'moved':
      return trans.__('Moved');
    case 'outputs':
      return trans.__('Run again');
    case 'details':
      return trans.__('Details changed');
  }
}

/** Which cell: by the number of its execution, else by its place. */
export function cellName(
  trans: TranslationBundle,
  count: number | null | undefined,
  index: number | null,
  cellType = 'code'
): string {
  if (count !== null && count !== undefined) {
    return trans.__('cell [%1]', count);
  }
  const place = (index ?? 0) + 1;
  return cellType === 'code' ? trans.__('cell at place %1', place) : trans.__('text at place %1', place);
}

export function nameOf(trans: TranslationBundle, cell: DiffCell): string {
  const { count_after, count_before, index_after, index_before, cell_type } = cell;
  return cellName(trans, count_after ?? count_before, index_after ?? index_before, cell_type);
}

/** "from place 11 to 9". */
export function movedText(trans: TranslationBundle, from: number, to: number): string {
  return trans.__('from place %1 to %2', from + 1, to + 1);
}

/** Who wrote something: "agent", "you". */
export function whoOf(trans: TranslationBundle, author: Author): string {
  switch (author.by) {
    case 'agent':
      return author.session_name === null
        ? trans.__('agent')
        : trans.__('agent in “%1”', author.session_name);
    case 'user':
      return trans.__('you');
    case 'outside':
      return trans.__('another program');
    case 'system':
      return trans.__('the server');
  }
}

/** "by agent in “First look”, 5 min ago"; nothing when it is not known. */
export function byText(trans: TranslationBundle, author: Author | null | undefined): string {
  if (!author) {
    return '';
  }
  const who = trans.__('by %1', whoOf(trans, author));
  return author.at ? trans.__('%1, %2', who, when(trans, author.at)) : who;
}

/** Name of a state of a notebook, as far as it says so itself. */
export function refName(trans: TranslationBundle, ref: string): string {
  const [kind = '', id = ''] = ref.split(':');
  switch (kind) {
    case 'branch':
      return id === 'main' ? 'main' : trans.__('another branch');
    case 'before':
      return trans.__('before version %1', id);
    default:
      return trans.__('version %1', id);
  }
}

/** "3 cells changed", of all notebooks; cells that were only run are not counted. */
export function countCells(diffs: readonly NotebookDiff[]): number {
  return diffs.reduce((count, diff) => count + diff.cells.filter(isChange).length, 0);
}

/** Its source, place or existence differs: not only what running it left. */
export function isChange(cell: DiffCell): boolean {
  return cell.change !== 'outputs' && cell.change !== 'details';
}
