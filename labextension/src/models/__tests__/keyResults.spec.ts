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

it('what was read before a change does not undo it', async () => {
  let title = 'old';
  let release: () => void = () => undefined;
  const fetch = vi.fn(async (asked: RequestInfo | URL) => {
    const item = { id: 'r', title };
    if ((asked as Request).method === 'PATCH') {
      title = 'new';
      return Response.json({ ...item, title });
    }
    await new Promise<void>(resolve => {
      release = resolve;
    });
    return Response.json({ items: [item] });
  });
  const model = new KeyResultsModel(ServerConnection.makeSettings({ fetch }), 'p', 's');
  const reading = model.load();
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(1));
  await model.update('r', { title: 'new' });
  release();
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(3));
  expect(model.items).toEqual([]);
  release();
  await reading;
  expect(model.get('r')?.title).toBe('new');
});
