import { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { expect, it, vi } from 'vitest';

import type { SessionsModel } from '../../../models/sessions';
import { ReviewModel } from '../model';

it('what was read before an undo does not show the run as it was', async () => {
  let state = 'done';
  const held: (() => void)[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://x/',
    fetch: vi.fn(async (asked: RequestInfo | URL) => {
      const { method, url } = asked as Request;
      if (method === 'POST') {
        state = 'undone';
        return Response.json({ state, undo: null });
      }
      const changes = { state, undo: null };
      await new Promise<void>(resolve => held.push(resolve));
      return Response.json(url.endsWith('/diff') ? { items: [] } : changes);
    })
  });
  const stream = { live: new Signal<object, unknown>({}), followed: new Signal<object, void>({}) };
  const sessions = { project: 'p', ensure: () => Promise.resolve(), ...stream };
  const model = new ReviewModel(settings, sessions as unknown as SessionsModel, 'run');
  const before = model.load();
  await vi.waitFor(() => expect(held).toHaveLength(2));
  const undoing = model.undo();
  await vi.waitFor(() => expect(held).toHaveLength(4));
  held.slice(2).forEach(release => release());
  await undoing;
  held.slice(0, 2).forEach(release => release());
  await before;
  expect(model.changes).toMatchObject({ state: 'undone' });
});
