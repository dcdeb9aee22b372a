import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { withDecisions } from '../../../models/merge';
import { changing, countsOf, stateOf } from '../counting';
import { leftText } from '../foot';
import { rowsOf } from '../rows';
import { detailOf, rowText } from '../words';
import { item, notebookOf, previewOf, side } from './items';

const trans = nullTranslator.load('jupyter_sessions');

const PREVIEW = previewOf(
  notebookOf('model.ipynb', [
    item({
      cell_id: 'moved',
      change: 'moved',
      moved: true,
      result_index: 8,
      target: { ...side('x', 9), index: 10 }
    }),
    item({ cell_id: 'edited', target: side('x', 10) }),
    item({ cell_id: 'removed', change: 'removed', source: null, result: null, target: side('x', 11) }),
    item({ cell_id: 'clash', change: 'conflict', conflict: 'source', target: side('x', 14) }),
    item({ cell_id: 'run', change: 'outputs', only_run: true })
  ])
);
const decide = (cell_id: string, choice: 'accept' | 'reject' | 'theirs' | null) =>
  withDecisions(PREVIEW, [{ notebook: 'model.ipynb', cell_id, choice, text: null }]);

describe('counting', () => {
  it('takes what is no conflict as decided, and leaves out what was only run', () => {
    const counts = countsOf(PREVIEW);
    expect([counts.all, counts.decided, counts.conflicts]).toEqual([4, 3, 1]);
    expect(leftText(trans, counts.left)).toBe('Cell [14] is left.');
  });

  it('follows decisions at once, and when they are taken back', () => {
    expect(countsOf(decide('clash', 'theirs')).left).toEqual([]);
    expect(decide('clash', 'theirs').undecided).toBe(0);
    expect(countsOf(decide('clash', null)).left).toHaveLength(1);
  });

  it('counts what reaches the target', () => {
    expect(changing(decide('removed', 'reject'))).toBe(3);
  });

  it('decides only about the cell of the notebook that is named', () => {
    const two = previewOf(notebookOf('a.ipynb', [item()]), notebookOf('b.ipynb', [item()]));
    const { notebooks } = withDecisions(two, [
      { notebook: 'b.ipynb', cell_id: 'c', choice: 'reject', text: null }
    ]);
    expect(notebooks.map(each => each.items.map(stateOf))).toEqual([['accepted'], ['rejected']]);
  });
});

describe('words', () => {
  it('says in the list what was decided', () => {
    const [, edited] = PREVIEW.notebooks[0]?.items ?? [];
    const rejected = decide('removed', 'reject').notebooks[0]?.items[2];
    expect(edited && rowText(trans, edited)).toBe('Edited');
    expect(rejected && rowText(trans, rejected)).toBe('Removed, rejected');
  });

  it('says where a cell moved, and that the target left it alone', () => {
    const [moved, edited] = PREVIEW.notebooks[0]?.items ?? [];
    expect(moved && detailOf(trans, PREVIEW, moved)).toBe('from place 11 to 9');
    expect(edited && detailOf(trans, PREVIEW, edited)).toBe('main has not changed it since the fork');
  });
});

describe('rowsOf', () => {
  it('names notebooks only where there are several', () => {
    const kinds = (preview: typeof PREVIEW) => rowsOf(preview, () => '').map(each => each.kind);
    expect(kinds(PREVIEW)).toEqual(['cell', 'cell', 'cell', 'cell', 'run']);
    expect(kinds(previewOf(notebookOf('a.ipynb', [item()]), notebookOf('b.ipynb', [item()])))).toEqual([
      'notebook',
      'cell',
      'notebook',
      'cell'
    ]);
  });
});
