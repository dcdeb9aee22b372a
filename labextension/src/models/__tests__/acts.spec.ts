import { ServerConnection } from '@jupyterlab/services';
import { expect, it, vi } from 'vitest';

import { Acts } from '../acts';

it('the next order of the queue is sent once the one before has been answered', async () => {
  const bodies: unknown[] = [];
  const answers: ((failed?: boolean) => void)[] = [];
  const fetch = vi.fn((request: RequestInfo | URL) => {
    void (request as Request).json().then(body => bodies.push(body));
    return new Promise<Response>(resolve =>
      answers.push(failed => resolve(new Response('{"items": []}', { status: failed ? 409 : 200 })))
    );
  });
  const acts = new Acts(ServerConnection.makeSettings({ fetch }), 'p', 's');
  const first = acts.order(['a', 'c', 'b']);
  const second = acts.order(['c', 'a', 'b']);
  await vi.waitFor(() => expect(bodies).toHaveLength(1));
  expect(fetch).toHaveBeenCalledTimes(1);
  answers[0]?.(true);
  await expect(first).rejects.toThrow();
  await vi.waitFor(() => expect(bodies).toHaveLength(2));
  expect(JSON.stringify(bodies[1])).toContain('["c","a","b"]');
  answers[1]?.();
  await second;
});
