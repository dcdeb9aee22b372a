import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { expect, it, vi } from 'vitest';

import { LatePanel } from '../latePanel';

it('says that its content cannot be loaded, and loads it when it is asked to again', async () => {
  const content = new Widget();
  const load = vi.fn<() => Promise<Widget>>().mockRejectedValueOnce(new Error('Loading chunk failed'));
  load.mockResolvedValueOnce(content);
  const panel = new LatePanel(nullTranslator.load('jupyter_sessions'), load);
  panel.hide();
  Widget.attach(panel, document.body);
  panel.show();
  MessageLoop.flush();
  const again = await vi.waitFor(() => {
    MessageLoop.flush();
    const button = panel.node.querySelector('button');
    expect(panel.node.querySelector('[role=alert]')?.textContent).toContain('not reachable');
    return button;
  });
  again?.click();
  await vi.waitFor(() => expect(panel.widgets).toEqual([content]));
  expect(load).toHaveBeenCalledTimes(2);
  panel.dispose();
});
