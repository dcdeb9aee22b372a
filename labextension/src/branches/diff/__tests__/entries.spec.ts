import { describe, expect, it } from 'vitest';

import type { DiffCell, NotebookDiff } from '../../../api/schema';
import { entriesOf } from '../entries';

const cell = (id: string, change: DiffCell['change'], index: number | null): DiffCell => ({
  cell_id: id,
  change,
  cell_type: 'code',
  before: change === 'added' ? null : 'before',
  after: change === 'removed' ? null : 'after',
  index_before: change === 'added' ? null : (index ?? 0),
  index_after: index,
  count_before: null,
  count_after: null,
  moved: false,
  outputs: false,
  author: null,
  state: 'open'
});

const diff = (cells: DiffCell[], unchanged: number): NotebookDiff => ({
  notebook: 'a.ipynb',
  branch: 'main',
  before: 'before:2',
  after: 'version:2',
  cells,
  unchanged,
  details: false,
  language: 'python',
  lines_added: 0,
  lines_removed: 0,
  existed: true,
  exists: true
});

const said = (of: NotebookDiff, outputs = false) =>
  entriesOf([of], { outputs }, each => each.cell_id).map(entry =>
    entry.kind === 'cell'
      ? entry.cell.cell_id
      : entry.kind === 'same'
        ? entry.count
        : entry.kind === 'quiet'
          ? entry.cells.map(each => each.cell_id).join('+')
          : entry.kind
  );

describe('entriesOf', () => {
  it('counts the cells between those that differ', () => {
    const cells = [cell('b', 'edited', 3), cell('gone', 'removed', null), cell('d', 'added', 4)];
    expect(said(diff(cells, 10))).toEqual(['notebook', 3, 'b', 'gone', 'd', 7]);
  });

  it('puts cells that were only run in one row while outputs are hidden', () => {
    const cells = [cell('a', 'outputs', 0), cell('b', 'outputs', 1), cell('c', 'edited', 2)];
    expect(said(diff(cells, 0))).toEqual(['notebook', 'a+b', 'c']);
    expect(said(diff(cells, 0), true)).toEqual(['notebook', 'a', 'b', 'c']);
  });

  it('never counts more unchanged cells than there are', () => {
    const all = said(diff([cell('a', 'moved', 5), cell('b', 'edited', 9)], 8));
    expect(all.filter(each => typeof each === 'number')).toEqual([5, 3]);
  });
});
