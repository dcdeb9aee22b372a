import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { Author, CellLines } from '../../api/schema';
import { clock } from '../../components/times';
import { namesOf, partsOf, tooltipOf } from '../words';

const trans = nullTranslator.load('');
const NOW = new Date().toISOString();
const author = (by: Author['by'], more: Partial<Author> = {}): Author => ({
  by,
  run_id: null,
  session_id: null,
  session_name: null,
  at: NOW,
  ...more
});
const AGENT = author('agent', { run_id: 'R1', session_name: 'Model' });
const CELL: CellLines[] = [
  { count: 3, author: AGENT },
  { count: 1, author: author('user') },
  { count: 2, author: AGENT }
];

describe('who wrote a cell', () => {
  it('is told by name, each once, in the order of the lines', () => {
    expect(namesOf(partsOf(trans, CELL, 'Maya Lind', 'all'))).toEqual(['agent', 'Maya']);
    expect(namesOf(partsOf(trans, CELL, 'maya', 'agent'))).toEqual(['agent']);
  });

  it('is told line by line', () => {
    const parts = partsOf(trans, CELL, 'maya', 'all');
    expect(parts.map(({ from, to, kind }) => [from, to, kind])).toEqual([
      [1, 3, 'agent'],
      [4, 4, 'person'],
      [5, 6, 'agent']
    ]);
    expect(tooltipOf(trans, parts).split('\n')).toEqual([
      `Lines 1–3: agent in “Model”, run of ${clock(NOW)}`,
      `Line 4: maya, ${clock(NOW)}`,
      `Lines 5–6: agent in “Model”, run of ${clock(NOW)}`
    ]);
  });

  it('is said once when it is one', () => {
    const parts = partsOf(trans, [{ count: 4, author: AGENT }], 'maya', 'all');
    expect(tooltipOf(trans, parts)).toBe(`agent in “Model”, run of ${clock(NOW)}`);
  });

  it('is not told of what nobody wrote', () => {
    expect(partsOf(trans, [{ count: 2, author: author('system') }], 'maya', 'all')).toEqual([]);
    expect(partsOf(trans, [{ count: 0, author: AGENT }], 'maya', 'all')).toEqual([]);
  });
});
