import { describe, expect, it } from 'vitest';

import type { KeyResult } from '../../../api/schema';
import { comparisonOf } from '../../../history/converge';
import { resultRows } from '../results';

const result = (title: string, notebook: string, created_at = '2026-11-18') => ({
  result: { title, origin: { notebook }, created_at } as KeyResult,
  outputs: []
});

describe('key results of branches', () => {
  it('stand beside each other by their titles, the newer one of two', () => {
    const rows = resultRows(
      [
        result('AUC', 'branches/b/m.ipynb', '2026-11-20'),
        result('AUC', 'm.ipynb', '2026-11-19'),
        result('AUC', 'm.ipynb', '2026-11-18'),
        result('Loss', 'm.ipynb', '2026-11-21')
      ],
      ['m.ipynb', 'branches/b/m.ipynb']
    );
    expect(rows.map(each => each.title)).toEqual(['AUC', 'Loss']);
    expect(rows[0]?.results.map(each => each?.result.created_at)).toEqual(['2026-11-19', '2026-11-20']);
    expect(rows[1]?.results[1]).toBeUndefined();
  });
});

describe('a comparison that was recorded', () => {
  it('is about the branches that were chosen, else about one and its target', () => {
    const made = { project_id: 'P', notebook: 'm.ipynb', source: 'A', target: 'main' };
    const of = (losers: string[]) => comparisonOf({ ...made, losers } as never).branches;
    expect(of(['B', 'C'])).toEqual(['A', 'B', 'C']);
    expect(of([])).toEqual(['main', 'A']);
  });
});
