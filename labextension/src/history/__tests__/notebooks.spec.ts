import type { Contents } from '@jupyterlab/services';
import { describe, expect, it } from 'vitest';

import { notebooksBelow } from '../notebooks';

/** A contents manager over folders that are written down here. */
function contentsOf(folders: Record<string, string[]>): Contents.IManager {
  const typeOf = (path: string) =>
    path in folders ? 'directory' : path.endsWith('.ipynb') ? 'notebook' : 'file';
  return {
    get: (path: string) =>
      folders[path]
        ? Promise.resolve({ content: folders[path].map(each => ({ path: each, type: typeOf(each) })) })
        : Promise.reject(new Error('There is no such folder.'))
  } as unknown as Contents.IManager;
}

const contents = contentsOf({
  demo: ['demo/b.ipynb', 'demo/a.ipynb', 'demo/data.csv', 'demo/sub', 'demo/branches'],
  'demo/sub': ['demo/sub/c.ipynb'],
  'demo/branches': ['demo/branches/try'],
  'demo/branches/try': ['demo/branches/try/a.ipynb']
});

describe('notebooks of a branch', () => {
  it('are those of the project’s folder on main, without those of branches', async () => {
    const except = new Set(['demo/branches/try']);
    expect(await notebooksBelow(contents, 'demo', except)).toEqual(['a.ipynb', 'b.ipynb', 'sub/c.ipynb']);
  });

  it('are those below its own folder on a branch, and none before there is one', async () => {
    expect(await notebooksBelow(contents, 'demo/branches/try', new Set())).toEqual(['a.ipynb']);
    expect(await notebooksBelow(contents, 'demo/branches/other', new Set())).toEqual([]);
  });
});
