import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { peekAt } from '../api/forks';
import { telling } from '../chats/dialogs';
import type { ISessions } from '../tokens';
import { placeOf } from './place';

/** Open a console on a copy of a notebook's kernel, below the notebook; the copy ends with it. */
export async function openPeek(
  app: JupyterFrontEnd,
  sessions: ISessions,
  panel: NotebookPanel
): Promise<void> {
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
