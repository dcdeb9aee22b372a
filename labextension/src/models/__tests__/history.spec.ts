import { beforeEach, describe, expect, it } from 'vitest';

import { version } from '../../history/__tests__/make';
import { HistoryModel } from '../history';
import type { EventSocket } from '../socket';
import { HeldServer, settled } from './held';

const PLACE = { project: 'P', notebook: 'model.ipynb', branch: 'main' };
const page = (ids: number[], next: string | null = null) => ({ items: ids.map(id => version(id)), next });

let server: HeldServer;
let model: HistoryModel;
const ids = () => model.versions.map(each => each.id);

beforeEach(async () => {
  server = new HeldServer();
  model = new HistoryModel(server.settings, {} as EventSocket, PLACE);
  void model.refresh();
  await server.answer('versions', page([4, 3], 'older'));
});

describe('the history of a notebook', () => {
  it('keeps a newer version that came while older ones were read', async () => {
    void model.fetchMore();
    const older = await server.find('after=older');
    void model.refresh();
    await settled();
    await server.waiting.find(each => each !== older)?.answer(page([5, 4], 'older'));
    await older.answer(page([2, 1]));
    expect(ids()).toEqual([5, 4, 3, 2, 1]);
  });

  it('keeps older versions that came while the newest were read', async () => {
    void model.refresh();
    void model.fetchMore();
    await server.answer('after=older', page([2, 1]));
    await server.answer('versions', page([5, 4], 'older'));
    expect(ids()).toEqual([5, 4, 3, 2, 1]);
  });

  it('keeps a name that was given while the versions were read', async () => {
    void model.refresh();
    void model.name(4, 'As sent');
    const named = version(4, { name: 'As sent' });
    await server.answer('versions/4', named, { method: 'PATCH' });
    await server.answer('versions', page([4, 3], 'older'));
    await server.answer('versions', { items: [named, version(3)], next: null });
    expect(model.versions[0]?.name).toBe('As sent');
  });
});
