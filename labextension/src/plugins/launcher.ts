import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';

import { CommandIDs } from '../commands';
import { ISessions } from '../tokens';

/** A card in the launcher that starts a session. */
export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:launcher',
  description: 'A card in the launcher that starts a session.',
  autoStart: true,
  requires: [ISessions],
  optional: [ILauncher],
  activate: (_app: JupyterFrontEnd, _sessions: ISessions, launcher: ILauncher | null): void => {
    launcher?.add({
      command: CommandIDs.newSession,
      category: 'Other',
      rank: 0,
      args: { isLauncher: true }
    });
  }
};
