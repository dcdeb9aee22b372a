import { describe, expect, it } from 'vitest';

import { clashes, columnOf, decisionOf, firstDraft, signsOf, using, usingBoth } from '../conflict';
import { item, side } from './items';

const BASE = 'threshold = pick(\n    model, X_test\n)\nreport(model)';
const OURS = 'threshold = pick(\n    model, X_test, cost=5\n)\nreport(model)';
const THEIRS = 'threshold = pick(\n    model, X_test, cost=8\n)\nreport(model, by="contract")';

const CONFLICT = item({
  change: 'conflict',
  conflict: 'source',
  base: side(BASE),
  target: side(OURS),
  source: side(THEIRS),
  hunks: [
    { lines: ['threshold = pick('], base: [], target: [], source: [] },
    {
      lines: null,
      base: ['    model, X_test'],
      target: ['    model, X_test, cost=5'],
      source: ['    model, X_test, cost=8']
    },
    { lines: [')', 'report(model, by="contract")'], base: [], target: [], source: [] }
  ]
});

describe('a conflict of lines', () => {
  it('begins with the target where both clash, and with what merges by itself', () => {
    expect(firstDraft(CONFLICT).text).toBe(
      'threshold = pick(\n    model, X_test, cost=5\n)\nreport(model, by="contract")'
    );
  });

  it('uses the lines of a side, or of both', () => {
    expect(using(CONFLICT, 'theirs').text).toBe(THEIRS);
    expect(usingBoth(CONFLICT).text).toContain('cost=5\n    model, X_test, cost=8\n');
  });

  it('decides exactly what is shown', () => {
    expect(decisionOf('a.ipynb', CONFLICT, firstDraft(CONFLICT))).toMatchObject({ choice: 'edit' });
    expect(decisionOf('a.ipynb', CONFLICT, using(CONFLICT, 'theirs'))).toMatchObject({
      choice: 'theirs',
      text: null
    });
    expect(decisionOf('a.ipynb', CONFLICT, { text: OURS, side: null })).toMatchObject({ choice: 'ours' });
    expect(decisionOf('a.ipynb', CONFLICT, { text: '', side: null })).toMatchObject({
      choice: 'edit',
      text: ''
    });
  });

  it('shows again what was decided before', () => {
    const decided = { ...CONFLICT, decision: { choice: 'edit' as const, text: 'mine' } };
    expect(firstDraft(decided).text).toBe('mine');
    expect(firstDraft({ ...CONFLICT, decision: { choice: 'theirs' as const, text: null } }).text).toBe(
      THEIRS
    );
  });

  it('marks where the sides clash, and what only one has changed', () => {
    expect(clashes(CONFLICT)).toEqual([{ from: 1, to: 2 }]);
    expect(columnOf(CONFLICT, 'ours').map(line => line.sign)).toEqual([' ', '!', ' ', ' ']);
    expect(columnOf(CONFLICT, 'theirs').map(line => line.sign)).toEqual([' ', '!', ' ', '+']);
  });

  it('signs the lines of the result while it is typed', () => {
    expect(signsOf(CONFLICT, firstDraft(CONFLICT).text ?? '')).toEqual([' ', '!', ' ', '+']);
    expect(signsOf(CONFLICT, BASE)).toEqual([' ', ' ', ' ', ' ']);
    expect(signsOf(CONFLICT, BASE.replace('X_test', 'X_test, cost=6'))).toEqual([' ', '!', ' ', ' ']);
  });
});

describe('a cell that one side removed', () => {
  const gone = item({
    change: 'conflict',
    conflict: 'deleted',
    base: side('x'),
    target: null,
    source: side('y')
  });

  it('goes, or stays as the other side has it', () => {
    expect(using(gone, 'ours').text).toBeNull();
    expect(decisionOf('a.ipynb', gone, using(gone, 'ours'))).toMatchObject({ choice: 'ours' });
    expect(decisionOf('a.ipynb', gone, using(gone, 'theirs'))).toMatchObject({ choice: 'theirs' });
    expect(decisionOf('a.ipynb', gone, { text: 'z', side: null })).toMatchObject({
      choice: 'edit',
      text: 'z'
    });
  });
});

describe('a cell whose type differs', () => {
  it('is decided as a whole', () => {
    const cell = item({
      change: 'conflict',
      conflict: 'type',
      base: side('x'),
      target: side('a'),
      source: side('a')
    });
    expect(decisionOf('a.ipynb', cell, using(cell, 'theirs'))).toMatchObject({ choice: 'theirs' });
    expect(decisionOf('a.ipynb', cell, using(cell, 'ours'))).toMatchObject({ choice: 'ours' });
  });
});
