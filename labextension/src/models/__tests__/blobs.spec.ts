import { ServerConnection } from '@jupyterlab/services';
import { expect, it, vi } from 'vitest';

import { Blobs } from '../blobs';

it('a blob that could not be read is told as that, and read again later', async () => {
  vi.useFakeTimers();
  let works = false;
  const fetch = vi.fn(() =>
    works ? Promise.resolve(new Response('whole')) : Promise.reject(new TypeError('gone'))
  );
  const onRead = vi.fn();
  const blobs = new Blobs(ServerConnection.makeSettings({ fetch }), 'p', onRead);
  expect(blobs.text('h')).toBeNull();
  await vi.waitFor(() => expect(onRead).toHaveBeenCalledTimes(1));
  expect(blobs.failure('h')).toContain('gone');
  expect(blobs.text('h')).toBeNull();
  expect(fetch).toHaveBeenCalledTimes(1);
  works = true;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(onRead).toHaveBeenCalledTimes(2);
  expect(blobs.failure('h')).toBeNull();
  expect(blobs.text('h')).toBeNull();
  await vi.waitFor(() => expect(blobs.text('h')).toBe('whole'));
  vi.useRealTimers();
});
