import { describe, expect, it } from 'vitest';

import type { ICall } from '../../../models/entries';
import { fileOf } from '../call';

const call = (tool: string, given: object, status = 'ok'): ICall =>
  ({ tool, status, arguments: given }) as unknown as ICall;

describe('the file that a call leads to', () => {
  it('is the notebook or the file that it was about', () => {
    expect(fileOf(call('run_cell', { notebook: 'model.ipynb' }))).toBe('model.ipynb');
    expect(fileOf(call('read_file', { path: 'data.csv' }))).toBe('data.csv');
  });

  it('is none for a folder, for no path, and for what has failed', () => {
    expect(fileOf(call('list_files', { path: '.' }))).toBeNull();
    expect(fileOf(call('search_files', { path: 'data' }))).toBeNull();
    expect(fileOf(call('run_terminal', { command: 'ls' }))).toBeNull();
    expect(fileOf(call('read_file', { path: 'gone.csv' }, 'error'))).toBeNull();
  });
});
