import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react-dom/test-utils';
import { expect, it } from 'vitest';

import { place } from '../../../components/__tests__/shown';
import { TransContext } from '../../../components/trans';
import { HeldServer, settled } from '../../../models/__tests__/held';
import { Colours } from '../colours';
import { CellContents } from '../contents';
import { DiffContext, LOOK } from '../context';
import { Kept } from '../kept';
import { OutputsOf } from '../outputs';

it('an output that could not be read is read again when one asks for it', async () => {
  const server = new HeldServer();
  const contents = new CellContents(server.settings, 'P');
  const { host, show } = place();
  show(
    <TransContext.Provider value={nullTranslator.load('jupyter_sessions')}>
      <DiffContext.Provider value={{ look: LOOK, colours: new Colours(null), contents, kept: new Kept() }}>
        <OutputsOf before={null} after={{ notebook: 'n.ipynb', cell: 'c', at: 'version:1' }} />
      </DiffContext.Provider>
    </TransContext.Provider>
  );
  const failure = { code: 'unavailable', message: 'Busy.' };
  await act(() => server.answer('cell', failure, { status: 503 }));
  expect(host.textContent).toContain('cannot be read: Busy.');

  const again = host.querySelector('button');
  expect(again?.textContent).toBe('Try again');
  act(() => again?.click());
  await act(() => server.answer('cell', { cell: { outputs: [] } }));
  await settled();
  expect(host.textContent).toContain('No output');
  show(null);
});
