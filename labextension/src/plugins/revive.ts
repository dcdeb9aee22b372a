import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, NO_ARGS } from '../commands';
import { ISessions } from '../tokens';

/** Bringing a kernel back that died. */
export const revive: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:revive',
  description: 'Offers to bring a kernel back that died, as it was after a cell.',
  autoStart: true,
  requires: [ISessions, INotebookTracker],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const parts = { app, sessions, trans };
    const isOurs = (panel: NotebookPanel | null): panel is NotebookPanel =>
      panel !== null && sessions.projects.at(panel.context.localPath) !== null;
    app.commands.addCommand(CommandIDs.revive, {
      label: trans.__('Bring the Kernel Back'),
      caption: trans.__('After it died: as it was at the last cell whose state was kept'),
      describedBy: NO_ARGS,
      isVisible: () => isOurs(notebooks.currentWidget),
      isEnabled: () => Boolean(notebooks.currentWidget?.sessionContext.session?.kernel),
      execute: async () => {
        const panel = notebooks.currentWidget;
        if (isOurs(panel)) {
          await (await code()).revive(parts, panel);
        }
      }
    });
    palette?.addItem({ command: CommandIDs.revive, category: trans.__('Sessions') });
    notebooks.widgetAdded.connect((_, panel) => {
      panel.sessionContext.statusChanged.connect((_, status) => {
        if ((status === 'autorestarting' || status === 'dead') && isOurs(panel)) {
          void code().then(({ offerRevival }) => offerRevival(parts, panel));
        }
      });
    });
    sessions.projects.changed.connect(() => app.commands.notifyCommandChanged(CommandIDs.revive));
  }
};

/** The code is loaded when a kernel dies. */
const code = () => import('../kernels/revive');
