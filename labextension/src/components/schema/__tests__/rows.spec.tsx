import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it, vi } from 'vitest';

import { ApiError } from '../../../api/request';
import { place } from '../../__tests__/shown';
import { SchemaDraft } from '../draft';
import { RowsView } from '../rows';

afterEach(() => {
  vi.useRealTimers();
});

it('what the server says of a field stands at its row, also when its name ends with a space', async () => {
  vi.useFakeTimers();
  const draft = new SchemaDraft(
    { type: 'object', properties: { risk: { type: 'string' } } },
    {
      trans: nullTranslator.load('jupyter_sessions'),
      check: () =>
        Promise.reject(new ApiError(400, 'bad', 'No such name.', { path: ['properties', 'risk'] })),
      onChange: () => undefined,
      width: 76
    }
  );
  const [field] = draft.rows?.fields ?? [];
  draft.setField(field?.id ?? 0, { name: 'risk ' });
  await vi.advanceTimersByTimeAsync(300);
  const { host, show } = place();
  show(<RowsView draft={draft} compact={false} id="x" />);
  expect(host.querySelector('[role=alert]')?.textContent).toBe('No such name.');
});
