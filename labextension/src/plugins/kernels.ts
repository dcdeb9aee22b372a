import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, NO_ARGS } from '../commands';
import { isBusy } from '../notebooks/busy';
import { ISessions } from '../tokens';

/** The code is loaded when it is wanted first. */
const code = () => import('../kernels');

/** Looking into a kernel while a cell runs, and bringing one back that died. */
export const kernels: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:kernels',
  description: 'Looks into a kernel while a cell runs, and brings one back that died.',
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
    const { commands, shell } = app;
    const { projects } = sessions;
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const parts = { app, sessions, trans };
    const current = () => {
      const panel = notebooks.currentWidget;
      return panel && projects.at(panel.context.localPath) ? panel : null;
    };
    const status = () => current()?.sessionContext.session?.kernel?.status;
    const isVisible = () => current() !== null;
    const add = (
      id: string,
      label: string,
      caption: string,
      isEnabled: () => boolean,
      act: 'openPeek' | 'revive'
    ) => {
      const execute = async () => {
        const panel = current();
        if (panel) {
          await (await code())[act](parts, panel);
        }
      };
      commands.addCommand(id, { label, caption, describedBy: NO_ARGS, isVisible, isEnabled, execute });
      palette?.addItem({ command: id, category: trans.__('Sessions') });
    };
    add(
      CommandIDs.peek,
      trans.__('Peek at the Running Cell'),
      trans.__('Look at its variables in a console; the cell goes on'),
      () => isBusy(current()),
      'openPeek'
    );
    add(
      CommandIDs.revive,
      trans.__('Bring the Kernel Back'),
      trans.__('After it died: as it was at the last cell whose state was kept'),
      () => status() !== undefined,
      'revive'
    );
    const changed = () => commands.notifyCommandChanged();
    projects.changed.connect(changed);
    notebooks.currentChanged.connect(changed);
    notebooks.widgetAdded.connect((_, panel) =>
      panel.sessionContext.statusChanged.connect((_, now) => {
        commands.notifyCommandChanged(CommandIDs.peek);
        if ((now === 'autorestarting' || now === 'dead') && projects.at(panel.context.localPath)) {
          void code().then(({ offerRevival }) => offerRevival(parts, panel));
        }
      })
    );
    void app.restored.then(() => {
      // Consoles that a reload has brought back.
      if ([...shell.widgets('main')].some(({ id }) => id.startsWith('console-'))) {
        void code().then(({ endWithTheirTabs }) => endWithTheirTabs(app));
      }
    });
  }
};
