import { Signal } from '@lumino/signaling';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Branch, Session } from '../../../api/schema';
import { branch } from '../../../history/__tests__/make';
import { HeldServer, settled } from '../../../models/__tests__/held';
import { type BranchesModel, MAIN } from '../../../models/branches';
import type { SessionsModel } from '../../../models/sessions';
import { CellContents } from '../../diff/contents';
import { BranchComparison } from '../model';

const NOTEBOOK = 'n.ipynb';
const DIFF = { existed: true, exists: true, cells: [], unchanged: 1, language: 'python' };
const RESULT = { id: 'K', session_id: 'S', title: 'AUC', origin: { notebook: NOTEBOOK }, created_at: '' };

let server: HeldServer;
let known: Branch[];
/** The branches have been read. */
let read: () => void;

function made(): BranchComparison {
  const owner = {};
  const reading = new Promise<void>(resolve => {
    read = () => {
      known = [branch(MAIN), branch('B')];
      resolve();
    };
  });
  const branches = {
    changed: new Signal(owner),
    ensure: () => reading,
    get: (id: string) => known.find(each => each.id === id)
  } as unknown as BranchesModel;
  const sessions = {
    project: 'P',
    items: [{ id: 'S', key_result_count: 1 } as Session],
    ensure: () => Promise.resolve(),
    live: new Signal(owner),
    followed: new Signal(owner)
  } as unknown as SessionsModel;
  const contents = new CellContents(server.settings, 'P');
  const args = { project: 'P', notebook: NOTEBOOK, branches: [MAIN, 'B'] };
  return new BranchComparison(server.settings, sessions, branches, contents, args);
}

beforeEach(() => {
  server = new HeldServer();
  known = [];
});

describe('branches side by side', () => {
  it('have the key results of their own files, also when the branches are read last', async () => {
    const model = made();
    await server.answer('diff', DIFF);
    read();
    await server.answer('key-results', { items: [RESULT], next: null });
    await server.answer('key-results/K/data', { outputs: [] });
    const [row] = model.results ?? [];
    expect(row?.results.map(each => each?.result.id)).toEqual(['K', undefined]);
  });

  it('stay when an older answer says that they cannot be read', async () => {
    const model = made();
    const older = await server.find('diff');
    void model.load();
    await settled();
    await server.waiting.filter(each => each.path.includes('diff'))[1]?.answer(DIFF);
    await older.answer({ code: 'unavailable', message: 'Busy.' }, 500);
    expect(model.state).toBe('ready');
  });
});
