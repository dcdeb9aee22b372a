import { nullTranslator } from '@jupyterlab/translation';
import { expect, it, vi } from 'vitest';

import { place } from '../../components/__tests__/shown';
import { TransContext } from '../../components/trans';
import { Difference } from '../difference';

// The server is away when the code is wanted.
vi.mock('../../branches/diff', () => {
  throw new Error('Loading chunk failed');
});

it('says so when its code cannot be loaded, and offers to try again', async () => {
  const { host, show } = place();
  show(
    <TransContext.Provider value={nullTranslator.load('jupyter_sessions')}>
      <Difference make={vi.fn()} sides={{ from: 'version:1', to: 'version:2' }} />
    </TransContext.Provider>
  );
  expect(host.querySelector('.jps-Bars')).not.toBeNull();
  await vi.waitFor(() => expect(host.querySelector('[role=alert]')?.textContent).toContain('not reachable'));
  expect(host.querySelector('button')?.textContent).toBe('Try again');
});
