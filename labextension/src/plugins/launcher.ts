import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { ISessions } from '../tokens';

/** A card in the launcher that starts a session. */
export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:launcher',
  description: 'A card in the launcher that starts a session.',
  autoStart: true,
  requires: [ISessions],
  optional: [ILauncher, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    _sessions: ISessions,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ): void => {
    // The launcher's own categories are in its own words.
    const trans = (translator ?? nullTranslator).load('jupyterlab');
    launcher?.add({
      command: CommandIDs.newSession,
      category: trans.__('Other'),
      rank: 1,
      args: { isLauncher: true }
    });
  }
};
