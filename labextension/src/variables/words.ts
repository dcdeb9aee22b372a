import type { TranslationBundle } from '@jupyterlab/translation';

import type { CheckpointList, KeptCheckpoint, KeptNamespace, Variable, VariableChange } from '../api/schema';
import { cellName } from '../components/cells';
import { duration } from '../components/times';
import type { ICellName } from './notebook';

const STEPS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes: "240 B", "1.4 MB"; a dash when it is not known. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) {
    return '–';
  }
  const step = Math.max(0, Math.min(STEPS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const number = bytes / 1000 ** step;
  return `${number.toLocaleString(undefined, { maximumFractionDigits: step > 0 && number < 100 ? 1 : 0 })} ${STEPS[step]}`;
}

/** "1,000 × 3" for "1000, 3". */
export function shapeText(shape: string): string {
  return shape
    .split(', ')
    .map(each => (/^\d+$/.test(each) ? Number(each).toLocaleString() : each))
    .join(' × ');
}

/** A variable in a few words: its value, else what it is. */
export function shortText({ summary, type, shape }: Variable): string {
  return summary || [type.split('.').at(-1), shapeText(shape)].filter(Boolean).join(' ');
}

/** What a variable differs in. */
export function changeText(trans: TranslationBundle, change: VariableChange['change']): string {
  switch (change) {
    case 'only_here':
      return trans.__('only here');
    case 'only_there':
      return trans.__('only there');
    case 'type':
      return trans.__('type');
    case 'shape':
      return trans.__('shape');
    case 'size':
      return trans.__('size');
    case 'value':
      return trans.__('value');
  }
}

/** What one side of a difference shows: what it differs in first. */
export function sideText(variable: Variable | null, change: VariableChange['change']): string {
  if (variable === null) {
    return '–';
  }
  return change === 'size'
    ? `${variable.type.split('.').at(-1)} ${sizeText(variable.size)}`
    : change === 'type'
      ? [variable.type, variable.summary].filter(Boolean).join(' ')
      : shortText(variable);
}

/** The cell that a checkpoint stands behind. */
export function checkpointName(trans: TranslationBundle, cell: ICellName | null): string {
  return cell ? cellName(trans, cell.count, cell.index) : trans.__('a cell that was changed since');
}

/** "saves 12 s" */
export function savesText(trans: TranslationBundle, { seconds }: KeptCheckpoint): string {
  return trans.__('saves %1', duration(trans, seconds * 1000, true));
}

/** "saves 12 s · 41 variables · 120 MB" */
export function savedText(trans: TranslationBundle, { seconds, variables, size }: KeptNamespace): string {
  return [
    trans.__('saves %1', duration(trans, seconds * 1000, true)),
    trans._n('%1 variable', '%1 variables', variables),
    sizeText(size)
  ].join(' · ');
}

/** "All notebooks: 240 MB of 4 GB on the disk" */
export function savedBudgetText(trans: TranslationBundle, kept: CheckpointList): string {
  return trans.__(
    'All notebooks: %1 of %2 on the disk',
    sizeText(kept.saved_used),
    sizeText(kept.saved_budget)
  );
}

/** "All notebooks: 120 MB of 2.1 GB" */
export function budgetText(trans: TranslationBundle, { used, budget }: CheckpointList): string {
  return trans.__('All notebooks: %1 of %2', sizeText(used), sizeText(budget));
}
