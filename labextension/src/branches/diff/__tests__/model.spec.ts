import { Signal } from '@lumino/signaling';
import { beforeEach, describe, expect, it } from 'vitest';

import { HeldServer, settled } from '../../../models/__tests__/held';
import type { SessionsModel } from '../../../models/sessions';
import { CellContents } from '../contents';
import { DiffModel } from '../model';

const PLACE = { notebook: 'n.ipynb', cell: 'a', at: 'branch:main' };
const output = (text: string) => ({ cell: { outputs: [{ text }] } });

let server: HeldServer;

beforeEach(() => {
  server = new HeldServer();
});

describe('changes between two states', () => {
  it('stay when an older answer says that they cannot be read', async () => {
    const owner = {};
    const sessions = {
      ensure: () => Promise.resolve(),
      live: new Signal(owner),
      followed: new Signal(owner)
    } as unknown as SessionsModel;
    const args = { project: 'P', notebook: 'n.ipynb', from: 'version:1', to: 'branch:main' };
    const model = new DiffModel(server.settings, sessions, args);
    void model.load();
    const older = await server.find('diff');
    void model.load();
    await settled();
    await server.waiting[1]?.answer({ notebook: 'n.ipynb' });
    await older.answer({ code: 'unavailable', message: 'Busy.' }, 500);
    expect(model.state).toBe('ready');
  });
});

describe('outputs of a cell', () => {
  it('are those that were asked for last, in whatever order the answers come', async () => {
    const contents = new CellContents(server.settings, 'P');
    contents.outputs(PLACE);
    const older = await server.find('cell');
    contents.forget();
    contents.outputs(PLACE);
    await settled();
    await server.waiting[1]?.answer(output('new'));
    await older.answer(output('old'));
    expect(contents.outputs(PLACE)).toEqual([{ text: 'new' }]);
  });
});
