import type { JupyterFrontEnd } from '@jupyterlab/application';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import { expect, it } from 'vitest';

import { CommandIDs } from '../../commands';
import { compare as plugin } from '../../plugins/compare';
import type { IConversations, ISessions } from '../../tokens';

const changed = () => ({ changed: new Signal<object, void>({}) });

function sessionsOf(): ISessions {
  const list = { ...changed(), get: () => undefined };
  const projects = { ...changed(), loaded: true, get: () => ({ id: 'P' }), sessionsOf: () => list };
  return { projects } as unknown as ISessions;
}

it('a second press opens no second comparison of the same sessions', async () => {
  const shown: Widget[] = [];
  const app = {
    commands: new CommandRegistry(),
    shell: { add: (widget: Widget) => shown.push(widget), activateById: () => undefined }
  } as unknown as JupyterFrontEnd;
  let made = 0;
  let disposed = 0;
  const conversations = {
    contextOf: (_: string, id: string) => {
      made += 1;
      const model = { id, dispose: () => (disposed += 1) };
      return Promise.resolve({ model, findings: () => ({ results: changed(), disposition: changed() }) });
    }
  } as unknown as IConversations;
  void plugin.activate(app, sessionsOf(), conversations, null, null, null);
  const open = () => app.commands.execute(CommandIDs.compare, { project: 'P', sessions: ['a', 'b'] });
  await Promise.all([open(), open()]);
  expect(new Set(shown).size).toBe(1);
  expect([made, disposed]).toEqual([4, 2]);
  shown[0]?.dispose();
  expect(disposed).toBe(4);
});
