import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import {
  changeText,
  checkpointName,
  savedBudgetText,
  savedText,
  shapeText,
  shortText,
  sideText,
  sizeText
} from '../words';
import { variable } from './make';

const trans = nullTranslator.load('jupyter_sessions');
const frame = variable('frame', { type: 'pandas.DataFrame', shape: '12000, 3', size: 288_132, summary: '' });

describe('what a variable is', () => {
  it('says sizes with three figures at most', () => {
    const sizes = [null, 0, 999, 1000, 1_449, 288_132, 1e6, 2.15e9, 3e15].map(sizeText);
    expect(sizes).toEqual(['–', '0 B', '999 B', '1 kB', '1.4 kB', '288 kB', '1 MB', '2.2 GB', '3,000 TB']);
  });

  it('says shapes with crosses, and lengths as numbers', () => {
    expect(['12000, 3', '1500', '', '?, 3'].map(shapeText)).toEqual(['12,000 × 3', '1,500', '', '? × 3']);
  });

  it('shows a value where it is short, else type and shape', () => {
    expect(shortText(variable('n', { summary: '42' }))).toBe('42');
    expect(shortText(frame)).toBe('DataFrame 12,000 × 3');
  });

  it('shows of a difference what differs', () => {
    expect(sideText(null, 'only_here')).toBe('–');
    expect(sideText(frame, 'size')).toBe('DataFrame 288 kB');
    expect(sideText(frame, 'type')).toBe('pandas.DataFrame');
    expect(sideText(variable('n'), 'type')).toBe('int 1');
    expect(sideText(frame, 'shape')).toBe('DataFrame 12,000 × 3');
    expect(changeText(trans, 'only_there')).toBe('only there');
  });

  it('says what was saved, and how much the disk has of all', () => {
    const saved = { cell_id: 'a', made_at: '', seconds: 12, size: 2e6, variables: 41, not_carried: [] };
    expect(savedText(trans, saved)).toBe('saves 12 s · 41 variables · 2 MB');
    const budget = { saved: [saved], saved_used: 2e6, saved_budget: 4e9 };
    const kept = { kernel_id: null, items: [], used: 0, budget: 0, ...budget };
    expect(savedBudgetText(trans, kept)).toBe('All notebooks: 2 MB of 4 GB on the disk');
  });

  it('names the cell of a checkpoint, if the notebook still has it', () => {
    expect(checkpointName(trans, { count: 3, index: 0, line: 'x' })).toBe('cell [3]');
    expect(checkpointName(trans, null)).toBe('a cell that was changed since');
  });
});
