import { describe, expect, it } from 'vitest';

import type { DiffCell } from '../../../api/schema';
import { lastShared, sharedCells } from '../shared';

const changed = (cell_id: string, change: DiffCell['change']) => ({ cell_id, change }) as DiffCell;
const record = { cell_id: 'c', shared: 3 };

describe('the line of a fork', () => {
  it('lies below the cell that was forked at, wherever that is now', () => {
    expect(lastShared(['a', 'b', 'c', 'd'], record, [])).toBe(2);
    expect(lastShared(['a', 'new', 'b', 'c', 'd'], record, [changed('new', 'added')])).toBe(3);
  });

  it('lies below what is left of the shared cells when that one is deleted', () => {
    expect(lastShared(['a', 'b', 'd'], record, [changed('c', 'removed'), changed('d', 'added')])).toBe(1);
    expect(lastShared(['d'], record, [changed('d', 'added')])).toBe(-1);
  });

  it('marks as shared what is still as it was', () => {
    const own = [changed('new', 'added'), changed('b', 'edited'), changed('c', 'outputs')];
    expect([...sharedCells(['a', 'new', 'b', 'c', 'd'], 3, own)]).toEqual(['a', 'c']);
  });
});
