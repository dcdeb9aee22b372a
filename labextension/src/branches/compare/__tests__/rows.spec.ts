import { describe, expect, it } from 'vitest';

import type { DiffCell, NotebookDiff } from '../../../api/schema';
import { plainRow, rowsOf } from '../rows';

/** A cell that was edited, as the server gives it. */
function edited(cell_id: string, place: number, after: string, patch: Partial<DiffCell> = {}): DiffCell {
  return {
    cell_id,
    change: 'edited',
    cell_type: 'code',
    before: 'x',
    after,
    index_before: place,
    index_after: place,
    count_before: 1,
    count_after: 2,
    moved: false,
    outputs: false,
    author: null,
    state: 'open',
    ...patch
  };
}

const added = (id: string, place: number) =>
  edited(id, place, 'new', { change: 'added', before: null, index_before: null, count_before: null });
const diff = (...cells: DiffCell[]) => ({ cells }) as unknown as NotebookDiff;

describe('cells of branches side by side', () => {
  it('have a side for each branch; one that did not change a cell has that of the first', () => {
    const [row] = rowsOf([diff(edited('a', 3, 'y')), diff()]);
    expect(row?.sides.map(each => each.source)).toEqual(['x', 'y', 'x']);
    expect(row?.same).toBe(false);
  });

  it('are in the order of the first branch, added ones where they stand', () => {
    const one = diff(added('new', 1), edited('c', 4, 'y', { index_after: 5 }));
    const other = diff(edited('a', 0, 'y'), edited('b', 1, 'y'));
    expect(rowsOf([one, other]).map(each => each.id)).toEqual(['a', 'new', 'b', 'c']);
  });

  it('are missing where they were removed, or not added', () => {
    const removed = edited('a', 0, '', { change: 'removed', after: null, index_after: null });
    expect(rowsOf([diff(removed)])[0]?.sides.map(each => each.source)).toEqual(['x', null]);
    expect(rowsOf([diff(added('b', 0)), diff()])[0]?.sides.map(each => each.source)).toEqual([
      null,
      'new',
      null
    ]);
  });

  it('have the same source where only what they gave differs', () => {
    const again = edited('a', 0, 'x', { change: 'outputs', outputs: true });
    expect(rowsOf([diff(again)])[0]).toMatchObject({ id: 'a', same: true });
  });

  it('are left out when nothing of it can be seen side by side', () => {
    const moved = edited('a', 0, 'x', { change: 'moved', moved: true });
    const details = edited('b', 1, 'x', { change: 'details' });
    expect(rowsOf([diff(moved, details)])).toEqual([]);
  });

  it('can be asked for, although they are alike', () => {
    expect(plainRow('a', 2)).toMatchObject({ id: 'a', same: true, sides: [{}, {}] });
  });
});
