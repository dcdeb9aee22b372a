import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { peekAt } from '../api/forks';
import { telling } from '../chats/dialogs';
import type { IKernelParts } from './place';
import { placeOf } from './place';

/** What the server calls a console of this kind. */
const PATH = /(^|\/)peek-[0-9a-f]{12}$/;

/** Open a console on a copy of a notebook's kernel, below the notebook; the copy ends with it. */
export async function openPeek({ app, sessions }: IKernelParts, panel: NotebookPanel): Promise<void> {
  const place = await placeOf(sessions, panel);
  if (!place) {
    return;
  }
  const made = await telling(() => peekAt(sessions.settings, place.project, place.branch, place.notebook));
  if (!made) {
    return;
  }
  await app.commands.execute('console:create', {
    path: made.path,
    name: made.name,
    kernelPreference: { id: made.kernel_id, shutdownOnDispose: true },
    ref: panel.id,
    insertMode: 'split-bottom',
    activate: true
  });
}

/** A console that a reload has brought back does not know that its kernel ends with it. */
export function endWithTheirTabs({ shell }: JupyterFrontEnd): void {
  for (const widget of shell.widgets('main')) {
    const context = (widget as { sessionContext?: ISessionContext }).sessionContext;
    if (context && PATH.test(context.path)) {
      context.kernelPreference = { ...context.kernelPreference, shutdownOnDispose: true };
    }
  }
}
