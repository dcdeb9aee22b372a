import { expect, it } from 'vitest';

import { HeldServer } from '../../models/__tests__/held';
import { HistoryModel } from '../../models/history';
import type { EventSocket } from '../../models/socket';
import { HistoryState } from '../versions/state';
import { version } from './make';

it('a version that is being named stays in sight when newer saves would fold it', async () => {
  const server = new HeldServer();
  const place = { project: 'P', notebook: 'model.ipynb', branch: 'main' };
  const state = new HistoryState(new HistoryModel(server.settings, {} as EventSocket, place));
  const read = async (...ids: number[]) => {
    void state.model.refresh();
    await server.answer('versions', { items: ids.map(id => version(id)), next: null });
  };
  const keys = () => state.entries.map(each => each.key);
  await read(3, 2, 1);
  state.edit(state.entries.find(each => each.key === 'v1'));
  await read(5, 4, 3, 2, 1);
  expect(keys()).toContain('v1');
  await state.name(version(1), null, true);
  expect(keys()).toEqual(['day-5', 'v5', 'g4']);
  state.dispose();
});
