import type { TranslationBundle } from '@jupyterlab/translation';

import type { ForkProgress } from '../../api/schema';
import type { Mark } from '../../components/marks';
import type { Verdict } from '../../compare/rows';
import type { IRow } from './rows';

/** How far the cells are that run on a branch. */
export function progressText(trans: TranslationBundle, { state, done, total, error }: ForkProgress): string {
  switch (state) {
    case 'running':
      return trans.__('Running cell %1 of %2', Math.min(done + 1, total), total);
    case 'completed':
      return trans._n('Ran %1 cell', 'Ran %1 cells', total);
    case 'stopped':
      return trans.__('Stopped after %1 of %2', done, total);
    case 'failed':
      return error ?? trans.__('Failed');
  }
}

export function progressMark({ state }: ForkProgress): Mark {
  return ({ running: 'running', completed: 'ok', stopped: 'waits', failed: 'error' } as const)[state];
}

/** "cell [7]", with the numbers that it has on the branches. */
export function rowName(trans: TranslationBundle, { sides, type }: IRow): string {
  const counts = [...new Set(sides.flatMap(({ count }) => (count === null ? [] : [count])))];
  if (type !== 'code') {
    return trans.__('text');
  }
  return counts.length > 0 ? trans.__('cell [%1]', counts.join(', ')) : trans.__('cell');
}

/** Whether all have the cell, and all the same source. */
export function rowVerdict({ sides, same }: IRow): Verdict | undefined {
  if (sides.some(({ source }) => source === null)) {
    return 'partial';
  }
  return same ? undefined : 'differs';
}
