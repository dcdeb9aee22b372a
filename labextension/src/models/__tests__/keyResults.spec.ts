import { ServerConnection } from '@jupyterlab/services';
import { expect, it, vi } from 'vitest';

import { KeyResultsModel } from '../keyResults';

it('each of many results that are looked at is read once', async () => {
  const fetch = vi.fn(() => Promise.resolve(new Response('{"table": null, "outputs": []}')));
  const model = new KeyResultsModel(ServerConnection.makeSettings({ fetch }), 'p', 's');
  const ids = Array.from({ length: 30 }, (_, index) => String(index));
  const look = () => ids.map(id => model.data(id));
  model.changed.connect(look);
  look();
  await vi.waitFor(() => expect(look().every(data => data !== null)).toBe(true));
  expect(fetch).toHaveBeenCalledTimes(30);
  model.changed.disconnect(look);
  model.trim();
  expect(look().filter(data => data === null)).toHaveLength(10);
});
