import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { changedText, counted, leftText } from '../changes';

const trans = nullTranslator.load('jupyter_sessions');
const author = { by: 'user' as const, run_id: null, session_id: null, session_name: null, at: null };
const left = { notebook: 'a.ipynb', cell_id: 'c', count: 12, file: null, author };

describe('what a run has changed', () => {
  it('counts cells, notebooks with changed cells, and files', () => {
    const notebook = {
      notebook: 'a.ipynb',
      branch: 'main',
      branch_name: 'main',
      cells: 3,
      lines_added: 31,
      lines_removed: 4,
      outputs: 0
    };
    const file = {
      path: 'x.py',
      change: 'created',
      covered: true,
      reason: '',
      by: 'tool',
      state: 'open'
    } as const;
    const found = counted({ notebooks: [notebook, { ...notebook, cells: 0, outputs: 2 }], files: [file] });
    expect(found).toMatchObject({ cells: 3, notebooks: 1, files: 1 });
    expect(changedText(trans, found)).toBe('Changed 3 cells in 1 notebook and 1 file');
  });

  it('leaves out what was not changed', () => {
    expect(changedText(trans, { cells: 1, notebooks: 1, files: 0 })).toBe('Changed 1 cell in 1 notebook');
    expect(changedText(trans, { cells: 0, notebooks: 0, files: 2 })).toBe('Changed 2 files');
    expect(changedText(trans, { cells: 0, notebooks: 0, files: 0 })).toBe('');
  });
});

describe('what an undo left alone', () => {
  it('names one cell and who changed it, and counts more', () => {
    expect(leftText(trans, [])).toBe('Undone');
    expect(leftText(trans, [left])).toBe('Undone except cell [12], which you edited since');
    expect(leftText(trans, [left, left])).toBe('Undone except 2 cells or files that were changed since');
    expect(leftText(trans, [{ ...left, count: null, author: null }])).toBe(
      'Undone except a cell, which was changed since'
    );
  });
});
